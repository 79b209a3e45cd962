"""Unicode put in order without changing what a reader sees."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

# CJK Radicals Supplement → the character it is mistyped for (PDF and OCR text). Only two of them have an NFKC
# mapping; the others are Unicode's EquivalentUnifiedIdeograph.txt, for the shapes that stand alone as words.
_RADICALS = dict(
    zip(
        "⺁⺅⺈⺉⺊⺌⺍⺎⺓⺖⺘⺙⺝⺟⺠⺡⺣⺧⺨⺩⺫⺬⺮⺰⺶⺼⺾⺿⻀⻁⻂⻃⻄⻅⻆⻈⻉⻋⻌⻍⻎⻏⻐⻑⻓⻔⻖⻗⻘⻙⻚⻛⻜⻝⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳",
        "厂亻刀刂卜小小兀幺忄扌攵月母民氵灬牛犭王目示竹纟羊肉艹艹艹虎衤覀西见角讠贝车辶辶辶阝钅長长门阝雨青韦页风飞食饣马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟",
        strict=True,
    )
)

_COMPATIBILITY_RANGES = ((0x2F00, 0x2FD5), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F))

# Soft hyphen, zero-width and bidirectional marks, byte order mark, private use (icon fonts), lone surrogates, and
# pdfium's mark for a hyphen at a line end.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0e\ufeff\ufff9-\ufffb"
    "\ufffe\uffff\ue000-\uf8ff\U000f0000-\U0010ffff\ud800-\udfff]"
)
# A zero-width joiner holds emoji together; anywhere else it is an editor's leftover.
_STRAY_JOINER = re.compile(
    "(?<![\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])\u200d|\u200d(?![\u2600-\u27bf\U0001f000-\U0001faff])"
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_LINE_END = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile("[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")

CJK = "\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003134f"
HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_WRAPPED_CJK = re.compile(rf"(?<=[{CJK}“”‘’…—])[ \t]*\n\s*(?=[{CJK}“”‘’…—])")
_WRAP = re.compile(r"\s*\n\s*")


def normalise(text: str) -> str:
    """Compatibility ideographs unified, invisible characters removed, runs of spaces made one; lines are kept.

    Punctuation and full-width letters stay as written, so that a quotation shows what the article shows.
    """
    text = _CONTROL.sub("", _LINE_END.sub("\n", text))
    text = _STRAY_JOINER.sub("", _INVISIBLE.sub("", text))
    return _SPACES.sub(" ", text).translate(_unified())


def fold(text: str) -> str:
    """A text as patterns expect it: characters of full width as those of half width, in small letters."""
    return unicodedata.normalize("NFKC", text).lower()


def one_line(text: str) -> str:
    """`normalise`, with line breaks of the source undone: nothing between Chinese characters, else one space."""
    return _SPACES.sub(" ", _WRAP.sub(" ", _WRAPPED_CJK.sub("", normalise(text)))).strip()


def meaningful(text: str) -> int:
    """How many letters, digits and Chinese characters the text has."""
    return sum(character.isalnum() for character in text)


@cache
def _unified() -> dict[int, str]:
    table = {ord(radical): character for radical, character in _RADICALS.items()}
    for first, last in _COMPATIBILITY_RANGES:
        for code in range(first, last + 1):
            table[code] = unicodedata.normalize("NFKC", chr(code))
    return table


def encodable(text: str) -> str:
    """Without halves of surrogate pairs, as broken files and clients produce them: no tokenizer takes those."""
    return text.encode("utf-8", "replace").decode("utf-8")
