"""No secret reaches a log line, whatever raised it."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import re
import sys
from datetime import UTC, datetime

import pytest
from telegram import Chat, InlineQuery, Message, Update, User

from bot.correlation import handling, surface_of
from bot.logs import JsonFormatter, RedactingFormatter, redact
from bot.state.questions import Surface

TOKEN = "123456789:" + "AbC-dE_5" * 4  # made up, in the form of a real one


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


def test_ordinary_text_stays() -> None:
    text = "2026-11-23 12:30:05 比例 3:4，端口 8443"
    assert redact(text) == text


async def test_a_line_names_the_update_that_it_was_written_for(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = log

    async def handle(number: int) -> None:
        with handling(Update(number)):
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
    with handling(Update(5)):
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


@pytest.mark.parametrize(
    ("update", "surface"),
    [
        (Update(1, Message(1, datetime.now(UTC), Chat(1, Chat.PRIVATE))), Surface.PRIVATE),
        (Update(1, Message(1, datetime.now(UTC), Chat(-1, Chat.SUPERGROUP))), Surface.GROUP),
        (Update(1, channel_post=Message(1, datetime.now(UTC), Chat(-1, Chat.CHANNEL))), Surface.CHANNEL),
        (Update(1, guest_message=Message(1, datetime.now(UTC), Chat(-1, Chat.GROUP))), Surface.GUEST),
        (Update(1, inline_query=InlineQuery("1", User(1, "A", False), "x", "")), Surface.INLINE),
        (Update(1), None),
    ],
)
def test_where_an_update_came_from(update: Update, surface: Surface | None) -> None:
    assert surface_of(update) is surface
