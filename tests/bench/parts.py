"""The parts of the bench, in the order of the data flow, each from the ground to its sections."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from embeddings.evaluation.metrics import Hit
from embeddings.index.vector_cache import VectorCache, encode_cached
from embeddings.models.encoder import DEFAULT, Encoder, ModelSettings, load, prepare
from tests.bench import askers, cold_start, encoding, memory, sizes, updates
from tests.bench.encoding import Texts, plain_encoder, spread
from tests.bench.ground import Ground
from tests.bench.peers import comparison
from tests.bench.peers.comparison import Find, over
from tests.bench.peers.texts import fixed_chunks, passages
from tests.bench.peers.ways import ByRanks, Encode, Flat, Keywords, Txtai, has_txtai
from tests.bench.report import Section
from tests.bench.turns import timed


class Skipped(Exception):
    """A part cannot be measured here; the message says why."""


def _model(ground: Ground) -> Path:
    chosen = ground.service.settings
    if chosen.embeddings.model != DEFAULT:
        raise Skipped("skipped: it is for the default model")
    return prepare(ModelSettings(), chosen.data_dir / "models")


def measure_encoding(ground: Ground) -> list[Section]:
    """Passages and windows to vectors."""
    plain, tokens = plain_encoder(_model(ground))
    some = ground.extent
    kinds = []
    theirs = partial(plain, encoding.PROMPT)
    for kind, texts, count in (
        ("passages", [passage.text for passage in ground.passages], some.passages),
        ("windows", ground.windows, some.windows),
    ):
        chosen = spread(texts, count)
        kinds.append(Texts(kind, chosen, sum(tokens(encoding.PROMPT + text) for text in chosen)))
    return [encoding.section(encoding.measure(ground.service.encoder(), theirs, kinds, some.rounds))]


def measure_updates(ground: Ground) -> list[Section]:
    """Reindexes of copies."""
    settings = ground.service.settings
    with tempfile.TemporaryDirectory(dir=ground.home) as home:
        service, article = updates.workshop(settings.corpus.articles[0], settings.data_dir, Path(home))
        turns = updates.measure(service, article, ground.extent.rounds)
        return [updates.section(turns, service.serving().manifest.passages)]


def measure_sizes(ground: Ground) -> list[Section]:
    """Synthetic corpora, one after the other."""
    some, source = ground.extent, ground.service.settings.data_dir
    found, skipped = [], []
    for size in some.sizes:
        try:
            data_dir = sizes.build(source, size, ground.home, some.limit)
            found.append(sizes.measure(data_dir, ground.questions, max(1, some.rounds // 2), some.limit))
        except sizes.TooLarge as why:
            skipped.append(f"{size} passages: skipped, {why}.")
    looking = timed({"files": ground.service.indexer.changed_files}, some.rounds).median("files")
    return [sizes.section(found, skipped, 1000 * looking / len(ground.articles))]


def measure_cold_start(ground: Ground) -> list[Section]:
    """`ask` in a fresh process."""
    starts = cold_start.measure(ground.versions, ground.questions[0], ground.extent.rounds)
    return [cold_start.section(starts, ground.versions)]


def measure_memory(ground: Ground) -> list[Section]:
    """What `run` holds."""
    with tempfile.TemporaryDirectory(dir=ground.home) as home:
        return [memory.section(memory.measure(ground.versions, ground.questions, Path(home)))]


def measure_askers(ground: Ground) -> list[Section]:
    """Many people at once."""
    some = ground.extent
    return [askers.section(askers.measure(ground.service, ground.questions, some.askers, max(1, some.rounds // 2)))]


def measure_peers(ground: Ground) -> list[Section]:
    """Others over the same text."""
    model = _model(ground)
    plain, _ = plain_encoder(model)
    settings = ground.service.settings
    cache = VectorCache(ground.home / "peers.db")  # the product's own forgets what is not of its index

    def vectors(encoder: Encoder, texts: Sequence[Hit]) -> NDArray[np.float32]:
        return encode_cached(cache, lambda: encoder, encoder.identity, [text.text for text in texts]).vectors

    cut, chunks = passages(ground.passages), fixed_chunks(ground.articles)
    bare = load(ModelSettings(query_prompt="", passage_prompt=""), settings.data_dir / "models")
    return compare_peers(ground, cut, chunks, vectors(ground.service.encoder(), cut), vectors(bare, chunks), plain)


def compare_peers(
    ground: Ground,
    cut: Sequence[Hit],
    chunks: Sequence[Hit],
    cut_vectors: NDArray[np.float32],
    chunk_vectors: NDArray[np.float32],
    encode: Callable[[str, Sequence[str]], NDArray[np.float32]],
) -> list[Section]:
    """A section for each set of questions; `encode` takes a prompt and texts."""
    with_prompt: Encode = lambda question: encode("query: ", [question])[0]  # noqa: E731
    without: Encode = lambda question: encode("", [question])[0]  # noqa: E731
    service = ground.service

    def search(question: str) -> list[Hit]:
        ranked = service.refresh().retriever.retrieve(question).ranked
        return [Hit(each.passage.article, each.passage.text) for each in ranked]

    def answer(question: str) -> list[Hit]:
        return [Hit(each.article, each.text) for each in service.ask(question).passages]

    texts = [each.text for each in cut]
    flat, keywords = Flat(cut_vectors, with_prompt), Keywords(texts)
    ways: dict[str, Find] = {
        "this product, search": search,
        "this product, whole answer": answer,
        "FAISS, chunks of 500 characters": over(Flat(chunk_vectors, without), chunks),
        "FAISS, our passages": over(flat, cut),
        "bm25s with jieba, our passages": over(keywords, cut),
        "FAISS + bm25s by ranks, our passages": over(ByRanks(flat, keywords), cut),
    }
    missing = []
    if has_txtai():
        ways["txtai hybrid, our passages"] = over(Txtai(texts, cut_vectors, with_prompt), cut)
    else:
        missing.append("txtai is not installed: left out (`make bench` installs it where a registry is reached).")
    return [
        comparison.section(name, comparison.compare([q for q in questions if q.answerable], ways), missing)
        for name, questions in ground.sets.items()
    ]


PARTS: Final[dict[str, Callable[[Ground], list[Section]]]] = {
    "encoding": measure_encoding,
    "updates": measure_updates,
    "sizes": measure_sizes,
    "cold-start": measure_cold_start,
    "memory": measure_memory,
    "askers": measure_askers,
    "peers": measure_peers,
}
