"""The curated questions for developing and judging the matcher, and the fit of its weights.

`python -m tests.evaluation.fit_curated_matching` fits the weights on the development questions with the real models and
prints them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Literal

import numpy as np

from bot.answering.curated.matching import CuratedMatcher
from bot.answering.curated.phrasing import Phrasings
from bot.answering.curated.similarity import Features, ParaphraseModel, compare
from bot.answering.curated.store import Author, CuratedAnswer, CuratedText

DIRECTORY = Path(__file__).parent

_RISING = {"similar"}  # what may only speak for two questions being one; "unclear" may do either
_COMPARED = 4


@dataclass(frozen=True, slots=True)
class Case:
    """A curated question, other phrasings of it, and near questions that ask something else."""

    id: str
    question: str
    paraphrases: tuple[str, ...]
    others: tuple[str, ...]


def read_cases(name: Literal["development", "test"]) -> tuple[Case, ...]:
    """The cases of one set."""
    lines = (DIRECTORY / f"curated_{name}.jsonl").read_text(encoding="utf-8").splitlines()
    documents = (json.loads(line) for line in lines)
    return tuple(Case(d["id"], d["question"], tuple(d["paraphrases"]), tuple(d["others"])) for d in documents)


def read_others(*names: str) -> tuple[str, ...]:
    """The questions of other evaluation sets, each once."""
    lines = (line for name in names for line in (DIRECTORY / f"{name}.jsonl").read_text(encoding="utf-8").splitlines())
    documents = (json.loads(line) for line in lines)
    return tuple(dict.fromkeys(document.get("question") or document["text"] for document in documents))


@dataclass(frozen=True, slots=True)
class Held:
    """Curated answers in memory."""

    answers: tuple[CuratedAnswer, ...]

    def active(self) -> tuple[CuratedAnswer, ...]:
        """All of them."""
        return self.answers

    @classmethod
    def over(cls, questions: Sequence[str]) -> Held:
        """One for each question; its number is the question's place."""
        author = Author(7, "Olga")
        contents = (CuratedText(question, f"答{number}", "zh") for number, question in enumerate(questions))
        return cls(tuple(CuratedAnswer(number, content, author, 0.0) for number, content in enumerate(contents)))


@dataclass(frozen=True, slots=True)
class Pair:
    """What a question and a curated one have in common; `same` tells whether they ask the same, `fold` for the fit."""

    features: Features
    same: bool
    weight: float
    fold: int


class Bench:
    """Cases made ready with a matcher's encoders."""

    def __init__(
        self, matcher: CuratedMatcher, phrasings: Phrasings, cases: Sequence[Case], rest: Sequence[str]
    ) -> None:
        self._matcher = matcher
        self._phrasings = phrasings
        self.cases = cases
        self.rest = rest
        texts = [text for case in cases for text in (case.question, *case.paraphrases, *case.others)]
        texts = list(dict.fromkeys((*texts, *rest)))
        self.encoded = dict(zip(texts, matcher.encode(texts), strict=True))

    def nearest(self, question: str, count: int) -> list[Case]:
        """The cases whose questions are most similar."""
        asked = self.encoded[question]

        def closeness(case: Case) -> float:
            known = self.encoded[case.question]
            return float(asked.vector @ known.vector + asked.companion @ known.companion)

        return sorted(self.cases, key=closeness, reverse=True)[:count]

    def features(self, question: str, case: Case, *, known_things: bool = True) -> Features | None:
        """What a question and a case's have in common; None where they conflict."""
        one, other = self.encoded[question], self.encoded[case.question]
        if self._phrasings.conflict(one.phrasing, other.phrasing, known_things=known_things):
            return None
        return compare(one, other, self._matcher.word_vectors)

    def pairs(self, folds: int) -> Iterator[Pair]:
        """What the weights are fitted on: every paraphrase with its own and the nearest cases, near misses (counted
        twice, since they are what is hard) with theirs, everything else with the nearest.

        The lists of things that exclude each other are left out here, so that the weights learn to do without them:
        they hold no more than was thought of.
        """
        for number, case in enumerate(self.cases):
            for text in case.paraphrases:
                for near in {case.id: case, **{c.id: c for c in self.nearest(text, _COMPARED)}}.values():
                    if found := self.features(text, near, known_things=False):
                        yield Pair(found, near is case, 1.0, number % folds)
            for text in case.others:
                if found := self.features(text, case, known_things=False):
                    yield Pair(found, False, 2.0, number % folds)
        for number, text in enumerate(self.rest):
            for near in self.nearest(text, 2):
                if found := self.features(text, near, known_things=False):
                    yield Pair(found, False, 1.0, number % folds)


def fit(pairs: Sequence[Pair], *, softness: float = 1.0) -> ParaphraseModel:
    """A logistic regression whose weights have the sign that their feature's meaning gives them.

    Without that the near misses, written in the careful style of the curated questions, would teach it that a careful
    style speaks against a match. `softness` is the variance of the prior on standardised weights.
    """
    from scipy.optimize import minimize  # type: ignore[import-untyped]

    names = [field.name for field in fields(Features)]
    rows = np.array([[asdict(pair.features)[name] for name in names] for pair in pairs])
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    rows = (rows - mean) / spread
    signs = np.array([1.0 if pair.same else -1.0 for pair in pairs])
    counts = np.array([pair.weight for pair in pairs])

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        margins = signs * (rows @ parameters[:-1] + parameters[-1])
        slope = -signs * counts / (1 + np.exp(np.clip(margins, -500, 500)))
        gradient = np.append(rows.T @ slope + parameters[:-1] / softness, slope.sum())
        return float(
            (counts * np.logaddexp(0, -margins)).sum() + (parameters[:-1] ** 2).sum() / (2 * softness)
        ), gradient

    bounds = [(0, None) if name in _RISING else (None, None) if name == "unclear" else (None, 0) for name in names]
    found = minimize(loss, np.zeros(len(names) + 1), jac=True, bounds=[*bounds, (None, None)], method="L-BFGS-B").x
    weights = found[:-1] / spread
    return ParaphraseModel(
        float(found[-1] - (weights * mean).sum()), dict(zip(names, map(float, weights), strict=True))
    )


def main() -> None:
    """Fit the weights with the default models and print them."""
    from bot.answering.service import Service
    from bot.config import load_settings
    from corpus.vocabulary.glossary import Glossary
    from embeddings.index.segmentation import Segmenter

    service = Service(load_settings(DIRECTORY.parents[1] / "config.yaml"))
    glossary = Glossary.load()
    segmenter = Segmenter(glossary.words())
    phrasings = Phrasings(glossary, segmenter)
    matcher = CuratedMatcher(
        Held(()),
        service.encoder(),
        segmenter,
        phrasings,
        companion=service.companion,
        local_time=service.local_time,
    )
    rest = read_others("development", "development_unanswerable", "group_development")
    print(fit(list(Bench(matcher, phrasings, read_cases("development"), rest).pairs(1))))


if __name__ == "__main__":
    main()
