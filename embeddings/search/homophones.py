"""Mistyped words back to the corpus' own: 私信童 to 私信通, 消好 to 消耗.

People type by sound and pick the wrong characters. A run of characters that the corpus never has, with the sound of a
word that it does have and half of that word's characters, is taken for that word.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise

from embeddings.index.lexical import LexicalIndex

_HAN_RUN = re.compile(r"[\u4e00-\u9fff]+")
_LENGTHS = (6, 5, 4, 3, 2)

# Characters that stand by themselves so often that a pair with one of them is seldom a mistyped word.
_ALONE = frozenset(
    "的了是不在有我你他她它这那哪就都也还要会能可给把被让从到对和跟与或上下里去来说看想做用干打买卖人个只再太着过"
    "得地几两一二三四五六七八九十百千万多少大小新老天年月日波隔次回边罚派播聊没很最更比当而且因为所以"
)


# What ends a question is meant as it stands: 救活吗 asks whether, and not for a 活码.
_PARTICLES = "吗么呢吧啊呀"


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    passages: float  # how common it is in the corpus; names of terms count as the most common
    is_term: bool


class Homophones:
    """Knows the words of one corpus by their sound. `terms` are names that count even where the corpus lacks them."""

    def __init__(self, lexical: LexicalIndex, terms: Iterable[str] = ()) -> None:
        self._lexical = lexical
        self._terms = frozenset(terms)

    def corrected(self, text: str) -> str:
        """A normalised text with mistyped words put right; most texts come back as they are."""
        return _HAN_RUN.sub(lambda run: self._but_its_end(run[0]), text)

    def _but_its_end(self, run: str) -> str:
        body = run.rstrip(_PARTICLES)
        return self._run(body) + run[len(body) :]

    def _run(self, run: str) -> str:
        protected = self._protected(run)
        pieces: list[str] = []
        at = 0
        while at < len(run):
            known, right = self._at(run, at, protected)
            piece = right or run[at : at + max(1, known)]
            pieces.append(piece)
            at += len(piece)
        return "".join(pieces)

    def _at(self, run: str, at: int, protected: frozenset[int]) -> tuple[int, str | None]:
        """The length of the known word that begins here (0 for none), or else the word that was meant."""
        for length in _LENGTHS:
            span = run[at : at + length]
            if len(span) < length:
                continue
            if span in self._known:
                return length, None
            if all(self._lexical.has(f"#{one}{other}") for one, other in pairwise(span)):
                continue
            covered = any(place in protected for place in range(at, at + length))
            if meant := self._meant(span, terms_only=covered):
                return length, meant
        return 0, None

    def _protected(self, run: str) -> frozenset[int]:
        """Places covered by a known word: those are meant as they stand, unless a term sounds alike."""
        places: set[int] = set()
        at = 0
        for word in self._lexical.segmenter.known_words(run):
            if len(word) > 1:
                places.update(range(at, at + len(word)))
            at += len(word)
        return frozenset(places)

    def _meant(self, span: str, *, terms_only: bool) -> str | None:
        candidates = [
            (sum(map(str.__eq__, word.text, span)), word.passages, word.text)
            for word in self._by_sound.get(self._sound(span), ())
            if (word.is_term or not terms_only) and self._likely(span, word)
        ]
        return max(candidates)[2] if candidates else None

    def _likely(self, span: str, word: _Word) -> bool:
        differing = [one for one, other in zip(span, word.text, strict=True) if one != other]
        if not differing or len(differing) * 2 > len(span):
            return False
        return word.is_term or not _ALONE.issuperset(differing)

    @cached_property
    def _known(self) -> Mapping[str, float]:
        """The corpus' words of two to six Han characters that more than one passage has, and the terms."""
        return {**self._lexical.words, **dict.fromkeys(self._terms, float("inf"))}

    @cached_property
    def _by_sound(self) -> Mapping[tuple[str, ...], list[_Word]]:
        by_sound: dict[tuple[str, ...], list[_Word]] = {}
        for text, common in self._known.items():
            by_sound.setdefault(self._sound(text), []).append(_Word(text, common, text in self._terms))
        return by_sound

    @staticmethod
    def _sound(text: str) -> tuple[str, ...]:
        """The syllables without tones, each character's most common one."""
        return tuple(map(_syllable, text))


@cache
def _syllable(character: str) -> str:
    # Read by pypinyin when it is first imported. Its 40 000 phrases, which tell readings of one character apart, take
    # 40 MB and half a second, and change none of 137 corrections in 6 600 questions for the better.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")
    from pypinyin import lazy_pinyin  # noqa: PLC0415  (loads its dictionary)

    return "".join(lazy_pinyin(character))
