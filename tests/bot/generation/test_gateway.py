"""Whatever an endpoint does becomes pieces of text and an end, or one of our own failures."""

from __future__ import annotations

import asyncio
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from bot.generation.gateway import Endpoint, Gateway
from bot.generation.outcomes import End, Failure, Message, ModelFailed, Piece, Thinking, Tokens
from tests.support.scripted_model import GOOD, ScriptedModel

ASKED = (Message("system", "守规矩"), Message("user", "定金收多少"))
KEY = "sk-the-key-of-the-test"


async def collect(server: ScriptedModel, model: str, **options: object) -> tuple[str, End]:
    """All that a model says, and its end."""
    gateway = Gateway(Endpoint(server.base_url, model, KEY, **options))  # type: ignore[arg-type]
    try:
        events = [event async for event in gateway.write(ASKED)]
    finally:
        await gateway.close()
    text = "".join(event.text for event in events if isinstance(event, Piece))
    assert isinstance(events[-1], End)
    return text, events[-1]


@pytest.mark.parametrize("model", ["ok", "bytewise", "aloud", "odd-chunks", "gzip"])
async def test_a_good_answer_arrives_whole_however_it_is_sent(model: str) -> None:
    async with ScriptedModel() as server:
        text, end = await collect(server, model)
    assert text == GOOD
    assert end.whole


async def test_what_it_cost_is_told() -> None:
    async with ScriptedModel() as server:
        _, end = await collect(server, "ok")
    assert end.tokens == Tokens(900, 120)


async def test_a_thought_is_counted_and_never_kept() -> None:
    async with ScriptedModel() as server:
        gateway = Gateway(Endpoint(server.base_url, "aloud"))
        events = [event async for event in gateway.write(ASKED)]
        await gateway.close()
    assert [event for event in events if isinstance(event, Thinking)] == [Thinking(15), Thinking(15)]
    assert "PLANTED" not in str([event for event in events if not isinstance(event, Thinking)])


async def test_an_answer_at_the_limit_of_tokens_is_not_whole() -> None:
    async with ScriptedModel() as server:
        text, end = await collect(server, "length")
    assert text == GOOD
    assert not end.whole


FAILURES = {
    "unfinished": Failure.BROKEN,
    "reset": Failure.BROKEN,
    "bad-json": Failure.BROKEN,
    "strange-json": Failure.BROKEN,
    "error-event": Failure.BROKEN,
    "html": Failure.BROKEN,
    "json": Failure.BROKEN,
    "error-200": Failure.BROKEN,
    "content-filter": Failure.DECLINED,
    "sensitive": Failure.DECLINED,
    "error-in-the-middle": Failure.DECLINED,
    "no-resources": Failure.OVERLOADED,
    "only-thinking": Failure.ONLY_THINKING,
    "flood": Failure.FLOOD,
    "huge-chunk": Failure.FLOOD,
    "huge-line": Failure.BROKEN,
    "huge-error": Failure.REJECTED,
    "400": Failure.REJECTED,
    "401": Failure.KEY,
    "402": Failure.BALANCE,
    "403": Failure.KEY,
    "403-overdue": Failure.BALANCE,
    "404": Failure.MODEL,
    "408": Failure.TIMEOUT,
    "413": Failure.TOO_LONG,
    "429": Failure.RATE,
    "429-soon": Failure.RATE,
    "429-late": Failure.RATE,
    "429-date": Failure.RATE,
    "429-quota": Failure.BALANCE,
    "500": Failure.OVERLOADED,
    "502": Failure.OVERLOADED,
    "503": Failure.OVERLOADED,
    "529": Failure.OVERLOADED,
    "302": Failure.ADDRESS,
    "too-long": Failure.TOO_LONG,
    "too-long-qwen": Failure.TOO_LONG,
    "risk-deepseek": Failure.DECLINED,
    "risk-qwen": Failure.DECLINED,
    "risk-doubao": Failure.DECLINED,
    "risk-glm": Failure.DECLINED,
    "arrears": Failure.BALANCE,
    "stall": Failure.TIMEOUT,
    "stall-after-headers": Failure.TIMEOUT,
    "stall-in-the-middle": Failure.TIMEOUT,
}


@pytest.mark.parametrize(("model", "failure"), FAILURES.items())
async def test_every_way_to_fail_has_its_name(model: str, failure: Failure) -> None:
    async with ScriptedModel() as server:
        with pytest.raises(ModelFailed) as failed:
            await collect(server, model, timeout=0.5)
    assert failed.value.failure is failure
    assert KEY not in str(failed.value)


@contextmanager
def deaf() -> Iterator[int]:
    """The port of a server that takes no connection: nobody accepts, and its queue is full."""
    with ExitStack() as stack:
        listening = stack.enter_context(socket.socket())
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listening.getsockname())
        yield listening.getsockname()[1]


async def test_who_takes_no_connection_cannot_be_reached_and_is_not_waited_for_twice() -> None:
    with deaf() as port:
        gateway = Gateway(Endpoint(f"http://127.0.0.1:{port}/v1", "ok", timeout=3.5))
        gateway.open()
        began = time.monotonic()
        with pytest.raises(ModelFailed) as failed:
            [event async for event in gateway.write(ASKED)]
        seconds = time.monotonic() - began
        await gateway.close()
    assert failed.value.failure is Failure.UNREACHABLE
    assert seconds < 6


