"""What the documents say is there is there: links, files, tests, modules, commands."""

from __future__ import annotations

import importlib.util
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import click

from bot.cli import commands
from tests.docs.documents import FILES, ROOT, anchors, code, column, fenced_commands, links

TESTS = ROOT / "tests"
OPERATING = ROOT / "docs/operating.md"
EVALUATION = ROOT / "docs/evaluation.md"
DECISIONS = ROOT / "docs/decisions"


def _name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


COMMANDS = [(_name(file), command) for file in FILES for command in (*code(file), *fenced_commands(file))]


@dataclass(frozen=True, slots=True)
class Run:
    """A command that a test runs, in the form that `text` has there."""

    test: str
    text: str

    def holds(self) -> bool:
        """Whether the test still says so."""
        return self.text in (ROOT / self.test).read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class NotRun:
    """A command that no test runs, and why."""

    why: str

    def holds(self) -> bool:
        """Nothing to look at."""
        return bool(self.why)


FENCED: dict[str, Run | NotRun] = {
    "make ask": NotRun("it installs; what it runs after that, python -m bot ask, is run by tests/bot/test_cli.py"),
    "make test": Run(".ci/run", "make test"),
    "make t ": NotRun("it is pytest on one file"),
    "make check": NotRun("it is the part of make test before pytest"),
    "make bench": NotRun("it measures and judges nothing"),
    "docker": NotRun("no engine in tests; tests/test_deploy.py reads the files that it builds from"),
    "siyu evaluate": Run("tests/bot/terminal/test_evaluate.py", '"evaluate"'),
}
"""Commands in fenced blocks, by how they begin."""


def test_every_link_leads_somewhere() -> None:
    dead = [
        f"{_name(file)}: {link.target}#{link.anchor}"
        for file in FILES
        for link in links(file)
        if not link.points_at.exists() or (link.anchor and link.anchor not in anchors(link.points_at))
    ]
    assert dead == []


_PATH = re.compile(r"(?:bot|corpus|embeddings|tests|docs|deploy)/[\w./-]*")


def test_every_file_that_is_named_exists() -> None:
    named = {(file, text) for file in FILES for text in code(file) if _PATH.fullmatch(text)}
    missing = {
        f"{_name(file)}: {path}"
        for file, path in named
        if path != "deploy/telegram-token" and not (ROOT / path).exists()
    }
    assert missing == set()


def test_every_fault_has_its_test() -> None:
    named = list(column(OPERATING, "测试"))
    assert len(named) >= 19
    assert [path for path in named if not (ROOT / path).is_file()] == []


def test_every_question_set_exists_and_none_is_left_out() -> None:
    named = list(column(EVALUATION, "file below tests/evaluation/"))
    there = TESTS / "evaluation"
    assert [path for path in named if not (there / path).exists()] == []
    assert sorted(file.name for file in there.glob("*.jsonl") if file.name not in named) == []


def test_every_decision_stands_in_the_list() -> None:
    listed = [link.target for link in links(DECISIONS / "README.md")]
    assert listed == sorted(file.name for file in DECISIONS.glob("[0-9]*.md"))


def test_every_target_and_module_that_is_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    missing = []
    for name, command in COMMANDS:
        target = re.match(r"make ([a-z-]+)\b", command)
        module = re.match(r"(?:\.venv/bin/)?python -m ([\w.]+)", command)
        if target and not re.search(rf"^{target[1]}:", makefile, re.MULTILINE):
            missing.append(f"{name}: {command}")
        if module and importlib.util.find_spec(module[1]) is None:
            missing.append(f"{name}: {command}")
    assert missing == []


def test_the_command_line_knows_every_command_that_is_shown() -> None:
    for name, text in COMMANDS:
        match = re.match(r"(?:siyu|(?:\.venv/bin/)?python -m bot) ([a-z]+)\b(.*)", text)
        if match is None or "[" in text or "…" in text:  # a usage, which is generated
            continue
        command = commands.commands[match[1]]
        options = {word.partition("=")[0] for word in shlex.split(match[2]) if word.startswith("-")}
        known = {option for parameter in command.params for option in parameter.opts}
        required = {p.opts[0] for p in command.params if isinstance(p, click.Option) and p.required}
        assert options <= known, f"{name}: {text}"
        assert not options or required <= options, f"{name}: {text}"


def test_every_command_in_a_block_is_run_by_a_test_or_it_is_said_why_not() -> None:
    for file in FILES:
        for command in fenced_commands(file):
            ways = [way for start, way in FENCED.items() if command.startswith(start)]
            assert ways, f"{_name(file)}: {command} is neither run by a test nor is it said why not"
            assert all(way.holds() for way in ways), f"{_name(file)}: {command} is not run by its test"


def test_the_readme_is_short() -> None:
    for name in ("README.md", "README.zh-CN.md"):
        assert len((ROOT / name).read_text(encoding="utf-8").splitlines()) <= 120


def test_the_picture_is_a_small_png() -> None:
    data = (ROOT / "docs/images/answer.png").read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert data.endswith(b"IEND\xaeB`\x82")
    assert len(data) <= 200 * 1024
