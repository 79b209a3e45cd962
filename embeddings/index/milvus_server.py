"""A connection to a Milvus server: every call within a time that we keep ourselves, and none while the server is ill.

pymilvus keeps to its own time limits except where a server is half started: a search with a limit of 2 s was seen to
wait for 46 s. So each call runs in a thread that is given up when its time is over.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from embeddings.bounded_calls import BoundedCalls, DeadlinePassed
from embeddings.breaker import Breaker
from embeddings.errors import EngineUnavailable

T = TypeVar("T")

_NOT_CONNECTED = 2
_LONGEST_COMPLAINT = 200  # characters
_CHANNEL = {
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.min_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 2_000,  # by default two minutes, in which a server that is back is not found
    "grpc.use_local_subchannel_pool": 1,  # or every connection waits as long as the one that failed most
}

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MilvusSettings:
    """Where the server is.

    `prefix` begins the names of collections, `seconds` is what a step of a question may take. Up to `exact_up_to`
    vectors every one is compared; above, the nearest of the lists of an inverted file.
    """

    uri: str
    token: str | None = None
    prefix: str = "siyu"
    seconds: float = 2.0
    exact_up_to: int = 1_000_000


class MilvusUnavailable(EngineUnavailable):
    """Nothing is to be had from Milvus now."""


class MilvusFailed(MilvusUnavailable):
    """The server does not answer, or not as it should."""


class NoCollection(Exception):
    """The server is well and has no such collection, or one without indexes, whose making was cut short."""


class CollectionReleased(Exception):
    """The server has the collection on its disk and not in its memory: after a restart, or because somebody said so."""


class Client:
    """A client of pymilvus as it is, but for what it says of collections: NoCollection and CollectionReleased.

    `seconds` is what one of its calls may take.
    """

    def __init__(self, client: Any, seconds: float, complaint: type[Exception]) -> None:
        self._client = client
        self._complaint = complaint
        self.seconds = seconds

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)

        def call(*arguments: Any, **options: Any) -> Any:
            try:
                return method(*arguments, **options)
            except self._complaint as error:
                meant = _MEANING.get(getattr(error, "code", None))
                raise (meant or error) from None

        return call


# By the codes of Milvus: no such collection, no such index, not loaded.
_MEANING: dict[object, type[Exception]] = {100: NoCollection, 700: NoCollection, 101: CollectionReleased}


class MilvusServer:
    """Safe to share between threads. Nothing is asked before the first call. `clock` counts seconds.

    After a failure the server is left alone for a second, twice as long each further time, at most fifteen.
    """

    def __init__(self, settings: MilvusSettings, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._calls = BoundedCalls("milvus")
        self._breaker = Breaker(after=1, pause=1.0, longest=15.0, clock=clock)
        self._guard = threading.Lock()  # of the breaker and the trouble, never held while something is asked
        self._trouble: str | None = None
        self._connected: Any = None

    @property
    def name(self) -> str:
        """What people call it."""
        return f"Milvus {urlsplit(self._settings.uri).netloc.rpartition('@')[2]}"

    @property
    def trouble(self) -> str | None:
        """Why it does not answer, with what to do; None where all is well as far as is known."""
        return self._trouble

    @property
    def resting(self) -> bool:
        """Whether it is left alone now."""
        with self._guard:
            return self._breaker.seconds_left > 0

    def call(self, work: Callable[[Client], T]) -> T:
        """What `work` makes of a client, within the time of the settings.

        Raises MilvusFailed, and MilvusUnavailable at once while the server is left alone. What the client says of
        collections and what `work` raises by itself comes as it is.
        """
        with self._guard:
            if not self._breaker.admits():
                raise MilvusUnavailable(self._trouble or f"{self.name} 暂时不可用。")
        try:
            result = self.write(work, self._settings.seconds)
        except MilvusFailed as error:
            self._is_ill(str(error))
            raise
        except Exception:
            self._is_well()
            raise
        self._is_well()
        return result

    def write(self, work: Callable[[Client], T], seconds: float) -> T:
        """The same within `seconds`, whatever is known of the server, and telling nothing of it: one that takes no rows
        may be searched all the same. Raises MilvusFailed."""
        return self._judged(seconds, lambda: work(self._client(seconds)))

    def _client(self, seconds: float) -> Client:
        library, settings = _library(), self._settings
        if self._connected is None:
            self._connected = library.MilvusClient(
                settings.uri, token=settings.token or "", timeout=seconds, grpc_options=_CHANNEL
            )
        # It finds its way back to a server that was away.
        return Client(self._connected, seconds, library.MilvusException)

    def _judged(self, seconds: float, work: Callable[[], T]) -> T:
        import grpc  # noqa: PLC0415 - half a second and 60 MB with pymilvus, only where that is used

        complaint = _library().MilvusException
        try:
            return self._calls.call(seconds, work)
        except DeadlinePassed:
            raise self._complaint(f"没有按时回应（{seconds:g} 秒）") from None
        except complaint as error:
            said = " ".join(str(error.message).split())[:_LONGEST_COMPLAINT]
            raise self._complaint("连不上" if error.code == _NOT_CONNECTED else f"出错（{said}）") from None
        except grpc.RpcError as error:
            raise self._complaint(f"没有回应（{_code(error)}）") from None

    def _is_well(self) -> None:
        with self._guard:
            self._breaker.succeeded()
            if self._trouble is not None:
                logger.warning("%s 恢复了", self.name)
            self._trouble = None

    def _is_ill(self, trouble: str) -> None:
        with self._guard:
            self._breaker.failed()
            if self._trouble is None:
                logger.warning("%s", trouble)
            self._trouble = trouble

    def _complaint(self, what: str) -> MilvusFailed:
        return MilvusFailed(f"{self.name} {what}：会自动再试；一直这样，请看它是否在运行、index.milvus.uri 对不对。")


def _library() -> Any:
    """pymilvus without what it does by itself: read .env files, log every error with a traceback."""
    os.environ.setdefault("PYTHON_DOTENV_DISABLED", "1")
    import pymilvus  # noqa: PLC0415 - as above

    for name in ("pymilvus", "pymilvus.milvus_client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return pymilvus


def _code(error: Any) -> str:
    """The name of an error of gRPC, DEADLINE_EXCEEDED for instance."""
    try:
        return str(error.code().name)
    except AttributeError:
        return type(error).__name__
