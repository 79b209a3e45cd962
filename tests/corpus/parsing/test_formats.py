"""The table of formats, and that a format which is added to it is found, parsed and named everywhere."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from corpus.errors import UnreadableFile
from corpus.parsing import formats
from corpus.parsing.articles import parse_corpus
from corpus.parsing.files import find_files
from corpus.parsing.formats import (
    FORMATS,
    Format,
    format_of,
    format_of_media_type,
    page_formats,
    parse_page,
    suffix_list,
)
from corpus.parsing.lines import Line, ParsedPage
from corpus.sandbox.inspection import inspect

TEXT = "门店每天九点开门，晚上九点关门，节假日照常营业，下雨天也开门，只有除夕那天休息，大家都知道。"


def reversed_lines(data: bytes) -> ParsedPage:
    """Parses a format of texts that are written from right to left."""
    return ParsedPage(tuple(Line(line[::-1]) for line in data.decode().splitlines()))


REVERSED = Format((".rev", ".reversed"), ("text/x-reversed",), reversed_lines, page_name="倒文")


@pytest.fixture
def with_reversed(monkeypatch: pytest.MonkeyPatch) -> None:
    """One more entry in the table."""
    monkeypatch.setattr(formats, "FORMATS", (*FORMATS, REVERSED))


def test_what_people_are_told() -> None:
    assert suffix_list() == ".md .html .txt .docx .pdf .xlsx .csv .epub"
    assert [each.page_name for each in page_formats()] == ["网页", "文字", "文字", "PDF"]


def test_each_suffix_and_media_type_names_one_format() -> None:
    for names in (
        [suffix for each in FORMATS for suffix in each.suffixes],
        [media_type for each in FORMATS for media_type in each.media_types],
    ):
        assert set(Counter(names).values()) == {1}
        assert all(name == name.lower() for name in names)
    assert format_of(".HTM") is format_of_media_type("text/html") is formats.HTML
    assert format_of("") is format_of(".exe") is format_of_media_type("") is None


def test_what_is_no_format_is_refused_with_what_to_do() -> None:
    with pytest.raises(UnreadableFile, match=r"请改用 \.md \.html \.txt \.docx \.pdf \.xlsx \.csv \.epub 文件"):
        parse_page(".exe", b"MZ")


@pytest.mark.usefixtures("with_reversed")
def test_a_new_format_is_found_parsed_and_inspected(tmp_path: Path) -> None:
    file = tmp_path / "开门.REV"
    file.write_text(TEXT[::-1], encoding="utf-8")
    assert [found.path for found in find_files([tmp_path])] == ["开门.REV"]
    (article,) = parse_corpus([tmp_path]).articles
    assert article.title == "开门"
    assert article.sections[0].blocks[0].text == TEXT
    found = inspect(file, passage_length=350)
    assert found.passages == (TEXT,)
    assert not found.other_encoding
    assert suffix_list() == ".md .html .txt .docx .pdf .xlsx .csv .epub .rev"


def test_the_table_itself_needs_no_library_of_a_format() -> None:
    """What only answers imports the table for its names of formats."""
    script = "import sys, corpus.parsing.articles; print({'bs4', 'lxml', 'markdown_it', 'openpyxl'} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", script], encoding="utf-8") == "set()\n"
