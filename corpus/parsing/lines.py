"""The form every kind of file is brought into before cleaning: one line per heading, paragraph, item or row."""

from __future__ import annotations

from dataclasses import dataclass, field

from corpus.model import BlockKind
from corpus.parsing.metadata import Metadata


@dataclass(frozen=True, slots=True)
class Line:
    """One heading or block with what is known of its looks, which tells headings and boilerplate from content.

    `level` is 1-6 for a heading and 0 for a block. `bold` is true when all of it stands in bold. `links` are the
    addresses it links to and `linked` is the share of its characters inside links, 0 to 1.
    """

    text: str
    kind: BlockKind = BlockKind.PARAGRAPH
    level: int = 0
    bold: bool = False
    links: tuple[str, ...] = ()
    linked: float = 0.0


@dataclass(frozen=True, slots=True)
class ParsedPage:
    """A file as parsed and not yet cleaned: its lines, and what it says about itself.

    `warnings` tell an operator, a sentence each, what of the file could not be read. `names_itself` is false where no
    heading of such a file is its title: those of a workbook name sheets, those of a book chapters.
    """

    lines: tuple[Line, ...]
    metadata: Metadata = field(default_factory=Metadata)
    warnings: tuple[str, ...] = ()
    names_itself: bool = True
