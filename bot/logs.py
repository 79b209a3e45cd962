"""Logging that never shows a secret: every finished line, tracebacks included, passes a redactor."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable

_TOKEN = re.compile(r"\d{5,}:[A-Za-z0-9_-]{5,}")


class RedactingFormatter(logging.Formatter):
    """Formats a record and then blanks what looks like a bot token and every given secret."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secrets = tuple(secret for secret in secrets if secret)

    def format(self, record: logging.LogRecord) -> str:
        """The line for a record."""
        return redact(super().format(record), self._secrets)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """The text with every secret and everything in the form of a bot token replaced."""
    for secret in secrets:
        text = text.replace(secret, "[REDACTED]")
    return _TOKEN.sub("[REDACTED]", text)


def set_up_logging(level: str, secrets: Iterable[str] = ()) -> None:
    """Log to standard error at a level; chatty libraries, and those that log URLs with the token, only from WARNING."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter(secrets))
    handler.setLevel(level)  # some libraries set the level of their own loggers, and lower than asked for
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("httpx", "httpcore", "bm25s", "faiss"):
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    # Warns whenever a font has no bold, about a picture that is fine.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    # A traceback for every bad gateway; the error itself reaches the log through whoever made the call.
    logging.getLogger("telegram.request").setLevel(logging.CRITICAL)
