"""What an answer can be written from: the passages that were found, with what a citation of each says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.answering.answerer import Answerer, citation
from bot.model import Answer, Citation
from corpus.model import Passage
from embeddings.index.generation import Generation

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
    nearness: Callable[[str, Sequence[str]], Mapping[str, float]] | None = None,
) -> tuple[Material, ...]:
    """The passages behind an answer, those that it cites first, then the others by rank.

    A passage that the generation does not hold any more is left out. `nearness` is `Retriever.nearness`.
    """
    scores = {hit.passage: hit.score for hit in answer.passages}
    order = dict.fromkeys([*(source.passage for source in answer.sources), *scores])
    found = [passage for name in order if (passage := generation.passage(name)) is not None]
    near = _remembered(nearness, [passage.id for passage in found]) if nearness else None
    return tuple(_numbered(found, scores, generation, answerer, near))


def _numbered(
    passages: list[Passage],
    scores: dict[str, float],
    generation: Generation,
    answerer: Answerer,
    near: Callable[[str], Mapping[str, float]] | None,
) -> Iterator[Material]:
    for n, passage in enumerate(passages, start=1):
        article = generation.articles[passage.article]
        cited = citation(passage, article, n, scores.get(passage.id, 0.0))
        to = _to(near, passage.id) if near else None
        yield Material(passage, cited, answerer.is_outdated(article), to)


def _remembered(
    nearness: Callable[[str, Sequence[str]], Mapping[str, float]], passages: Sequence[str]
) -> Callable[[str], Mapping[str, float]]:
    return lru_cache(_REMEMBERED)(lambda text: nearness(text, passages))


def _to(near: Callable[[str], Mapping[str, float]], passage: str) -> Nearness:
    return lambda text: near(text)[passage]
