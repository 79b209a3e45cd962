"""Corpora of any size for measuring: made from a real generation, without an encoder.

A synthetic article is a real one told again. Its vectors are those of the real one moved by a part of the difference of
two other real vectors, which keeps the directions in which a corpus varies (a smoothed bootstrap), so that questions
lie as far outside of them as they do outside of the real ones. In its text some sentences are those of other passages,
and each passage has a word of its own; headings are kept. With the same seed the same corpus comes out. Not of any use
for judging what is found: for sizes and times, and for comparing two ways of searching the same rows.

In: a data directory with a generation, as of the starter articles. Out: a data directory with a generation that is
loaded, searched, verified and reindexed as any other one:

    PYTHONPATH=. python -m tests.support.synthetic_corpus SOURCE_DATA_DIR TARGET_DATA_DIR PASSAGES

As in a real generation, everyday questions tell how inverted lists have to be searched, where there are enough vectors
for those.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bot.answering.models import Models
from bot.config import load_settings
from corpus.model import Passage, PassageBlock, Span
from corpus.vocabulary.glossary import Glossary
from embeddings.index.background_similarity import QUESTIONS
from embeddings.index.generation import Generation, Manifest
from embeddings.index.generation_store import GenerationStore
from embeddings.index.generation_writer import About, GenerationContents, mean_directions, write_whole
from embeddings.index.segment import Questions, SegmentBlock, VectorBlock
from embeddings.index.segmentation import Segmenter
from embeddings.index.vector_index import SAMPLE
from embeddings.models.encoder import Encoder
from tests.bench.versions import ROOT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

MOVED = 0.35
"""By how much of the difference of two real vectors each is moved."""
SWAPPED = 0.3
"""Share of the sentences that are another passage's."""


