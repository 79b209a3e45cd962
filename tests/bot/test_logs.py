"""No secret reaches a log line, whatever raised it."""

from __future__ import annotations

import io
import logging

import pytest

from bot.logs import RedactingFormatter, redact

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


def test_ordinary_text_stays() -> None:
    text = "2026-11-23 12:30:05 比例 3:4，端口 8443"
    assert redact(text) == text
