"""A starter article as its file has it."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from tests.corpus.lint.finding import Finding

LINK = re.compile(r"\]\(([^)\s]+)\)")
_WHOLE = re.compile(r"---\n(.*?)\n---\n(.*)", re.DOTALL)


class Page:
    """The front matter (None where there is none that can be used) and the body of a file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.name = file.name
        self.text = file.read_text(encoding="utf-8")
        match = _WHOLE.fullmatch(self.text)
        self.meta: dict[str, Any] | None = _mapping(match[1]) if match else None
        self.body = match[2] if match else self.text
        self._start = match.start(2) if match else 0

    @cached_property
    def length(self) -> int:
        """Characters of the body without white space."""
        return len(re.sub(r"\s", "", self.body))

    @cached_property
    def letters(self) -> str:
        """The body's letters and digits, link targets left out."""
        return letters(self.body)

    @property
    def headings(self) -> list[re.Match[str]]:
        """All headings of the body; group 1 is the text."""
        return list(re.finditer(r"^#+ +(.+)$", self.body, re.MULTILINE))

    def finding(self, problem: str, advice: str, at: int | None = None) -> Finding:
        """A finding about the front matter, or about a place of the body where an offset in it is given."""
        line = 0 if at is None else self.text.count("\n", 0, self._start + at) + 1
        return Finding(self.name, line, problem, advice)


def letters(text: str) -> str:
    """Only letters and digits, link targets left out: how copied text is recognised."""
    return re.sub(r"[^\w%]+", "", LINK.sub("]", text))


def _mapping(text: str) -> dict[str, Any] | None:
    try:
        loaded = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError):
        return None
    return loaded if isinstance(loaded, dict) else None
