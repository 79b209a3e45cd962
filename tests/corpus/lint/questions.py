"""The rules of the notes beside the starter articles, which give other words in which people ask."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from corpus.parsing.files import note_of
from corpus.parsing.front_matter import parse_head
from tests.corpus.lint.finding import Finding
from tests.corpus.lint.page import Page, letters

_LONGEST = 40
_MOST = 6


def lint_questions(pages: list[Page], sets: Path) -> Iterator[Finding]:
    """Findings about the notes of some articles; `sets` has the question sets, whose questions no note may hold.

    A question that stands below two headings would find either, and one of a question set would measure nothing.
    """
    measured = {letters(question): file.name for file in sorted(sets.glob("*.jsonl")) for question in _asked(file)}
    homes: dict[str, str] = {}
    for page in pages:
        note = note_of(page.file)
        if not note.exists():
            yield page.finding("no note with questions", f"write {note.name}: three to six for each heading")
            continue
        headings = {letters(heading[1]) for heading in page.headings} | {""}
        for heading, questions in parse_head(note.read_text(encoding="utf-8")).questions:
            if letters(heading) not in headings:
                yield Finding(note.name, 0, f"heading {heading!r}", "name a heading of the article")
            if len(questions) > _MOST:
                yield Finding(note.name, 0, f"{len(questions)} questions below {heading!r}", f"give {_MOST} at most")
            for question in questions:
                home = homes.setdefault(letters(question), f"{page.name}: {heading}")
                if home != f"{page.name}: {heading}":
                    yield Finding(note.name, 0, f"{question!r} stands below {home!r} as well", "keep the better one")
                if len(question) > _LONGEST:
                    yield Finding(note.name, 0, f"{question!r}", f"write {_LONGEST} characters at most")
                if letters(question) == letters(heading):
                    yield Finding(note.name, 0, f"{question!r} is the heading", "ask in other words")
                if letters(question) in measured:
                    yield Finding(note.name, 0, f"{question!r} stands in {measured[letters(question)]}", "leave it out")


def _asked(file: Path) -> Iterator[str]:
    for line in file.read_text(encoding="utf-8").splitlines():
        question = json.loads(line).get("question")
        if isinstance(question, str):
            yield question
