"""What can come of a request to a language model: pieces of text and an end, or one of our own failures."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Failure(StrEnum):
    """Why a model gave no answer. The values are keys of `bot/locales` (`llm_` before them) and labels of metrics."""

    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    PROXY = "proxy"
    ADDRESS = "address"
    KEY = "key"
    BALANCE = "balance"
    MODEL = "model"
    RATE = "rate"
    OVERLOADED = "overloaded"
    DECLINED = "declined"
    TOO_LONG = "too_long"
    REJECTED = "rejected"
    BROKEN = "broken"
    ONLY_THINKING = "only_thinking"
    FLOOD = "flood"


MENDED_BY_PEOPLE = frozenset({Failure.PROXY, Failure.ADDRESS, Failure.KEY, Failure.BALANCE, Failure.MODEL})
"""What no waiting mends: somebody has to change a setting or pay."""

OF_THE_QUESTION = frozenset({Failure.DECLINED, Failure.TOO_LONG, Failure.ONLY_THINKING, Failure.FLOOD})
"""What says nothing about whether the next question can be answered."""


class ModelFailed(Exception):
    """A model gave no whole answer.

    `status` is that of HTTP, `code` the endpoint's own name for the error; both are for the log. `said` is what the
    endpoint wrote, shortened: it may repeat what it was asked and is for nobody but whoever asked for a test.
    `retry_after` is in seconds. Each is None, or empty, where nothing is known.
    """

    def __init__(
        self,
        failure: Failure,
        *,
        status: int | None = None,
        code: str = "",
        said: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(" ".join(str(part) for part in (failure, status, code) if part))
        self.failure = failure
        self.said = said
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Message:
    """One message to a model; `role` is `system` or `user`."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text of the answer, as it came."""

    text: str


@dataclass(frozen=True, slots=True)
class Thinking:
    """The model thinks aloud in a field of its own: how many characters came. What they say is not kept."""

    characters: int


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a request used, as the endpoint counts it."""

    prompt: int
    completion: int

    @property
    def total(self) -> int:
        """Both."""
        return self.prompt + self.completion


@dataclass(frozen=True, slots=True)
class End:
    """The answer has ended. `whole` is False where the limit of tokens cut it off; `tokens` None where nobody said."""

    whole: bool
    tokens: Tokens | None
