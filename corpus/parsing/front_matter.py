"""The head of a text file: YAML, TOML or JSON, property lines, or a GitBook hint block, well formed or not."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping

import yaml

from corpus.parsing.metadata import LONGEST_LIST, Metadata, Value, field_of, folded_key, metadata_from

_FENCED = re.compile(
    r"\A\s*---[ \t]*(?P<form>ya?ml|toml|json)?[ \t]*\n(?P<head>(?:.*?\n)??)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S
)
_TOML = re.compile(r"\A\s*\+\+\+[ \t]*\n(?P<head>(?:.*?\n)??)\+\+\+[ \t]*(?:\n|\Z)", re.S)
_BARE_JSON = re.compile(r"\A\s*(?:;;;[ \t]*\n)?(?P<head>\"[^\n]*\n(?:[^\n]*\n)*?);;;[ \t]*(?:\n|\Z)")
_UNOPENED = re.compile(r"\A\s*+(?P<head>(?:[^\n]+\n){1,60}?)---+[ \t]*(?:\n|\Z)")
_SUBTABLES = ("params", "taxonomies", "extra")
_LONGEST_HEAD = 20_000

_ENTRY = re.compile(r"^(?P<key>['\"]?[\w\u4e00-\u9fff][\w\u4e00-\u9fff .-]{0,40}?['\"]?)\s*[:：][ \t]*(?P<value>.*)$")
_ITEM = re.compile(r"^\s*-\s+(?P<value>.*)$|^\s+(?P<more>\S.*)$")

_ASSIGNMENT = re.compile(r"^([\w-]+)[ \t]*=[ \t]*", re.M)
_PROGRAM_KEY = re.compile(r"[A-Za-z][\w-]*")
_PROPERTIES = re.compile(
    r"\A\s*+(?:(?P<heading>#[ \t][^\n]*\n)\s*+)?(?P<head>(?:[^\n:：]*[:：][^\n]*\n){1,20})(?=[ \t]*\n)"
)
_PROPERTY = re.compile(r"^\s*\**(?P<key>[A-Za-z\u4e00-\u9fff][\w \u4e00-\u9fff]{0,24}?)\**\s*[:：]\**\s*(?P<value>.*)$")
_ANY_DAY = frozenset({"date", "日期"})
# Properties that say nothing of the text itself.
_NOTION = frozenset(
    "createdby lasteditedby status owner verification priority assign assignee type slug id checkbox files people "
    "person "
    "状态 负责人 创建人 创建者 最后编辑者 优先级 类型 编号".split()
)

_HINT = re.compile(r"\{%\s*hint\b[^%]*%\}(?P<body>.*?)\{%\s*endhint\s*%\}", re.S)
_HINT_ENTRY = re.compile(r"^\s*\*\*(?P<key>[^*:：]{1,30})\s*[:：]\s*\*\*\s*(?P<value>.*?)\s*$", re.M)
_HINT_HEAD = 3000


def split_front_matter(text: str) -> tuple[Metadata, str]:
    """The metadata at the head of a text, and the text without it. Never raises on malformed heads."""
    head, body = _head(text)
    hint, body = _hinted(body)
    return metadata_from(head).or_else(metadata_from(hint)), body


def _head(text: str) -> tuple[dict[str, Value], str]:
    """What the first of the known forms says that the text begins with."""
    for form in (_fenced, _toml, _json, _unopened, _property_lines):
        values, body = form(text)
        if body is not text:
            return values, body
    return {}, text


def parse_head(head: str) -> Metadata:
    """The metadata of a head that stands alone, without its fences. Never raises."""
    values = _yaml_mapping(head)
    return metadata_from(_line_by_line(head) if values is None else values)


def _fenced(text: str) -> tuple[dict[str, Value], str]:
    """A head between `---` lines: YAML, or the form that its first line names."""
    match = _FENCED.match(text)
    if match is None or len(match["head"]) > _LONGEST_HEAD:
        return {}, text
    values = _FORMS.get(match["form"], _yaml_mapping)(match["head"])
    if values is None:
        values = _line_by_line(match["head"])
    if not values and match["head"].strip():
        return {}, text  # two rules with prose between them, no front matter
    return values, text[match.end() :]


def _toml(text: str) -> tuple[dict[str, Value], str]:
    """A head between `+++` lines."""
    match = _TOML.match(text)
    if match is None or len(match["head"]) > _LONGEST_HEAD:
        return {}, text
    values = _toml_mapping(match["head"])
    if values is None:
        values = _line_by_line(_ASSIGNMENT.sub(r"\1: ", match["head"]))
    return (values, text[match.end() :]) if values else ({}, text)


def _json(text: str) -> tuple[dict[str, Value], str]:
    """A JSON object that opens the text, or its members above a line `;;;`."""
    start = len(text) - len(text.lstrip())
    if text.startswith("{", start) and not text.startswith("{%", start):
        values, end = _json_object(text[start : start + _LONGEST_HEAD])
        body = text[start + end :]
        return (values, body) if values and body.strip() and _names_metadata(values) else ({}, text)
    match = _BARE_JSON.match(text[:_LONGEST_HEAD])
    members = _json_mapping(f"{{{match['head'].rstrip().rstrip(',')}}}") if match else None
    return (members, text[match.end() :]) if match and members else ({}, text)


def _unopened(text: str) -> tuple[dict[str, Value], str]:
    """Hexo's head, which only a line `---` below it tells from the text: all of it must be entries of a head."""
    match = _UNOPENED.match(text[:_LONGEST_HEAD])
    if match is None:
        return {}, text
    lines = match["head"].splitlines()
    first = _ENTRY.match(lines[0])
    if first is None or field_of(_unquoted(first["key"])) is None or not all(map(_is_of_head, lines)):
        return {}, text
    values = _yaml_mapping(match["head"])
    return _line_by_line(match["head"]) if values is None else values, text[match.end() :]


