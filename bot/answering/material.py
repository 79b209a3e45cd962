"""What an answer can be written from: the passages that were found, with what a citation of each says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.answering.answerer import Answerer, citation
from bot.model import Answer, Citation
from corpus.model import Passage
from embeddings.index.generation import Generation

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Nearness = Callable[[str], float]
"""How near a text is in meaning to one passage, see `Retriever.nearness`; from any thread."""

_REMEMBERED = 16  # sentences, each of which is compared with several passages


@dataclass(frozen=True, slots=True)
class Material:
    """One passage; its citation is numbered by its place from 1. `outdated` tells that its article is past its age.
    `nearness` is None where there is no encoder of which it is known what its cosines mean."""

    passage: Passage
    citation: Citation
    outdated: bool
    nearness: Nearness | None = None


def material_of(
    answer: Answer,
    generation: Generation,
    answerer: Answerer,
    nearness: Callable[[str], NDArray[np.float32]] | None = None,
) -> tuple[Material, ...]:
    """The passages behind an answer, those that it cites first, then the others by rank.

    A passage that the generation does not hold any more is left out. `nearness` is that of a text to every passage of
    the generation.
    """
    scores = {hit.passage: hit.score for hit in answer.passages}
    order = dict.fromkeys([*(source.passage for source in answer.sources), *scores])
    found = [passage for name in order if (passage := generation.passage(name)) is not None]
    near = lru_cache(_REMEMBERED)(nearness) if nearness else None
    return tuple(_numbered(found, scores, generation, answerer, near))


def _numbered(
    passages: list[Passage],
    scores: dict[str, float],
    generation: Generation,
    answerer: Answerer,
    near: Callable[[str], NDArray[np.float32]] | None,
) -> Iterator[Material]:
    for n, passage in enumerate(passages, start=1):
        article = generation.articles[passage.article]
        cited = citation(passage, article, n, scores.get(passage.id, 0.0))
        to = _to(near, generation.rows[passage.id]) if near else None
        yield Material(passage, cited, answerer.is_outdated(article), to)


def _to(near: Callable[[str], NDArray[np.float32]], row: int) -> Nearness:
    return lambda text: float(near(text)[row])
