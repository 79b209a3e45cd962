"""Whether the bot can answer, as it tells a supervisor."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import cast

import pytest

from bot.answering.answer_queue import AnswerQueue
from bot.config import MonitoringSettings
from bot.observability.metrics import BotMetrics
from bot.operations.health import Health
from bot.operations.monitoring_server import Monitor, PortUnavailable
from embeddings.errors import IndexMissing
from embeddings.index.generation_store import GenerationStore


class _Store:
    """Stands for a GenerationStore."""

    missing = False

    def manifest(self) -> SimpleNamespace:
        if self.missing:
            raise IndexMissing
        return SimpleNamespace(id="g1", created=datetime.now(UTC) - timedelta(hours=1))


class _Queue:
    """Stands for a AnswerQueue."""

    waiting = 3
    longest_wait = 0.5


@pytest.fixture
def store() -> _Store:
    return _Store()


@pytest.fixture
def answer_queue() -> _Queue:
    return _Queue()


@pytest.fixture
def health(store: _Store, answer_queue: _Queue) -> Health:
    return Health(cast("GenerationStore", store), cast("AnswerQueue", answer_queue), loop_patience=0.1)


async def test_all_is_well(health: Health) -> None:
    assert health.report().problems == ("正在启动",)
    health.attach(asyncio.get_running_loop())
    report = await asyncio.to_thread(health.report)
    assert report.ok
    assert (report.generation, report.queue, report.last_update_seconds) == ("g1", 3, None)
    assert report.generation_age_seconds == pytest.approx(3600, abs=5)
    health.heard()
    assert (await asyncio.to_thread(health.report)).last_update_seconds == pytest.approx(0, abs=2)


async def test_a_loop_that_stands_still_is_noticed(health: Health) -> None:
    health.attach(asyncio.get_running_loop())
    with ThreadPoolExecutor(1) as elsewhere:
        report = elsewhere.submit(health.report).result(60)  # the loop stands still on purpose
    assert report.problems == ("事件循环没有反应",)


def test_a_closed_loop_a_missing_index_and_an_endless_question(
    store: _Store, answer_queue: _Queue, health: Health
) -> None:
    loop = asyncio.new_event_loop()
    loop.close()
    health.attach(loop)
    store.missing = True
    answer_queue.longest_wait = 300
    report = health.report()
    assert not report.ok
    assert len(report.problems) == 3
    assert report.generation is None
    assert str(health.generation_age()) == "nan"


@pytest.fixture
def port(unused_tcp_port: int) -> int:
    return unused_tcp_port


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """A loop that runs in another thread."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def monitor(health: Health, port: int, loop: asyncio.AbstractEventLoop) -> Iterator[Monitor]:
    health.attach(loop)
    monitor = Monitor(MonitoringSettings(port=port), BotMetrics(), health)
    monitor.open()
    yield monitor
    monitor.close()


def _get(port: int, path: str, method: str = "GET") -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request(method, path)
    answer = connection.getresponse()
    said = answer.status, answer.getheader("Content-Type") or "", answer.read()
    connection.close()
    return said


def test_the_two_pages_and_nothing_else(monitor: Monitor, port: int, store: _Store) -> None:
    status, kind, body = _get(port, "/health?x=1")
    assert (status, kind, json.loads(body)["status"]) == (200, "application/json", "ok")
    status, kind, body = _get(port, "/metrics")
    assert status == 200
    assert kind.startswith("text/plain")
    assert b"\nsiyu_queue 3.0\n" in body
    assert _get(port, "/../etc/passwd")[0] == 404
    assert _get(port, "/health", "POST")[0] == 501
    store.missing = True
    assert _get(port, "/health")[0] == 503
    assert b"siyu_generation_age_seconds NaN" in _get(port, "/metrics")[2]


def test_a_taken_port_is_told_and_a_closed_one_is_free(monitor: Monitor, health: Health, port: int) -> None:
    second = Monitor(MonitoringSettings(port=port), BotMetrics(), health)
    with pytest.raises(PortUnavailable, match=r"monitoring\.port"):
        second.open()
    monitor.close()
    second.open()
    second.close()


def test_the_other_loopback_address(health: Health, port: int) -> None:
    monitor = Monitor(MonitoringSettings(port=port, listen="::1"), BotMetrics(), health)
    try:
        monitor.open()
    except PortUnavailable:
        pytest.skip("this machine has no IPv6")
    connection = http.client.HTTPConnection("::1", port, timeout=5)
    connection.request("GET", "/metrics")
    assert connection.getresponse().status == 200
    connection.close()
    monitor.close()


def test_nothing_listens_unless_configured(health: Health) -> None:
    monitor = Monitor(MonitoringSettings(), BotMetrics(), health)
    monitor.open()
    monitor.close()


def test_a_caller_that_says_nothing_delays_nobody(monitor: Monitor, port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)):
        assert _get(port, "/health")[0] == 200
