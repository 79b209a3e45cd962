"""Names in a text: words in Latin letters, titles of works, what stands in quotation marks."""

from __future__ import annotations


def names_in(text: str) -> frozenset[str]:
    """The names of a text, folded."""
    raise NotImplementedError
