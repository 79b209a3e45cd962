"""The glossary's entries, and how they are read from YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import yaml

from corpus.errors import CorpusError
from corpus.own_yaml import load_own_yaml

_LISTS = ("synonyms", "variants", "english", "related", "not_in")
_KEYS = ("term", "definition", "kind", "platform", *_LISTS, "ambiguous")


class TermKind(StrEnum):
    """What a term names.

    `PRODUCT` is also a function of a platform, `ROLE` a person, group or body that acts, `METRIC` what is counted,
    `RULE` a law, a platform's rule or a right or limit that one sets, `PENALTY` what a platform does to who breaks it,
    `DOCUMENT` a permit or certificate, `CONTENT` what is made and shown, `MONEY` a fee, deposit or discount, `ACTION`
    what somebody does, allowed or not, `CONCEPT` a model or idea.
    """

    PLATFORM = "platform"
    PRODUCT = "product"
    ROLE = "role"
    METRIC = "metric"
    RULE = "rule"
    PENALTY = "penalty"
    DOCUMENT = "document"
    CONTENT = "content"
    MONEY = "money"
    ACTION = "action"
    CONCEPT = "concept"


class GlossaryInvalid(CorpusError):
    """A glossary that cannot be used; the message names the entry and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class AmbiguousSpelling:
    """A spelling that means the term only when one of the words in `near` stands close by."""

    spelling: str
    near: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """One entry: `name` is the canonical spelling, `related` holds names of other terms.

    `not_in` lists longer words that contain one of the spellings by accident (引流 in 吸引流量). `platform` is the name
    of the platform that this belongs to (企业微信 to 微信, 聚光 to 小红书); of a term that is no platform and no
    product, as 私信, the one that is meant where none is said.
    """

    name: str
    definition: str
    synonyms: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    ambiguous: tuple[AmbiguousSpelling, ...] = ()
    english: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    not_in: tuple[str, ...] = ()
    kind: TermKind | None = None
    platform: str | None = None

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every spelling that always means this term, the canonical one first."""
        return (self.name, *self.synonyms, *self.variants, *self.english)

    @property
    def is_offering(self) -> bool:
        """Whether this is a platform or a product: what a text can be about, where other terms say what of it."""
        return self.kind in (TermKind.PLATFORM, TermKind.PRODUCT)


def read_terms(content: bytes) -> tuple[Term, ...]:
    """The entries of a YAML list. Raises `GlossaryInvalid` for anything that is none."""
    try:
        entries: object = load_own_yaml(content)
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # also a thirteenth month, a thousand brackets
        mark = getattr(error, "problem_mark", None)
        where = f"第 {mark.line + 1} 行附近" if mark else "文件"
        raise GlossaryInvalid(f"{where}不是合法的 YAML：{getattr(error, 'problem', None) or error}。") from error
    if not isinstance(entries, list):
        raise GlossaryInvalid("最外层要写成列表，每条以“- term: ”开头。")
    return tuple(_term(entry, number) for number, entry in enumerate(entries, 1))


def _term(entry: object, number: int) -> Term:
    where = f"第 {number} 条"
    if not isinstance(entry, dict):
        raise GlossaryInvalid(f"{where}要写成“键: 值”，现在是 {entry!r}。")
    name = _line(entry, "term", where)
    where = f"第 {number} 条“{name}”"
    for key in entry:
        if key not in _KEYS:
            raise GlossaryInvalid(f"{where}有不认识的键 {key!r}；可用的是 {'、'.join(_KEYS)}。")
    return Term(
        name=name,
        definition=_line(entry, "definition", where),
        ambiguous=tuple(_ambiguous(each, where) for each in _list(entry, "ambiguous", where)),
        kind=_kind(entry, where) if "kind" in entry else None,
        platform=_line(entry, "platform", where) if "platform" in entry else None,
        **{key: _lines(entry, key, where) for key in _LISTS},
    )


def _kind(entry: Mapping[object, object], where: str) -> TermKind:
    try:
        return TermKind(_line(entry, "kind", where))
    except ValueError:
        allowed = "、".join(TermKind)
        raise GlossaryInvalid(f"{where}的 kind 只能是 {allowed}，现在是 {entry['kind']!r}。") from None


def _ambiguous(entry: object, where: str) -> AmbiguousSpelling:
    if not isinstance(entry, dict) or entry.keys() != {"spelling", "near"}:
        raise GlossaryInvalid(f"{where}的 ambiguous 每项要正好有 spelling 和 near 两个键，现在是 {entry!r}。")
    return AmbiguousSpelling(_line(entry, "spelling", where), _lines(entry, "near", where))


def _lines(entry: Mapping[object, object], key: str, where: str) -> tuple[str, ...]:
    return tuple(_checked(value, f"{where}的 {key}") for value in _list(entry, key, where))


def _list(entry: Mapping[object, object], key: str, where: str) -> list[object]:
    values = entry.get(key, [])
    if not isinstance(values, list):
        raise GlossaryInvalid(f"{where}的 {key} 要写成列表，如 [甲, 乙]，现在是 {values!r}。")
    return values


def _line(entry: Mapping[object, object], key: str, where: str) -> str:
    if key not in entry:
        raise GlossaryInvalid(f"{where}缺少 {key}。")
    return _checked(entry[key], f"{where}的 {key}")


def _checked(value: object, what: str) -> str:
    if not isinstance(value, str):
        raise GlossaryInvalid(f"{what} 要写成文字（必要时加引号），现在是 {value!r}。")
    if not value.strip() or value != value.strip() or "\n" in value:
        raise GlossaryInvalid(f"{what} 要写成一行、不空、首尾没有空格，现在是 {value!r}。")
    return value
