"""A CSV file that a spreadsheet shows and never computes."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.insights.csv_file import csv_file

_CELL = st.text(st.one_of(st.sampled_from("=+-@\t\r\n＝＋－＠ '\",;"), st.characters(codec="utf-8")), max_size=12)


def read(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@given(st.lists(st.lists(_CELL, min_size=3, max_size=3), max_size=5))
def test_no_cell_begins_a_formula_and_nothing_else_is_changed(rows: list[list[str]]) -> None:
    found = read(csv_file(("甲", "乙", "=丙"), rows))
    assert found[0] == ["甲", "乙", "'=丙"]
    assert len(found) == len(rows) + 1
    for row, shown in zip(rows, found[1:], strict=True):
        for cell, text in zip(row, shown, strict=True):
            assert text.removeprefix("'") == cell.replace("\0", "").removeprefix("'")
            assert not text.lstrip(" ")[:1] or text.lstrip(" ")[0] not in "=+-@\t\r\n＝＋－＠"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "＝1", "\r=1"])
def test_what_would_be_a_formula_gets_an_apostrophe(cell: str) -> None:
    assert read(csv_file(("a",), [(cell,)]))[1] == [f"'{cell}"]


def test_excel_knows_the_encoding_by_its_mark() -> None:
    assert csv_file(("问",), [("加微率",)]).startswith(b'\xef\xbb\xbf"')
    assert read(csv_file(("问", "次"), [("加微率", 3)])) == [["问", "次"], ["加微率", "3"]]


def test_half_a_surrogate_pair_spoils_nothing() -> None:
    assert read(csv_file(("a",), [("x\ud800y",)]))[1] == ["x?y"]
