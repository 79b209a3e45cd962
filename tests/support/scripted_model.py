"""A language model behind an OpenAI-compatible endpoint that does what a script says, well or badly.

Raw sockets, so that a byte can come alone and a connection can end in the middle of one. The scenario is the model's
name in the request (see `SCENARIOS`), or `scenario`, for a server that changes while it runs; where that is a function
it is asked with every request.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Self

Json = dict[str, Any]

GOOD = "结论：预售的定金一般收三成 [1]。\n步骤：\n先和客户确认款式，再收定金 [1]。\n注意：定制的款式不退定金 [1]。"

HANG = 60.0  # seconds, longer than any test waits
HUGE = 10_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came; header names are in lower case."""

    path: str
    headers: Mapping[str, str]
    body: Json

    @property
    def prompt(self) -> str:
        """All messages in one text."""
        return "\n".join(str(message["content"]) for message in self.body.get("messages", ()))


Answer = str | Callable[[Request], str]


def copying(request: Request) -> str:
    """What an honest model says of any passages: the first sentences of the first, with its number."""
    lines = re.findall(r"^│ (.*)$", request.prompt.partition("‹/")[0], re.MULTILINE)
    told = [each for each in re.split(r"(?<=[。！？])|\n", "\n".join(lines)) if each.endswith("。")]
    first, second, *_ = [*told, "", ""]
    return f"结论：{first.rstrip('。')} [1]。" + (f"\n注意：{second.rstrip('。')} [1]。" if second else "")


