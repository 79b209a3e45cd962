"""File names of our own making; nothing that a sender names becomes part of a path."""

from __future__ import annotations

import hashlib
import re
import unicodedata

_LONGEST = 40  # characters, at most four bytes each: far below the 255 bytes that a file name may have
_NOT_WORD = re.compile(r"[\W_]+")


def file_name(title: str, url: str | None, suffix: str) -> str:
    """A name for an article: the letters and digits of its title, and a digest that keeps apart what those do not."""
    words = _NOT_WORD.sub("-", unicodedata.normalize("NFKC", title)).strip("-")[:_LONGEST].strip("-")
    identity = hashlib.sha256(f"{title}\n{url or ''}".encode("utf-8", "replace")).hexdigest()[:8]
    return f"{words or 'article'}-{identity}{suffix}"
