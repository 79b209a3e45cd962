"""Which of this machine's fonts have Chinese, for pictures; and whether anything can be drawn at all."""

from __future__ import annotations

from contextlib import suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING

from bot.locales import Texts, texts

if TYPE_CHECKING:
    from matplotlib.font_manager import FontManager

# Families that hold Chinese, as systems name them; without any of them the labels are English.
_CHINESE = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Microsoft YaHei",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "SimHei",
    "Noto Sans CJK JP",
)


def can_draw() -> bool:
    """Whether the optional drawing library is installed; quick, nothing is imported."""
    return find_spec("matplotlib") is not None


def drawable(words: Texts) -> Texts:
    """The words themselves, or English ones where no installed font has Chinese. Not for the event loop."""
    return words if words.language != "zh" or _chinese_font() else texts("en")


def families() -> list[str]:
    """The fonts to draw with, the one with Chinese first where there is one. Not for the event loop."""
    return [*([chinese] if (chinese := _chinese_font()) else []), "DejaVu Sans"]


def _chinese_font() -> str | None:
    from matplotlib.font_manager import fontManager  # noqa: PLC0415

    found = _listed(fontManager)
    if found is None:
        # The list is kept in a file of the library's own, which a font installed since is missing from.
        _add_new(fontManager)
        found = _listed(fontManager)
    return found


def _listed(manager: FontManager) -> str | None:
    installed = {font.name for font in manager.ttflist}
    return next((family for family in _CHINESE if family in installed), None)


def _add_new(manager: FontManager) -> None:
    """The system's fonts that the list lacks; one that cannot be read stays out of it."""
    from matplotlib.font_manager import findSystemFonts  # noqa: PLC0415

    for file in sorted(set(findSystemFonts()) - {font.fname for font in manager.ttflist}):
        with suppress(OSError, RuntimeError):
            manager.addfont(file)
