"""The project's documents as what they point at: links, headings, names in backticks, commands, tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
FILES = (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")))


@dataclass(frozen=True, slots=True)
class Link:
    """A link or a picture: `target` as written, without what follows `#`, which is `anchor`."""

    file: Path
    target: str
    anchor: str

    @property
    def points_at(self) -> Path:
        """The file that it leads to, its own where it names none."""
        return (self.file.parent / self.target).resolve() if self.target else self.file


@cache
def tokens(file: Path) -> tuple[Token, ...]:
    """All tokens of a document, those inside paragraphs included."""
    parsed = MarkdownIt("commonmark").enable("table").parse(file.read_text(encoding="utf-8"))
    return tuple(token for block in parsed for token in (block, *(block.children or ())))


def links(file: Path) -> Iterator[Link]:
    """All links and pictures that lead to files of the project."""
    for written in _written(file):
        if not re.match(r"[a-z]+:", written):
            target, _, anchor = MarkdownIt().normalizeLinkText(written).partition("#")
            yield Link(file, target, anchor)


def _written(file: Path) -> Iterator[str]:
    """The targets of all links and pictures, those of HTML's img included."""
    for token in tokens(file):
        if token.type in ("html_block", "html_inline"):
            yield from re.findall(r'src="([^"]+)"', token.content)
        elif target := token.attrGet("href") or token.attrGet("src"):
            yield str(target)


def anchors(file: Path) -> frozenset[str]:
    """What `#…` may be in a link to this document, by GitHub's rule."""
    parsed = [token for token in tokens(file) if token.type in ("heading_open", "inline")]
    headings = [after.content for before, after in pairwise(parsed) if before.nesting == 1]
    return frozenset(re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings)


def code(file: Path) -> Iterator[str]:
    """Everything in backticks inside a paragraph or a table."""
    yield from (" ".join(token.content.split()) for token in tokens(file) if token.type == "code_inline")


def fenced_commands(file: Path) -> Iterator[str]:
    """Every line of every block that is marked as bash."""
    for token in tokens(file):
        if token.type == "fence" and token.info == "bash":
            yield from (line.strip() for line in token.content.splitlines() if line.strip())


def column(file: Path, heading: str) -> Iterator[str]:
    """What stands in backticks in a table's column, for all tables that have one of this name."""
    at: int | None = None
    for line in file.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if heading in cells:
            at = cells.index(heading)
        elif not cells:
            at = None
        elif at is not None and len(cells) > at:
            yield from re.findall(r"`([^`]+)`", cells[at])
