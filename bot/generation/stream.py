"""A model's stream of pieces of text into clean lines.

Thinking is never shown, whichever way a server marks it, and invisible characters, Markdown and HTML are gone before
anything is checked: what a line holds is what a reader would see of it. Nothing is interpreted; tags of text are text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.characters import normalise

_LONGEST = 4000  # characters without a line break; more is taken for several lines
_SHOWN = 600  # characters of a line that are kept
_TAIL = 40  # characters that a tag has at most


@dataclass(frozen=True, slots=True)
class Line:
    """One line as a reader would see it, not empty unless it `restarts`: then everything before it was thinking, of
    which only the end was marked, and does not count."""

    text: str
    restarts: bool = False


class LineReader:
    """Takes pieces of any size and gives whole lines. Of one answer; not for use again."""

    def __init__(self) -> None:
        self._pending = ""
        self._thinking = False

    def feed(self, piece: str) -> tuple[Line, ...]:
        """The lines that this piece completes."""
        self._pending += piece
        if len(self._pending) <= _LONGEST and not _BREAK.search(piece):
            return ()
        *whole, self._pending = _BREAK.split(self._pending)
        if len(self._pending) > _LONGEST:
            whole.append(self._pending[:-_TAIL])
            self._pending = self._pending[-_TAIL:]
        return tuple(line for raw in whole for line in self._lines(raw))

    def close(self, *, complete: bool) -> tuple[Line, ...]:
        """What is left at the end of the stream.

        `complete` tells that the model ended by itself; of an answer that was cut off, a last line counts only up to
        its last sentence mark.
        """
        left, self._pending = self._pending, ""
        return tuple(line for line in self._lines(left, whole=complete) if line.text or line.restarts)

    def _lines(self, raw: str, whole: bool = True) -> Iterator[Line]:
        visible, restarts = self._without_thinking(_seen(raw))
        text = _plain(visible)[:_SHOWN]
        text = text if whole else text[: _last_end(text)]
        if text or restarts:
            yield Line(text, restarts)

    def _without_thinking(self, text: str) -> tuple[str, bool]:
        visible, restarts, at = "", False, 0
        for tag in _THOUGHT.finditer(text):
            ends = tag["end"] is not None
            if self._thinking:
                at = tag.end() if ends else at
                self._thinking = not ends
            elif ends:
                visible, restarts, at = "", True, tag.end()
            else:
                visible += text[at : tag.start()]
                self._thinking = True
        return visible if self._thinking else visible + text[at:], restarts


_BREAK = re.compile(r"\r\n?|[\n\x0b\x0c\x85\u2028\u2029]")
_THOUGHT = re.compile(
    r"(?P<end></\s?(?:think|thinking|thought|reasoning)\s?>|<\|channel\|>\s?final(?:\s?<\|message\|>)?)"
    r"|<\s?(?:think|thinking|thought|reasoning)\s?>|<\|channel\|>\s?(?:analysis|commentary)(?:\s?<\|message\|>)?",
    re.I,
)
_HIDDEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})


def _seen(text: str) -> str:
    """Without what a reader cannot see: zero width, direction and tag characters, private use."""
    return "".join(each for each in normalise(text) if each == "\n" or unicodedata.category(each) not in _HIDDEN)


_TAG = re.compile(
    r"<!--.{0,400}?-->|<(?P<name>script|style)\b.{0,400}?</(?P=name)\s?>|</?[a-zA-Z!][^<>]{0,300}>|<\|[^<>|]{0,40}\|>",
    re.I,
)
_IMAGE = re.compile(r"!\[[^\[\]]{0,200}\]\([^()]{0,500}\)?")
_LINK = re.compile(r"\[([^\[\]]{1,200})\]\([^()]{0,500}\)")
_FENCE = re.compile(r"\s*(?:`{3,}|~{3,})\s*\w*\s*$|^[\s|:+=_*-]{3,}$")
_HEAD = re.compile(r"^(?:\s|>|│|#{1,6}\s?|[-*+•·▪►]\s(?=\S))+")
_EMPHASIS = re.compile(r"\*\*|__|~~|`+|(?<!\d)\*|\*(?!\d)|│")


def _plain(text: str) -> str:
    """Markdown and HTML undone: their signs go, their words stay, the addresses behind links do not."""
    if _FENCE.match(text):
        return ""
    text = _LINK.sub(_label, _IMAGE.sub("", _TAG.sub("", text)))
    text = _EMPHASIS.sub("", _HEAD.sub("", _cells(text)))
    return _HEAD.sub("", text).strip()


def _label(link: re.Match[str]) -> str:
    """What a link reads; a number alone stays the mark that it is."""
    return f"[{link[1]}]" if link[1].strip(" ^").isdecimal() else link[1]


def _cells(text: str) -> str:
    """A row of a table as its cells with spaces between them."""
    return " ".join(cell.strip() for cell in text.split("|") if cell.strip()) if text.lstrip().startswith("|") else text


_END = re.compile(r"[。！？；!?](?:\s?[\[［【〔][^\[\]［］【】〔〕]{1,20}[\]］】〕])*")


def _last_end(text: str) -> int:
    return max((end.end() for end in _END.finditer(text)), default=0)
