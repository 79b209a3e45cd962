"""Subtitles and transcripts to running text: time codes out, cues that make a sentence joined."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_TIME = r"\d{1,3}:\d\d(?::\d\d)?[.,]\d{1,3}"
_CUE_TIME = re.compile(rf"^\s*{_TIME}[ \t]*-->[ \t]*{_TIME}[^\n]*$")
_CUE_NUMBER = re.compile(r"^\s*\d{1,6}\s*$")
_FILE_HEAD = re.compile(r"^\ufeff?WEBVTT\b.*|^(?:NOTE|STYLE|REGION|Kind:|Language:)\b.*")
_STYLE = re.compile(r"</?[a-z][^<>\n]*>|\{\\[^{}\n]*\}", re.I)
_STAMPS = re.compile(
    r"^[ \t]*(?:(?:\[\d{1,3}:\d\d(?::\d\d)?(?:[.:,]\d{1,3})?\]|[(（]?\d{1,2}:\d\d:\d\d(?:[.,]\d{1,3})?[)）]?)[ \t]*)+"
)
_SPEAKER = re.compile(
    r"^([ \t]*(?:说话人|发言人|讲话人|Speaker)[ \t]*\w{0,4})[ \t:：]+\d{1,2}:\d\d(?::\d\d)?[ \t]*$", re.I
)
_SONG_TAG = re.compile(r"^\[(?:ti|ar|al|by|offset|re|ve|length):[^\]\n]*\]\s*$", re.I)
_SENTENCE_END = re.compile(r"[。！？!?…]$")
_LONGEST = 150
_FEWEST = 3
_LONGEST_CUE = 4  # lines, its number and time among them


def spoken_text(text: str) -> str:
    """The text without the times of a subtitle file or transcript, as it came when it is neither.

    Hours and minutes alone stay: they are the author's timetable (`09:30 发早报`).
    """
    lines = text.split("\n")
    filled = sum(bool(line.strip()) for line in lines)
    cues = sum(bool(_CUE_TIME.match(line)) for line in lines)
    if cues >= _FEWEST or (cues and cues * _LONGEST_CUE >= filled):
        return "\n\n".join(_sentences(_cues(lines)))
    stamped = sum(bool(_STAMPS.match(line)) for line in lines)
    speakers = sum(bool(_SPEAKER.match(line)) for line in lines)
    if max(stamped, speakers) < _FEWEST or (stamped + speakers * 2) * 3 < filled:
        return text
    return "\n".join(_SPEAKER.sub(r"\1", _STAMPS.sub("", line)) for line in lines if not _SONG_TAG.match(line))


def _cues(lines: list[str]) -> Iterator[str]:
    """The lines of the cues, without their numbers and times."""
    for at, line in enumerate(lines):
        numbers_next = _CUE_NUMBER.match(line) and at + 1 < len(lines) and _CUE_TIME.match(lines[at + 1])
        if not numbers_next and not _CUE_TIME.match(line) and not _FILE_HEAD.match(line):
            text = _STYLE.sub("", line).strip()
            if text:
                yield text


def _sentences(cues: Iterable[str]) -> Iterator[str]:
    parts: list[str] = []
    for cue in cues:
        parts.append(cue)
        if _SENTENCE_END.search(cue) or sum(map(len, parts)) > _LONGEST:
            yield " ".join(parts)
            parts = []
    if parts:
        yield " ".join(parts)