def synthetic_blocks(source: Generation, passages: int, *, seed: int = 0) -> Iterator[SegmentBlock]:
    """Whole articles with together about `passages` passages, one round of the source's articles in a block."""
    dice = np.random.default_rng(seed)
    base = source.segments[0]
    real = _Real(source)
    rounds = -(-passages // base.count)
    for number in range(rounds):
        count = min(base.count, passages - number * base.count)
        articles = max(1, int(np.searchsorted(base.article_starts, count, side="right")) - 1)
        yield real.told_again(number, articles, dice)


def everyday_questions(encoder: Encoder, companion: Encoder | None) -> Questions:
    """The vectors by which a real generation's lists are measured."""
    return Questions(encoder.encode_queries(QUESTIONS), companion.encode_queries(QUESTIONS) if companion else None)


def write_synthetic_generation(
    source: Generation, data_dir: Path, passages: int, *, seed: int = 0, questions: Questions | None = None
) -> Manifest:
    """Build and serve a generation of about so many passages below `data_dir`; its recipe is the source's.

    Without `questions` it has no inverted lists, however large.
    """
    store = GenerationStore(data_dir)
    contents = GenerationContents(
        blocks=synthetic_blocks(source, passages, seed=seed),
        whitening=source.whitening,
        unrelated=_some(source, 36),
        half=passages > SAMPLE,
        questions=questions,
    )
    with store.building() as (generation_id, directory):
        model, recipe = source.manifest.model, source.manifest.recipe
        manifest = write_whole(directory, About(generation_id, recipe, model, {}, (), ()), contents)
        store.serve(generation_id, directory)
    return manifest


class _Real:
    """The source's passages with their vectors in memory, and their sentences with the terms of each."""

    def __init__(self, source: Generation) -> None:
        base = source.segments[0]
        self._base = base
        self._whitening = source.whitening
        self._segmenter = source.lexical.segmenter
        every = base.vectors.block(np.arange(base.count))
        self._sizes, self._sentences = every.sizes, every.sentences
        self._passage_vectors = np.asarray(every.passages, dtype=np.float32)
        self._windows = source.whitening.raw(np.asarray(every.white, dtype=np.float32), every.lengths)
        companion = every.companion_windows
        self._companion = None if companion is None else np.asarray(companion, dtype=np.float32)
        self._articles = [base.article(number) for number in range(base.articles)]
        self._passages = [base.passage(row) for row in range(base.count)]
        self._texts = [[p.text[span.start : span.end] for span in p.sentences] for p in self._passages]
        self._terms = [[self._segmenter.terms(text) for text in texts] for texts in self._texts]
        titles = {article.path: article.title for article in self._articles}
        heads = ("\n".join((titles[p.article], *p.headings)) for p in self._passages)
        self._heads = [self._segmenter.terms(head) for head in heads]
        self._pool = [(row, number) for row, texts in enumerate(self._texts) for number in range(len(texts))]

    def told_again(self, number: int, articles: int, dice: np.random.Generator) -> SegmentBlock:
        """The first articles of the source once more."""
        count = int(self._base.article_starts[articles])
        windows = int(self._sizes[:count].sum())
        passages, terms = [], []
        for row in range(count):
            passage, its_terms = self._passage(number, row, dice)
            passages.append(passage)
            terms.append(its_terms)
        white, lengths = self._whitening.whitened(_moved(self._windows, windows, dice))
        companion = None if self._companion is None else _moved(self._companion, windows, dice)
        return SegmentBlock(
            articles=[
                replace(
                    a, path=_path(number, a.path), title=f"{a.title} {number}", text_digest=f"{number}-{a.text_digest}"
                )
                for a in self._articles[:articles]
            ],
            passages=passages,
            vectors=VectorBlock(
                passages=_moved(self._passage_vectors, count, dice),
                sizes=self._sizes[:count],
                white=white,
                lengths=lengths,
                sentences=self._sentences[:windows],
                companion_passages=None if companion is None else mean_directions(companion, self._sizes[:count]),
                companion_windows=companion,
            ),
            terms=terms,
        )

    def _passage(self, number: int, row: int, dice: np.random.Generator) -> tuple[Passage, list[str]]:
        old = self._passages[row]
        word = f"n{number}r{row}"
        pieces: list[str] = []
        spans: list[Span] = []
        terms = [*self._heads[row], word]
        at = 0
        swapped = dice.random(len(old.sentences)) < SWAPPED
        for place in range(len(old.sentences)):
            other = self._pool[int(dice.integers(len(self._pool)))] if swapped[place] else (row, place)
            text = self._texts[other[0]][other[1]]
            terms += self._terms[other[0]][other[1]]
            if place == 0:
                text = f"{word} {text}"
            pieces.append(text)
            spans.append(Span(at, at + len(text)))
            at += len(text) + 1
        text = "\n".join(pieces)
        blocks = (PassageBlock(old.blocks[0].kind, Span(0, len(text))),) if old.blocks else ()
        digest = hashlib.sha256(f"{number} {old.id}".encode()).hexdigest()[:16]
        passage = replace(
            old, id=digest, article=_path(number, old.article), text=text, sentences=tuple(spans), blocks=blocks
        )
        return passage, terms


def _moved(vectors: Vectors, count: int, dice: np.random.Generator) -> Vectors:
    """The first vectors, each moved by a part of the difference of two others, of length one again."""
    one, other = dice.integers(len(vectors), size=(2, count))
    moved = vectors[:count] + np.float32(MOVED) * (vectors[one] - vectors[other])
    unit: Vectors = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return unit


def _some(source: Generation, count: int) -> Vectors:
    """Passages in place of the unrelated questions, whose vectors are not at hand."""
    vectors = source.segments[0].vectors.passages
    return vectors.rows(np.linspace(0, vectors.count - 1, count).astype(np.int64))


def _path(number: int, path: str) -> str:
    return f"{number:05d}/{path}"


def main(arguments: Sequence[str] | None = None) -> None:
    """See the top of this file."""
    parser = argparse.ArgumentParser(description="a synthetic generation of any size")
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("passages", type=int)
    chosen = parser.parse_args(arguments)
    source = GenerationStore(chosen.source).load(Segmenter(Glossary.load().words()))
    models = Models(load_settings(ROOT / "config.yaml", []), chosen.source / "models")
    questions = everyday_questions(models.encoder(), models.companion if source.has_companion else None)
    manifest = write_synthetic_generation(source, chosen.target, chosen.passages, questions=questions)
    print(f"{manifest.id}: {manifest.articles} articles, {manifest.passages} passages, {manifest.windows} windows")


if __name__ == "__main__":
    main()
