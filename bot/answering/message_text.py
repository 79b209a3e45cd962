"""A message as one line of text, and its language."""

from __future__ import annotations

import re
import unicodedata

MAX_LENGTH = 1000

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LATIN = re.compile(r"[A-Za-z]")
_SPACE = re.compile(r"\s+")


def one_line(text: str) -> str:
    """A message as one line without control and format characters."""
    kept = (c if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co"} else " " for c in text)
    return _SPACE.sub(" ", "".join(kept)).strip()


def clean(text: str) -> str:
    """The same, cut to `MAX_LENGTH` characters."""
    return one_line(text)[:MAX_LENGTH]


def language(text: str) -> str:
    """`en` for a message in Latin letters without any Han character, `zh` otherwise."""
    return "en" if _LATIN.search(text) and not _HAN.search(text) else "zh"
