"""Where a line of print is parted, and where pieces of print are rows, columns and prose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from corpus.parsing.pdf_cells import Glyph
from tests.corpus.parsing.print_samples import LEFT, RIGHT, SIZE, drawn, page_lines, rows


def glyphs(*places: tuple[str, float, float, float, float]) -> list[Glyph]:
    return [Glyph(*place) for place in places]


@pytest.mark.parametrize(
    ("left", "line"),
    [(17.9, "120元"), (18.0, "120元"), (18.1, "120 元")],
)
def test_a_gap_is_wide_from_four_fifths_of_the_height_on(left: float, line: str) -> None:
    first = [*drawn((0, 0, "120"), width=10 / 3)]
    assert page_lines([*first, Glyph("元", left, 0, left + 10, 10)]) == [line]


@pytest.mark.parametrize(("left", "line"), [(12.0, "甲乙"), (12.1, "甲 乙"), (8.0, "甲\n乙"), (8.1, "甲乙")])
def test_pieces_of_a_row_are_parted_from_a_fifth_of_the_height_on(left: float, line: str) -> None:
    assert page_lines(drawn((0, 0, "甲"), (left, 0, "乙"))) == line.split("\n")


@pytest.mark.parametrize(("bottom", "lines"), [(5.0, ["甲", "乙"]), (4.9, ["甲 乙"])])
def test_pieces_stand_in_one_row_where_they_share_more_than_half_their_height(bottom: float, lines: list[str]) -> None:
    assert page_lines(drawn((0, 0, "甲"), (15, bottom, "乙"))) == lines


@pytest.mark.parametrize(("left", "line"), [(1.75, "甲乙"), (1.85, "甲 乙")])
def test_less_than_a_point_counts_as_one(left: float, line: str) -> None:
    assert page_lines(glyphs(("甲", 0, 0, 1, 0.5), ("乙", left, 0, left + 1, 0.5))) == [line]


@pytest.mark.parametrize(("left", "line"), [(1.2, "甲乙"), (1.25, "甲 乙")])
def test_pieces_of_less_than_a_point_too(left: float, line: str) -> None:
    end = Glyph("\n", 0, 0, 0, 0)
    assert page_lines([Glyph("甲", 0, 0, 1, 0.5), end, Glyph("乙", left, 0, left + 1, 0.5)]) == [line]


@pytest.mark.parametrize(("count", "columns"), [(3, True), (2, False)])
def test_columns_have_three_rows(count: int, columns: bool) -> None:
    page = rows(*([(50, left), (250, right)] for left, right in zip(LEFT[:count], RIGHT[:count], strict=True)))
    expected = ["\n".join(LEFT[:count]), "\n".join(RIGHT[:count])]
    in_rows = [f"{left} {right}" for left, right in zip(LEFT[:count], RIGHT[:count], strict=True)]
    assert page_lines(drawn(*page)) == (expected if columns else in_rows)


LINE_END = Glyph("\n", 0, 0, 0, 0)
FULL = "收到货的七天内可以退货，邮费由"
END = "期没有收到请联系店长处理完了。"


def two_columns(
    left: Sequence[str], right: Sequence[str], *, leading: float = 15, raised: float = 0, height: float = SIZE
) -> list[Glyph]:
    """Two columns row by row; the right one may stand higher and in smaller print."""
    made: list[Glyph] = []
    for at, (one, other) in enumerate(zip(left, right, strict=True)):
        y = 700 - leading * at
        made += [*drawn((50, y, one)), LINE_END, *drawn((250, y + raised, other), height=height), LINE_END]
    return made


def last(glyphs: list[Glyph], x: float, below: float, text: str) -> list[str]:
    """The lines of a page with one more piece so far below its last row."""
    bottom = min(glyph.bottom for glyph in glyphs if glyph.text != "\n" and glyph.left < 250)
    lines = page_lines([*glyphs, *drawn((x, bottom - below, text))])
    return ["".join(line.split("\n")) for line in lines]


IN_COLUMN = ["".join(LEFT), "换货也一样。", "".join(RIGHT)]
BELOW = ["".join(LEFT), "".join(RIGHT), "换货也一样。"]


@pytest.mark.parametrize(
    ("glyphs", "below", "lines"),
    [
        (two_columns(LEFT, RIGHT), 20, IN_COLUMN),
        (two_columns(LEFT, RIGHT), 22, BELOW),
        (two_columns(LEFT, RIGHT, leading=30), 34, IN_COLUMN),
        (two_columns(LEFT, RIGHT, leading=30), 36, BELOW),
        (two_columns(LEFT, RIGHT, raised=4), 22, BELOW),
        (two_columns(LEFT, RIGHT, leading=30, height=8), 32, IN_COLUMN),
    ],
)
def test_a_line_of_one_column_stands_no_further_below_than_the_others(
    glyphs: list[Glyph], below: float, lines: list[str]
) -> None:
    assert last(glyphs, 50, below, "换货也一样。") == lines


@pytest.mark.parametrize(("gap", "together"), [(36, True), (41, False)])
def test_a_gap_that_all_columns_have_is_measured_by_the_first(gap: float, together: bool) -> None:
    upper = two_columns(LEFT, RIGHT, height=8)
    lower = [
        glyph if glyph.text == "\n" else glyph._replace(bottom=glyph.bottom - 45 - gap, top=glyph.top - 45 - gap)
        for glyph in upper
    ]
    lines = ["".join(line.split("\n")) for line in page_lines([*upper, *lower])]
    left, right = "".join(LEFT), "".join(RIGHT)
    assert lines == ([left, left, right, right] if together else [left, right, left, right])


@pytest.mark.parametrize(("x", "inside"), [(199.5, True), (200, False), (180, True)])
def test_a_piece_between_two_columns_belongs_to_none(x: float, inside: bool) -> None:
    lines = last(two_columns(LEFT, RIGHT), x, 15, "换")
    assert lines == (["".join(LEFT), "换", "".join(RIGHT)] if inside else ["".join(LEFT), "".join(RIGHT), "换"])
    assert last(two_columns(LEFT, RIGHT), 240, 15, "换") == ["".join(LEFT), "".join(RIGHT), "换"]


def test_pieces_of_one_line_of_a_column_are_one_line() -> None:
    glyphs = two_columns(LEFT, RIGHT)
    moved = [
        glyph._replace(left=glyph.left + 9, right=glyph.right + 9)
        if glyph.bottom == 670 and glyph.left >= 390
        else glyph
        for glyph in glyphs
    ]
    lines = ["".join(line.split("\n")) for line in page_lines(moved)]
    assert lines == ["".join(LEFT), "".join(RIGHT).replace("短信提", "短信 提")]


@pytest.mark.parametrize(
    ("left", "columns"),
    [
        ([FULL] * 3 + [END] * 3, True),
        ([FULL] * 2 + [END] * 4, False),
        ([FULL] * 2 + [END] * 3, False),
        ([FULL[:10]] * 4, True),
        ([FULL[:9]] * 4, False),
        ([FULL, FULL[:14] + "a", FULL[:11] + "a", END], True),
        ([FULL, FULL[:10] + "a", FULL[:10] + "a", END], False),
    ],
)
def test_what_makes_columns_prose(left: list[str], columns: bool) -> None:
    right = [FULL] * len(left)
    lines = page_lines(two_columns(left, right))
    assert (lines == [f"{one} {other}" for one, other in zip(left, right, strict=True)]) is not columns


@pytest.mark.parametrize(("x", "columns"), [(38, False), (38.1, True)])
def test_a_line_is_full_where_hardly_a_character_is_missing(x: float, columns: bool) -> None:
    page = rows([(50, FULL), (250, FULL)], *([[(x, FULL), (250, FULL)]] * 3), [(50, END), (250, END)])
    assert (page_lines(drawn(*page))[0] == f"{FULL} {FULL}") is not columns


def test_columns_may_be_parted_by_a_space_alone() -> None:
    space = Glyph(" ", 0, 0, 0, 0)
    made = [
        space if at % 2 == 0 and glyph.text == "\n" else glyph for at, glyph in _line_ends(two_columns(LEFT, RIGHT))
    ]
    lines = ["".join(line.split("\n")) for line in page_lines(made)]
    assert lines == ["".join(LEFT), "".join(RIGHT)]


def _line_ends(glyphs: list[Glyph]) -> Iterator[tuple[int, Glyph]]:
    """Glyphs, each with the number of line ends before it."""
    count = 0
    for glyph in glyphs:
        yield count, glyph
        count += glyph.text == "\n"


def test_spaces_at_the_edges_of_a_piece_are_none_of_it() -> None:
    space = Glyph(" ", 0, 0, 0, 0)
    assert page_lines([space, *drawn((0, 0, "甲")), space, *drawn((10, 0, "乙")), space]) == ["甲 乙"]
    assert page_lines([space, Glyph("\n", 0, 0, 0, 0), *drawn((0, 0, "甲"))]) == ["甲"]
    assert page_lines([*drawn((0, 0, "甲")), space, *drawn((30, 0, "乙"))]) == ["甲 乙"]


def test_what_normalising_leaves_nothing_of_is_no_piece() -> None:
    assert page_lines(drawn((0, 0, "\u200b"), (0, 50, "甲"))) == ["甲"]
