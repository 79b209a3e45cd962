"""What reading a file gave, as one line of JSON: the form in which it crosses from one process to another."""

from __future__ import annotations

import datetime
import json
from dataclasses import asdict
from typing import Any

from corpus.model import Article, Block, BlockKind, Section, Skipped, Source

_DAYS = ("date", "updated", "expires")
_LISTS = ("categories", "tags")


def to_line(read: Article | Skipped) -> bytes:
    """ASCII without a line break, so that no character of a file can end the line or fail to be written."""
    return json.dumps(asdict(read), default=datetime.date.isoformat).encode("ascii")


def from_line(line: bytes) -> Article | Skipped:
    """From what `to_line` gave. Raises ValueError, KeyError or TypeError for anything else."""
    document: dict[str, Any] = json.loads(line)
    if "reason" in document:
        return Skipped(**document)
    sections = tuple(_section(section) for section in document["sections"])
    days = {key: datetime.date.fromisoformat(document[key]) if document[key] else None for key in _DAYS}
    lists = {key: tuple(document[key]) for key in _LISTS}
    sources = tuple(Source(**source) for source in document["sources"])
    return Article(**{**document, **days, **lists, "sections": sections, "sources": sources})


def _section(document: dict[str, Any]) -> Section:
    blocks = tuple(Block(BlockKind(block["kind"]), block["text"]) for block in document["blocks"])
    return Section(tuple(document["headings"]), blocks)
