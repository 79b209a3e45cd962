"""The small web server, asked as a supervisor and as a stranger would."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from typing import Any, cast

import pytest

from bot.config import MonitoringSettings
from bot.observability.metrics import BotMetrics
from bot.operations.health import Health, HealthReport
from bot.operations.monitoring_server import Monitor, PortUnavailable


class Patient:
    """A health that is as it is told to be."""

    problems: tuple[str, ...] = ()
    queue = 3
    breaks = False

    def report(self) -> HealthReport:
        if self.breaks:
            raise RuntimeError("a secret")
        return HealthReport(self.problems, "g1", 1.0, self.queue, None, 2.0)

    def generation_age(self) -> float:
        return 1.0

    def engines_in_trouble(self) -> int:
        return 2


class Server:
    """A monitor that listens."""

    def __init__(self, listen: str, port: int) -> None:
        self.address = (listen, port)
        self._connections: list[HTTPConnection] = []

    def __call__(self, path: str, method: str = "GET", **headers: str) -> HTTPResponse:
        connection = HTTPConnection(*self.address, timeout=5)
        self._connections.append(connection)
        connection.request(method, path, headers=headers)
        return connection.getresponse()

    def close(self) -> None:
        for connection in self._connections:
            connection.close()


@pytest.fixture
def health() -> Patient:
    return Patient()


@pytest.fixture(params=["127.0.0.1", "::1"])
def ask(request: pytest.FixtureRequest, health: Patient, unused_tcp_port: int) -> Iterator[Server]:
    settings = MonitoringSettings(listen=request.param, port=unused_tcp_port)
    monitor = Monitor(settings, BotMetrics(), cast("Health", health))
    try:
        monitor.open()
    except PortUnavailable:
        pytest.skip("no IPv6 here")
    server = Server(request.param, unused_tcp_port)
    yield server
    server.close()
    monitor.close()


def test_health_is_json_and_says_how_things_stand(ask: Server, health: Patient) -> None:
    answer = ask("/health?x=1")
    assert (answer.status, answer.getheader("Content-Type")) == (200, "application/json")
    assert (answer.getheader("Server"), answer.getheader("Cache-Control")) == ("siyu", "no-store")
    document = json.loads(answer.read())
    assert (document["status"], document["queue"], document["problems"]) == ("ok", 3, [])
    assert int(answer.getheader("Content-Length") or 0) > 0
    health.problems = ("坏了",)
    answer = ask("/health")
    assert answer.status == 503
    assert "坏了".encode() in answer.read()


def test_metrics_come_in_the_format_that_is_wanted_and_unpacked(ask: Server) -> None:
    answer = ask("/metrics", **{"Accept-Encoding": "gzip"})
    assert (answer.status, answer.getheader("Content-Encoding")) == (200, None)
    assert (answer.getheader("Content-Type") or "").startswith("text/plain")
    told = answer.read()
    assert b"\nsiyu_queue 3.0\n" in told
    assert b"\nsiyu_engines_in_trouble 2.0\n" in told
    answer = ask("/metrics", Accept="application/openmetrics-text; version=1.0.0")
    assert (answer.getheader("Content-Type") or "").startswith("application/openmetrics-text")
    assert answer.read().endswith(b"# EOF\n")


def test_nothing_else_is_there(ask: Server) -> None:
    assert [ask(path).status for path in ("/", "/health/", "/favicon.ico")] == [404, 404, 404]
    assert [ask(path, "POST").status for path in ("/health", "/metrics", "/")] == [501, 501, 501]


def test_a_fault_is_told_to_nobody_but_the_log(
    ask: Server, health: Patient, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO)
    health.breaks = True
    answer = ask("/health")
    assert answer.status == 500
    assert b"secret" not in answer.read()
    health.breaks = False
    assert ask("/health").status == 200
    assert caplog.records == []
    assert capfd.readouterr().err == ""


def test_who_says_nothing_keeps_nobody_waiting(ask: Server) -> None:
    with socket.create_connection(ask.address, timeout=10) as silent:
        assert ask("/health").status == 200
        assert silent.recv(1) == b""  # let go after five seconds


def test_a_name_is_not_looked_up(monkeypatch: pytest.MonkeyPatch, health: Patient, unused_tcp_port: int) -> None:
    def refuse(*arguments: Any) -> str:
        raise AssertionError(arguments)

    monkeypatch.setattr(socket, "getfqdn", refuse)
    monitor = Monitor(MonitoringSettings(port=unused_tcp_port), BotMetrics(), cast("Health", health))
    monitor.open()
    monitor.close()
