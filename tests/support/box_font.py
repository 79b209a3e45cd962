"""Makes `corpus/parsing/fonts/cjk-boxes.ttf`: `python -m tests.support.box_font`.

A font of one glyph, a box as wide and high as a Chinese character, for every character of Chinese, Japanese and
Korean. It is measured and never shown.
"""

from __future__ import annotations

import io

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

from corpus.parsing.pdfium import BOX_FONT

_UNITS = 1000
_ASCENT, _DESCENT = 880, -120
_BLOCKS = (
    *((0x21, 0x7E), (0xA1, 0x17F), (0x370, 0x45F)),  # figures and letters that Chinese text has among its own
    *((0x2000, 0x33FF), (0x3400, 0x9FFF), (0xAC00, 0xD7AF), (0xF900, 0xFAFF), (0xFE30, 0xFE4F), (0xFF00, 0xFFEF)),
)
# Bits of OS/2 that say which code pages a font serves: Latin 1, Japanese, simplified, Korean, traditional.
_CODE_PAGES = 1 << 0 | 1 << 17 | 1 << 18 | 1 << 19 | 1 << 20


def box_font() -> bytes:
    """The font file, the same bytes each time."""
    builder = FontBuilder(_UNITS, isTTF=True)
    builder.setupGlyphOrder([".notdef", "box"])
    builder.setupGlyf({".notdef": _box(), "box": _box()})
    builder.setupHorizontalMetrics({".notdef": (_UNITS, 50), "box": (_UNITS, 50)})
    builder.setupHorizontalHeader(ascent=_ASCENT, descent=_DESCENT)
    builder.setupNameTable({"familyName": "CJK Boxes", "styleName": "Regular", "psName": "CJKBoxes-Regular"})
    builder.font["cmap"] = _characters()
    builder.setupOS2(sTypoAscender=_ASCENT, sTypoDescender=_DESCENT, usWinAscent=_ASCENT, usWinDescent=-_DESCENT)
    builder.font["OS/2"].ulCodePageRange1 = _CODE_PAGES
    builder.setupPost()
    return _saved(builder.font)


def _box() -> object:
    pen = TTGlyphPen(None)
    for at, corner in enumerate(((50, -100), (50, 800), (950, 800), (950, -100))):
        (pen.lineTo if at else pen.moveTo)(corner)
    pen.closePath()
    return pen.glyph()


def _characters() -> object:
    """All characters to the one glyph, in the form of table made for that, and one in the form every reader knows."""
    many = CmapSubtable.newSubtable(13)
    many.platformID, many.platEncID, many.language, many.format, many.reserved = 3, 10, 0, 13, 0
    many.length = many.nGroups = 0
    many.cmap = {code: "box" for first, last in _BLOCKS for code in range(first, last + 1)}
    plain = CmapSubtable.newSubtable(4)
    plain.platformID, plain.platEncID, plain.language, plain.cmap = 3, 1, 0, {0x4E00: "box"}
    table = newTable("cmap")
    table.tableVersion, table.tables = 0, [plain, many]
    return table


def _saved(font: TTFont) -> bytes:
    font["head"].created = font["head"].modified = 0
    font.recalcTimestamp = False
    stream = io.BytesIO()
    font.save(stream)
    return stream.getvalue()


if __name__ == "__main__":
    BOX_FONT.write_bytes(box_font())
