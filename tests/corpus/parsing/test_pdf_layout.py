"""Characters with their places to lines."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.corpus.parsing.print_samples import LEFT, RIGHT, drawn, page_lines, rows


def test_cells_of_one_row_stay_apart() -> None:
    table = rows([(50, "渠道"), (150, "加微"), (350, "退款")], [(50, "小红书"), (150, "120"), (350, "3")])
    assert page_lines(drawn(*table)) == ["渠道 加微 退款", "小红书 120 3"]


def test_a_wide_gap_parts_cells_without_a_line_end() -> None:
    glyphs = [*drawn((50, 700, "120")), *drawn((200, 700, "3")), *drawn((260, 700, "81"))]
    assert page_lines(glyphs) == ["120 3 81"]


def test_pieces_that_touch_are_one_word() -> None:
    assert page_lines(drawn((50, 700, "月费"), (70, 700, "199"), (100, 700, "元"))) == ["月费199元"]


def test_columns_drawn_row_by_row_are_read_one_after_the_other() -> None:
    page = rows([(50, "会员手册")], *([(50, left), (250, right)] for left, right in zip(LEFT, RIGHT, strict=True)))
    lines = ["".join(line.split("\n")) for line in page_lines(drawn(*page))]
    assert lines == ["会员手册", "".join(LEFT), "".join(RIGHT)]


def test_columns_go_on_below_a_gap_that_both_have() -> None:
    upper = rows(*([(50, left), (250, right)] for left, right in zip(LEFT, RIGHT, strict=True)))
    lower = [(x, y - 15 * 4 - 18, text) for x, y, text in upper]
    lines = ["".join(line.split("\n")) for line in page_lines(drawn(*upper, *lower))]
    assert lines == ["".join(LEFT)] * 2 + ["".join(RIGHT)] * 2


def test_three_columns() -> None:
    page = rows(*([(50, left), (250, right), (450, left)] for left, right in zip(LEFT, RIGHT, strict=True)))
    lines = ["".join(line.split("\n")) for line in page_lines(drawn(*page))]
    assert lines == ["".join(LEFT), "".join(RIGHT), "".join(LEFT)]


def test_a_column_may_be_longer_than_its_neighbour() -> None:
    longer = [*rows(*([(50, left), (250, right)] for left, right in zip(LEFT, RIGHT, strict=True)))]
    longer += [(50, 700 - 15 * 4, "换货同样按这一条办。"), (50, 700 - 15 * 8, "以上自五月起执行。")]
    lines = ["".join(line.split("\n")) for line in page_lines(drawn(*longer))]
    assert lines == ["".join(LEFT), "换货同样按这一条办。", "".join(RIGHT), "以上自五月起执行。"]


def test_rows_of_a_table_are_read_row_by_row() -> None:
    asked = ("收到货七天内能不能退货？", "年费和月费可以换吗？", "过生日有没有礼物可以领？", "到期之前会不会提醒？")
    table = rows(*([(50, question), (250, answer)] for question, answer in zip(asked, RIGHT, strict=True)))
    assert page_lines(drawn(*table)) == [f"{question} {answer}" for question, answer in zip(asked, RIGHT, strict=True)]


def test_columns_drawn_one_after_the_other_stay_so() -> None:
    page = [*rows(*([(50, left)] for left in LEFT)), *rows(*([(250, right)] for right in RIGHT))]
    assert page_lines(drawn(*page)) == [*LEFT, *RIGHT]


CELLS = st.tuples(
    st.floats(0, 600), st.floats(0, 800), st.text(st.sampled_from("0123456789年费退货月 元。，abc"), max_size=20)
)


@settings(deadline=None, max_examples=300)
@given(st.lists(CELLS, max_size=40), st.floats(0.0, 12.0))
def test_no_character_is_lost_or_made_wherever_it_stands(pieces: list[tuple[float, float, str]], width: float) -> None:
    shown = Counter(character for _, _, text in pieces for character in text if character != " ")
    read = Counter("".join("".join(line.split()) for line in page_lines(drawn(*pieces, width=width))))
    assert read == shown


@settings(deadline=None, max_examples=200)
@given(st.lists(st.lists(st.integers(0, 99_999), min_size=1, max_size=6), min_size=1, max_size=8))
def test_numbers_of_two_cells_never_become_one(table: list[list[int]]) -> None:
    page = rows(*([(50 + 90 * column, str(number)) for column, number in enumerate(row)] for row in table))
    assert page_lines(drawn(*page)) == [" ".join(map(str, row)) for row in table]
