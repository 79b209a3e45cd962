"""One request to an OpenAI-compatible embedding service, and everything that can be wrong with its answer."""

from __future__ import annotations

import json
import time
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import urlsplit

import numpy as np

from embeddings.bounded_calls import BoundedCalls, DeadlinePassed

if TYPE_CHECKING:
    import httpx
    from numpy.typing import NDArray

Purpose = Literal["query", "passage"]

_CONNECT_SECONDS = 5.0
_LONGEST_ANSWER = 64 << 20  # bytes; 64 vectors of 4096 numbers, written out, are 6 MB
_SAID = 200  # characters of a service's own words that are passed on


class Failure(StrEnum):
    """Why a request brought no vectors."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    BUSY = "busy"
    FAULT = "fault"
    TOO_LARGE = "too_large"
    KEY = "key"
    MISSING = "missing"
    REFUSED = "refused"
    BROKEN = "broken"


PASSING: Final = frozenset({Failure.UNREACHABLE, Failure.TIMEOUT, Failure.BUSY, Failure.FAULT, Failure.BROKEN})
"""What another try may get over."""

_MEANINGS = {401: Failure.KEY, 403: Failure.KEY, 404: Failure.MISSING, 405: Failure.MISSING, 408: Failure.TIMEOUT}
# 400 is how hosted services in China say that a batch is too large.
_MEANINGS |= {400: Failure.TOO_LARGE, 413: Failure.TOO_LARGE, 422: Failure.TOO_LARGE, 429: Failure.BUSY}


class ServiceFailed(Exception):
    """`said` is what the service or the network said, without the key; `retry_after` is in seconds."""

    def __init__(self, failure: Failure, said: str = "", *, retry_after: float | None = None) -> None:
        self.failure = failure
        self.said = said
        self.retry_after = retry_after
        super().__init__(f"{failure}: {said}" if said else failure)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a service is. `url` ends with what stands before `/embeddings`; `model` is the name that it is told.

    `tells_purpose`: whether a request says in `input_type` what its texts are read as, for services that put prompts
    before them. `key` is None for a service that wants none.
    """

    url: str
    model: str
    tells_purpose: bool = False
    key: str | None = None

    @property
    def host(self) -> str:
        """Host and port, for people."""
        return urlsplit(self.url).netloc.rpartition("@")[2]


class ServiceClient:
    """Safe to share between threads; connections are kept open and made anew where they broke."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._calls = BoundedCalls("embedding-service")
        self._connections = _connections(endpoint.key)
        weakref.finalize(self, self._connections.close)

    def embed(self, texts: Sequence[str], purpose: Purpose, *, seconds: float) -> NDArray[np.float32]:
        """(n, dimension) unit rows in the order of `texts`. Raises ServiceFailed, at the latest after `seconds`."""
        body: dict[str, Any] = {"model": self.endpoint.model, "input": list(texts), "encoding_format": "float"}
        if self.endpoint.tells_purpose:
            body["input_type"] = purpose
        try:
            answer = self._calls.call(seconds, lambda: self._post(json.dumps(body).encode(), seconds))
        except DeadlinePassed:
            raise ServiceFailed(Failure.TIMEOUT, f"{seconds:g} s") from None
        return vectors_of(answer, len(texts))

    def _post(self, body: bytes, seconds: float) -> bytes:
        import httpx  # noqa: PLC0415 - loaded by now

        until = time.monotonic() + seconds
        address = self.endpoint.url.rstrip("/").removesuffix("/embeddings") + "/embeddings"
        timeout = httpx.Timeout(seconds, connect=min(seconds, _CONNECT_SECONDS))
        try:
            with self._connections.stream("POST", address, content=body, timeout=timeout) as response:
                content = _read(response, until)
        except httpx.TimeoutException as error:
            raise ServiceFailed(Failure.TIMEOUT, type(error).__name__) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ServiceFailed(Failure.UNREACHABLE, self._harmless(str(error) or type(error).__name__)) from None
        if response.status_code == httpx.codes.OK:
            return content
        failure = _MEANINGS.get(response.status_code)
        if failure is None:
            failure = Failure.FAULT if response.is_server_error else Failure.REFUSED
        said = f"HTTP {response.status_code} {content.decode('utf-8', 'replace')}"
        raise ServiceFailed(failure, self._harmless(said), retry_after=_seconds(response.headers.get("retry-after")))

    def _harmless(self, said: str) -> str:
        """Foreign words in one short line, without the key, which some services repeat."""
        if self.endpoint.key:
            said = said.replace(self.endpoint.key, "***")
        return " ".join(said.split())[:_SAID]


def _connections(key: str | None) -> httpx.Client:
    import httpx  # noqa: PLC0415 - a third of a second; only where a service is used

    headers = {"Content-Type": "application/json"}
    if key is not None:
        headers["Authorization"] = f"Bearer {key}"
    # Nothing from the environment: a proxy for Telegram is no way to a service next door.
    return httpx.Client(headers=headers, trust_env=False, follow_redirects=False)


def vectors_of(answer: bytes, count: int) -> NDArray[np.float32]:
    """The vectors of an answer in the order of the request: (count, dimension), of length one.

    Raises ServiceFailed for anything but one finite vector that is not zero, of one dimension, for each index.
    """
    try:
        entries = json.loads(answer)["data"]
        found = {int(entry["index"]): entry["embedding"] for entry in entries}
        rows = np.asarray([found[index] for index in range(count)], dtype=np.float64)
    except (ValueError, LookupError, TypeError, RecursionError, OverflowError) as error:
        raise ServiceFailed(Failure.BROKEN, f"no embeddings: {type(error).__name__}") from None
    if len(found) != count or len(entries) != count:
        raise ServiceFailed(Failure.BROKEN, f"{len(entries)} embeddings for {count} texts")
    if rows.ndim != 2 or not rows.shape[1]:
        raise ServiceFailed(Failure.BROKEN, "an embedding that is no list of numbers")
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or not lengths.all():
        raise ServiceFailed(Failure.BROKEN, "NaN, infinite or zero embeddings")
    return np.asarray(rows / lengths, dtype=np.float32)


def _read(response: httpx.Response, until: float) -> bytes:
    """The whole answer, if it ends in time and is not endless."""
    content = bytearray()
    for piece in response.iter_bytes():
        content += piece
        if len(content) > _LONGEST_ANSWER:
            raise ServiceFailed(Failure.BROKEN, "an answer without end")
        if time.monotonic() > until:
            raise ServiceFailed(Failure.TIMEOUT, "an answer that drips")
    return bytes(content)


def _seconds(retry_after: str | None) -> float | None:
    try:
        return max(0.0, float(retry_after or ""))
    except ValueError:
        return None
