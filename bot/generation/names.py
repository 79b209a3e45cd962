"""Names in a text: words that are not in Chinese characters, titles of works, what stands in quotation marks."""

from __future__ import annotations

import re
import unicodedata

from bot.generation.numerals import NUMBER
from bot.generation.units import UNIT
from corpus.characters import HAN, fold

_QUOTED = re.compile(r"《([^《》\n]{1,60})》|[“\"]([^“”\"\n]{2,80})[”\"]|「([^「」\n]{2,80})」|『([^『』\n]{2,80})』")
_WORD = re.compile(rf"[^\W_{HAN}]+(?:[.&'’-]?[^\W_{HAN}]+)*[+#]{{0,2}}")
_FIGURE = re.compile(rf"{NUMBER}(?:{UNIT.pattern})?|\d[\d.,:/-]*")
_COMMON = frozenset("app ai id ip vip pc ok vs am pm qa faq qr sms url it tv pdf no the and or a".split())
_SYMBOL = 2  # letters of what stands for a quantity: βj
_BETWEEN = re.compile(r"[\s，。,.、；;：:！!？?…·“”\"'「」『』《》()（）-]+")


def names_in(text: str) -> frozenset[str]:
    """The names of a text, as `squeezed` gives them; none of the words that are in everybody's mouth (App, VIP)."""
    quoted = (next(filter(None, match.groups())) for match in _QUOTED.finditer(text))
    return frozenset(filter(None, map(squeezed, quoted))) | frozenset(words_in(text))


def words_in(text: str) -> frozenset[str]:
    """The words of a text that are not in Chinese characters, folded, without figures and common ones."""
    words = frozenset(word for word in _WORD.findall(fold(text)) if len(word) > 1) - _COMMON
    return frozenset(word for word in words if not _FIGURE.fullmatch(word) and not UNIT.fullmatch(word))


def squeezed(text: str) -> str:
    """A text as names are compared: folded, without spaces and marks."""
    return _BETWEEN.sub("", fold(text))


def is_counterfeit(word: str) -> bool:
    """Whether a word has letters of two alphabets, as one that is made to look like another."""
    letters = [letter for letter in word if letter.isalpha()]
    alphabets = {unicodedata.name(letter, "?").partition(" ")[0] for letter in letters}
    return len(letters) > _SYMBOL and len(alphabets - {"CJK", "HIRAGANA", "KATAKANA"}) > 1
