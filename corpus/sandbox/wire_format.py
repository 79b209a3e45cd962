"""Requests to the parsing process and its answers, each as one line of JSON.

The lines are ASCII, so that no character of a file or of its name can end one or fail to be written.
"""

from __future__ import annotations

import datetime
import json
from dataclasses import asdict, dataclass
from typing import Any, Self

from corpus.model import Article, Block, BlockKind, Section, Skipped, Source
from corpus.parsing.articles import Explanation
from corpus.parsing.cleaning import Removal
from corpus.sandbox.inspection import Inspection

Answer = Article | Inspection | Explanation | Skipped
"""What the process may say to a request."""

_DAYS = ("date", "updated", "expires", "checked")


@dataclass(frozen=True, slots=True)
class Request:
    """A file to parse: `path` is what it is called, `file` where it lies.

    With a `passage_length` (in characters) the answer is an inspection, where it `explains` an explanation, else an
    article.
    """

    path: str
    file: str
    passage_length: int | None = None
    explains: bool = False

    def to_line(self) -> bytes:
        """One line with its end."""
        return _line(self)

    @classmethod
    def from_line(cls, line: bytes) -> Self:
        """From what `to_line` gave. Raises ValueError or TypeError for anything else."""
        return cls(**json.loads(line))


def to_line(answer: Answer) -> bytes:
    """One line with its end."""
    return _line(answer)


def from_line(line: bytes) -> Answer:
    """From what `to_line` gave. Raises ValueError, KeyError or TypeError for anything else."""
    document: dict[str, Any] = json.loads(line)
    if "reason" in document:
        return Skipped(**document)
    if "removals" in document:
        removals = tuple(Removal(**removal) for removal in document["removals"])
        return Explanation(document["skipped"], removals, tuple(document["warnings"]))
    named = {key: document[key] for key in _DAYS if key in document}
    days = {key: datetime.date.fromisoformat(day) if day else None for key, day in named.items()}
    if "passages" in document:
        return Inspection(
            **{**document, **days, "passages": tuple(document["passages"]), "warnings": tuple(document["warnings"])}
        )
    return Article(
        **{
            **document,
            **days,
            **{key: tuple(document[key]) for key in ("categories", "tags", "warnings")},
            "sections": tuple(_section(section) for section in document["sections"]),
            "sources": tuple(Source(**source) for source in document["sources"]),
        }
    )


def _line(value: Request | Answer) -> bytes:
    return json.dumps(asdict(value), default=datetime.date.isoformat).encode("ascii") + b"\n"


def _section(document: dict[str, Any]) -> Section:
    blocks = tuple(Block(BlockKind(block["kind"]), block["text"]) for block in document["blocks"])
    return Section(tuple(document["headings"]), blocks, tuple(document["questions"]))
