"""What is generated in the documents is what would be generated now, and it leaves nothing out."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli import commands
from tests.docs import configuration
from tests.docs.command_tables import menus
from tests.docs.generate import ROOT, documents

GENERATED = dict(documents())


@pytest.mark.parametrize("file", GENERATED, ids=lambda file: file.name)
def test_a_document_says_what_would_be_generated_now(file: Path) -> None:
    assert file.read_text(encoding="utf-8") == GENERATED[file], "run python -m tests.docs.generate"


def test_every_setting_has_a_line_and_a_meaning() -> None:
    rows = [line.split(" | ") for line in configuration.page().splitlines() if line.startswith("| `")]
    assert [row[0] for row in rows] == [f"| `{path}`" for path in configuration.paths()]
    assert [row[0] for row in rows if not row[4].strip(" |")] == []


def test_every_command_of_the_menus_and_of_the_command_line_stands_in_a_table() -> None:
    text = "".join(file.read_text(encoding="utf-8") for file in sorted((ROOT / "docs").glob("*.md")))
    assert [name for menu in menus().values() for name in menu if f"| `/{name}` |" not in text] == []
    assert [name for name in commands.commands if f"| `siyu {name}" not in text] == []
