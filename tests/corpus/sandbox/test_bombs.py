"""Files of a few kilobytes that unpack to far more, and huge ones: each is bounded and named, the next is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from corpus.model import Article, Skipped
from corpus.parsing.files import FoundFile
from corpus.sandbox.bounded_parser import BoundedParser
from tests.corpus.samples import epub, saved, workbook
from tests.corpus.sandbox.test_bounded_parser import seconds_of_children

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PRICES: list[list[object]] = [["店名", "月费"], ["青禾店", 199]]


def _book(part: str, xml: str) -> bytes:
    return saved(workbook(("价目", _PRICES)), {part: xml})


def _sheet(rows: str) -> bytes:
    return _book("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>')


def _many_rows() -> bytes:
    cells = '<c r="A{0}"><v>{0}</v></c><c r="CV{0}"><v>7</v></c>'
    return _sheet("".join(f"<row>{cells.format(row)}</row>" for row in range(1, 150_000)))


def _many_strings() -> bytes:
    return _book("xl/sharedStrings.xml", f'<sst xmlns="{_MAIN}">{"<si/>" * 5_000_000}</sst>')


def _many_cells() -> bytes:
    return _sheet("<row>" + "<c><v>1</v></c>" * 1_500_000 + "</row>")


def _blank() -> bytes:
    return _sheet(" " * 270_000_000)


def _fifty_mebibytes() -> bytes:
    return "青禾店,199,含停车\n".encode() * 2_000_000


def _long_row() -> bytes:
    return b"a," * 3_000_000


def _long_chapters() -> bytes:
    return epub(*["<p>" + "<b>长</b>" * 90_000 + "</p>"] * 12)


def _deep_chapter() -> bytes:
    return epub("<div>" * 100_000 + "底" + "</div>" * 100_000)


@pytest.fixture(scope="module")
def parse() -> Iterator[BoundedParser]:
    """One for all files, as for a corpus: its process starts anew only after a file has ended it."""
    with BoundedParser(seconds=3) as parser:
        yield parser


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("rows.xlsx", _many_rows),
        ("strings.xlsx", _many_strings),
        ("cells.xlsx", _many_cells),
        ("blank.xlsx", _blank),
        ("rows.csv", _fifty_mebibytes),
        ("line.csv", _long_row),
        ("quote.csv", lambda: b'"' + "青禾店,199\n".encode() * 300_000),
        ("chapters.epub", _long_chapters),
        ("deep.epub", _deep_chapter),
    ],
)
def test_no_file_takes_more_than_it_may(
    tmp_path: Path, parse: BoundedParser, name: str, made: Callable[[], bytes]
) -> None:
    (tmp_path / name).write_bytes(made())
    (tmp_path / "good.csv").write_text("店名,月费\n青禾店,199 元一个月\n", encoding="utf-8")
    before = seconds_of_children()
    answer = parse(FoundFile(name, tmp_path / name))
    good = parse(FoundFile("good.csv", tmp_path / "good.csv"))
    assert isinstance(good, Article)
    assert seconds_of_children() - before < 15
    if isinstance(answer, Article):
        assert answer.warnings or name.endswith(".epub")
    else:
        assert isinstance(answer, Skipped)
        assert "拆成几个" in answer.reason or "另存" in answer.reason