@dataclass(slots=True)
class _Connection:
    """Where one answer is written. `text` is what the model is to say."""

    request: Request
    text: str
    writer: asyncio.StreamWriter
    gap: float = 0.0
    started: bool = field(default=False)

    async def head(self, status: int = 200, kind: str = "text/event-stream", **headers: str) -> None:
        """The status line and headers of an answer that ends with its connection."""
        lines = [f"HTTP/1.1 {status} X", f"Content-Type: {kind}", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        await self.raw(("\r\n".join(lines) + "\r\n\r\n").encode())

    async def raw(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def page(self, status: int, body: object, kind: str = "application/json", **headers: str) -> None:
        """A whole answer."""
        await self.head(status, kind, **headers)
        await self.raw(body.encode() if isinstance(body, str) else json.dumps(body).encode())

    async def event(self, document: object, prefix: str = "data: ", end: str = "\n\n") -> None:
        text = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
        await self.raw(f"{prefix}{text}{end}".encode())

    async def delta(self, content: object = None, *, finish: str | None = None, **more: object) -> None:
        """One chunk."""
        said = {key: value for key, value in {"content": content, **more}.items() if value is not None}
        await self.event(chunk([{"index": 0, "delta": said, "finish_reason": finish}]))

    async def say(self, text: str | None = None, *, size: int = 4) -> None:
        """The text, a few characters a chunk."""
        said = self.text if text is None else text
        for at in range(0, len(said), size):
            await self.delta(said[at : at + size])
            if self.gap:
                await asyncio.sleep(self.gap)

    async def close(self, finish: str | None = "stop", *, done: bool = True) -> None:
        """The end of a stream, with the count of tokens in a chunk without choices."""
        await self.delta(finish=finish)
        if self.request.body.get("stream_options"):
            usage = {"prompt_tokens": 900, "completion_tokens": 120, "total_tokens": 1020}
            await self.event({**chunk([]), "usage": usage})
        if done:
            await self.event("[DONE]")


def chunk(choices: object) -> Json:
    """A chunk of a stream."""
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices}


def refusal(message: str, code: str | None = None) -> Json:
    """The body of an error."""
    return {"error": {"message": message, "type": "invalid_request_error", "code": code}}


Scenario = Callable[[_Connection], Awaitable[None]]


async def ok(c: _Connection) -> None:
    await c.head()
    await c.delta("", role="assistant")
    await c.say()
    await c.close()


async def bytewise(c: _Connection) -> None:
    """One byte at a time, through the middle of characters."""
    await c.head()
    parts = [json.dumps(chunk([{"index": 0, "delta": {"content": c.text}, "finish_reason": None}]), ensure_ascii=False)]
    parts += [json.dumps(chunk([{"index": 0, "delta": {}, "finish_reason": "stop"}])), "[DONE]"]
    for byte in "".join(f"data: {part}\n\n" for part in parts).encode():
        await c.raw(bytes([byte]))
        await asyncio.sleep(0)


async def keep_alive(c: _Connection) -> None:
    """Comments for ever, and never a word."""
    await c.head()
    for _ in range(int(HANG / 0.05)):
        await c.raw(b": keep-alive\n\n")
        await asyncio.sleep(0.05)


async def stall(c: _Connection) -> None:
    await asyncio.sleep(HANG)


async def stall_after_headers(c: _Connection) -> None:
    await c.head()
    await asyncio.sleep(HANG)


async def stall_in_the_middle(c: _Connection) -> None:
    await c.head()
    await c.say(c.text[: len(c.text) // 2])
    await asyncio.sleep(HANG)


async def drip(c: _Connection) -> None:
    """A character now and then: never silent for long, never done."""
    await c.head()
    for character in c.text * 1000:
        await c.delta(character)
        await asyncio.sleep(0.1)


async def slow(c: _Connection) -> None:
    """A good answer that takes about two seconds."""
    c.gap = 2.0 / max(1, len(c.text) // 4)
    await ok(c)


async def reset(c: _Connection) -> None:
    await c.head()
    await c.say(c.text[: len(c.text) // 2])
    c.writer.transport.abort()


async def unfinished(c: _Connection) -> None:
    """Ends politely, without saying that it has ended."""
    await c.head()
    await c.say()
    await c.event("[DONE]")


def finishing(reason: str) -> Scenario:
    async def play(c: _Connection) -> None:
        await c.head()
        await c.say()
        await c.close(reason)

    return play


async def nothing_but_thoughts(c: _Connection) -> None:
    await c.head()
    await c.delta(reasoning_content="让我想想" * 50)
    await c.close("length")


async def aloud(c: _Connection) -> None:
    """Thinks in both fields of its own, then answers."""
    await c.head()
    await c.delta(reasoning_content="PLANTED-THOUGHT")
    await c.delta(reasoning="PLANTED-THOUGHT")
    await c.say()
    await c.close()


async def odd_chunks(c: _Connection) -> None:
    """Empty choices, none at all, a list for the content, no space, other line ends, a comment, an unknown event."""
    await c.head()
    await c.event(chunk([]))
    await c.event(chunk(None))
    await c.raw(b": ping\r\n\r\n")
    await c.event(chunk([{"index": 0, "delta": {"content": [{"type": "text", "text": c.text}]}}]), end="\r\n\r\n")
    await c.event(chunk([{"index": 0, "delta": {}, "finish_reason": "stop"}]), prefix="data:")


async def bad_json(c: _Connection) -> None:
    await c.head()
    await c.delta("结论")
    await c.raw(b'data: {"choices": [\n\n')


async def strange_json(c: _Connection) -> None:
    await c.head()
    odds: list[object] = [[], 5, "x", None, {"choices": "x"}, {"choices": [None]}, {"choices": [{"delta": 7}]}]
    for odd in odds:
        await c.event(json.dumps(odd))


async def error_in_the_middle(c: _Connection) -> None:
    await c.head()
    await c.say(c.text[: len(c.text) // 2])
    await c.event(refusal("Output data may contain inappropriate content.", "data_inspection_failed"))


async def error_event(c: _Connection) -> None:
    await c.head()
    await c.raw(b'event: error\ndata: {"message": "boom"}\n\n')


async def flood(c: _Connection) -> None:
    await c.head()
    for _ in range(1000):
        await c.delta("水" * 10_000)
    await c.close()


async def one_huge_chunk(c: _Connection) -> None:
    """All of 10 MB at once."""
    await c.head()
    await c.delta("水" * (HUGE // 3))
    await c.close()


async def one_huge_line(c: _Connection) -> None:
    """10 MB that never become an event."""
    await c.head()
    await c.raw(b"data: " + b"x" * HUGE)


async def huge_error(c: _Connection) -> None:
    await c.page(400, refusal("x" * HUGE))


async def html(c: _Connection) -> None:
    await c.page(200, "<html><body>Please sign in</body></html>", "text/html")


async def json_instead(c: _Connection) -> None:
    """A whole answer where a stream was asked for."""
    message = {"role": "assistant", "content": c.text}
    await c.page(200, {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})


async def error_with_200(c: _Connection) -> None:
    await c.page(200, refusal("quota"))


async def gzipped(c: _Connection) -> None:
    parts = [chunk([{"index": 0, "delta": {"content": c.text}}])]
    parts += [chunk([{"index": 0, "delta": {}, "finish_reason": "stop"}])]
    await c.head(200, Content_Encoding="gzip")
    await c.raw(gzip.compress("".join(f"data: {json.dumps(part)}\n\n" for part in parts).encode()))


def status(code: int, message: str = "", name: str | None = None, **headers: str) -> Scenario:
    """An error of HTTP."""

    async def play(c: _Connection) -> None:
        await c.page(code, refusal(message or f"error {code}", name), **headers)

    return play


async def bad_gateway(c: _Connection) -> None:
    await c.page(502, "<html>502 Bad Gateway</html>", "text/html")


def picky(forbidden: Callable[[Json], bool], message: str, code: int = 400) -> Scenario:
    """Refuses requests of a kind, and answers the others."""

    async def play(c: _Connection) -> None:
        await (status(code, message)(c) if forbidden(c.request.body) else ok(c))

    return play


def _has(name: str) -> Callable[[Json], bool]:
    return lambda body: name in body


def _bare(body: Json) -> bool:
    return not set(body) <= {"model", "messages", "stream", "max_tokens"}


SCENARIOS: dict[str, Scenario] = {
    "ok": ok,
    "bytewise": bytewise,
    "keep-alive": keep_alive,
    "stall": stall,
    "stall-after-headers": stall_after_headers,
    "stall-in-the-middle": stall_in_the_middle,
    "drip": drip,
    "slow": slow,
    "reset": reset,
    "unfinished": unfinished,
    "length": finishing("length"),
    "content-filter": finishing("content_filter"),
    "sensitive": finishing("sensitive"),
    "no-resources": finishing("insufficient_system_resource"),
    "only-thinking": nothing_but_thoughts,
    "aloud": aloud,
    "odd-chunks": odd_chunks,
    "bad-json": bad_json,
    "strange-json": strange_json,
    "error-in-the-middle": error_in_the_middle,
    "error-event": error_event,
    "flood": flood,
    "huge-chunk": one_huge_chunk,
    "huge-line": one_huge_line,
    "huge-error": huge_error,
    "html": html,
    "json": json_instead,
    "error-200": error_with_200,
    "gzip": gzipped,
    "400": status(400),
    "401": status(401, "Incorrect API key provided"),
    "402": status(402, "Insufficient Balance"),
    "403": status(403, "forbidden"),
    "403-overdue": status(403, "Your account has an overdue balance.", "AccountOverdueError"),
    "404": status(404, "The model `x` does not exist"),
    "408": status(408),
    "413": status(413),
    "429": status(429, "slow down"),
    "429-soon": status(429, "slow down", Retry_After="0.1"),
    "429-late": status(429, "slow down", Retry_After="3600"),
    "429-date": status(429, "slow down", Retry_After="Wed, 21 Oct 2099 07:28:00 GMT"),
    "429-quota": status(429, "You exceeded your current quota", "insufficient_quota"),
    "500": status(500),
    "502": bad_gateway,
    "503": status(503, "overloaded"),
    "529": status(529),
    "302": status(302, Location="http://127.0.0.1:9/"),
    "too-long": status(400, "This model's maximum context length is 4096 tokens."),
    "too-long-qwen": status(400, "Range of input length should be [1, 6000]"),
    "risk-deepseek": status(400, "Content Exists Risk", "invalid_request_error"),
    "risk-qwen": status(400, "Input data may contain inappropriate content.", "data_inspection_failed"),
    "risk-doubao": status(400, "The request failed", "InputTextRiskDetection"),
    "risk-glm": status(400, "系统检测到输入或生成内容可能包含不安全或敏感内容", "1301"),
    "arrears": status(400, "Access denied", "Arrearage"),
    "no-temperature": picky(_has("temperature"), "invalid temperature: only 1 is allowed for this model"),
    "no-usage": picky(_has("stream_options"), "extra fields not permitted: stream_options", 422),
    "no-thinking-field": picky(_has("chat_template_kwargs"), "Unexpected keys: {'chat_template_kwargs'}", 422),
    "no-max-tokens": picky(
        _has("max_tokens"), "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
    ),
    "no-system": picky(lambda body: body["messages"][0]["role"] == "system", "System role not supported"),
    "terse": picky(_bare, "Bad Request"),
}  # fmt: skip
"""What a model of this name does."""


class ScriptedModel:
    """The server; `async with` starts and stops it. `answer` is what a model says, `requests` what it was asked."""

    def __init__(
        self,
        answer: Answer = GOOD,
        *,
        scenario: str | Callable[[], str] | None = None,
        models: tuple[str, ...] = ("ok",),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.answer = answer
        self.scenario = scenario
        self.requests: list[Request] = []
        self.writing = 0
        self._models = models
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self.port = 0

    @property
    def base_url(self) -> str:
        """What `answering.llm.base_url` is to be."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}/v1"

    async def start(self) -> None:
        """Listen, at the port of before where it has had one."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Die: nothing listens any more, every connection is gone."""
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._answer(await _read(reader), writer)
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        connection = _Connection(request, "", writer)
        if request.path.endswith("/models"):
            data = [{"id": name, "object": "model", "created": 1, "owned_by": "x"} for name in self._models]
            await connection.page(200, {"object": "list", "data": data})
            return
        self.requests.append(request)
        connection.text = self.answer if isinstance(self.answer, str) else self.answer(request)
        self.writing += 1
        try:
            scenario = self.scenario() if callable(self.scenario) else self.scenario
            await SCENARIOS[scenario or str(request.body["model"])](connection)
        finally:
            self.writing -= 1


async def _read(reader: asyncio.StreamReader) -> Request:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(first.split(" ")[1], headers, json.loads(body) if body else {})


@contextmanager
def in_a_thread(server: ScriptedModel) -> Iterator[ScriptedModel]:
    """The server on a loop of its own, for whoever blocks the thread that asks."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(server.start(), loop).result(10)
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
