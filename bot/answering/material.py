"""What an answer can be written from: the passages that were found, with what a citation of each says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.answering.answerer import Answerer, citation
from bot.model import Answer, Citation
from corpus.model import Passage
from embeddings.index.generation import Generation


@dataclass(frozen=True, slots=True)
class Material:
    """One passage; its citation is numbered by its place from 1. `outdated` tells that its article is past its age."""

    passage: Passage
    citation: Citation
    outdated: bool


def material_of(answer: Answer, generation: Generation, answerer: Answerer) -> tuple[Material, ...]:
    """The passages behind an answer, those that it cites first, then the others by rank.

    A passage that the generation does not hold any more is left out.
    """
    scores = {hit.passage: hit.score for hit in answer.passages}
    order = dict.fromkeys([*(source.passage for source in answer.sources), *scores])
    found = [passage for name in order if (passage := generation.passage(name)) is not None]
    return tuple(_numbered(found, scores, generation, answerer))


def _numbered(
    passages: list[Passage], scores: dict[str, float], generation: Generation, answerer: Answerer
) -> Iterator[Material]:
    for n, passage in enumerate(passages, start=1):
        article = generation.articles[passage.article]
        cited = citation(passage, article, n, scores.get(passage.id, 0.0))
        yield Material(passage, cited, answerer.is_outdated(article))
