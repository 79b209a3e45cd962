"""Names for people in logs."""

from __future__ import annotations

import hashlib
import re
import stat
from pathlib import Path

import pytest

from bot.observability.pseudonyms import Pseudonyms, PseudonymsUnavailable

ANN, BOB = 123_456_789, 987_654_321


def test_a_person_keeps_a_name_that_tells_nothing(tmp_path: Path) -> None:
    names = Pseudonyms.load(tmp_path)
    assert re.fullmatch(r"~[0-9a-f]{10}", names.of(ANN))
    assert names.of(ANN) == Pseudonyms.load(tmp_path).of(ANN) != names.of(BOB)
    # Without the key it is no hash of the id that somebody could look up.
    assert names.of(ANN)[1:] not in hashlib.sha256(str(ANN).encode()).hexdigest()
    assert names.of(ANN) != Pseudonyms.load(tmp_path / "elsewhere").of(ANN)


def test_only_the_owner_may_read_the_key_and_nothing_else_is_left(tmp_path: Path) -> None:
    Pseudonyms.load(tmp_path)
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.stat().st_size == 32


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 33])
def test_a_damaged_key_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "pseudonyms.key").write_bytes(content)
    with pytest.raises(PseudonymsUnavailable, match=r"pseudonyms\.key.*删掉"):
        Pseudonyms.load(tmp_path)
