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
    characters = [character for character in _REPEATED.sub(r"\1", text) if not character.isspace()]
    if len(characters) < _FEWEST:
        return False
    said = sum(character.isalnum() for character in characters)
    return (
        _plausible(characters) < _PLAUSIBLE * len(characters)
        or said < _SAID * len(characters)
        or _is_without_vowels(characters, said)
    )


def _plausible(characters: list[str]) -> int:
    scripts = Counter(_script(character) for character in characters if character.isalpha())
    ruling = {script for script, count in scripts.items() if count >= scripts.total() / 2}
    return sum(_is_plausible(character, ruling) for character in characters)


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


def _is_without_vowels(characters: list[str], said: int) -> bool:
    letters = [character for character in characters if character.isascii() and character.isalpha()]
    if len(letters) < _FEWEST_LATIN or len(letters) < 0.6 * said:
        return False
    return sum(letter in "aeiouyAEIOUY" for letter in letters) < _VOWELS * len(letters)


@cache
def common_ideographs() -> frozenset[str]:
    """The characters that the first levels of the national standards hold: GB 2312, Big5 and JIS X 0208."""
    blocks = (
        ("gb2312", range(0xB0, 0xD8), range(0xA1, 0xFF)),
        ("big5", range(0xA4, 0xC7), (*range(0x40, 0x7F), *range(0xA1, 0xFF))),
        ("shift_jis", range(0x88, 0x99), (*range(0x40, 0x7F), *range(0x80, 0xFD))),
    )
    pairs = (
        bytes((first, second)).decode(encoding, "ignore")
        for encoding, leads, trails in blocks
        for first in leads
        for second in trails
    )
    return frozenset(character for text in pairs for character in text if "\u3400" <= character <= "\u9fff")
