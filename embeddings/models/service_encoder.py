"""An encoder that is somewhere else: an embedding service with the interface of OpenAI, never taken at its word.

What a service calls its model tells nothing: every one that was tried takes any name. So before the first vector is
used, and again after every trouble and now and then, four fixed texts are encoded, as passages and as questions, and
compared with what they were when the index was built.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NoReturn

import numpy as np

from embeddings.breaker import Breaker
from embeddings.errors import ServiceChanged, ServiceUnavailable
from embeddings.models import bundled_model, reference_vectors
from embeddings.models.prompts import Prompts, prompts_of
from embeddings.models.question_engine import clean
from embeddings.models.service_client import PASSING, Endpoint, Failure, Purpose, ServiceClient, ServiceFailed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embeddings.models.encoder import Progress

LARGEST_BATCH: Final = 64

_DEFAULT = "default"
_LEAST_COSINE, _LEAST_COSINE_OF_DEFAULT = 0.999, 0.99
_TRIES, _PATIENCE = 6, 90.0  # tries and seconds for passages, which nobody waits for
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0  # seconds between two tries
_TRUSTED_SECONDS = 600.0
_REST = 0.2  # seconds without which no second try of a question is worth it

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """Which service, and how it is asked.

    `model` is what the vectors are called here, "default" for the default model, whose vectors are known; `served_as`
    is the name that the service is told, None for the same. `prompts`: who puts prompts before texts, we (client) or
    the service (server), which is then told what a text is read as. A prompt of None means the known one of the model.
    `question_seconds` is what a question may take, `passage_seconds` one request with passages.
    """

    url: str
    model: str = _DEFAULT
    served_as: str | None = None
    prompts: Literal["client", "server"] = "client"
    query_prompt: str | None = None
    passage_prompt: str | None = None
    batch_size: int = 16
    question_seconds: float = 3.0
    passage_seconds: float = 60.0
    key: str | None = None

    @property
    def name(self) -> str:
        """The name of the model on hubs, as far as it is known."""
        return bundled_model.MODEL if self.model == _DEFAULT else self.model

    @property
    def endpoint(self) -> Endpoint:
        """Where requests go."""
        return Endpoint(self.url, self.served_as or self.name, self.prompts == "server", self.key)

    @property
    def known(self) -> bool:
        """Whether the vectors have to be those of the default model with its own prompts."""
        own = (bundled_model.QUERY_PROMPT, bundled_model.PASSAGE_PROMPT)
        return self.model == _DEFAULT and (self.prompts == "server" or self.put_before() == own)

    def put_before(self) -> Prompts:
        """What we put before texts."""
        if self.prompts == "server":
            return Prompts("", "")
        return prompts_of(self.name, self.query_prompt, self.passage_prompt)


class ServiceProvider:
    """An `embeddings.models.encoder.EncoderProvider` for an embedding service; nothing is asked before the first text.

    Vectors of the default model are interchangeable with those that are made here; any other model is known by its name
    alone, beside which the four texts of a generation tell whether it is still the same.
    """

    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings

    @property
    def needs_sample(self) -> bool:
        """Whether only the four texts tell that it is still the same model."""
        return not self._settings.known

    def identify(self) -> str:
        """The identity of the encoder, as canonical JSON."""
        settings = self._settings
        prompts = settings.put_before()
        identity: dict[str, object] = {
            "max_length": None,
            "model": settings.name,
            "normalised": True,
            "passage_prompt": prompts.passage,
            "query_prompt": prompts.query,
            "weights": f"service:{settings.prompts}",
        }
        if settings.known:
            identity |= {
                "passage_prompt": bundled_model.PASSAGE_PROMPT,
                "query_prompt": bundled_model.QUERY_PROMPT,
                "weights": f"sha256:{reference_vectors.DIGEST}",
            }
        return json.dumps(identity, ensure_ascii=False, sort_keys=True)

    def prepare(self, *, progress: Progress | None = None) -> None:
        """Nothing is kept on this machine."""

    def load(self) -> ServiceEncoder:
        """The encoder, without asking the service."""
        settings = self._settings
        known = np.stack((reference_vectors.stored().vectors, reference_vectors.stored_queries()))
        return ServiceEncoder(self.identify(), settings, expected=known if settings.known else None)


class ServiceEncoder:
    """An Encoder over a service, safe to share between threads.

    `expected`, (2, 4, dimension): what the four texts have to be as passages and as questions; where None is given,
    what they are the first time. A service that fails a question is left alone for a second, then for longer and
    longer, up to 15 s.
    """

    def __init__(
        self,
        identity: str,
        settings: ServiceSettings,
        *,
        expected: NDArray[np.float32] | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.identity = identity
        self._settings = settings
        self._prompts = settings.put_before()
        self._client = ServiceClient(settings.endpoint)
        self._known = settings.known
        self._expected = expected
        self._clock = clock
        self._sleep = sleep
        self._batch = min(settings.batch_size, LARGEST_BATCH)
        self._breaker = Breaker(after=1, pause=1.0, longest=15.0, clock=clock)
        self._guard = threading.Lock()  # of what follows
        self._trusted_until: float | None = None
        self._trouble: str | None = None

    @property
    def name(self) -> str:
        """What people call it."""
        return f"向量服务 {self._client.endpoint.host}"

    @property
    def trouble(self) -> str | None:
        """Why it gives no vectors now, with what to do; None where all is well, as far as is known."""
        return self._trouble

    @property
    def dimension(self) -> int:
        """Numbers in one vector; the service is asked where that is not known yet. Raises EngineUnavailable."""
        return int(self.sample().shape[2])

    def expect(self, sample: NDArray[np.float32]) -> None:
        """From now on the four texts have to be this, (2, 4, dimension); what is known of the model goes before."""
        with self._guard:
            if not self._known and (self._expected is None or not np.array_equal(self._expected, sample)):
                self._expected = sample
                self._trusted_until = None

    def sample(self) -> NDArray[np.float32]:
        """The four texts as passages and as questions, (2, 4, dimension), as they have to be from now on.

        Raises EngineUnavailable.
        """
        self._checked(self._settings.passage_seconds)
        with self._guard:
            assert self._expected is not None
            return self._expected

    def attend(self) -> None:
        """Where it is in trouble, and was left alone for long enough, see whether that is over. Never raises."""
        if self._trouble is not None and self._admitted():
            try:
                self._question_asked(lambda: self._check(self._settings.question_seconds))
            except (ServiceUnavailable, ServiceChanged) as error:
                logger.debug("still in trouble: %s", error)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, dimension) unit rows in the order of `texts`, in the time that a question may take, and as much again
        where the service has to be checked before. Raises EngineUnavailable, at once while the service is left alone.
        """
        if not self._admitted():
            raise ServiceUnavailable(self._trouble or f"{self.name} 暂时不可用。")
        return self._question_asked(lambda: self._questions(texts))

    def encode_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> NDArray[np.float32]:
        """(n, dimension) unit rows in the order of `texts`; `progress` gets (texts done, texts in all).

        What fails is tried again for about a minute. Raises EngineUnavailable.
        """
        self._checked(self._settings.passage_seconds)
        rows: list[NDArray[np.float32]] = []
        while len(rows) < len(texts):
            batch = texts[len(rows) : len(rows) + self._batch]
            rows.extend(self._some_passages(batch))
            if progress is not None:
                progress(len(rows), len(texts))
        self._well()
        return np.stack(rows) if rows else np.zeros((0, self.dimension), np.float32)

    def _questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        seconds = self._settings.question_seconds
        self._checked(seconds)
        return self._right_size(self._in_time(texts, "query", seconds))

    def _question_asked(self, work: Callable[[], NDArray[np.float32]]) -> NDArray[np.float32]:
        """What `work` gives, with what came of it told to the breaker."""
        try:
            vectors = work()
        except (ServiceUnavailable, ServiceChanged):
            with self._guard:
                self._breaker.failed()
            raise
        except BaseException:
            with self._guard:
                self._breaker.released()
            raise
        self._well()
        return vectors

    def _admitted(self) -> bool:
        with self._guard:
            return self._breaker.admits()

    def _well(self) -> None:
        with self._guard:
            self._breaker.succeeded()
            if self._trouble is not None:
                logger.info("%s works again", self.name)
            self._trouble = None

    def _checked(self, seconds: float) -> None:
        """Have the service checked unless it was lately. Raises EngineUnavailable."""
        with self._guard:
            trusted = self._trusted_until is not None and self._clock() < self._trusted_until
        if not trusted:
            self._check(seconds)

    def _check(self, seconds: float) -> NDArray[np.float32]:
        """What the four texts are now. Raises EngineUnavailable where they are not what they have to be."""
        until = self._clock() + seconds
        texts = reference_vectors.TEXTS
        passages = self._in_time(texts, "passage", seconds)
        queries = self._in_time(texts, "query", max(until - self._clock(), _REST))
        if passages.shape != queries.shape:
            self._failed(ServiceFailed(Failure.BROKEN, "vectors of several dimensions"))
        found = np.stack((passages, queries))
        with self._guard:
            expected = self._expected = found if self._expected is None else self._expected
        self._compare(found, expected)
        with self._guard:
            self._trusted_until = self._clock() + _TRUSTED_SECONDS
        return passages

    def _compare(self, found: NDArray[np.float32], expected: NDArray[np.float32]) -> None:
        least = _LEAST_COSINE_OF_DEFAULT if self._known else _LEAST_COSINE
        cosine = float(np.min(np.sum(found * expected, axis=2))) if found.shape == expected.shape else 0.0
        if cosine < least:
            changed = ServiceChanged(self._client.endpoint.host, cosine, least)
            self._note(str(changed))
            raise changed

    def _in_time(self, texts: Sequence[str], purpose: Purpose, seconds: float) -> NDArray[np.float32]:
        """Within so many seconds; what fails at once is tried a second time. Raises ServiceUnavailable."""
        until = self._clock() + seconds
        try:
            return self._asked(texts, purpose, seconds)
        except ServiceFailed as failed:
            pause = failed.retry_after or 0.0
            left = until - self._clock() - pause
            if failed.failure not in PASSING or left < _REST:
                self._failed(failed)
            self._sleep(pause)
        try:
            return self._asked(texts, purpose, left)
        except ServiceFailed as failed:
            self._failed(failed)

    def _some_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One batch of passages, or the beginning of it where the service takes no more. Raises ServiceUnavailable."""
        pause, until = _FIRST_PAUSE, self._clock() + _PATIENCE
        for tries_left in reversed(range(_TRIES)):
            try:
                vectors = self._asked(texts, "passage", self._settings.passage_seconds)
            except ServiceFailed as failed:
                if failed.failure is Failure.TOO_LARGE and len(texts) > 1:
                    self._batch = len(texts) // 2
                    logger.info("%s takes no %d texts at once: %s", self.name, len(texts), failed.said)
                    return self._some_passages(texts[: self._batch])
                if failed.failure not in PASSING or not tries_left or self._clock() > until:
                    self._failed(failed)
                self._sleep(min(max(pause, failed.retry_after or 0.0), _LONGEST_PAUSE))
                pause *= 2
                self._distrust()
            else:
                self._checked(self._settings.passage_seconds)  # another server may stand there after a failure
                return self._right_size(vectors)
        raise AssertionError

    def _asked(self, texts: Sequence[str], purpose: Purpose, seconds: float) -> NDArray[np.float32]:
        prompt = self._prompts.query if purpose == "query" else self._prompts.passage
        return self._client.embed([prompt + clean(text) for text in texts], purpose, seconds=seconds)

    def _right_size(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        with self._guard:
            expected = vectors.shape[1] if self._expected is None else self._expected.shape[2]
        if vectors.shape[1] != expected:
            self._failed(ServiceFailed(Failure.BROKEN, f"{vectors.shape[1]} numbers instead of {expected}"))
        return vectors

    def _distrust(self) -> None:
        with self._guard:
            self._trusted_until = None

    def _note(self, trouble: str) -> None:
        """Remember a trouble; whoever answers afterwards may be another server, and is checked."""
        with self._guard:
            if self._trouble != trouble:
                logger.warning("%s", trouble)
            self._trouble, self._trusted_until = trouble, None

    def _failed(self, failed: ServiceFailed) -> NoReturn:
        trouble = f"{self.name} {_WHAT[failed.failure]}（{failed.said}）。{_ADVICE[failed.failure]}"
        self._note(trouble)
        raise ServiceUnavailable(trouble) from None


_WHAT: Final = {
    Failure.UNREACHABLE: "连不上",
    Failure.TIMEOUT: "没有按时回应",
    Failure.BUSY: "说太忙",
    Failure.FAULT: "出错了",
    Failure.TOO_LARGE: "不收这样的请求",
    Failure.KEY: "不认密钥",
    Failure.MISSING: "没有这个地址或模型",
    Failure.REFUSED: "拒绝了请求",
    Failure.BROKEN: "给出的不是向量",
}
_WAIT = "会自动再试；一直这样，请看这个服务是否在运行、地址（embeddings.service.url）对不对。"
_LOOK = "请核对 embeddings.service.url 与 embeddings.service.model。"
_ADVICE: Final = dict.fromkeys(Failure, _WAIT) | {
    Failure.KEY: "请核对环境变量 SIYU_EMBEDDINGS_API_KEY。",
    Failure.TOO_LARGE: _LOOK,
    Failure.MISSING: _LOOK,
    Failure.REFUSED: _LOOK,
}
