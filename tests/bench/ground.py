"""What the parts measure on: articles with their index, questions over them, and the versions that are compared."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bot.answering.service import Service
from corpus.cutting.passages import cut, windows
from corpus.model import Article, Passage, Skipped
from corpus.parsing.articles import parse_or_skip
from corpus.parsing.files import find_files
from embeddings.evaluation.metrics import Question
from tests.bench.versions import Version


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured. `rounds` by turns, so many `passages`, `windows` and `questions` where a part takes some;
    `sizes` in passages, `limit` in seconds for building one of them, `askers` at once."""

    rounds: int = 5
    passages: int = 48
    windows: int = 384
    questions: int = 60
    sizes: tuple[int, ...] = (2_000, 10_000, 100_000, 300_000, 1_000_000)
    limit: float = 600.0
    askers: tuple[int, ...] = (1, 8, 32)


@dataclass(frozen=True)
class Ground:
    """A service whose index is up to date, and what is asked of it.

    `sets` are question sets by name; all parts but the comparison with others ask those of the first. `versions` are
    this one and those beside it, `home` is an empty directory for what the parts write.
    """

    service: Service
    sets: dict[str, tuple[Question, ...]]
    versions: tuple[Version, ...]
    home: Path
    extent: Extent

    @property
    def questions(self) -> list[str]:
        """Some that have an answer."""
        first = next(iter(self.sets.values()))
        return [question.text for question in first if question.answerable][: self.extent.questions]

    @cached_property
    def articles(self) -> tuple[Article, ...]:
        """What the index was built from, parsed."""
        parsed = [parse_or_skip(found) for found in find_files(self.service.indexer.roots)]
        return tuple(article for article in parsed if not isinstance(article, Skipped))

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """Their passages, cut as for the index."""
        length = self.service.settings.corpus.passage_length
        return tuple(passage for article in self.articles for passage in cut(article, target=length))

    @cached_property
    def windows(self) -> tuple[str, ...]:
        """The texts of the passages' windows below their headings, as the main encoder reads them."""
        titles = {article.path: article.title for article in self.articles}
        return tuple(
            f"{(passage.headings or (titles[passage.article],))[-1]}\n{window.text}"
            for passage in self.passages
            for window in windows(passage)
        )
