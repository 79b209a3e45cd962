"""Questions to curated answers: what operators have written goes before what the articles say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from bot.answering.curated.phrasing import Phrasings
from bot.answering.curated.similarity import EncodedQuestion, ParaphraseModel, compare
from bot.answering.curated.store import CuratedAnswer
from bot.local_time import LocalTime
from bot.locales import texts
from bot.model import Answer, Citation, Quote, Status
from embeddings.index.segmentation import Segmenter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embeddings.models.encoder import Encoder

    Vectors = NDArray[np.float32]

CURATED = "curated"
"""What stands in a citation of a curated answer where others have an article's path."""

_COMPARED = 6  # phrasings, the most similar ones, that are looked at word by word
_WORDS_KEPT = 5_000
_LINK = re.compile(r"https?://[^\s/?#]+[^\s]*\Z", re.IGNORECASE)
_NOT_WORDS = re.compile(r"[\W_]+")


class Store(Protocol):
    """Where curated answers come from."""

    def active(self) -> tuple[CuratedAnswer, ...]: ...


class CuratedMatcher:
    """Finds the curated answer to a question, if there is one. For one thread at a time.

    The store is read for every question, so that an answer holds from the moment it is written, whoever writes it;
    vectors are computed once for each phrasing and kept in memory. `companion` may be None, the encoder then speaks for
    it.
    """

    def __init__(
        self,
        store: Store,
        encoder: Encoder,
        segmenter: Segmenter,
        phrasings: Phrasings,
        *,
        companion: Encoder | None = None,
        paraphrase_model: ParaphraseModel | None = None,
        local_time: LocalTime,
    ) -> None:
        self._store = store
        self._encoder = encoder
        self._companion = companion or encoder
        self._segmenter = segmenter
        self._phrasings = phrasings
        self._paraphrase_model = paraphrase_model or ParaphraseModel.default()
        self._local_time = local_time
        self._typical: tuple[Vectors, Vectors] | None = None
        self._encoded: dict[str, EncodedQuestion] = {}
        self._words: dict[str, Vectors] = {}

    def warm(self) -> None:
        """Compute what the next question would have to wait for."""
        self._refresh(self._holding())

    def match(self, question: str) -> CuratedAnswer | None:
        """The curated answer that holds today for a question that asks the same; of several the likeliest."""
        holding = self._holding()
        if not holding:
            return None
        wanted = self._key(question)
        for curated in reversed(holding):
            if any(self._key(phrasing) == wanted for phrasing in curated.phrasings):
                return curated
        self._refresh(holding)
        asked = self.encode([question])[0]
        owners = [(curated, self._encoded[phrasing]) for curated in holding for phrasing in curated.phrasings]
        closeness = np.array(
            [asked.vector @ known.vector + asked.companion @ known.companion for _, known in owners], np.float32
        )
        best, likeliest = self._paraphrase_model.same_at, None
        for place in np.argsort(-closeness, kind="stable")[:_COMPARED]:
            curated, known = owners[place]
            probability = self.probability(asked, known)
            if probability >= best:
                best, likeliest = probability, curated
        return likeliest

    def pin(self, curated: CuratedAnswer, answer: Answer) -> Answer:
        """The answer with an operator's words instead of what the articles say; the passages that were found stay."""
        content = curated.content
        link = content.source if content.source and _LINK.match(content.source) else None
        citation = Citation(
            n=1,
            article=CURATED,
            title=source_title(curated, answer.language, self._local_time, asked=answer.understood or answer.question),
            section="",
            author=curated.author.name,
            date=self._local_time.day(curated.edited or curated.written),
            url=link,
            passage="",
            score=1.0,
        )
        return replace(
            answer,
            status=Status.ANSWERED,
            confidence=1.0,
            quotes=(Quote(content.text, 1),),
            sources=(citation,),
            near_topics=(),
            outdated=False,  # whoever wrote it says for how long it holds
        )

    def probability(self, one: EncodedQuestion, other: EncodedQuestion) -> float:
        """How likely two questions ask the same; 0 where they cannot."""
        if self._phrasings.conflict(one.phrasing, other.phrasing):
            return 0.0
        return self._paraphrase_model.probability(compare(one, other, self.word_vectors))

    def encode(self, questions: Sequence[str]) -> list[EncodedQuestion]:
        """Questions taken apart and with their vectors, as the paraphrase model compares them."""
        if self._typical is None:
            plain = [self._phrasings.read(question).plain for question in self._phrasings.wordings.typical]
            self._typical = (
                self._encoder.encode_queries(plain).mean(axis=0),
                self._companion.encode_queries(plain).mean(axis=0),
            )
        read = [self._phrasings.read(question) for question in questions]
        plain = [phrasing.plain for phrasing in read]
        first = _apart(self._encoder.encode_queries(plain), self._typical[0])
        second = _apart(self._companion.encode_queries(plain), self._typical[1])
        return [
            EncodedQuestion(phrasing, one, two, frozenset(self._segmenter.terms(phrasing.plain)))
            for phrasing, one, two in zip(read, first, second, strict=True)
        ]

    def word_vectors(self, words: Sequence[str]) -> Vectors:
        """Unit rows for words, remembered."""
        fresh = [word for word in words if word not in self._words]
        if fresh:
            if len(self._words) > _WORDS_KEPT:
                self._words.clear()
                fresh = list(words)
            self._words |= dict(zip(fresh, self._companion.encode_queries(fresh), strict=True))
        return np.stack([self._words[word] for word in words])

    def _holding(self) -> list[CuratedAnswer]:
        today = self._local_time.today()
        return [curated for curated in self._store.active() if not curated.expired(today)]

    def _refresh(self, holding: Sequence[CuratedAnswer]) -> None:
        """Have the vectors of all phrasings that hold, and of no others."""
        wanted = list(dict.fromkeys(phrasing for curated in holding for phrasing in curated.phrasings))
        fresh = [phrasing for phrasing in wanted if phrasing not in self._encoded]
        if fresh:
            self._encoded |= dict(zip(fresh, self.encode(fresh), strict=True))
        if len(self._encoded) > len(wanted):
            self._encoded = {phrasing: self._encoded[phrasing] for phrasing in wanted}

    def _key(self, question: str) -> str:
        """A question without what makes no difference: case, script, width, punctuation, spaces."""
        return _NOT_WORDS.sub("", self._segmenter.normalise(question))


def _apart(vectors: Vectors, typical: Vectors) -> Vectors:
    """Unit vectors from the typical question to each: (n, dimension) to (n, dimension)."""
    moved = vectors - typical
    return np.asarray(moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9), np.float32)


def source_title(curated: CuratedAnswer, language: str, local_time: LocalTime, *, asked: str) -> str:
    """Who wrote a curated answer, when, until when it holds, and where it comes from unless that is a link.

    What it was written for is named where other words were `asked`: the two may not mean the same after all.
    """
    words, content = texts(language), curated.content
    key = _NOT_WORDS.sub("", asked)
    same = any(_NOT_WORDS.sub("", phrasing) == key for phrasing in curated.phrasings)
    about = words("curated_source") if same else words("curated_for", question=content.question)
    parts = [about, curated.author.name, local_time.day(curated.written).isoformat()]
    if curated.edited is not None:
        parts.append(words("curated_edited", date=local_time.day(curated.edited).isoformat()))
    if content.expires is not None:
        parts.append(words("curated_until", date=content.expires.isoformat()))
    if content.source and not _LINK.match(content.source):
        parts.append(content.source)
    return " · ".join(parts)
