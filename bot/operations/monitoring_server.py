"""A small web server in a thread of its own, for this machine only: /health and /metrics."""

from __future__ import annotations

import io
import json
import logging
import socket
import socketserver
import threading
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from bot.config import MonitoringSettings
from bot.errors import BotError
from bot.observability.metrics import BotMetrics
from bot.operations.health import Health

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

logger = logging.getLogger(__name__)

SERVER = "siyu"


class PortUnavailable(BotError):
    """The configured port cannot be listened on."""

    def __init__(self, key: str, address: str, reason: str) -> None:
        super().__init__(
            f"{key} 用不了（{address}：{reason}）：请换一个端口，或停掉占用它的程序（ss -ltnp 能看到是谁）"
        )


class Monitor:
    """Serves while the bot runs; without a configured port it does nothing."""

    def __init__(self, settings: MonitoringSettings, metrics: BotMetrics, health: Health) -> None:
        self._settings = settings
        self._metrics = metrics.wsgi_app()
        self._health = health
        self._server: WSGIServer | None = None
        metrics.watch("siyu_queue", "Questions in work or waiting.", lambda: health.queue)
        metrics.watch(
            "siyu_engines_in_trouble", "Servers that answering depends on and that fail.", health.engines_in_trouble
        )
        metrics.watch("siyu_generation_age_seconds", "Since the serving index was built.", health.generation_age)

    def open(self) -> None:
        """Listen. Raises PortUnavailable."""
        listen, port = self._settings.listen, self._settings.port
        if port is None:
            return
        try:
            self._server = _server_class(listen)((listen, port), _Handler)
        except OSError as error:
            raise PortUnavailable("monitoring.port", f"{listen} {port}", error.strerror or str(error)) from None
        self._server.set_app(self._answer)
        threading.Thread(target=self._server.serve_forever, name="monitoring", daemon=True).start()
        logger.info("/health and /metrics on %s port %d", listen, port)

    def close(self) -> None:
        """Stop listening; at once, or within half a second."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def _answer(self, request: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """The WSGI application."""

        def begin(status: str, headers: list[tuple[str, str]], *failure: Any) -> Any:
            return start(status, [*headers, ("Server", SERVER), ("Cache-Control", "no-store")], *failure)

        got, path = request["REQUEST_METHOD"] == "GET", request["PATH_INFO"]
        if got and path == "/metrics":
            return self._metrics(request, begin)
        if got and path == "/health":
            return self._tell_health(begin)
        begin("404 Not Found" if got else "501 Not Implemented", [("Content-Type", "text/plain")])
        return [b"/health, /metrics\n"]

    def _tell_health(self, start: StartResponse) -> Iterable[bytes]:
        report = self._health.report()
        document = {"status": "ok" if report.ok else "failing", **asdict(report)}
        start("200 OK" if report.ok else "503 Service Unavailable", [("Content-Type", "application/json")])
        return [json.dumps(document, ensure_ascii=False).encode()]


class _Handler(WSGIRequestHandler):
    """What goes wrong is told to our own log, which redacts, and to nobody else."""

    timeout = 5.0  # seconds for a request to come in

    def get_stderr(self) -> Any:
        """Where the library prints tracebacks."""
        return io.StringIO()

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - the library's name
        """One request."""
        logger.debug(format, *arguments)


def _server_class(listen: str) -> type[WSGIServer]:
    class Server(socketserver.ThreadingMixIn, WSGIServer):
        address_family = socket.AF_INET6 if ":" in listen else socket.AF_INET
        daemon_threads = True
        block_on_close = False

        def server_bind(self) -> None:
            # Not the library's, which looks its own name up by DNS before it listens.
            socketserver.TCPServer.server_bind(self)
            self.server_name, self.server_port = listen, self.server_address[1]
            self.setup_environ()

        def handle_error(self, request: Any, client_address: Any) -> None:
            logger.debug("monitoring: a request failed", exc_info=True)

    return Server
