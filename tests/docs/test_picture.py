"""What the picture in the README is made of, as far as no font and no model is needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.bubbles import Style, styled
from tests.docs.fonts import FontMissing, Fonts


def test_entities_count_utf16_units_and_may_overlap() -> None:
    entities = [
        {"type": "expandable_blockquote", "offset": 3, "length": 3},
        {"type": "bold", "offset": 4, "length": 1},
        {"type": "text_link", "offset": 6, "length": 1},
    ]
    plain, fold = Style(), Style(fold=True)
    assert styled({"text": "👍a甲乙丙丁", "entities": entities}) == [
        ("👍", plain),
        ("a", plain),
        ("甲", fold),
        ("乙", Style(fold=True, bold=True)),
        ("丙", fold),
        ("丁", Style(link=True)),
    ]


def test_a_missing_font_is_told_with_the_package_that_has_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FontMissing, match="apt-get install fontconfig fonts-noto-cjk"):
        Fonts.load(10)
