"""The way to a language model behind an OpenAI-compatible endpoint, and the only place that knows its library.

Whatever the endpoint does becomes pieces of text and an end, or one `ModelFailed`: an endpoint may answer a page of
HTML with status 200, break off in the middle without a word, or keep a connection alive for ever.
"""

from __future__ import annotations

import asyncio
import email.utils
import json
import logging
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from bot.generation.complaints import SHORTENED, meaning
from bot.generation.dialects import Dialect
from bot.generation.outcomes import End, Failure, Message, ModelFailed, Piece, Thinking, Tokens

if TYPE_CHECKING:
    from openai import APIError, AsyncOpenAI

logger = logging.getLogger(__name__)

_CONNECT = 5.0  # seconds
_LONGEST_PAUSE = 3.0  # seconds until a second try; whoever fails more slowly, or asks for more, is not tried again
_PAUSE = 0.3
_FIELDS_DROPPED = 5  # in one request, before it is given up
_FLOOD = 20_000  # characters of an answer of which a screen holds 600
_REDACTED_CODE = re.compile(r"[^\w.-]")

_AGAIN = frozenset({Failure.RATE, Failure.OVERLOADED, Failure.UNREACHABLE})
_CUT_OFF = frozenset({"length", "max_tokens"})
_ENDED_BADLY = {
    "content_filter": Failure.DECLINED,
    "sensitive": Failure.DECLINED,
    "insufficient_system_resource": Failure.OVERLOADED,
    "network_error": Failure.OVERLOADED,
    "tool_calls": Failure.BROKEN,
    "function_call": Failure.BROKEN,
}

Event = Piece | Thinking | End


class Model(Protocol):
    """What writes: messages in, pieces of text out."""

    def open(self) -> None:
        """Load what the first request would have to wait for; belongs in a thread. Raises ModelFailed."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...

    def write(self, messages: Sequence[Message], *, max_tokens: int | None = None) -> AsyncGenerator[Event, None]:
        """The answer as it comes, ended by an `End`. Raises ModelFailed. It has no time limit of its own."""
        ...


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a model is: `key` is None for a server that wants none; `proxy` is `none`, `env` or an address.

    `timeout` is for how many seconds nothing at all may come; it is not the whole time, which is the caller's to limit.
    """

    base_url: str
    model: str
    key: str | None = None
    proxy: str = "none"
    timeout: float = 20.0
    max_tokens: int = 700
    temperature: float = 0.2
    thinking: bool = False


class Gateway:
    """One endpoint. `open` before the first request: it takes seconds, and belongs in a thread.

    What the endpoint refuses of the optional fields is dropped and never sent again.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._dialect = Dialect.of(endpoint.base_url, endpoint.model, thinking=endpoint.thinking)
        self._client: AsyncOpenAI | None = None

    @property
    def dialect(self) -> Dialect:
        """What the endpoint takes, as far as it is known by now."""
        return self._dialect

    def open(self) -> None:
        """Load the library and make the client. Raises ModelFailed for a proxy that cannot be used."""
        if self._client is None:
            self._client = _client(self._endpoint)
            # These, too, are only imported when they are asked for, which the event loop would feel.
            _ = self._client.chat.completions, self._client.models

    async def close(self) -> None:
        """Close every connection."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def models(self) -> tuple[str, ...]:
        """The names of the endpoint's models, as far as it tells. Raises ModelFailed."""
        from openai import OpenAIError  # noqa: PLC0415

        try:
            page = await self._opened().models.list()
            return tuple(str(model.id) for model in page.data)
        except (OpenAIError, ValueError, TypeError, AttributeError) as error:
            raise _failed(error) from None

    async def write(self, messages: Sequence[Message], *, max_tokens: int | None = None) -> AsyncGenerator[Event, None]:
        """The answer as it comes, ended by an `End`.

        What fails before the first piece is tried a second time where that may help. Raises ModelFailed.
        """
        again = True
        while True:
            begun, since = False, time.monotonic()
            try:
                async with aclosing(self._attempt(messages, max_tokens or self._endpoint.max_tokens)) as events:
                    async for event in events:
                        begun = True
                        yield event
            except ModelFailed as failed:
                pause = _PAUSE if failed.retry_after is None else failed.retry_after
                waited = time.monotonic() - since + pause
                if begun or not again or failed.failure not in _AGAIN or not waited <= _LONGEST_PAUSE:
                    raise
                again = False
                await asyncio.sleep(pause)
            else:
                return

    async def _attempt(self, messages: Sequence[Message], max_tokens: int) -> AsyncGenerator[Event, None]:
        from openai import OpenAIError  # noqa: PLC0415

        try:
            stream = await self._request(messages, max_tokens)
            async with stream, aclosing(_events(stream)) as events:
                async for event in events:
                    yield event
        except (OpenAIError, ValueError, TypeError, AttributeError, LookupError) as error:
            # The library lets what is no chunk pass as whatever it is.
            raise _failed(error) from None

    async def _request(self, messages: Sequence[Message], max_tokens: int) -> Any:
        """The stream of one request, by the fewest fields that the endpoint refuses."""
        from openai import APIStatusError  # noqa: PLC0415

        dialect = self._dialect
        for _ in range(_FIELDS_DROPPED):
            try:
                stream: Any = await self._opened().chat.completions.create(
                    model=self._endpoint.model,
                    messages=dialect.messages(messages),  # type: ignore[arg-type]
                    stream=True,
                    **dialect.fields(max_tokens=max_tokens, temperature=self._endpoint.temperature),
                )
            except APIStatusError as error:
                simpler = dialect.without(_said(error)) if _may_be_a_field(error) else None
                if simpler is None:
                    raise
                dialect = simpler
            else:
                if dialect != self._dialect:
                    logger.info("the model's endpoint takes %s", dialect)
                    self._dialect = dialect
                return stream
        raise ModelFailed(Failure.REJECTED)

    def _opened(self) -> AsyncOpenAI:
        if self._client is None:
            self._client = _client(self._endpoint)
        return self._client


