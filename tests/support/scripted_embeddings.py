"""An embedding service that does whatever a test says, over real HTTP.

The same text gets the same vector from the same model, and another from another.
"""

from __future__ import annotations

import hashlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import numpy as np

DIMENSION = 16


@dataclass(slots=True)
class Asked:
    """One request as it came in."""

    path: str
    authorization: str | None
    body: dict[str, Any]

    @property
    def texts(self) -> list[str]:
        return list(self.body["input"])


class Answer:
    """Where an answer is written, piece by piece if need be."""

    def __init__(self, handler: BaseHTTPRequestHandler, asked: Asked, model: str) -> None:
        self._handler = handler
        self._model = model
        self.asked = asked

    def vectors(self) -> list[list[float]]:
        return [vector(self._model, text) for text in self.asked.texts]

    def page(self, status: int, body: str, **headers: str) -> None:
        data = body.encode()
        self._handler.send_response(status)
        for name, value in headers.items():
            self._handler.send_header(name.replace("_", "-"), value)
        self._handler.send_header("Content-Length", str(len(data)))
        self._handler.end_headers()
        self.raw(data)

    def embeddings(self, vectors: list[Any], indices: list[int] | None = None) -> None:
        numbers = indices or list(range(len(vectors)))
        data = [{"index": n, "embedding": row} for n, row in zip(numbers, vectors, strict=True)]
        self.page(200, json.dumps({"object": "list", "data": data}))

    def raw(self, data: bytes) -> None:
        self._handler.wfile.write(data)
        self._handler.wfile.flush()

    def hang_up(self) -> None:
        self._handler.close_connection = True
        self._handler.connection.close()


Behaviour = Callable[[Answer], None]


def vector(model: str, text: str) -> list[float]:
    """A vector of no particular length, out of the characters of a text, so that like texts have like vectors."""
    rows = [np.random.default_rng(int(_digest(model, each), 16)).standard_normal(DIMENSION) for each in text or " "]
    summed: list[float] = np.sum(rows, axis=0).tolist()
    return summed


def _digest(model: str, character: str) -> str:
    return hashlib.sha256(f"{model}\0{character}".encode()).hexdigest()[:16]


def ok(answer: Answer) -> None:
    answer.embeddings(answer.vectors())


def shuffled(answer: Answer) -> None:
    rows = answer.vectors()
    answer.embeddings(rows[::-1], list(reversed(range(len(rows)))))


def one_missing(answer: Answer) -> None:
    answer.embeddings(answer.vectors()[1:])


def one_twice(answer: Answer) -> None:
    rows = answer.vectors()
    answer.embeddings([*rows, rows[0]], [*range(len(rows)), 0])


def not_a_number(answer: Answer) -> None:
    answer.embeddings([[float("nan"), *row[1:]] for row in answer.vectors()])


def zeros(answer: Answer) -> None:
    answer.embeddings([[0.0] * DIMENSION for _ in answer.asked.texts])


def ragged(answer: Answer) -> None:
    first, *others = answer.vectors()
    answer.embeddings([first[1:], *others])


def shorter(answer: Answer) -> None:
    answer.embeddings([row[1:] for row in answer.vectors()])


def strings(answer: Answer) -> None:
    answer.embeddings(["AAAA" for _ in answer.asked.texts])


def nested(answer: Answer) -> None:
    answer.embeddings([[row] for row in answer.vectors()])


def web_page(answer: Answer) -> None:
    answer.page(200, "<html>502</html>")


def no_data(answer: Answer) -> None:
    answer.page(200, json.dumps({"error": {"message": "model not loaded"}}))


def cut_off(answer: Answer) -> None:
    answer.raw(b'HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{"data": [')
    answer.hang_up()


def no_http(answer: Answer) -> None:
    answer.raw(b"SSH-2.0-OpenSSH_9.6\r\n")
    answer.hang_up()


def hung_up(answer: Answer) -> None:
    answer.hang_up()


def silent(answer: Answer) -> None:
    time.sleep(3)
    answer.hang_up()


def dripping(answer: Answer) -> None:
    """A byte every twentieth of a second: no single wait is long."""
    answer.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n")
    _drip(answer, b" ")


def dripping_head(answer: Answer) -> None:
    answer.raw(b"HTTP/1.1 200 OK\r\nX-A: ")
    _drip(answer, b"a")


def _drip(answer: Answer, byte: bytes) -> None:
    for _ in range(60):
        answer.raw(byte)
        time.sleep(0.05)


def elsewhere(answer: Answer) -> None:
    answer.page(302, "", Location="http://127.0.0.1:9/")


def status(code: int, said: str = "no", **headers: str) -> Behaviour:
    """An error of this status."""
    return lambda answer: answer.page(code, json.dumps({"error": {"message": said}}), **headers)


def repeats_the_key(answer: Answer) -> None:
    answer.page(401, f"bad credentials: {answer.asked.authorization}")


def at_most(count: int, code: int) -> Behaviour:
    """No more than so many texts at once."""
    refuse = status(code, f"batch size should not be larger than {count}")
    return lambda answer: refuse(answer) if len(answer.asked.texts) > count else ok(answer)


@dataclass(slots=True)
class ScriptedEmbeddings:
    """`script` has what the next requests meet, after which everything meets `then`; `asked` has all that came."""

    port: int = 0
    model: str = "first"
    then: Behaviour = ok
    script: list[Behaviour] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    _server: ThreadingHTTPServer | None = None
    _open: set[socket.socket] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def start(self) -> Self:
        """Listen, on the same port again after a stop."""
        scripted = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                scripted._open.add(self.connection)

            def finish(self) -> None:
                scripted._open.discard(self.connection)
                super().finish()

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length))
                asked = Asked(self.path, self.headers.get("Authorization"), body)
                scripted.asked.append(asked)
                behaviour = scripted.script.pop(0) if scripted.script else scripted.then
                try:
                    behaviour(Answer(self, asked, scripted.model))
                except (OSError, ValueError):
                    self.close_connection = True  # whoever asked has gone

            def log_message(self, *arguments: object) -> None:
                """Quiet."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                """Quiet: connections are cut on purpose."""

        self._server = Server(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def stop(self) -> None:
        """Be gone: nobody listens any more, and every connection is cut."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def scripted_embeddings() -> Iterator[ScriptedEmbeddings]:
    """A service on a port of its own."""
    server = ScriptedEmbeddings().start()
    try:
        yield server
    finally:
        server.stop()
