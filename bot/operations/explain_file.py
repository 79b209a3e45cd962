"""What parsing takes out of one article file, told to its operator without touching the index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from corpus.errors import UnreadableFile
from corpus.parsing.files import FoundFile, find_files
from corpus.sandbox.bounded_parser import BoundedParser


def explain_file(roots: Sequence[Path], name: str) -> dict[str, Any]:
    """What becomes of a file, as a JSON object; `name` is a path, or how the list of skipped files names it.

    `skipped` is the reason why the file gives no article, None when it gives one; `removed` has `text` and `rule` of
    every line that is left out, `warnings` tell what could not be read. The file is parsed in the sandbox. Raises
    `UnreadableFile` where there is none, `ParserUnavailable` and, for a name that is no path, `ArticlesMissing`.
    """
    found = _find(roots, name)
    with BoundedParser() as parser:
        explained = parser.explain(found)
    return {
        "file": found.path,
        "skipped": explained.skipped,
        "removed": [asdict(removal) for removal in explained.removals],
        "warnings": list(explained.warnings),
    }


def explanation_lines(explained: dict[str, Any]) -> list[str]:
    """`explain_file`'s object in a few lines."""
    skipped, removed = explained["skipped"], explained["removed"]
    lines = [
        f"{explained['file']}：{'收录' if skipped is None else f'跳过，{skipped}'}",
        *(f"注意：{warning}" for warning in explained["warnings"]),
    ]
    if not removed:
        return [*lines, "没有去掉任何内容"]
    return [*lines, f"去掉 {len(removed)} 行：", *(f"  - [{line['rule']}] {line['text']}" for line in removed)]


def _find(roots: Sequence[Path], name: str) -> FoundFile:
    file = Path(name)
    if file.is_file():
        return FoundFile(file.name, file)
    for found in find_files(roots):
        if found.path == name:
            return found
    raise UnreadableFile(f"找不到文件 {name}：请写它的路径，或它在文章目录里的路径")
