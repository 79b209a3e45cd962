"""What is written is there whole or not at all, whenever the writer dies."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from embeddings.durable_files import publish, write_bytes, write_json, write_text, written_aside

KILLED = """
import os, sys
from pathlib import Path
from embeddings.durable_files import written_aside
with written_aside(Path(sys.argv[1])) as stream:
    stream.write(b"half")
    stream.flush()
    os._exit(9)
"""


def names(directory: Path) -> list[str]:
    return sorted(entry.name for entry in directory.iterdir())


def test_a_file_is_replaced_and_nothing_is_left(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    write_bytes(file, b"one")
    write_text(file, "二\n")
    assert file.read_text(encoding="utf-8") == "二\n"
    write_json(file, {"三": [1, 2]}, separators=(",", ":"))
    assert file.read_text(encoding="utf-8") == '{"三":[1,2]}'
    assert json.loads(file.read_text(encoding="utf-8")) == {"三": [1, 2]}
    assert names(tmp_path) == ["a.json"]


def test_an_error_between_write_and_replace_leaves_what_was_there(tmp_path: Path) -> None:
    file = tmp_path / "a"
    write_bytes(file, b"one")

    def fail() -> None:
        with written_aside(file) as stream:
            stream.write(b"two")
            assert names(tmp_path) == [".a.new", "a"]
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert file.read_bytes() == b"one"
    assert names(tmp_path) == ["a"]


def test_a_kill_between_write_and_replace_leaves_what_was_there_and_the_next_write_clears_up(tmp_path: Path) -> None:
    file = tmp_path / "a"
    write_bytes(file, b"one")
    killed = subprocess.run([sys.executable, "-c", KILLED, str(file)], check=False, cwd=Path(__file__).parents[2])
    assert killed.returncode == 9
    assert file.read_bytes() == b"one"
    write_bytes(file, b"2")
    assert file.read_bytes() == b"2"
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("mode", [0o600, 0o666])
def test_a_file_is_nobody_elses_from_the_beginning(tmp_path: Path, mode: int) -> None:
    before = os.umask(0o022)
    try:
        with written_aside(tmp_path / "key", mode=mode) as stream:
            aside = stat.S_IMODE((tmp_path / ".key.new").stat().st_mode)
            stream.write(b"x")
    finally:
        os.umask(before)
    assert aside == stat.S_IMODE((tmp_path / "key").stat().st_mode) == mode & ~0o022


def test_a_place_that_cannot_be_written_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_bytes(tmp_path / "no" / "file", b"x")
    (tmp_path / "directory").mkdir()
    with pytest.raises(OSError, match="directory"):
        write_bytes(tmp_path / "directory", b"x")
    assert names(tmp_path) == ["directory"]


def test_a_directory_is_published_whole_and_never_over_another(tmp_path: Path) -> None:
    for name in ("first", "second"):
        built = tmp_path / f".building-{name}"
        (built / "below").mkdir(parents=True)
        (built / "below" / "file").write_text(name, encoding="utf-8")
    publish(tmp_path / ".building-first", tmp_path / "place")
    with pytest.raises(OSError, match="not empty"):
        publish(tmp_path / ".building-second", tmp_path / "place")
    assert (tmp_path / "place" / "below" / "file").read_text(encoding="utf-8") == "first"
    assert names(tmp_path) == [".building-second", "place"]
