"""Vectors into inverted lists, and how many of those a search has to look into.

That is chosen by what share of the hundred closest vectors is found, and written down. It is measured with vectors of
questions, or of headings read as questions, never with the vectors that are searched: questions lie outside of where
those lie, so that these promise far more than a question gets.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from embeddings.index.dense import DenseIndex
from embeddings.index.inverted_lists import InvertedLists

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

LISTS_FROM = 300_000
"""Vectors from which there are lists: one processor scans about ten million half-precision ones a second."""

RECALL = 0.98
_MEASURED = 100  # closest vectors that recall is measured over
_TRAINED = 64  # vectors a list that centroids are learnt from


def write_lists(name: Path, vectors: DenseIndex, questions: Vectors) -> None:
    """Put vectors into lists and write them beside, where there are `LISTS_FROM` of them or more.

    `questions`, (questions, dimension), are unit vectors of questions to those; without any there are no lists. Raises
    OSError.
    """
    if vectors.count < LISTS_FROM or not len(questions):
        return
    import faiss  # noqa: PLC0415

    # A power of two near the square root: then looking for lists and looking into them cost about the same.
    count = 1 << round(np.log2(1.3 * vectors.count**0.5))
    learnt_from = np.linspace(0, vectors.count - 1, min(vectors.count, count * _TRAINED)).astype(np.int64)
    quantizer = faiss.IndexFlatIP(vectors.dimension)
    half, product = faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    lists = faiss.IndexIVFScalarQuantizer(quantizer, vectors.dimension, count, half, product, False)
    lists.cp.spherical = True  # vectors are of unit length, and so should be what stands for them
    lists.train(vectors.rows(learnt_from))
    for block in vectors.blocks():
        lists.add(block)
    expected = [set(vectors.search(question, _MEASURED)[0].tolist()) for question in questions]
    probes, recall = 1, 0.0
    while probes < count:
        probes *= 2
        found = InvertedLists(lists, probes)
        shares = [
            len(wanted.intersection(found.search(question, _MEASURED, None)[0].tolist())) / len(wanted)
            for question, wanted in zip(questions, expected, strict=True)
        ]
        recall = float(np.mean(shares))
        if recall >= RECALL:
            break
    about = {"lists": count, "recall": round(recall, 4), "questions": len(questions)}
    InvertedLists(lists, probes).save(name, about)