async def test_what_may_mend_itself_is_tried_a_second_time_and_what_takes_long_is_not() -> None:
    async with ScriptedModel() as server:
        for model, requests in {"429-soon": 2, "503": 2, "429-late": 1, "401": 1, "risk-qwen": 1}.items():
            server.requests.clear()
            with pytest.raises(ModelFailed):
                await collect(server, model)
            assert len(server.requests) == requests, model


@pytest.mark.parametrize(
    ("model", "left_out"),
    [
        ("no-temperature", "temperature"),
        ("no-usage", "stream_options"),
        ("no-thinking-field", "chat_template_kwargs"),
        ("no-max-tokens", "max_tokens"),
        ("terse", "temperature"),
    ],
)
async def test_a_field_that_an_endpoint_refuses_is_left_out_once_and_for_all(model: str, left_out: str) -> None:
    async with ScriptedModel() as server:
        gateway = Gateway(Endpoint(server.base_url, model))
        for _ in range(2):
            events = [event async for event in gateway.write(ASKED)]
            assert isinstance(events[-1], End)
        await gateway.close()
    assert [left_out in request.body for request in server.requests] == [True, False, False]


async def test_where_no_system_role_is_known_its_text_goes_before_the_question() -> None:
    async with ScriptedModel() as server:
        await collect(server, "no-system")
    assert [message["role"] for message in server.requests[-1].body["messages"]] == ["user"]
    assert server.requests[-1].prompt == "守规矩\n\n定金收多少"


@pytest.mark.parametrize(
    ("base_url", "model", "expected"),
    [
        ("https://api.deepseek.com", "deepseek-chat", {"thinking": {"type": "disabled"}}),
        ("https://dashscope.aliyuncs.com/compatible-mode/v1", "qwen-plus", {"enable_thinking": False}),
        ("https://api.siliconflow.cn/v1", "x", {"enable_thinking": False}),
        ("http://127.0.0.1:8000/v1", "x", {"chat_template_kwargs": {"enable_thinking": False}}),
        ("https://notdeepseek.com.example/v1", "x", {"chat_template_kwargs": {"enable_thinking": False}}),
    ],
)
def test_thinking_is_turned_off_as_each_vendor_wants_it(base_url: str, model: str, expected: object) -> None:
    gateway = Gateway(Endpoint(base_url, model))
    fields = gateway.dialect.fields(max_tokens=7, temperature=0.2)
    assert fields["extra_body"] == expected
    assert "extra_body" not in Gateway(Endpoint(base_url, model, thinking=True)).dialect.fields(
        max_tokens=7, temperature=0.2
    )


async def test_nothing_of_the_environment_reaches_the_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-another-key")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-stray")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-stray")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    async with ScriptedModel() as server:
        await collect(server, "ok")
        assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
        assert not {"openai-organization", "openai-project"} & server.requests[0].headers.keys()


async def test_a_proxy_that_cannot_be_used_is_a_failure_of_ours() -> None:
    with pytest.raises(ModelFailed) as failed:
        Gateway(Endpoint("http://127.0.0.1:9/v1", "m", proxy="socks5://127.0.0.1:9")).open()
    assert failed.value.failure is Failure.PROXY


async def _refused(base_url: str) -> ModelFailed:
    gateway = Gateway(Endpoint(base_url, "ok", KEY))
    with pytest.raises(ModelFailed) as failed:
        [event async for event in gateway.write(ASKED)]
    await gateway.close()
    return failed.value


async def test_a_server_that_speaks_no_tls_cannot_be_reached_by_it() -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(plain, "127.0.0.1", 0)
    async with server:
        failed = await _refused(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
    assert failed.failure is Failure.UNREACHABLE


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes the certificate")
async def test_who_cannot_prove_to_be_the_server_is_told_neither_key_nor_question(tmp_path: Path) -> None:
    async with ScriptedModel(tls=_certificate(tmp_path)) as server:
        failed = await _refused(server.base_url)
    assert failed.failure is Failure.UNREACHABLE
    assert "certificate" in failed.said.lower()
    assert server.requests == []


def _certificate(directory: Path) -> ssl.SSLContext:
    """One that nobody has signed."""
    key, certificate = directory / "key.pem", directory / "certificate.pem"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1"]
    made = [*make, "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(made, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:9/v1", "http://nowhere.invalid/v1"])
async def test_an_address_where_nobody_answers(base_url: str) -> None:
    gateway = Gateway(Endpoint(base_url, "m"))
    with pytest.raises(ModelFailed) as failed:
        [event async for event in gateway.write(ASKED)]
    assert failed.value.failure is Failure.UNREACHABLE


async def test_keeping_alive_is_no_answer_and_the_caller_can_end_it() -> None:
    async with ScriptedModel() as server:
        gateway = Gateway(Endpoint(server.base_url, "keep-alive", timeout=0.3))
        gateway.open()
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.6):
                [event async for event in gateway.write(ASKED)]
        assert time.monotonic() - began < 5
        await gateway.close()


async def test_the_models_of_an_endpoint_are_listed() -> None:
    async with ScriptedModel(models=("a", "b")) as server:
        gateway = Gateway(Endpoint(server.base_url, "a"))
        assert await gateway.models() == ("a", "b")
        await gateway.close()
