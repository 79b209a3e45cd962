"""The head of a text file: YAML between `---` lines or a GitBook hint block, well formed or not."""

from __future__ import annotations

import re

import yaml

from corpus.parsing.metadata import KNOWN_KEYS, Metadata, Value, metadata_from

_FENCED = re.compile(r"\A\s*---[ \t]*\n(?P<head>(?:.*?\n)??)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_LONGEST_HEAD = 20_000

_ENTRY = re.compile(r"^(?P<key>['\"]?[\w\u4e00-\u9fff][\w\u4e00-\u9fff .-]{0,40}?['\"]?)\s*[:：][ \t]*(?P<value>.*)$")
_ITEM = re.compile(r"^\s*-\s+(?P<value>.*)$|^\s+(?P<more>\S.*)$")

_HINT = re.compile(r"\{%\s*hint\b[^%]*%\}(?P<body>.*?)\{%\s*endhint\s*%\}", re.S)
_HINT_ENTRY = re.compile(r"^\s*\*\*(?P<key>[^*:：]{1,30})\s*[:：]\s*\*\*\s*(?P<value>.*?)\s*$", re.M)
_HINT_HEAD = 3000


def split_front_matter(text: str) -> tuple[Metadata, str]:
    """The metadata at the head of a text, and the text without it. Never raises on malformed heads."""
    head, body = _fenced(text)
    hint, body = _hinted(body)
    return metadata_from(head).or_else(metadata_from(hint)), body


def read_head(head: str) -> Metadata:
    """The metadata of a head that stands alone, without its fences. Never raises."""
    values = _yaml_mapping(head)
    return metadata_from(_line_by_line(head) if values is None else values)


def _fenced(text: str) -> tuple[dict[str, Value], str]:
    match = _FENCED.match(text)
    if match is None or len(match["head"]) > _LONGEST_HEAD:
        return {}, text
    values = _yaml_mapping(match["head"])
    if values is None:
        values = _line_by_line(match["head"])
    if not values and match["head"].strip():
        return {}, text  # two rules with prose between them, no front matter
    return values, text[match.end() :]


def _hinted(text: str) -> tuple[dict[str, Value], str]:
    """A hint block near the top counts as a head when it names what front matter names; others are content."""
    match = _HINT.search(text, 0, _HINT_HEAD)
    if match is None:
        return {}, text
    entries = {entry["key"].strip(): entry["value"] for entry in _HINT_ENTRY.finditer(match["body"])}
    if len({key.lower() for key in entries} & KNOWN_KEYS) < 2:
        return {}, text
    values: dict[str, Value] = dict(entries)
    return values, f"{text[: match.start()]}\n\n{text[match.end() :]}"


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
    parts = [_value(part, depth + 1) for part in node.value[:200]]
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
    return values if values.keys() & KNOWN_KEYS else {}


def _inline(value: str) -> Value:
    if value.startswith("[") and value.endswith("]"):
        return [_unquoted(part.strip()) for part in value[1:-1].split(",")]
    return _unquoted(value)


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1].replace("''", "'") if value[0] == "'" else value[1:-1]
    return value.lstrip("'\"") if value[:1] in {"'", '"'} else value
