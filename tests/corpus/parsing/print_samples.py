"""Characters of a page of print with their places, as pdfium gives them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from corpus.parsing.pdf_cells import Glyph
from corpus.parsing.pdf_layout import page_layout

SIZE = 10.0


def page_lines(glyphs: Iterable[Glyph]) -> list[str]:
    """The lines of a page with these characters."""
    return list(page_layout(glyphs).lines)


def drawn(*pieces: tuple[float, float, str], width: float = SIZE, height: float = SIZE) -> Iterator[Glyph]:
    """Pieces as pdfium gives them: characters side by side, and a line end between two pieces."""
    for at, (x, y, text) in enumerate(pieces):
        if at:
            yield from (Glyph("\r", 0, 0, 0, 0), Glyph("\n", 0, 0, 0, 0))
        for place, character in enumerate(text):
            yield Glyph(character, x + width * place, y, x + width * (place + 1), y + height)


def rows(*lines: Sequence[tuple[float, str]], leading: float = 15) -> list[tuple[float, float, str]]:
    """Lines from the top of a page on, each a row of pieces."""
    return [(x, 700 - leading * at, text) for at, line in enumerate(lines) for x, text in line]


LEFT = (
    "收到货的七天内可以退货，邮费由",
    "买家承担，定制的商品一概不退，",
    "退款在三个工作日内原路返回，逾",
    "期没有收到请联系店长处理。",
)
RIGHT = (
    "年费九十九元，生日当月双倍积分",
    "满一百分抵一元，有效期到次年年",
    "底，到期之前的三十天会有短信提",
    "醒一次，请留意。",
)