def _is_of_head(line: str) -> bool:
    if _ITEM.match(line):
        return True
    entry = _ENTRY.match(line)
    return entry is not None and (_PROGRAM_KEY.fullmatch(entry["key"]) or field_of(entry["key"])) is not None


def _property_lines(text: str) -> tuple[dict[str, Value], str]:
    """Lines `key: value` on top or below the main heading, up to a blank line, as Notion and Pelican write them.

    Lines that are no such property stay in the text; where there are any, `日期` may be the day of what it tells of.
    """
    match = _PROPERTIES.match(text[:_LONGEST_HEAD])
    if match is None:
        return {}, text
    values: dict[str, Value] = {}
    others = []
    for line in match["head"].splitlines():
        entry = _PROPERTY.match(line)
        if entry and (field_of(entry["key"]) or folded_key(entry["key"]) in _NOTION):
            values[entry["key"]] = entry["value"].strip()
        else:
            others.append(line)
    if not _are_properties(values, heads_text=match["heading"] is None, alone=not others):
        return {}, text
    return values, "\n".join(((match["heading"] or "").rstrip("\n"), *others, text[match.end() :]))


def _are_properties(values: Mapping[str, Value], *, heads_text: bool, alone: bool) -> bool:
    known = {field for key in values if (field := field_of(key))}
    if not alone:
        return any(field_of(key) in {"date", "updated"} and folded_key(key) not in _ANY_DAY for key in values)
    if heads_text and len(values) < 2:
        return False
    return bool(known & {"date", "updated"}) or (not heads_text and len(known) > 1)


def _hinted(text: str) -> tuple[dict[str, Value], str]:
    """A hint block near the top counts as a head when it names what front matter names; others are content."""
    match = _HINT.search(text, 0, _HINT_HEAD)
    if match is None:
        return {}, text
    entries = {entry["key"].strip(): entry["value"] for entry in _HINT_ENTRY.finditer(match["body"])}
    if len({field_of(key) for key in entries} - {None}) < 2:
        return {}, text
    values: dict[str, Value] = dict(entries)
    return values, f"{text[: match.start()]}\n\n{text[match.end() :]}"


def _names_metadata(values: Mapping[str, Value]) -> bool:
    return any(field_of(key) for key in values)


def _toml_mapping(head: str) -> dict[str, Value] | None:
    """The head as TOML, None when it is broken."""
    try:
        return _plain_mapping(tomllib.loads(head))
    except (ValueError, RecursionError):
        return None


