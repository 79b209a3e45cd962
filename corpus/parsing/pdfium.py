"""pdfium, which reads the text layer of PDF files, with a font that stands in for Chinese ones that are not there.

A PDF may name a font without carrying it. pdfium then measures characters by a font of the machine, and where that has
no Chinese one it drops every text object of a single character: "否" of a table goes missing without a word. Only the
measures matter for reading, so `fonts/cjk-boxes.ttf` shows a box for each Chinese, Japanese or Korean character
(`tests/support/box_font.py` makes it).
"""

from __future__ import annotations

import ctypes
import re
from contextlib import suppress
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

BOX_FONT = Path(__file__).parent / "fonts" / "cjk-boxes.ttf"

# The last four are where pdfium looks unless told otherwise: fonts of the machine go on serving every other script.
_FOLDERS = (
    str(BOX_FONT.parent),
    "/usr/share/fonts",
    "/usr/share/X11/fonts/Type1",
    "/usr/share/X11/fonts/TTF",
    "/usr/local/share/fonts",
)

_MOST_OBJECTS = 20_000  # looked at on one page
_LONGEST_NAME = 128
# Not embedded, a font is known by its name alone; one that is not ASCII is written in the characters it shows.
_CJK_NAME = re.compile(
    r"[^\x00-\x7f]|song|sung|simsun|hei|kai|fang|ming|dengxian|msyh|yahei|jhenghei|pingfang|cjk|source ?han|hans|hant"
    r"|gothic|mincho|heisei|kozuka|hiragino|meiryo|batang|gulim|dotum|malgun|myeongjo|STX|STZ|^MS(?:ung|Hei)|^HY",
    re.I,
)


@cache
def pdfium() -> Any:
    """The library, ready to open files; loaded when the first one is, as few corpora need it."""
    import pypdfium2  # noqa: PLC0415
    from pypdfium2 import raw  # noqa: PLC0415

    pointers = (ctypes.POINTER(ctypes.c_char) * (len(_FOLDERS) + 1))()
    for at, folder in enumerate(_FOLDERS):
        pointers[at] = ctypes.cast(ctypes.create_string_buffer(folder.encode()), ctypes.POINTER(ctypes.c_char))
    # Importing has set it up with the fonts of the machine alone.
    raw.FPDF_DestroyLibrary()
    raw.FPDF_InitLibraryWithConfig(raw.FPDF_LIBRARY_CONFIG(version=2, m_pUserFontPaths=pointers))
    return pypdfium2


def missing_fonts(page: Any) -> frozenset[str]:
    """The names of Chinese fonts that neither the file nor this machine has, so that characters may be lost.

    pdfium puts a Latin font of its own in their place, in which their characters have no size.
    """
    library = pdfium()
    names: set[str] = set()
    with suppress(library.PdfiumError):  # an object that cannot be looked at tells nothing
        for shown in islice(page.get_objects(filter=[library.raw.FPDF_PAGEOBJ_TEXT]), _MOST_OBJECTS):
            _, bottom, _, top = shown.get_bounds()
            font = library.raw.FPDFTextObj_GetFont(shown)
            if top - bottom <= 0 and not library.raw.FPDFFont_GetIsEmbedded(font):
                names.add(_name(font))
    return frozenset(name for name in names if _CJK_NAME.search(name))


def _name(font: Any) -> str:
    buffer = ctypes.create_string_buffer(_LONGEST_NAME)
    pdfium().raw.FPDFFont_GetBaseFontName(font, buffer, _LONGEST_NAME)
    return buffer.value.decode("utf-8", "replace")
