"""No secret reaches a log line, whatever raised it."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import httpx
import pytest
from telegram.error import NetworkError

from bot.observability.logs import JsonFormatter, RedactingFormatter, RedactingHandler, redact
from bot.observability.request_context import handling
from bot.telegram.process import _thread_failed

TOKEN = "123456789:" + "AbC-dE_5" * 4  # made up, in the form of a real one
SECRET = 'hush "hush"/密'


@pytest.fixture
def log() -> tuple[logging.Logger, io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(RedactingFormatter(["hush-hush"]))
    logger = logging.Logger("test")
    logger.addHandler(handler)
    return logger, stream


def test_tokens_and_secrets_are_blanked_in_messages_and_tracebacks(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = log
    logger.info("GET https://api.telegram.org/bot%s/getMe", TOKEN)
    try:
        raise ValueError(f"bad url /file/bot{TOKEN}/x with hush-hush")
    except ValueError:
        logger.exception("failed")
    text = stream.getvalue()
    assert TOKEN not in text
    assert TOKEN.split(":")[1] not in text
    assert "hush-hush" not in text
    assert text.count("[REDACTED]") >= 3
    assert "getMe" in text


def test_nobody_can_write_megabytes_into_the_log(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = log
    secret = f"{'x' * 7990}{TOKEN}"  # where it would be cut
    try:
        raise ValueError(f"{secret}{'很' * 5_000_000} the end")
    except ValueError:
        logger.exception("failed %s", secret)
    text = stream.getvalue()
    assert len(text) < 20_000
    assert "characters left out" in text
    assert text.endswith("the end\n")
    assert TOKEN.split(":")[1][:6] not in text
    record = logging.LogRecord("test", logging.INFO, __file__, 1, "y" * 5_000_000, (), None)
    assert len(json.loads(JsonFormatter().format(record))["message"]) < 20_000


def _quoted() -> None:
    raise ValueError(f"https://e.example/?next={quote(TOKEN, safe='')}&again={quote(quote(TOKEN, safe=''), safe='')}")


def _in_lower_case() -> None:
    raise ValueError(TOKEN.replace(":", "%3a"))


def _as_a_port() -> None:
    httpx.URL(f"https://api.telegram.org{TOKEN}/getMe")


def _of_a_request() -> None:
    httpx.get(f"http://127.0.0.1:1/bot{TOKEN}/getMe", timeout=1)


def _of_an_answer() -> None:
    request = httpx.Request("POST", f"https://api.telegram.org/bot{TOKEN}/getMe")
    httpx.Response(502, request=request).raise_for_status()


def _as_a_key() -> None:
    known: dict[str, str] = {}
    known[f"bot{TOKEN}"]


def _not_encodable() -> None:
    f"{TOKEN}密 {SECRET}".encode("latin-1")


def _with_a_cause() -> None:
    try:
        _as_a_port()
    except httpx.InvalidURL as error:
        raise RuntimeError("no address") from error


def _with_a_note() -> None:
    error = RuntimeError("see below")
    error.add_note(f"the header was {SECRET}, the URL https://h.example/{quote(SECRET)}")
    raise error


def _in_a_group() -> None:
    raise ExceptionGroup("several", [ValueError(f"of {TOKEN}"), NetworkError(f"httpx.ConnectError: /bot{TOKEN}/")])


def _in_a_literal() -> None:
    raise ValueError({"secret": SECRET, "token": [TOKEN]})


def _in_json() -> None:
    raise ValueError(json.dumps({"secret": SECRET}))


WAYS = (
    _quoted,
    _in_lower_case,
    _as_a_port,
    _of_a_request,
    _of_an_answer,
    _as_a_key,
    _not_encodable,
    _with_a_cause,
    _with_a_note,
    _in_a_group,
    _in_a_literal,
    _in_json,
)


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("fail", WAYS)
def test_no_way_to_fail_shows_a_secret(
    fail: Callable[[], None], form: Literal["text", "json"], capsys: pytest.CaptureFixture[str]
) -> None:
    formatter = (JsonFormatter if form == "json" else RedactingFormatter)((TOKEN, SECRET))
    handler = RedactingHandler(sys.stderr)
    handler.setFormatter(formatter)
    logger = logging.Logger("test")
    logger.addHandler(handler)
    error = _raised_by(fail)
    logger.error("update %s failed: %s", 1, error, exc_info=error)
    logger.error("no number: %d", f"{TOKEN} {SECRET}")
    said = capsys.readouterr().err
    assert said.count("\n") >= 2
    assert "a log line of test was lost: TypeError" in said
    for hidden in (*_spellings(TOKEN), *_spellings(TOKEN.partition(":")[2]), *_spellings(SECRET)):
        assert hidden not in said


def _raised_by(fail: Callable[[], None]) -> Exception:
    try:
        fail()
    except Exception as error:  # noqa: BLE001 - whatever it is
        return error
    raise AssertionError(fail)


def _spellings(secret: str) -> tuple[str, ...]:
    return secret, quote(secret, safe=""), quote(quote(secret, safe=""), safe=""), json.dumps(secret)[1:-1]


def test_what_escapes_a_thread_goes_through_the_log(caplog: pytest.LogCaptureFixture) -> None:
    failure = threading.ExceptHookArgs((ValueError, ValueError("x"), None, None))
    _thread_failed(failure)
    assert "thread ? failed" in caplog.text
    assert "ValueError: x" in caplog.text


def test_a_start_that_fails_shows_no_secret(tmp_path: Path) -> None:
    """An address that lacks its path, and the token becomes its port."""
    file = tmp_path / "config.yaml"
    file.write_text("telegram: {start_patience: 0}\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "bot", "--config", str(file), "--set", "telegram.base_url=https://localhost", "run"],
        env={**os.environ, "TELEGRAM_BOT_TOKEN": TOKEN, "SIYU_WEBHOOK_SECRET": SECRET},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr
    for hidden in (TOKEN, TOKEN.partition(":")[2], quote(TOKEN), SECRET):
        assert hidden not in done.stdout + done.stderr


def test_ordinary_text_stays() -> None:
    text = "2026-11-23 12:30:05 比例 3:4，端口 8443"
    assert redact(text) == text


async def test_a_line_names_the_update_that_it_was_written_for(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = log

    async def handle(number: int) -> None:
        with handling(number, None):
            await asyncio.sleep(0)
            logger.info("half way of %d", number)
            await asyncio.create_task(later(number))

    async def later(number: int) -> None:
        logger.info("later of %d", number)

    await asyncio.gather(handle(7), handle(8))
    logger.info("of nothing")
    lines = stream.getvalue().splitlines()
    assert all(re.search(r"\[(\d+)\] .* of \1$", line) for line in lines[:4])
    assert lines[4].endswith("test: of nothing")


def test_json_lines_stay_one_object_each_and_show_no_secret() -> None:
    formatter = JsonFormatter(['hush "quoted"'])
    try:
        raise ValueError(f'/bot{TOKEN}/ and hush "quoted"\nin two lines 密')
    except ValueError:
        record = logging.LogRecord("n", logging.ERROR, "f", 1, "bad %s\n{", (TOKEN,), sys.exc_info())
    with handling(5, None):
        line = formatter.format(record)
    assert "\n" not in line
    assert line.isascii()
    document = json.loads(line)
    assert document["message"] == "bad [REDACTED]\n{"
    assert (document["level"], document["logger"], document["request"]) == ("ERROR", "n", "5")
    assert datetime.fromisoformat(document["time"]).tzinfo is not None
    assert TOKEN not in line
    assert "quoted" not in line
    assert "密" in document["exception"]
    assert json.loads(formatter.format(logging.makeLogRecord({"msg": "x"})))["request"] is None
