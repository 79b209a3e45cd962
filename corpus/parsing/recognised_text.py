"""Text out of character recognition, which sets every Chinese character apart: `企 业 微 信`."""

from __future__ import annotations

import re

from corpus.characters import CJK

_SET_APART = re.compile(rf"(?<=[{CJK}]) (?=[{CJK}])")
_TOGETHER = re.compile(rf"[{CJK}](?=[{CJK}])")
_FEWEST = 20
_SAMPLE = 100_000


def close_spacing(text: str) -> str:
    """The text without the single spaces between its Chinese characters, where most of them stand apart.

    Digits are left as they are: whether `1 9 9` is one number cannot be told.
    """
    sample = text[:_SAMPLE]
    apart = len(_SET_APART.findall(sample))
    if apart < _FEWEST or apart < 3 * len(_TOGETHER.findall(sample)):
        return text
    return _SET_APART.sub("", text)
