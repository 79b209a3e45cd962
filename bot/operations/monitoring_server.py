"""A small web server in a thread of its own, for this machine only: /health and /metrics."""

from __future__ import annotations

import json
import logging
import socket
import socketserver
import threading
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any, NamedTuple

from bot.config import MonitoringSettings
from bot.errors import BotError
from bot.observability.metrics import BotMetrics
from bot.operations.health import Health

logger = logging.getLogger(__name__)

SERVER = "siyu"


class PortUnavailable(BotError):
    """The configured port cannot be listened on."""

    def __init__(self, key: str, address: str, reason: str) -> None:
        super().__init__(
            f"{key} 用不了（{address}：{reason}）：请换一个端口，或停掉占用它的程序（ss -ltnp 能看到是谁）"
        )


class HttpPage(NamedTuple):
    """What a path answers."""

    body: bytes
    content_type: str
    status: HTTPStatus = HTTPStatus.OK


class Monitor:
    """Serves while the bot runs; without a configured port it does nothing."""

    def __init__(self, settings: MonitoringSettings, metrics: BotMetrics, health: Health) -> None:
        self._settings = settings
        self._metrics = metrics
        self._health = health
        self._server: socketserver.ThreadingTCPServer | None = None
        metrics.watch("siyu_queue", "Questions in work or waiting.", lambda: health.queue)
        metrics.watch("siyu_generation_age_seconds", "Since the serving index was built.", health.generation_age)

    def open(self) -> None:
        """Listen. Raises PortUnavailable."""
        listen, port = self._settings.listen, self._settings.port
        if port is None:
            return
        pages: dict[str, Callable[[str], HttpPage]] = {"/health": self._health_page, "/metrics": self._metrics_page}
        try:
            self._server = _server_class(listen)((listen, port), partial(_Handler, pages))
        except OSError as error:
            raise PortUnavailable("monitoring.port", f"{listen} {port}", error.strerror or str(error)) from None
        threading.Thread(target=self._server.serve_forever, name="monitoring", daemon=True).start()
        logger.info("/health and /metrics on %s port %d", listen, port)

    def close(self) -> None:
        """Stop listening; at once, or within half a second."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def _metrics_page(self, accept: str) -> HttpPage:
        return HttpPage(*self._metrics.exposition(accept))

    def _health_page(self, accept: str) -> HttpPage:
        report = self._health.report()
        document = {"status": "ok" if report.ok else "failing", **asdict(report)}
        status = HTTPStatus.OK if report.ok else HTTPStatus.SERVICE_UNAVAILABLE
        return HttpPage(json.dumps(document, ensure_ascii=False).encode(), "application/json", status)


class _Handler(BaseHTTPRequestHandler):
    """Answers GET with one of the pages, given the Accept header."""

    server_version = SERVER
    sys_version = ""
    timeout = 5.0  # seconds for a request to come in

    def __init__(self, pages: dict[str, Callable[[str], HttpPage]], *arguments: Any) -> None:
        self._pages = pages
        super().__init__(*arguments)

    def do_GET(self) -> None:
        """One page."""
        make = self._pages.get(self.path.partition("?")[0])
        if make is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        page = make(self.headers.get("Accept", ""))
        self.send_response(page.status)
        self.send_header("Content-Type", page.content_type)
        self.send_header("Content-Length", str(len(page.body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(page.body)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - the library's name
        """Through our own log, which redacts."""
        logger.debug(format, *arguments)


def _server_class(listen: str) -> type[socketserver.ThreadingTCPServer]:
    # Not the library's HTTP server, which looks its own name up by DNS before it listens.
    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        address_family = socket.AF_INET6 if ":" in listen else socket.AF_INET
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: Any, client_address: Any) -> None:
            logger.debug("monitoring: a request failed", exc_info=True)

    return Server
