"""One corpus size, in a process of its own: `python -m tests.bench.one_size DATA_DIR QUESTIONS ROUNDS`.

DATA_DIR has an index made by `tests.support.synthetic_corpus`, QUESTIONS is a JSON file with a list of them. Prints the
figures as JSON.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.answering.models import Models
from bot.answering.service import Service
from bot.config import Settings, load_settings
from bot.local_time import LocalTime
from corpus.vocabulary.glossary import Glossary
from corpus.vocabulary.spoken_words import SpokenWords
from embeddings.evaluation.metrics import percentile
from embeddings.index.dense import DenseIndex
from embeddings.index.generation import Generation
from embeddings.index.generation_store import GenerationStore
from embeddings.index.segmentation import Segmenter
from embeddings.index.vector_index import SAMPLE
from embeddings.models.encoder import Encoder, Progress
from embeddings.search.freshness import Freshness, FreshnessPolicy
from embeddings.search.fusion import Weights
from embeddings.search.retriever import Retriever
from tests.bench.memory import resident
from tests.bench.turns import seconds
from tests.bench.updates import changed
from tests.bench.versions import ROOT

_RECALLED = 20  # questions by which the recall of lists is told: each is compared with every vector
_CLOSEST = 100
_ARTICLE = "# 复核记录\n\n## 加微话术\n\n客户主动问起价格时，先回答问题，再请对方说明用途，最后才给出报价单。\n"


@dataclass(frozen=True, slots=True)
class OneSize:
    """`passages` and `windows` of the corpus, GiB on the `disk`; seconds to `load` what searches it and of the `first`
    search; `p50` and `p95` of the later ones and the median of `encoding` a question, which none of these contain, in
    milliseconds; MiB resident after them, and of these its `own` (see `tests.bench.memory.Resident`). Where vectors are
    in inverted lists, the `recall` of the hundred closest to these questions in the worst leg, else None; seconds of an
    `update` of one article, None where none was made."""

    passages: int
    windows: int
    disk: float
    load: float
    first: float
    p50: float
    p95: float
    encoding: float
    resident: float
    own: float
    recall: float | None = None
    update: float | None = None


class TimedEncoder:
    """An encoder that counts the seconds in which it encodes questions."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.identity = encoder.identity
        self.dimension = encoder.dimension
        self.seconds = 0.0

    def encode_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> NDArray[np.float32]:
        """As the encoder."""
        return self._encoder.encode_passages(texts, progress=progress)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As the encoder."""
        began = time.perf_counter()
        vectors = self._encoder.encode_queries(texts)
        self.seconds += time.perf_counter() - began
        return vectors


def measure(
    settings: Settings, encoder: Encoder, companion: Encoder | None, questions: Sequence[str], rounds: int
) -> OneSize:
    """Load the index of these settings, and search it for every question, all of them once a round."""
    timed = [TimedEncoder(each) for each in (encoder, companion) if each is not None]
    for each in timed:
        each.encode_queries(questions[:1])
    glossary = Glossary.load()
    segmenter = Segmenter(glossary.words())
    segmenter.terms(questions[0])  # reads its dictionary
    store = GenerationStore(settings.data_dir)
    freshness = Freshness(FreshnessPolicy(**settings.freshness.model_dump()), today=LocalTime(settings.zone).today)
    began = time.perf_counter()
    generation = store.load(segmenter)
    retriever = Retriever(
        generation,
        timed[0],
        companion=timed[1] if len(timed) > 1 else None,
        glossary=glossary,
        spoken_words=SpokenWords.load(),
        weights=Weights(**settings.retrieval.weights.model_dump()),
        freshness=freshness,
    )
    load = time.perf_counter() - began
    searching, encoding = list[float](), list[float]()
    for question in list(questions) * rounds:
        before = sum(each.seconds for each in timed)
        whole = seconds(lambda question=question: retriever.retrieve(question))  # type: ignore[misc]
        encoding.append(sum(each.seconds for each in timed) - before)
        searching.append(whole - encoding[-1])
    later = sorted(searching[1:])
    memory = resident(os.getpid())
    return OneSize(
        passages=generation.manifest.passages,
        windows=generation.manifest.windows,
        disk=_size(store.directory()) / 2**30,
        load=load,
        first=searching[0],
        p50=1000 * percentile(later, 0.50),
        p95=1000 * percentile(later, 0.95),
        encoding=1000 * statistics.median(encoding),
        resident=memory.total,
        own=memory.own,
        recall=_recall(generation, encoder, companion, questions[:_RECALLED]),
    )


def _recall(
    generation: Generation, encoder: Encoder, companion: Encoder | None, questions: Sequence[str]
) -> float | None:
    """The smallest share of the closest vectors that lists of the base give, of any leg that has some."""
    vectors = generation.segments[0].vectors
    dense = encoder.encode_queries(questions)
    white, _ = generation.whitening.whitened(dense)
    second = companion.encode_queries(questions) if companion is not None else ()
    legs = (
        (vectors.passages, dense),
        (vectors.windows, white),
        (vectors.companion_passages, second),
        (vectors.companion_windows, second),
    )
    return min((_share(leg, asked) for leg, asked in legs if leg is not None and leg.lists is not None), default=None)


def _share(vectors: DenseIndex, asked: Iterable[NDArray[np.float32]]) -> float:
    shares = []
    for question in asked:
        closest = np.argpartition(-vectors.scores(question), _CLOSEST)[:_CLOSEST]
        shares.append(len(np.intersect1d(vectors.search(question, _CLOSEST)[0], closest)) / _CLOSEST)
    return statistics.mean(shares)


def update(service: Callable[[Path], Service], home: Path, rounds: int) -> float:
    """The median seconds of a reindex after one article has changed that came after the index was built.

    `service` gives the service over a directory of articles. The article is added first, which counts for nothing.
    """
    articles = home / "articles"
    articles.mkdir()
    article = articles / "one.md"
    article.write_text(_ARTICLE, encoding="utf-8")
    change, indexing = changed(article), service(articles)
    indexing.reindex()
    taken = []
    for _ in range(rounds):
        change()
        taken.append(seconds(indexing.reindex))
    return statistics.median(taken)


def _size(directory: Path) -> int:
    return sum(file.stat().st_size for file in directory.rglob("*") if file.is_file())


def main() -> None:
    """See the top of this file."""
    data_dir, questions, rounds = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text("utf-8")), int(sys.argv[3])

    def settings(articles: Path) -> Settings:
        return load_settings(ROOT / "config.yaml", [f"corpus.articles={articles}", f"data_dir={data_dir}"])

    with tempfile.TemporaryDirectory(dir=data_dir) as home:
        chosen = settings(Path(home))
        models = Models(chosen, data_dir / "models")
        found = asdict(measure(chosen, models.encoder(), models.companion, questions, rounds))
        # A smaller generation is written anew from all files, of which such a corpus has none.
        if found["passages"] > SAMPLE:
            found["update"] = update(lambda articles: Service(settings(articles)), Path(home), rounds)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
