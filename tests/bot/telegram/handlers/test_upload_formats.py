"""Which files operators may send follows from the table of formats."""

from __future__ import annotations

import pytest
from telegram import Document

from bot.telegram.handlers.uploads import suffix_of
from corpus.parsing import formats
from corpus.parsing.formats import FORMATS, TEXT, Format


@pytest.mark.parametrize(
    ("name", "media_type", "suffix"),
    [
        ("a.md", None, ".md"),
        ("a.HTM", "application/pdf", ".htm"),
        ("a.docx.exe", "application/pdf", None),
        ("a", "application/pdf", ".pdf"),
        (None, "text/markdown", ".md"),
        ("a.XLSX", None, ".xlsx"),
        (None, "text/csv", ".csv"),
        (None, "application/epub+zip", ".epub"),
        ("a", "image/png", None),
        (None, None, None),
    ],
)
def test_a_name_decides_and_where_it_says_nothing_the_media_type(
    name: str | None, media_type: str | None, suffix: str | None
) -> None:
    assert suffix_of(Document("1", "1", file_name=name, mime_type=media_type)) == suffix


def test_a_new_format_may_be_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "FORMATS", (*FORMATS, Format((".rev", ".reversed"), ("text/x-rev",), TEXT.parse)))
    assert suffix_of(Document("1", "1", file_name="a.Reversed")) == ".reversed"
    assert suffix_of(Document("1", "1", mime_type="text/x-rev")) == ".rev"
