"""Logging that never shows a secret: every finished line, tracebacks included, passes a redactor.

A line names the update that it was written for. How large the log grows is up to whoever keeps standard error; how long
one message of it is, is not up to whoever wrote to the bot.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Literal, TextIO
from urllib.parse import quote, quote_plus

from bot.observability.request_context import current

_TOKEN = re.compile(r"\d{5,}(?::|%(?:25)*3A)[A-Za-z0-9_-]{5,}", re.I)
_SHORTEST_PART = 16

_LONGEST = 16_000  # characters of one record, traceback included; the longest tracebacks of ours have half of that

Form = Literal["text", "json"]


class RedactingFormatter(logging.Formatter):
    """Formats a record and then blanks what looks like a bot token and every given secret."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(request)s%(message)s")
        self._secrets = tuple(secrets)

    def format(self, record: logging.LogRecord) -> str:
        """The line for a record."""
        request = current()
        record.request = f"[{request.id}] " if request else ""
        return shortened(redact(super().format(record), self._secrets))


class JsonFormatter(logging.Formatter):
    """One JSON object a record: `time` (ISO 8601, UTC), `level`, `logger`, `message`, `request` (the update's id or
    null) and, where something was raised, `exception`.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._secrets = tuple(secrets)

    def format(self, record: logging.LogRecord) -> str:
        """The line for a record, in ASCII: it stays valid JSON whatever the terminal's encoding is."""
        request = current()
        document = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request": request.id if request else None,
        }
        if record.exc_info:
            document["exception"] = self.formatException(record.exc_info)
        # Before JSON has escaped anything: a secret with a quotation mark in it must be found too.
        return json.dumps({key: value and shortened(redact(value, self._secrets)) for key, value in document.items()})


class RedactingHandler(logging.StreamHandler[TextIO]):
    """Writes lines; one that cannot be formatted is reported without its arguments and its secrets."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name is the library's
        """What the library does, which would show the arguments as they are."""
        reason = "".join(traceback.format_exception_only(sys.exception()))
        print(f"a log line of {record.name} was lost: {redact(reason).strip()}", file=sys.stderr)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """The text with every secret, in any of the ways to write it, and everything in the form of a token replaced."""
    for form in sorted({form for secret in secrets for form in _forms(secret)}, key=len, reverse=True):
        text = text.replace(form, "[REDACTED]")
    return _TOKEN.sub("[REDACTED]", text)


def shortened(text: str) -> str:
    """The text, without its middle where it is very long: the end of a traceback says what happened."""
    if len(text) <= _LONGEST:
        return text
    half = _LONGEST // 2
    return f"{text[:half]}… [{len(text) - 2 * half} characters left out] …{text[-half:]}"


def _forms(secret: str) -> Iterator[str]:
    """How a secret may stand in an error: as it is, in a URL, in a literal; of a token also what is behind the colon.

    An address without a slash in front of the token makes that a port, say, and the error tells it alone.
    """
    parts = [secret]
    behind = secret.rpartition(":")[2]
    if len(behind) >= _SHORTEST_PART:
        parts.append(behind)
    for part in filter(None, parts):
        yield part
        yield quote(part, safe="")
        yield quote_plus(part)
        yield repr(part)[1:-1]
        yield json.dumps(part)[1:-1]


def set_up_logging(level: str, secrets: Iterable[str] = (), *, form: Form = "text") -> None:
    """Log to standard error at a level; chatty libraries, and those that log URLs with the token, only from WARNING."""
    handler = RedactingHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(secrets) if form == "json" else RedactingFormatter(secrets))
    handler.setLevel(level)  # some libraries set the level of their own loggers, and lower than asked for
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("httpx", "httpcore", "bm25s", "faiss"):
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    # Warns whenever a font has no bold, about a picture that is fine.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    # A traceback for every bad gateway; the error itself reaches the log through whoever made the call.
    logging.getLogger("telegram.request").setLevel(logging.CRITICAL)