def _json_mapping(head: str) -> dict[str, Value] | None:
    """The head as a JSON object, None when it is broken or none."""
    values, end = _json_object(head.strip())
    return values if end else None


def _json_object(text: str) -> tuple[dict[str, Value], int]:
    """The object that the text begins with and where it ends; nothing and 0 when there is none."""
    try:
        found, end = json.JSONDecoder(strict=False).raw_decode(text)
    except (ValueError, RecursionError):
        return {}, 0
    return (_plain_mapping(found), end) if isinstance(found, dict) else ({}, 0)


def _plain_mapping(table: Mapping[str, object]) -> dict[str, Value]:
    """The values of a table, those of the tables that site generators keep them in below its own."""
    inner = [part for name in _SUBTABLES if isinstance(part := table.get(name), dict)]
    merged = {key: value for part in (*inner, table) for key, value in part.items()}
    return {key: plain for key, value in merged.items() if (plain := _plain(value, 0)) is not None}


def _plain(value: object, depth: int) -> Value | None:
    """Text, lists of text and lists of named texts, as `_value` gives them for YAML."""
    if value is None or depth > 2:
        return None
    if isinstance(value, Mapping):
        return {str(key): plain for key, part in value.items() if (plain := _plain(part, depth + 1)) is not None}
    if isinstance(value, list):
        return [plain for part in value[:LONGEST_LIST] if (plain := _plain(part, depth + 1)) is not None]
    return str(value)


_FORMS: Mapping[str | None, Callable[[str], dict[str, Value] | None]] = {"toml": _toml_mapping, "json": _json_mapping}


def _yaml_mapping(head: str) -> dict[str, Value] | None:
    """The head as YAML, None when it is broken.

    The node tree is walked instead of constructed objects: scalars keep their spelling (`title: 010`), no tag builds
    anything, and aliases stay shared references, so that nesting them expands nothing.
    """
    try:
        root = yaml.compose(head, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError):
        return None
    if not isinstance(root, yaml.MappingNode):
        return None
    return _pairs(root, depth=0)


def _pairs(node: yaml.MappingNode, depth: int) -> dict[str, Value]:
    pairs: dict[str, Value] = {}
    for key, part in node.value:
        value = _value(part, depth + 1)
        if isinstance(key, yaml.ScalarNode) and value is not None:
            pairs[key.value] = value
    return pairs


def _value(node: yaml.Node, depth: int) -> Value | None:
    """Text, lists of text and lists of named texts; deeper nesting has no meaning in front matter."""
    if isinstance(node, yaml.ScalarNode):
        return None if node.tag == "tag:yaml.org,2002:null" else str(node.value)
    if depth > 2:
        return None
    if isinstance(node, yaml.MappingNode):
        return _pairs(node, depth)
    parts = [_value(part, depth + 1) for part in node.value[:LONGEST_LIST]]
    return [part for part in parts if part is not None]


def _line_by_line(head: str) -> dict[str, Value]:
    """`key: value` lines, and lists below a key, for heads that no YAML parser takes."""
    values: dict[str, Value] = {}
    lists: dict[str, list[Value]] = {}
    key = ""
    for line in head.splitlines():
        item = _ITEM.match(line)
        entry = None if item else _ENTRY.match(line)
        if entry:
            key = _unquoted(entry["key"]).lower()
            values[key] = _inline(entry["value"].strip())
        elif item and key:
            lists.setdefault(key, []).append(_unquoted((item["value"] or item["more"] or "").strip()))
    for key, parts in lists.items():
        if not values.get(key):
            values[key] = parts
    return values if _names_metadata(values) else {}


def _inline(value: str) -> Value:
    if value.startswith("[") and value.endswith("]"):
        return [_unquoted(part.strip()) for part in value[1:-1].split(",")]
    return _unquoted(value)


def _unquoted(value: str) -> str:
    if value[:1] not in {"'", '"'}:
        return value
    if not value.endswith(value[0]):
        return value.lstrip("'\"")
    return value[1:-1].replace("''", "'") if value[0] == "'" else value[1:-1]
