"""Vectors into inverted lists, and how many of those a search has to look into.

That is chosen by what share of the hundred closest vectors is found, and written down. It is measured with questions
that somebody might ask, never with vectors that are searched, nor with headings of the corpus: windows are encoded
below theirs and so lie around it in few lists, while what is closest to a question lies scattered over many.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.index.dense import DenseIndex
from embeddings.index.inverted_lists import InvertedLists, write_about, write_in_lists

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

LISTS_FROM = 300_000
"""Vectors from which there are lists: one processor scans about ten million half-precision ones a second."""

RECALL = 0.98
_MEASURED = 100  # closest vectors that recall is measured over
_TRAINED = 64  # vectors a list that centroids are learnt from


def write_lists(name: Path, vectors: DenseIndex, questions: Vectors, before: InvertedLists | None = None) -> None:
    """Put vectors into lists and write them beside, where there are `LISTS_FROM` of them or more.

    `questions`, (questions, dimension), are unit vectors of questions to those; without any there are no lists. The
    centroids of `before` are taken where they are as many as are wanted. Raises OSError.
    """
    if vectors.count < LISTS_FROM or not len(questions):
        return
    # More lists are looked into more sparingly, and take longer to learn and to fill.
    count = 1 << round(np.log2(2 * vectors.count**0.5))
    known = before.centroids if before is not None and before.count == count else None
    write_in_lists(name, *_assigned(vectors, count, known), vectors.as_stored)
    expected = [set(vectors.search(question, _MEASURED)[0].tolist()) for question in questions]
    found = InvertedLists.with_probes(name, 1)
    recall = 0.0
    while recall < RECALL and found.probes < count:
        found.probes *= 2
        shares = [
            len(wanted.intersection(found.search(question, _MEASURED, None)[0].tolist())) / len(wanted)
            for question, wanted in zip(questions, expected, strict=True)
        ]
        recall = float(np.mean(shares))
    about = {"lists": count, "recall": round(recall, 4), "questions": len(questions)}
    write_about(name, {"probes": found.probes, **about})


def _assigned(vectors: DenseIndex, count: int, centroids: Vectors | None) -> tuple[Any, NDArray[np.int64]]:
    """An index of so many lists that is empty, around these centroids or learnt ones, and the list of every vector."""
    import faiss  # noqa: PLC0415

    quantizer = faiss.IndexFlatIP(vectors.dimension)
    half, product = faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    lists = faiss.IndexIVFScalarQuantizer(quantizer, vectors.dimension, count, half, product, False)
    lists.cp.spherical = True  # vectors are of unit length, and so should be what stands for them
    if centroids is not None:
        quantizer.add(centroids)
    learnt_from = np.linspace(0, vectors.count - 1, min(vectors.count, count * _TRAINED)).astype(np.int64)
    lists.train(vectors.rows(learnt_from))
    places = [quantizer.search(block, 1)[1][:, 0] for block in vectors.blocks()]
    return lists, np.concatenate(places)
