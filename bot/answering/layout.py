"""Rows of tables as a phone shows them: each column with its name in a line of its own.

In a passage a row reads `列名：值；列名：值`, so that it can be searched and quoted alone.
"""

from __future__ import annotations

import re

from corpus.model import BlockKind, Passage, Span

_NAMED = re.compile(r"[^：。！？；，]{1,20}：")
_NOTHING = re.compile(r"[-–—/无]*")
_INDENT = "\u3000"


def laid_out(passage: Passage, span: Span) -> str:
    """A range of a passage's text, the rows in it laid out; white space and empty cells are all that differs."""
    text, at = "", span.start
    for block in passage.blocks:
        start, end = max(block.span.start, span.start), min(block.span.end, span.end)
        if block.kind is BlockKind.TABLE_ROW and start < end:
            text += passage.text[at:start] + _row(passage.text[start:end])
            at = end
    return text + passage.text[at : span.end]


def _row(text: str) -> str:
    """One row; what has no column name goes on in the line before."""
    lines: list[str] = []
    for cell in text.split("；"):
        if _NAMED.match(cell) or not lines:
            lines.append(cell)
        else:
            lines[-1] += f"；{cell}"
    said = [line for line in lines if not _NOTHING.fullmatch(line.partition("：")[2] or line)]
    return f"\n{_INDENT}".join(said or lines)
