"""A Chinese font is found, also one that was installed after the drawing library made its list."""

from __future__ import annotations

import pytest
from matplotlib.font_manager import fontManager

from bot.insights import fonts
from bot.locales import texts


def test_a_font_installed_after_the_list_was_made_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    words = texts("zh")
    found = fonts.families()
    monkeypatch.setattr(fontManager, "ttflist", [font for font in fontManager.ttflist if font.name == "DejaVu Sans"])
    assert fonts.families() == found
    assert (fonts.drawable(words) is words) == (len(found) == 2)


def test_english_words_need_no_chinese_font(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_CHINESE", ())
    assert fonts.families() == ["DejaVu Sans"]
    assert fonts.drawable(texts("zh")) is texts("en")
    assert fonts.drawable(texts("en")) is texts("en")
