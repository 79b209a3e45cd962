"""A model's stream of pieces of text into clean lines.

Thinking is never shown, whichever way it is marked, and invisible characters, Markdown and HTML are gone before anything
is checked: what a line holds is what a reader would see of it.
"""

from __future__ import annotations


class LineReader:
    """Takes pieces of any size and gives whole lines. Of one answer; not for use again."""

    def feed(self, piece: str) -> tuple[str, ...]:
        """The lines that this piece completes, cleaned, without empty ones."""
        raise NotImplementedError

    def close(self, *, complete: bool) -> tuple[str, ...]:
        """The lines that are left at the end of the stream.

        `complete` tells that the model ended by itself: of an answer that was cut off, a last line counts only up to
        its last sentence mark.
        """
        raise NotImplementedError
