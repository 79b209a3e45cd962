"""Whether a text is language at all, or what a font without a table of its characters leaves of one."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache

_FEWEST = 20  # characters from which a text can be judged
_FEWEST_LATIN = 60
_PLAUSIBLE = 0.7
_SAID = 0.4
_VOWELS = 0.2
_REPEATED = re.compile(r"([^\w\s\ufffd\ue000-\uf8ff])(?:\s*\1){2,}")  # as in the leaders of a table of contents
_ALWAYS = ("CJK", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "FULLWIDTH", "HALFWIDTH")


def is_garbage(text: str) -> bool:
    """Whether most of the text is no language; false for what is too short to tell.

    Measured are characters that no text has, rare Chinese characters where the common ones should be, letters of many
    scripts side by side, signs without words, and Latin letters without vowels.
    """
    counts = Counter("".join(_REPEATED.sub(r"\1", text).split()))
    total = counts.total()
    if total < _FEWEST:
        return False
    said = sum(count for character, count in counts.items() if character.isalnum())
    return _plausible(counts) < _PLAUSIBLE * total or said < _SAID * total or _is_without_vowels(counts, said)


def _plausible(counts: Counter[str]) -> int:
    scripts = Counter[str]()
    for character, count in counts.items():
        if character.isalpha():
            scripts[_script(character)] += count
    ruling = {script for script, count in scripts.items() if count >= scripts.total() / 2}
    return sum(count for character, count in counts.items() if _is_plausible(character, ruling))


def _is_plausible(character: str, ruling: set[str]) -> bool:
    if character.isascii():
        return character.isprintable()
    if "\u3400" <= character <= "\u9fff":
        return character in common_ideographs()
    if character.isalpha():
        script = _script(character)
        return script in _ALWAYS or script in ruling
    # Unassigned, private and control characters, and the mark for one that could not be read.
    return unicodedata.category(character)[0] != "C" and character != "\ufffd"


def _script(character: str) -> str:
    return "LATIN" if character.isascii() else unicodedata.name(character, "?").partition(" ")[0].partition("-")[0]


def _is_without_vowels(counts: Counter[str], said: int) -> bool:
    letters = {character: count for character, count in counts.items() if character.isascii() and character.isalpha()}
    total = sum(letters.values())
    if total < _FEWEST_LATIN or total < 0.6 * said:
        return False
    return sum(count for letter, count in letters.items() if letter in "aeiouyAEIOUY") < _VOWELS * total


@cache
def common_ideographs() -> frozenset[str]:
    """The characters that the first levels of the national standards hold: GB 2312, Big5 and JIS X 0208."""
    blocks = (("gb2312", range(0xB0, 0xD8)), ("big5", range(0xA4, 0xC7)), ("shift_jis", range(0x88, 0x99)))
    pairs = (
        bytes((lead, trail)).decode(encoding, "ignore")
        for encoding, leads in blocks
        for lead in leads
        for trail in range(0x40, 0xFF)
    )
    return frozenset(character for text in pairs for character in text if "\u3400" <= character <= "\u9fff")
