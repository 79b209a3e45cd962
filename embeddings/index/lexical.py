"""The keyword leg: BM25 over words and character bigrams (bm25s, Lucene's variant).

Score of a passage = sum over the question's terms of idf(t) * tf / (tf + k1 * (1 - b + b * length / mean length)),
Robertson and Zaragoza 2009; bm25s computes it eagerly into a sparse matrix.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.index.segmentation import Segmenter

if TYPE_CHECKING:
    from numpy.typing import NDArray

_IDF_FILE = "idf.json"


class LexicalIndex:
    """BM25 over the terms of passages. `count` is the number of passages."""

    def __init__(self, bm25: Any, idf: dict[str, float], count: int, segmenter: Segmenter) -> None:
        self._bm25 = bm25
        self._idf = idf
        self.segmenter = segmenter
        self.count = count
        self._rarest = max(idf.values(), default=1.0)

    @classmethod
    def index(cls, texts: Sequence[str], segmenter: Segmenter) -> LexicalIndex:
        """Index texts in order."""
        from bm25s import BM25  # noqa: PLC0415

        tokens = [segmenter.terms(text) or [""] for text in texts]
        document_frequency: dict[str, int] = {}
        for terms in tokens:
            for term in set(terms):
                document_frequency[term] = document_frequency.get(term, 0) + 1
        count = len(texts)
        idf = {t: float(np.log(1 + (count - n + 0.5) / (n + 0.5))) for t, n in document_frequency.items()}
        bm25 = BM25(k1=1.5, b=0.75, method="lucene")
        bm25.index(tokens, show_progress=False)
        return cls(bm25, idf, count, segmenter)

    def save(self, directory: Path) -> None:
        """Write the index as plain arrays and JSON; never a pickle."""
        directory.mkdir(parents=True)
        self._bm25.save(directory, show_progress=False)
        document = {"count": self.count, "idf": self._idf}
        (directory / _IDF_FILE).write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, directory: Path, segmenter: Segmenter) -> LexicalIndex:
        """Read what `save` wrote."""
        from bm25s import BM25  # noqa: PLC0415

        document = json.loads((directory / _IDF_FILE).read_text(encoding="utf-8"))
        bm25 = BM25.load(directory, show_progress=False, allow_pickle=False)
        return cls(bm25, document["idf"], document["count"], segmenter)

    def scores(self, question: str) -> NDArray[np.float32]:
        """BM25 of every passage for a question: shape (count,), zero where no term is shared."""
        known = [term for term in self.segmenter.terms(question) if term in self._idf]
        if not known:
            return np.zeros(self.count, dtype=np.float32)
        return np.asarray(self._bm25.get_scores(known), dtype=np.float32)

    def idf(self, term: str) -> float:
        """Rarity of a term; a term that no passage has is as rare as the rarest."""
        return self._idf.get(term, self._rarest)

    def terms(self) -> Iterable[str]:
        """Every term of the index: words as they are, bigrams behind a `#`."""
        return self._idf.keys()

    def has(self, term: str) -> bool:
        """Whether any passage has a term."""
        return term in self._idf

    def commonness(self, term: str) -> float:
        """In how many passages a term stands, read back from its rarity; 0 where none has it."""
        if term not in self._idf:
            return 0.0
        return float((self.count + 1) / np.exp(self._idf[term]) - 0.5)

    def coverage(self, question: str, texts: Sequence[str]) -> float:
        """Share of the question's terms, weighted by rarity, that the texts together contain: 0 to 1."""
        return self.wanted(question).covered(texts)

    def wanted(self, question: str) -> Wanted:
        """What `coverage` looks for, for a question about which it is asked many times."""
        return Wanted(self.segmenter, {term: self.idf(term) for term in self.segmenter.terms(question)})


class Wanted:
    """The terms of one question with their rarity."""

    def __init__(self, segmenter: Segmenter, terms: Mapping[str, float]) -> None:
        self._segmenter = segmenter
        self._terms = terms
        self._total = sum(terms.values())

    def covered(self, texts: Sequence[str]) -> float:
        """Share of them, weighted by rarity, that the texts together contain: 0 to 1."""
        if not self._total:
            return 0.0
        present = set().union(*(self._segmenter.terms(text) for text in texts)) if texts else set()
        return sum(rarity for term, rarity in self._terms.items() if term in present) / self._total
