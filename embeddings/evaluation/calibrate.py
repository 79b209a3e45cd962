"""Good and bad questions to a calibration of refusal for one generation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from embeddings.errors import TooFewQuestions
from embeddings.evaluation.metrics import area_under_curve
from embeddings.refusal.confidence import Calibration, Signals

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FEWEST = 20  # of each sort; fewer say nothing about where the line runs
_FOLDS = 5
_ANSWERED_WRONGLY = 0.15  # share of what must be declined that may be answered; the rest is unsure at worst
_ANSWERED = 0.75  # share of answerable questions that are answered all the same, where the two sorts mix
_NAMES = tuple(field.name for field in fields(Signals))


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A fitted calibration and how it did on questions left out of the fit: area under the curve, share of the
    answerable kept and of the others declined at `unsure_at`."""

    calibration: Calibration
    auc: float
    kept: float
    declined: float


def fit(good: Sequence[Signals], bad: Sequence[Signals], *, keep: float = 0.95) -> Calibrated:
    """Fit the logistic model and choose its working point so that `keep` of the answerable questions are not declined.

    What is surer than nearly all that must be declined is answered, everything between the points is unsure. Both come
    from out-of-fold confidences, so that they hold for questions not seen. Raises TooFewQuestions with less than 20 of
    either sort.
    """
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    from sklearn.model_selection import StratifiedKFold, cross_val_predict  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from sklearn.preprocessing import StandardScaler  # noqa: PLC0415

    if len(good) < _FEWEST or len(bad) < _FEWEST:
        raise TooFewQuestions(len(good), len(bad), _FEWEST)
    rows = np.array([[asdict(signals)[name] for name in _NAMES] for signals in (*good, *bad)], dtype=np.float64)
    labels = np.array([1] * len(good) + [0] * len(bad))
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.3, class_weight="balanced", max_iter=2000))
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=0)
    confidence: NDArray[np.float64] = cross_val_predict(model, rows, labels, cv=folds, method="predict_proba")[:, 1]
    kept, wrong = confidence[labels == 1], confidence[labels == 0]
    unsure_at = np.quantile(kept, 1 - keep)
    answer_at = max(unsure_at, min(np.quantile(wrong, 1 - _ANSWERED_WRONGLY), np.quantile(kept, 1 - _ANSWERED)))
    model.fit(rows, labels)
    scaler, logistic = model[0], model[1]
    weights = logistic.coef_[0] / scaler.scale_
    bias = float(logistic.intercept_[0] - (weights * scaler.mean_).sum())
    return Calibrated(
        calibration=Calibration(
            bias=bias,
            weights={name: float(weight) for name, weight in zip(_NAMES, weights, strict=True)},
            answer_at=float(answer_at),
            unsure_at=float(unsure_at),
        ),
        auc=area_under_curve(list(confidence[labels == 1]), list(confidence[labels == 0])),
        kept=float((kept >= unsure_at).mean()),
        declined=float((wrong < unsure_at).mean()),
    )
