"""Pages of print: characters at places to rows, columns and tables, and pages to text without their running heads."""

from __future__ import annotations

import struct
from contextlib import ExitStack

from tests.fuzz.target import Check, Target


def _piece(x: int, y: int, size: int, text: str) -> bytes:
    """A piece of text: its place, its size, and its characters with a zero behind them."""
    return struct.pack("<hhB", x, y, size) + text.encode() + b"\0"


def _grid(*rows: tuple[str, ...], step: int = 110) -> bytes:
    return b"".join(
        _piece(70 + step * column, 740 - 18 * at, 11, text)
        for at, row in enumerate(rows)
        for column, text in enumerate(row)
    )


_PROSE = ("收到货的七天内可以退货，邮费由", "买家承担，定制的商品一概不退，", "退款在三个工作日内原路返回。")
_SEEDS = (
    _grid(("门店", "月租", "人数"), ("滨江", "2.1万", "4"), ("湖滨", "3万", "6"), ("城西", "3万", "5")),
    _grid(*((line, line) for line in _PROSE), step=230),
    _piece(70, 700, 11, "押金 600") + _piece(136, 705, 6, "1") + _piece(142, 700, 11, " 元"),
    b"\f".join(
        _piece(70, 800, 9, f"手册 第 {at} 页") + _piece(70, 700, 11, f"套餐 {at}") + _piece(290, 30, 9, str(at))
        for at in (1, 2, 3)
    ),
)
_TOKENS = (
    b"\0",
    b"\f",
    b"\n",
    b" ",
    b"\xff\x7f",
    b"\0\x80",
    *(_piece(x, y, size, text) for x, y, size, text in ((70, 700, 11, "1"), (81, 705, 6, "2"), (300, 700, 11, "是"))),
    *(text.encode() for text in ("1", "2026", "第 1 页", "- 3 -", "1/9", "。", "元", "门店", "否", "：", "[3]")),
)


def _prepare(stack: ExitStack) -> Check:
    from corpus.parsing.pdf_cells import Glyph
    from corpus.parsing.pdf_layout import page_layout
    from corpus.parsing.running_heads import without_running_heads

    def glyphs(page: bytes) -> list[Glyph]:
        drawn: list[Glyph] = []
        at = 0
        while at + 5 <= len(page):
            x, y, size = struct.unpack_from("<hhB", page, at)
            end = page.find(b"\0", at + 5)
            end = len(page) if end < 0 else end
            if drawn:
                drawn += [Glyph("\r", 0, 0, 0, 0), Glyph("\n", 0, 0, 0, 0)]
            for place, character in enumerate(page[at + 5 : end].decode("utf-8", "replace")):
                drawn.append(Glyph(character, x + size * place, y, x + size * (place + 1), y + size))
            at = end + 1
        return drawn

    def check(data: bytes) -> None:
        pages = []
        for page in data.split(b"\f"):
            layout = page_layout(glyphs(page))
            assert all(line.strip() for line in layout.lines)
            assert layout.table_rows <= set(layout.lines)
            pages.append(list(layout.lines))
        left = without_running_heads(pages)
        assert len(left) == len(pages)
        for before, after in zip(pages, left, strict=True):
            assert set(after) <= set(before)

    return check


TARGET = Target("print", _prepare, _SEEDS, _TOKENS)
