"""Rows of tables for a small screen."""

from __future__ import annotations

import pytest

from bot.answering.layout import laid_out
from corpus.model import BlockKind, Passage, PassageBlock, Span


def row(text: str) -> str:
    passage = Passage("0" * 16, "a.md", 0, (), text, (), (PassageBlock(BlockKind.TABLE_ROW, Span(0, len(text))),))
    return laid_out(passage, Span(0, len(text)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("群：客户群；上限：500 人；口径：2025 年", "群：客户群\n\u3000上限：500 人\n\u3000口径：2025 年"),
        ("做法：先停；再看；谁做：店长", "做法：先停；再看\n\u3000谁做：店长"),
        ("列：周；记什么：日期；从哪看：—", "列：周\n\u3000记什么：日期"),
        ("客户群；500 人", "客户群；500 人"),
        ("—；—", "—；—"),
    ],
)
def test_each_column_has_a_line_and_empty_cells_none(text: str, expected: str) -> None:
    assert row(text) == expected


def test_only_rows_are_changed_and_only_those_within_the_range() -> None:
    text = "甲：一；乙：二。\n甲：三；乙：四\n甲：五；乙：六"
    blocks = (
        PassageBlock(BlockKind.PARAGRAPH, Span(0, 8)),
        PassageBlock(BlockKind.TABLE_ROW, Span(9, 16)),
        PassageBlock(BlockKind.TABLE_ROW, Span(17, 24)),
    )
    passage = Passage("0" * 16, "a.md", 0, (), text, (), blocks)
    assert laid_out(passage, Span(0, 16)) == "甲：一；乙：二。\n甲：三\n\u3000乙：四"
    assert laid_out(passage, Span(17, 24)) == "甲：五\n\u3000乙：六"
