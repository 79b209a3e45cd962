"""`python -m tests.docs.generate` writes what is generated in the documents; a test compares."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.docs import configuration
from tests.docs.command_tables import TABLES

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"(<!-- begin: (?P<name>[\w-]+) -->\n).*?(<!-- end: (?P=name) -->)", re.DOTALL)


def documents() -> Iterator[tuple[Path, str]]:
    """Every document with something generated in it, and what it has to say."""
    yield ROOT / "docs/configuration.md", configuration.page()
    for file in sorted((ROOT / "docs").glob("*.md")):
        text = file.read_text(encoding="utf-8")
        if _BLOCK.search(text):
            yield file, _BLOCK.sub(lambda match: f"{match[1]}{TABLES[match['name']]()}\n{match[3]}", text)


def main() -> None:
    """Write them all."""
    for file, text in documents():
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
