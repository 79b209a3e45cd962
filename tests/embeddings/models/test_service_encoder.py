"""An embedding service is never taken at its word, and whatever it does a question has its answer in time."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from embeddings.errors import EngineUnavailable, ServiceChanged, ServiceUnavailable
from embeddings.models.encoder import ModelSettings, identify
from embeddings.models.reference_vectors import TEXTS
from embeddings.models.service_encoder import ServiceEncoder, ServiceProvider, ServiceSettings
from tests.support import scripted_embeddings as behave
from tests.support.scripted_embeddings import DIMENSION, Behaviour, ScriptedEmbeddings, scripted_embeddings

KEY = "sk-very-secret-0123456789"


@pytest.fixture
def server() -> Iterator[ScriptedEmbeddings]:
    with scripted_embeddings() as server:
        yield server


class Clock:
    """Seconds that pass as they do, and those that were slept or skipped."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self._skipped = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self._skipped

    def skip(self, seconds: float) -> None:
        self._skipped += seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.skip(seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(server: ScriptedEmbeddings) -> ServiceSettings:
    return ServiceSettings(server.url, "bge-m3", question_seconds=3, passage_seconds=3, key=KEY)


Make = Callable[..., ServiceEncoder]


@pytest.fixture
def encoder_of(settings: ServiceSettings, clock: Clock) -> Make:
    """Makes an encoder; keywords replace settings."""

    def make(**other: object) -> ServiceEncoder:
        changed = replace(settings, **other)  # type: ignore[arg-type]
        identity = ServiceProvider(changed).identify()
        return ServiceEncoder(identity, changed, clock=clock, sleep=clock.sleep)

    return make


def unit(texts: list[str], model: str = "first") -> np.ndarray:
    rows = np.array([behave.vector(model, text) for text in texts])
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def test_vectors_have_length_one_and_the_order_of_the_texts_whatever_that_of_the_answer(
    encoder_of: Make, server: ScriptedEmbeddings
) -> None:
    server.then = behave.shuffled
    texts = ["甲", "乙丙", "丁"]
    np.testing.assert_allclose(encoder_of().encode_passages(texts), unit(texts), atol=1e-6)
    np.testing.assert_allclose(encoder_of().encode_queries(texts), unit(texts), atol=1e-6)


def test_passages_go_in_batches_with_progress(encoder_of: Make, server: ScriptedEmbeddings) -> None:
    told: list[tuple[int, int]] = []
    encoder = encoder_of(batch_size=512)
    vectors = encoder.encode_passages([str(n) for n in range(130)], progress=lambda *done: told.append(done))
    assert vectors.shape == (130, DIMENSION)
    assert told == [(64, 130), (128, 130), (130, 130)]
    assert max(len(asked.texts) for asked in server.asked) == 64
    assert encoder.encode_passages([]).shape == (0, DIMENSION)


@pytest.mark.parametrize("code", [400, 413, 422])
def test_a_batch_that_is_too_large_is_halved_and_that_is_remembered(
    encoder_of: Make, server: ScriptedEmbeddings, code: int
) -> None:
    server.then = behave.at_most(10, code)
    encoder, texts = encoder_of(batch_size=32), [str(n) for n in range(40)]
    np.testing.assert_allclose(encoder.encode_passages(texts), unit(texts), atol=1e-6)
    sizes = [len(asked.texts) for asked in server.asked if asked.texts[0] not in TEXTS]
    assert sizes == [32, 16, 8, 8, 8, 8, 8]


def test_the_key_goes_out_and_nowhere_else(
    encoder_of: Make, server: ScriptedEmbeddings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    encoder_of().encode_queries(["问"])
    assert {asked.authorization for asked in server.asked} == {f"Bearer {KEY}"}
    server.then = behave.repeats_the_key
    with pytest.raises(ServiceUnavailable, match="SIYU_EMBEDDINGS_API_KEY") as refused:
        encoder_of().encode_queries(["问"])
    assert KEY not in str(refused.value) + caplog.text


def test_a_service_without_a_key_is_sent_none(encoder_of: Make, server: ScriptedEmbeddings) -> None:
    encoder_of(key=None).encode_queries(["问"])
    assert {asked.authorization for asked in server.asked} == {None}


def test_either_we_put_prompts_before_texts_or_the_service_is_told_what_they_are(
    encoder_of: Make, server: ScriptedEmbeddings
) -> None:
    ours = encoder_of(model="my-e5-model", served_as="served")
    ours.encode_queries(["问"])
    ours.encode_passages(["文"])
    bodies = [asked.body for asked in server.asked if asked.texts[0][-1] in "问文"]
    assert [body["input"] for body in bodies] == [["query: 问"], ["passage: 文"]]
    assert all(body["model"] == "served" and "input_type" not in body for body in bodies)

    server.asked.clear()
    theirs = encoder_of(model="my-e5-model", prompts="server")
    theirs.encode_queries(["问"])
    theirs.encode_passages(["文"])
    bodies = [asked.body for asked in server.asked if asked.texts[0] in ("问", "文")]
    assert [(body["input"], body["input_type"]) for body in bodies] == [(["问"], "query"), (["文"], "passage")]


def test_what_would_harm_the_service_is_taken_out_of_texts(encoder_of: Make, server: ScriptedEmbeddings) -> None:
    encoder_of().encode_queries(["\ud800问\0\ufdfa"])
    assert not {"\ud800", "\0", "\ufdfa"} & set(server.asked[-1].texts[0])


@pytest.mark.parametrize("wherever", ["{}", "{}/", "{}/embeddings"])
def test_an_address_may_be_written_in_several_ways(encoder_of: Make, server: ScriptedEmbeddings, wherever: str) -> None:
    encoder_of(url=wherever.format(server.url)).encode_queries(["问"])
    assert server.asked[-1].path == "/v1/embeddings"


FAULTS: dict[str, list[Behaviour]] = {
    "no vectors": [
        *(behave.one_missing, behave.one_twice, behave.not_a_number, behave.zeros, behave.ragged, behave.strings),
        *(behave.nested, behave.web_page, behave.no_data),
    ],
    "broken": [behave.cut_off, behave.no_http, behave.hung_up],
    "late": [behave.silent, behave.dripping, behave.dripping_head],
    "refused": [behave.elsewhere, *map(behave.status, (400, 401, 403, 404, 405, 413, 422, 429, 500, 502, 503, 504))],
}


@pytest.mark.parametrize("fault", [fault for faults in FAULTS.values() for fault in faults])
def test_whatever_it_does_a_question_ends_in_time_with_what_to_do(
    encoder_of: Make, server: ScriptedEmbeddings, fault: Behaviour
) -> None:
    late = fault in FAULTS["late"]
    limit = 1.0 if late else 5.0
    encoder = encoder_of(question_seconds=limit)
    encoder.encode_queries(["问"])
    server.then = fault
    began = time.monotonic()
    with pytest.raises(ServiceUnavailable, match="请") as failed:
        encoder.encode_queries(["问", "再问"])
    assert not late or time.monotonic() - began < 2.5  # all of them would take three
    assert encoder.trouble == str(failed.value)
    assert "127.0.0.1" in encoder.trouble


def test_vectors_of_another_length_are_refused(encoder_of: Make, server: ScriptedEmbeddings) -> None:
    encoder = encoder_of()
    encoder.encode_queries(["问"])
    server.then = behave.shorter
    with pytest.raises(EngineUnavailable):
        encoder.encode_queries(["问"])
    with pytest.raises(EngineUnavailable):
        encoder.encode_passages(["文"])


@pytest.mark.parametrize("fault", [behave.hung_up, behave.status(503), behave.status(429, Retry_After="0.1")])
def test_a_question_is_tried_twice_where_there_is_time(
    encoder_of: Make, server: ScriptedEmbeddings, fault: Behaviour
) -> None:
    encoder = encoder_of()
    encoder.encode_queries(["问"])
    server.script = [fault]
    assert encoder.encode_queries(["问"]).shape == (1, DIMENSION)
    assert encoder.trouble is None


def test_a_question_does_not_wait_as_long_as_it_is_told_to(encoder_of: Make, server: ScriptedEmbeddings) -> None:
    encoder = encoder_of()
    server.script = [behave.status(429, Retry_After="30")]
    with pytest.raises(ServiceUnavailable, match="太忙"):
        encoder.encode_queries(["问"])


@pytest.mark.parametrize("fault", [behave.status(500), behave.status(429), behave.hung_up, behave.no_data])
def test_passages_are_tried_until_the_service_is_back(
    encoder_of: Make, server: ScriptedEmbeddings, clock: Clock, fault: Behaviour
) -> None:
    encoder = encoder_of()
    encoder.encode_queries(["问"])
    server.script = [fault] * 3
    np.testing.assert_allclose(encoder.encode_passages(["文"]), unit(["文"]), atol=1e-6)
    assert clock.slept == [1, 2, 4]


def test_passages_are_given_up_after_a_while_and_with_a_wrong_key_at_once(
    encoder_of: Make, server: ScriptedEmbeddings, clock: Clock
) -> None:
    encoder = encoder_of()
    encoder.encode_queries(["问"])
    server.then = behave.status(503, Retry_After="7")
    with pytest.raises(ServiceUnavailable):
        encoder.encode_passages(["文"])
    assert clock.slept == [7, 7, 7, 8, 16]
    server.then = behave.status(401)
    with pytest.raises(ServiceUnavailable):
        encoder.encode_passages(["文"])
    assert len(clock.slept) == 5


def test_a_service_that_is_gone_is_left_alone_for_a_moment_and_then_answers_again_by_itself(
    encoder_of: Make, server: ScriptedEmbeddings, clock: Clock
) -> None:
    encoder = encoder_of()
    encoder.encode_queries(["问"])
    server.stop()
    with pytest.raises(ServiceUnavailable, match="连不上"):
        encoder.encode_queries(["问"])
    server.start()
    with pytest.raises(ServiceUnavailable, match="连不上"):
        encoder.encode_queries(["问"])
    clock.skip(1.1)
    assert encoder.encode_queries(["问"]).shape == (1, DIMENSION)
    assert encoder.trouble is None


def test_trouble_ends_without_a_question_where_somebody_attends_to_it(
    encoder_of: Make, server: ScriptedEmbeddings, clock: Clock
) -> None:
    encoder = encoder_of()
    server.stop()
    with pytest.raises(ServiceUnavailable):
        encoder.encode_queries(["问"])
    clock.skip(1.1)
    encoder.attend()
    assert encoder.trouble is not None
    server.start()
    clock.skip(5)
    encoder.attend()
    assert encoder.trouble is None
    asked = len(server.asked)
    encoder.attend()
    assert len(server.asked) == asked


def test_another_model_under_the_same_name_is_noticed_before_its_first_vector_is_used(
    encoder_of: Make, server: ScriptedEmbeddings
) -> None:
    sample = encoder_of().sample()
    server.model = "second"
    asking, indexing = encoder_of(), encoder_of()
    for encoder, encode in ((asking, asking.encode_queries), (indexing, indexing.encode_passages)):
        encoder.expect(sample)
        with pytest.raises(ServiceChanged, match="siyu reindex"):
            encode(["问"])
        assert encoder.trouble is not None
    assert all(set(asked.texts) == set(TEXTS) for asked in server.asked)


def test_another_model_after_an_outage_or_some_time_is_noticed_too(
    encoder_of: Make, server: ScriptedEmbeddings, clock: Clock
) -> None:
    sample = encoder_of().sample()
    for meanwhile in ("outage", "time"):
        server.model = "first"
        encoder = encoder_of()
        encoder.expect(sample)
        encoder.encode_queries(["问"])
        server.model = "second"
        if meanwhile == "outage":
            server.script = [behave.status(404)]
            with pytest.raises(ServiceUnavailable):
                encoder.encode_queries(["问"])
        clock.skip(601)
        with pytest.raises(ServiceChanged):
            encoder.encode_queries(["问"])


def test_a_model_that_takes_questions_for_passages_is_no_default_model(
    encoder_of: Make, server: ScriptedEmbeddings
) -> None:
    encoder = ServiceProvider(ServiceSettings(server.url)).load()
    with pytest.raises(ServiceChanged, match="prompts"):
        encoder.encode_queries(["问"])


def test_the_default_model_is_the_same_wherever_it_runs_and_others_are_known_by_name(tmp_path: Path) -> None:
    def of(**settings: object) -> str:
        return ServiceProvider(ServiceSettings("http://127.0.0.1:1", **settings)).identify()  # type: ignore[arg-type]

    here = identify(ModelSettings(), tmp_path)
    assert of() == of(prompts="server") == of(served_as="e5", batch_size=2) == here
    others = [of(query_prompt=""), of(model="bge-m3"), of(model="bge-m3", prompts="server"), of(model="bge-m3@2")]
    assert len({here, *others}) == 5
    assert ServiceProvider(ServiceSettings("http://x", "bge-m3")).needs_sample
    assert not ServiceProvider(ServiceSettings("http://x")).needs_sample
