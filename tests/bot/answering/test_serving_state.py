"""What answers is replaced whole, by whoever switches and never by who asks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from bot.answering.service import Service
from embeddings.errors import ModelUnavailable
from embeddings.refusal.confidence import Calibration
from tests.bot.answering.conftest import Shop
from tests.support.fakes import FakeEncoder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

QUESTION = "复购率"
CHANGE = "快闪群只开三天，活动结束就解散，群里只讲一件商品。"


class FragileEncoder(FakeEncoder):
    """Fails on questions while it is broken."""

    broken = False

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if self.broken:
            raise RuntimeError("broken on purpose")
        return super().encode_queries(texts)


class Loads:
    """The threads in which a service loads generations, and how many do so at once."""

    def __init__(self, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
        self.threads: list[int] = []
        self.at_once = self.most_at_once = 0
        self._load = service.indexer.store.load
        monkeypatch.setattr(service.indexer.store, "load", self)

    def __call__(self, *arguments: Any) -> Any:
        self.threads.append(threading.get_ident())
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        time.sleep(0.05)
        self.at_once -= 1
        return self._load(*arguments)

    def here(self) -> int:
        """How many were paid for by the thread that asks this."""
        return self.threads.count(threading.get_ident())


def in_another_thread(call: Callable[[], object]) -> None:
    thread = threading.Thread(target=call)
    thread.start()
    thread.join()


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


@contextmanager
def broken(encoder: FragileEncoder) -> Iterator[None]:
    encoder.broken = True
    yield
    encoder.broken = False


def test_without_anything_in_memory_a_failed_load_says_why_every_time(shop: Shop) -> None:
    attempts = []

    def load() -> FakeEncoder:
        attempts.append(1)
        if len(attempts) < 4:
            raise ModelUnavailable("the model is not there")
        return FakeEncoder()

    service = shop.service(load)
    for call in (lambda: service.ask(QUESTION), service.serving, lambda: service.passage("0" * 16)):
        with pytest.raises(ModelUnavailable, match="not there"):
            call()
    assert not service.calibration_damaged
    assert service.damage is None
    assert service.ask(QUESTION).generation == shop.second


def test_what_is_in_memory_answers_on_when_the_next_state_fails_halfway(shop: Shop) -> None:
    encoder = FragileEncoder()
    service = shop.service(lambda: encoder)
    assert service.ask(QUESTION).generation == shop.second
    shop.change(CHANGE)
    with broken(encoder), pytest.raises(RuntimeError, match="on purpose"):
        service.reindex()
    third = shop.current()
    assert third != shop.second
    assert service.ask(QUESTION).generation == shop.second
    assert not service.reindex().switched
    assert service.ask(QUESTION).generation == third


def test_whoever_reindexes_goes_back_or_calibrates_loads_and_the_next_question_does_not(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = shop.service()
    service.warm()
    loads = Loads(service, monkeypatch)
    shop.change(CHANGE)
    in_another_thread(service.reindex)
    assert service.ask(QUESTION).generation == shop.current() != shop.second
    in_another_thread(service.roll_back)
    assert service.ask(QUESTION).generation == shop.current() == shop.second
    in_another_thread(lambda: service.learn(Calibration(bias=30.0, weights={})))
    assert service.ask("羽毛球拍穿线磅数多少？").confidence == 1.0
    assert loads.here() == 0
    assert len(loads.threads) >= 3


def test_a_reindex_before_anybody_asks_loads_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_model() -> FakeEncoder:
        raise AssertionError("nothing is to be encoded")

    service = shop.service(no_model)
    loads = Loads(service, monkeypatch)
    assert not service.reindex().switched
    assert service.roll_back() == (shop.second, shop.first)
    assert loads.threads == []


def test_what_another_process_switched_is_picked_up_and_no_asker_pays(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = shop.service()
    service.warm()
    loads = Loads(service, monkeypatch)
    shop.change(CHANGE)
    third = shop.service().reindex().generation
    assert service.ask(QUESTION).generation == shop.second
    wait_for(lambda: service.ask(QUESTION).generation == third)
    assert (len(loads.threads), loads.here()) == (1, 0)


def test_a_question_looks_once_which_generation_serves(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    service, looks = shop.service(), list[str | None]()
    service.warm()
    look = service.indexer.store.current_id

    def counted() -> str | None:
        looks.append(look())
        return looks[-1]

    monkeypatch.setattr(service.indexer.store, "current_id", counted)
    service.passage("none")
    assert looks == [shop.second]


def test_a_load_that_failed_aside_is_not_tried_again_with_every_question(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    encoder = FragileEncoder()
    service = shop.service(lambda: encoder)
    service.warm()
    loads = Loads(service, monkeypatch)
    shop.change(CHANGE)
    shop.service().reindex()
    with broken(encoder):
        service.notice_switch()
        wait_for(lambda: "could not be loaded" in caplog.text)
    for _ in range(5):
        assert service.ask(QUESTION).generation == shop.second
    assert len(loads.threads) == 1


def test_of_many_switches_the_newest_wins_and_two_loads_never_run_at_once(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = shop.service()
    service.warm()
    loads = Loads(service, monkeypatch)
    another = shop.service().indexer
    ids = [shop.second]
    for day in "一二三":
        shop.change(f"周{day}上午九点半开门，晚上八点关门，节假日照常营业。")
        ids.append(another.reindex().generation)
        askers = [threading.Thread(target=call) for call in (service.refresh, service.notice_switch, service.refresh)]
        for thread in askers:
            thread.start()
        assert service.ask(QUESTION).generation in ids
        for thread in askers:
            thread.join()
        assert service.ask(QUESTION).generation == ids[-1]
    assert loads.most_at_once == 1
