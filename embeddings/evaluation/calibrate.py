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
_SOFTNESS = 0.05  # share of answerable questions between "answered" and "unsure"
_NAMES = tuple(field.name for field in fields(Signals))


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A fitted calibration and how it did on questions left out of the fit: area under the curve, share of the
    answerable kept and of the others declined at `unsure_at`."""

    calibration: Calibration
    auc: float
    kept: float
    declined: float


def fit(good: Sequence[Signals], bad: Sequence[Signals], *, keep: float = 0.9) -> Calibrated:
    """Fit the logistic model and choose its working point so that `keep` of the answerable questions stay.

    Both thresholds come from out-of-fold confidences, so that they hold for questions not seen. Raises
    TooFewQuestions with less than 20 of either sort.
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
    unsure_at, answer_at = np.quantile(confidence[labels == 1], (1 - keep, min(1 - keep + _SOFTNESS, 1)))
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
        kept=float((confidence[labels == 1] >= unsure_at).mean()),
        declined=float((confidence[labels == 0] < unsure_at).mean()),
    )