def _client(endpoint: Endpoint) -> AsyncOpenAI:
    """A client that takes nothing from the environment but, where that is wanted, the proxy."""
    from openai import AsyncOpenAI, DefaultAsyncHttpxClient, Omit, Timeout  # noqa: PLC0415

    timeout = Timeout(endpoint.timeout, connect=min(_CONNECT, endpoint.timeout))
    try:
        transport = DefaultAsyncHttpxClient(
            timeout=timeout,
            follow_redirects=False,
            trust_env=endpoint.proxy == "env",
            proxy=None if endpoint.proxy in ("none", "env") else endpoint.proxy,
        )
    except (ImportError, ValueError) as error:
        raise ModelFailed(Failure.PROXY, code=type(error).__name__, said=str(error)[:SHORTENED]) from None
    return AsyncOpenAI(
        base_url=endpoint.base_url,
        api_key=endpoint.key or "none",
        # The library would send what it finds of these in the environment to any address.
        organization="",
        project="",
        default_headers={name: Omit() for name in ("OpenAI-Organization", "OpenAI-Project")},  # type: ignore[misc]
        max_retries=0,
        timeout=timeout,
        http_client=transport,
    )


async def _events(chunks: AsyncIterator[Any]) -> AsyncGenerator[Event, None]:
    """Chunks as endpoints send them, in whatever form, to events. Raises ModelFailed where the end is no good one."""
    reason: str | None = None
    tokens: Tokens | None = None
    length = thought = 0
    async for chunk in chunks:
        tokens = _tokens(getattr(chunk, "usage", None)) or tokens
        for choice in (getattr(chunk, "choices", None) or ())[:1]:
            delta = getattr(choice, "delta", None)
            if thinking := len(_text(_either(delta, "reasoning_content", "reasoning"))):
                thought += thinking
                yield Thinking(thinking)
            if text := _text(getattr(delta, "content", None)):
                length += len(text)
                if length > _FLOOD:
                    raise ModelFailed(Failure.FLOOD)
                yield Piece(text)
            reason = getattr(choice, "finish_reason", None) or reason
    if reason is None:
        raise ModelFailed(Failure.BROKEN, code="no_finish_reason")
    if reason in _ENDED_BADLY:
        raise ModelFailed(_ENDED_BADLY[reason], code=reason)
    if not length and (thought or reason in _CUT_OFF):
        raise ModelFailed(Failure.ONLY_THINKING, code=str(reason))
    yield End(whole=reason not in _CUT_OFF, tokens=tokens)


def _either(delta: object, *names: str) -> object:
    return next((value for name in names if (value := getattr(delta, name, None))), None)


def _text(content: object) -> str:
    """The text of a delta, which some endpoints cut into parts."""
    if isinstance(content, str):
        return content
    parts: Iterable[Any] = content if isinstance(content, list) else ()
    return "".join(str(part.get("text") or "") for part in parts if isinstance(part, dict))


def _tokens(usage: object) -> Tokens | None:
    prompt, completion = (getattr(usage, name, None) for name in ("prompt_tokens", "completion_tokens"))
    if not isinstance(prompt, int) or not isinstance(completion, int):
        return None
    return Tokens(max(prompt, 0), max(completion, 0))


def _failed(error: Exception) -> ModelFailed:
    """One of our own for whatever the library raised, or let pass."""
    from openai import APIConnectionError, APIError, APIStatusError, APITimeoutError  # noqa: PLC0415

    if isinstance(error, APITimeoutError):
        connecting = "Connect" in type(error.__cause__).__name__
        return ModelFailed(Failure.UNREACHABLE if connecting else Failure.TIMEOUT, code=type(error.__cause__).__name__)
    if isinstance(error, APIConnectionError):
        cause = error.__cause__ or error
        # A server that was there and hung up is not one that cannot be reached.
        broken = "Read" in type(cause).__name__ or "Protocol" in type(cause).__name__
        failure = Failure.BROKEN if broken else Failure.UNREACHABLE
        return ModelFailed(failure, code=type(cause).__name__, said=str(cause)[:SHORTENED])
    if not isinstance(error, APIError):
        return ModelFailed(Failure.BROKEN, code=type(error).__name__)
    said, status = _said(error), error.status_code if isinstance(error, APIStatusError) else None
    return ModelFailed(
        meaning(status, said),
        status=status,
        code=_REDACTED_CODE.sub("", str(error.code or ""))[:64],
        said=said[:SHORTENED],
        retry_after=_retry_after(error) if isinstance(error, APIStatusError) else None,
    )


def _may_be_a_field(error: Any) -> bool:
    said = _said(error)
    return error.status_code in (400, 422) and meaning(error.status_code, said) is Failure.REJECTED


def _said(error: APIError) -> str:
    """An endpoint's own words: the body where it is JSON, else the beginning of the page."""
    if error.body is None or isinstance(error.body, str):
        return str(error.body or error.message)[: 10 * SHORTENED]
    return json.dumps(error.body, ensure_ascii=False, default=str)[: 10 * SHORTENED]


def _retry_after(error: Any) -> float | None:
    """Seconds, from a number or a date; None where neither is there."""
    value = error.response.headers.get("retry-after", "")
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None
