"""docs/configuration.md out of the settings: types, defaults and ranges from `Settings`, meanings from config.yaml.

What a key means stands in the comment above it in config.yaml; a key without one shares that of the key before it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.config import Settings

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "config.yaml"

_HEAD = """# 配置

<!-- 由 python -m tests.docs.generate 从 config.yaml 和 bot/config.py 生成，不要手改 -->

{preface}

写错的键、类型或范围会被指出来：哪个键、写了什么、允许什么，退出码 2。下面的“默认”是不写这个键时的值。
"""


@dataclass(frozen=True, slots=True)
class Key:
    """One line of config.yaml that names a key: its dotted path and what stands above it, empty where nothing does."""

    path: str
    comment: str


def page() -> str:
    """The whole document."""
    keys = {key.path: key for key in _keys()}
    written = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    schema = Settings.model_json_schema()
    parts = [_HEAD.format(preface=_preface())]
    for section, field in schema["properties"].items():
        parts.append(_section(section, field, schema, keys, written))
    return "\n".join(parts)


def paths() -> tuple[str, ...]:
    """The dotted paths of all settings, in the order of the settings."""
    schema = Settings.model_json_schema()
    return tuple(path for path, _ in _leaves("", schema, schema))


def _section(
    section: str, field: Mapping[str, Any], schema: dict[str, Any], keys: Mapping[str, Key], written: dict[str, Any]
) -> str:
    leaves = list(_leaves(section, field, schema))
    nested = leaves != [(section, field)]
    about = keys[section].comment if nested and section in keys else ""
    rows = [_row(path, leaf, schema, keys, written) for path, leaf in leaves]
    table = ["| 键 | 类型 | 默认 | 允许 | 说明 |", "| --- | --- | --- | --- | --- |", *rows]
    return "\n".join([f"## {section}", "", *([about, ""] if about else []), *table, ""])


def _leaves(path: str, field: Mapping[str, Any], schema: dict[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The settings at and below a field, which may be a section."""
    section = _resolved(field, schema)
    if "properties" not in section:
        yield path, field
        return
    for name, inner in section["properties"].items():
        yield from _leaves(f"{path}.{name}".lstrip("."), inner, schema)


def _resolved(field: Mapping[str, Any], schema: dict[str, Any]) -> Mapping[str, Any]:
    reference = field.get("$ref", "")
    return schema["$defs"][reference.rpartition("/")[2]] if reference else field


def _row(
    path: str, field: Mapping[str, Any], schema: dict[str, Any], keys: Mapping[str, Key], written: dict[str, Any]
) -> str:
    cells = (f"`{path}`", _type(field), _default(path, field, written), _allowed(field), _comment(path, keys))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _default(path: str, field: Mapping[str, Any], written: Any) -> str:
    """The value of a key that is not written, and how many items the file as it is shipped has instead of none."""
    for name in path.split("."):
        written = written[name]
    default = field.get("default", written)
    more = f"（随附的 config.yaml 里有 {len(written)} 项）" if default == [] and written else ""
    return _shown(default) + more


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple) and not value:
        return "`[]`"
    text = "、".join(map(str, value)) if isinstance(value, list | tuple) else json.dumps(value, ensure_ascii=False)
    return text if isinstance(value, list | tuple) else f"`{text.strip(chr(34))}`"


def _comment(path: str, keys: Mapping[str, Key]) -> str:
    """What stands above the key, or above the one before it in its section that has a comment, or above the section."""
    if path not in keys:
        return ""
    if own := keys[path].comment:
        return own
    parent = path.rpartition(".")[0]
    siblings = [key for key in keys if key.rpartition(".")[0] == parent]
    before = siblings[: siblings.index(path)]
    shared = next((key for key in reversed(before) if keys[key].comment), before[0] if before else None)
    return f"同 `{shared}`" if shared else keys[parent].comment if parent else ""


_TYPES = {
    "integer": "整数",
    "number": "数字",
    "string": "文字",
    "boolean": "true、false",
    "array": "列表",
}


def _variants(field: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list(field.get("anyOf", [field]))


def _type(field: Mapping[str, Any]) -> str:
    names = []
    for variant in _variants(field):
        if variant.get("type") == "null":
            names.append("null")
        elif variant.get("format") == "path":
            names.append("路径")
        elif variant.get("type") == "array":
            names.append(f"{_type(variant['items'])}的列表")
        else:
            names.append(_TYPES[variant.get("type", "string")])
    return " 或 ".join(names)


def _allowed(field: Mapping[str, Any]) -> str:
    limits = (limit for variant in _variants(field) for limit in _limits(variant))
    return "；".join(dict.fromkeys(limits))


def _limits(variant: Mapping[str, Any]) -> Iterator[str]:
    if choices := variant.get("enum", [variant["const"]] if "const" in variant else []):
        yield "、".join(f"`{choice}`" for choice in choices)
    if "minimum" in variant and "maximum" in variant:
        yield f"{_number(variant['minimum'])}–{_number(variant['maximum'])}"
    if "exclusiveMinimum" in variant:
        yield f"大于 {_number(variant['exclusiveMinimum'])}"
    if "exclusiveMaximum" in variant:
        yield f"小于 {_number(variant['exclusiveMaximum'])}"
    if "pattern" in variant:
        yield f"符合 `{variant['pattern']}`"
    if "minItems" in variant:
        yield f"至少 {variant['minItems']} 项"
    if "maxItems" in variant:
        yield f"最多 {variant['maxItems']} 项"
    if "items" in variant:
        yield from (f"每项{limit}" for limit in _limits(variant["items"]))


def _number(value: float) -> str:
    return f"{value:g}" if value < 1_000_000 else str(int(value))


_LINE = re.compile(r"(?P<indent> *)(?P<key>[a-z_]+):")


def _keys() -> Iterator[Key]:
    """The keys of config.yaml in their order, with the comment above each."""
    above: list[str] = []
    path: list[str] = []
    for line in CONFIG.read_text(encoding="utf-8").splitlines():
        text = line.strip()
        if text.startswith("#"):
            above.append(text.removeprefix("#").strip())
        elif match := _LINE.match(line):
            path[len(match["indent"]) // 2 :] = [match["key"]]
            yield Key(".".join(path), _joined(above))
            above = []
        else:
            above = []


def _preface() -> str:
    """The comment at the top of config.yaml, a point a line; an indented line goes on with the one before it."""
    lines: list[str] = []
    for line in CONFIG.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        text = line.removeprefix("#")
        if text.startswith("   ") and lines:
            lines[-1] += text.strip()
        else:
            lines.append(text.strip())
    return "\n".join(f"- {line}" for line in lines)


def _joined(lines: list[str]) -> str:
    """Wrapped lines as one; between two Chinese ones no space belongs."""
    text = ""
    for line in lines:
        chinese = bool(text) and not text[-1].isascii() and not line[:1].isascii()
        text += line if not text or chinese else f" {line}"
    return text
