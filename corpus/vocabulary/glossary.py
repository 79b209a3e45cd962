"""Where the trade's words stand in a text, however people write them, and which term each of them is.

Misspelt and disguised spellings are there to understand questions, never to hand out: whatever is shown uses the
canonical term.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from corpus.characters import HAN
from corpus.vocabulary.definition_questions import NARROWING, asked_about
from corpus.vocabulary.terms import GlossaryInvalid, Term, TermKind, read_terms

_PACKAGED = "glossary.yaml"

_REACH = 6
"""How many characters may stand between an ambiguous spelling and a word that settles it."""

_ROUNDS = 8
"""A replacement may complete another spelling (`qw群` → `企业微信群` → `客户群`); real text needs two rounds."""

_HAN_CHARACTER = re.compile(f"[{HAN}]")
_HAN_WORD = re.compile(f"[{HAN}]+")
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_WORD_BEFORE = re.compile("(?:[a-z0-9]|[a-z0-9][._@])$")  # also the parts of mp.weixin.qq.com
_WORD_AFTER = re.compile("[._@]?[a-z0-9]")


@dataclass(frozen=True, slots=True)
class Mention:
    """A term found in a text: `text[start:end] == spelling`; `exact` when that is the canonical spelling itself."""

    term: Term
    start: int
    end: int
    spelling: str
    exact: bool


@dataclass(frozen=True, slots=True)
class _Folded:
    """A text as spellings are compared: NFKC, no case, no invisible characters, few spaces.

    `origin[i]` is the offset in the original text of the character that gave `text[i]`.
    """

    text: str
    origin: tuple[int, ...]

    def whole(self, start: int, end: int) -> bool:
        """Whether both ends fall between characters of the original text (`㎏` folds to two)."""
        return (start == 0 or self.origin[start - 1] != self.origin[start]) and (
            end == len(self.text) or self.origin[end - 1] != self.origin[end]
        )


@dataclass(frozen=True, slots=True)
class _Spelling:
    """One folded spelling to look for: `near` is None unless it is ambiguous, `exact` for the canonical one.

    `inside` holds the longer words it does not count in, each with the spelling's place in that word.
    """

    text: str
    term: Term
    exact: bool
    near: tuple[str, ...] | None
    inside: tuple[tuple[int, str], ...]


class Glossary:
    """The terms, indexed by spelling. Immutable, so threads may share one."""

    def __init__(self, terms: Iterable[Term]) -> None:
        """Raises `GlossaryInvalid` for a spelling that two terms claim, or a related term or platform not there."""
        self._terms = tuple(terms)
        self._by_spelling = _claimed(self._terms)
        _check_ambiguous(self._terms, self._by_spelling)
        _check_related(self._terms)
        _check_platforms(self._terms)
        self._index = _indexed(self._terms)

    @classmethod
    def load(cls, file: Path | None = None) -> Glossary:
        """The glossary in a YAML file, or the one that comes with the package. Raises `GlossaryInvalid`."""
        try:
            content = (files("corpus.vocabulary") / _PACKAGED if file is None else file).read_bytes()
        except OSError as error:
            raise GlossaryInvalid(f"术语表 {file or _PACKAGED} 读不了：{error.strerror or error}。") from error
        try:
            return cls(read_terms(content))
        except GlossaryInvalid as error:
            raise GlossaryInvalid(f"术语表 {file or _PACKAGED}：{error}") from error

    @property
    def terms(self) -> tuple[Term, ...]:
        """All terms in the order of the file."""
        return self._terms

    def words(self) -> frozenset[str]:
        """The words a segmenter should keep whole: terms, synonyms, and variants in Chinese characters."""
        return frozenset(
            word
            for term in self._terms
            for word in (term.name, *term.synonyms, *filter(_HAN_WORD.fullmatch, term.variants))
        )

    def lookup(self, spelling: str) -> Term | None:
        """The term that this spelling always means; None for an ambiguous or unknown one."""
        return self._by_spelling.get(_fold(spelling).text)

    def find(self, text: str) -> tuple[Mention, ...]:
        """The terms in a text, left to right, the longest spelling first, never overlapping."""
        return tuple(self._mentions(text))

    def canonical(self, text: str) -> str:
        """The text with every other spelling replaced by its canonical term. Idempotent."""
        result = text
        for _ in range(_ROUNDS):
            replaced = self._replaced(result)
            if replaced == result:
                return result
            result = replaced
        return text  # replacements that feed each other without end: better none than an arbitrary one

    def define(self, question: str) -> Term | None:
        """The term that `什么是X`, `X是什么意思`, `what is X` and the like ask about, else None.

        A term in front may narrow it: `小红书的薯条是什么` asks about 薯条.
        """
        asked = asked_about(_fold(question).text)
        if asked is None:
            return None
        return self.lookup(asked) or self._narrowed(asked)

    def _narrowed(self, asked: str) -> Term | None:
        match self.find(asked):
            case (Mention(start=0) as place, Mention() as mention) if mention.end == len(asked):
                return mention.term if NARROWING.fullmatch(asked, place.end, mention.start) else None
        return None

    def _replaced(self, text: str) -> str:
        pieces: list[str] = []
        done = 0
        for mention in self._mentions(text):
            if not mention.exact:
                pieces += (text[done : mention.start], mention.term.name)
                done = mention.end
        return "".join((*pieces, text[done:]))

    def _mentions(self, text: str) -> Iterator[Mention]:
        folded = _fold(text)
        at = 0
        while at < len(folded.text):
            spelling = self._longest(folded, at)
            if spelling is None:
                at += 1
                continue
            start, end = folded.origin[at], folded.origin[at + len(spelling.text) - 1] + 1
            yield Mention(spelling.term, start, end, text[start:end], spelling.exact)
            at += len(spelling.text)

    def _longest(self, folded: _Folded, start: int) -> _Spelling | None:
        """The longest spelling that begins here; of equally long ones that whose context stands closest."""
        best: _Spelling | None = None
        closest = _REACH + 1
        for spelling in self._index.get(folded.text[start], ()):
            if best is not None and len(spelling.text) < len(best.text):
                break
            if not _stands_at(folded, start, spelling):
                continue
            distance = 0 if spelling.near is None else _distance(folded.text, start, spelling)
            if distance < closest:
                best, closest = spelling, distance
        return best


def _stands_at(folded: _Folded, start: int, spelling: _Spelling) -> bool:
    """Whether the spelling is written here as a word of its own."""
    text, end = folded.text, start + len(spelling.text)
    return (
        text.startswith(spelling.text, start)
        and not (text[start] in _LATIN and _WORD_BEFORE.search(text, max(0, start - 2), start))
        and not (text[end - 1] in _LATIN and _WORD_AFTER.match(text, end))
        and folded.whole(start, end)
        and not any(start >= offset and text.startswith(word, start - offset) for offset, word in spelling.inside)
    )


def _distance(text: str, start: int, spelling: _Spelling) -> int:
    """How many characters stand between the spelling and the closest word that settles it; beyond reach if none."""
    end = start + len(spelling.text)
    closest = _REACH + 1
    for word in spelling.near or ():
        before = text.rfind(word, max(0, start - _REACH - len(word)), start)
        if before >= 0:
            closest = min(closest, start - before - len(word))
        after = text.find(word, end, end + _REACH + len(word))
        if after >= 0:
            closest = min(closest, after - end)
    return closest


def _fold(text: str) -> _Folded:
    """NFKC and case folding character by character; a space is kept only between two words of the same script.

    So `加 Ｖ` reads `加v`, while `wechat work` and `客户 群` keep their space.
    """
    characters: list[str] = []
    origin: list[int] = []
    space: int | None = None
    for offset, character in enumerate(text):
        for folded in _fold_character(character):
            if folded.isspace():
                space = offset
                continue
            if space is not None and characters and _same_script(characters[-1], folded):
                characters.append(" ")
                origin.append(space)
            space = None
            characters.append(folded)
            origin.append(offset)
    return _Folded("".join(characters), tuple(origin))


def _fold_character(character: str) -> str:
    if character.isascii():
        return character.lower()
    if unicodedata.category(character) == "Cf" or "\ufe00" <= character <= "\ufe0f":
        return ""
    return unicodedata.normalize("NFKC", character).casefold()


def _same_script(left: str, right: str) -> bool:
    if not (left.isalnum() and right.isalnum()):
        return False
    return bool(_HAN_CHARACTER.match(left)) == bool(_HAN_CHARACTER.match(right))


# ── From spellings to the index ───────────────────────────────────────────────────────────────────────────────────


def _claimed(terms: Sequence[Term]) -> dict[str, Term]:
    """Folded spelling → the one term that it always means."""
    claimed: dict[str, Term] = {}
    for term in terms:
        for spelling in term.spellings:
            folded = _fold(spelling).text
            if not folded:
                raise GlossaryInvalid(f"“{term.name}”里有一个空的写法。")
            other = claimed.setdefault(folded, term)
            if other is not term:
                raise GlossaryInvalid(f"“{term.name}”的写法“{spelling}”已属于“{other.name}”，只能留一处。")
    for term in terms:
        if len({_fold(spelling).text for spelling in term.spellings}) < len(term.spellings):
            raise GlossaryInvalid(f"“{term.name}”有一个写法写了两次（不分大小写、全角半角）：{_repeated(term)}。")
    return claimed


def _repeated(term: Term) -> str:
    seen: set[str] = set()
    repeated: list[str] = []
    for spelling in term.spellings:
        folded = _fold(spelling).text
        if folded in seen:
            repeated.append(spelling)
        seen.add(folded)
    return "、".join(repeated)


def _check_ambiguous(terms: Sequence[Term], claimed: Mapping[str, Term]) -> None:
    for term in terms:
        seen: set[str] = set()
        for ambiguous in term.ambiguous:
            folded = _fold(ambiguous.spelling).text
            if not folded or not all(_fold(word).text for word in ambiguous.near):
                raise GlossaryInvalid(f"“{term.name}”的 ambiguous 里有一个空的写法。")
            if not ambiguous.near:
                raise GlossaryInvalid(f"“{term.name}”的“{ambiguous.spelling}”没有写 near，不知道什么时候算数。")
            if folded in claimed:
                owner = claimed[folded].name
                raise GlossaryInvalid(f"“{term.name}”的“{ambiguous.spelling}”标为有歧义，却又是“{owner}”的固定写法。")
            if folded in seen:
                raise GlossaryInvalid(f"“{term.name}”的“{ambiguous.spelling}”在 ambiguous 里写了两次。")
            seen.add(folded)


def _check_related(terms: Sequence[Term]) -> None:
    names = {term.name for term in terms}
    for term in terms:
        for related in term.related:
            if related not in names:
                raise GlossaryInvalid(f"“{term.name}”的 related 里的“{related}”不是本表的术语。")
            if related == term.name:
                raise GlossaryInvalid(f"“{term.name}”的 related 里写了自己。")


def _check_platforms(terms: Sequence[Term]) -> None:
    """Every platform that is named is one, and a platform that belongs to another belongs to none below itself."""
    above = {term.name: term.platform for term in terms if term.kind is TermKind.PLATFORM}
    for term in terms:
        if term.platform is not None and term.platform not in above:
            raise GlossaryInvalid(f"“{term.name}”的 platform 里的“{term.platform}”不是本表里 kind 为 platform 的术语。")
        if term.kind is TermKind.PLATFORM and term.platform is not None and above[term.platform] is not None:
            raise GlossaryInvalid(f"“{term.name}”的 platform 只能写最上一层的平台，“{term.platform}”还属于别的平台。")


def _indexed(terms: Sequence[Term]) -> dict[str, tuple[_Spelling, ...]]:
    """First character → the spellings that begin with it, longest first, then in the order of the file."""
    index: dict[str, list[_Spelling]] = {}
    for term in terms:
        exceptions = tuple(_fold(word).text for word in term.not_in)
        found: set[str] = set()
        name = _fold(term.name).text
        always = ((spelling, None) for spelling in term.spellings)
        sometimes = ((each.spelling, each.near) for each in term.ambiguous)
        for spelling, near in (*always, *sometimes):
            text = _fold(spelling).text
            context = None if near is None else tuple(_fold(word).text for word in near)
            inside = tuple((offset, word) for word in exceptions for offset in _offsets(text, word))
            index.setdefault(text[0], []).append(_Spelling(text, term, text == name, context, inside))
            found.update(word for _, word in inside)
        for exception, word in zip(exceptions, term.not_in, strict=True):
            if exception not in found:
                raise GlossaryInvalid(f"“{term.name}”的 not_in 里的“{word}”不含该术语的任何写法。")
    return {
        first: tuple(sorted(spellings, key=lambda spelling: -len(spelling.text))) for first, spellings in index.items()
    }


def _offsets(text: str, word: str) -> Iterator[int]:
    """Where a spelling stands inside a longer word."""
    if text == word:
        return
    at = word.find(text)
    while at >= 0:
        yield at
        at = word.find(text, at + 1)
