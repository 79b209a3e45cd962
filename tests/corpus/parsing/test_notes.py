"""Front matter beside a file that does not carry its own."""

from __future__ import annotations

import datetime
from pathlib import Path

from corpus.parsing.articles import parse_article, parse_corpus
from corpus.parsing.files import file_digest, find_files, note_of
from tests.corpus.samples import pdf

TEXT = "Kite strings are waxed every seventeen days, says the kite handbook of the old town."


def test_a_note_says_what_the_file_does_not(tmp_path: Path) -> None:
    file = tmp_path / "kite.pdf"
    file.write_bytes(pdf([TEXT]))
    before = file_digest(file)
    note_of(file).write_text("title: 风筝线\nurl: https://example.com/kite.pdf\ndate: 2026-02-03\n", encoding="utf-8")
    (found,) = find_files([tmp_path])
    article = parse_article(found)
    assert article.title == "风筝线"
    assert article.url == "https://example.com/kite.pdf"
    assert article.date == datetime.date(2026, 2, 3)
    assert article.file_digest == file_digest(file) != before


def test_a_note_goes_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text(f"---\ntitle: old\nauthor: Ann\nurl: https://example.com/old\n---\n\n{TEXT}", encoding="utf-8")
    note_of(file).write_text("title: new\n", encoding="utf-8")
    (article,) = parse_corpus([tmp_path]).articles
    assert (article.title, article.author, article.url) == ("new", "Ann", "https://example.com/old")


def test_a_malformed_or_huge_note_is_as_good_as_none(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text(f"# 题\n\n{TEXT}", encoding="utf-8")
    for note in (b"[unclosed", b"\xff\xfe\x00", b"title: x\n" * 10_000, b"- list"):
        note_of(file).write_bytes(note)
        (article,) = parse_corpus([tmp_path]).articles
        assert article.title == "题"
