"""The other words in which people ask what a section answers, from an article's head to its sections."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from corpus.model import Section

_LONGEST = 100  # characters; a longer one is a story, not a question
_MARKS = re.compile(r"[\W_]+")


def with_questions(
    sections: Sequence[Section], title: str, by_heading: Sequence[tuple[str, tuple[str, ...]]]
) -> tuple[tuple[Section, ...], tuple[str, ...]]:
    """The sections, each with the questions that are given for its heading, and the headings that no section has.

    Headings are compared by their letters and digits. Questions of a heading that has only others below it belong to
    all of these; questions without a heading, or below the title, to the first section.
    """
    own = {_folded(heading) for section in sections for heading in section.headings[-1:]}
    outer = {_folded(heading) for section in sections for heading in section.headings} - own
    wanted: dict[str, tuple[str, ...]] = {}
    names: dict[str, str] = {}
    for heading, questions in by_heading:
        key = _folded(heading)
        key = "" if key == _folded(title) and key not in own else key
        names[key] = heading
        wanted[key] = (*wanted.get(key, ()), *(text for text in questions if len(text) <= _LONGEST))
    found = []
    for at, section in enumerate(sections):
        path = [_folded(heading) for heading in section.headings]
        keys = [*([""] if at == 0 else []), *(key for key in path if key in outer), *path[-1:]]
        questions = tuple(dict.fromkeys(question for key in keys for question in wanted.get(key, ())))
        found.append(replace(section, questions=questions) if questions else section)
    known = own | outer | {""} if sections else set()
    return tuple(found), tuple(names[key] for key in wanted if key not in known)


def _folded(heading: str) -> str:
    return _MARKS.sub("", heading).lower()
