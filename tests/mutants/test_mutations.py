"""Faults: each is one small change that is still Python, the same for the same seed."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.mutants.mutations import mutations
from tests.mutants.trial import ROOT, folder_of_tests

FILE = Path("bot/x.py")


def changed(text: str) -> list[str]:
    """All that can become of a text."""
    return [mutation.source(text) for mutation in mutations(FILE, text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a < b", ["a <= b", "a >= b"]),
        ("a is None", ["a is not None"]),
        ("a and b", ["a or b"]),
        ("not a", ["a"]),
        ("f(3)", ["pass", "f(4)"]),
        ("f(300)", ["pass", "f(600)"]),
        ("x = True", ["x = False"]),
        ("x += y", ["pass"]),
        ("raise x", ["pass"]),
        ("y = a if b else c", ["y = a if not b else c"]),
        ("def f():\n    return x", ["def f():\n    return None"]),
        ("def f():\n    return False", ["def f():\n    return True"]),
        ("def f():\n    x = 0.5", ["def f():\n    x = 0.75"]),
    ],
)
def test_a_fault_of_each_kind(text: str, expected: list[str]) -> None:
    assert changed(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        '"""Told to readers."""',
        "logger.warning('%d', 3)",
        "if TYPE_CHECKING:\n    f(1)",
        "x: Literal[1]",
        "@f(True)\ndef g():\n    pass",
        "_WEIGHTS = {'fitted': 0.5, 'count': 3}",
        "class Weights:\n    fitted: float = 0.5",
        "x = f'{y:3}'",
        "x = zip(y, z, strict=True)",
    ],
)
def test_what_the_program_does_not_do_has_none(text: str) -> None:
    assert changed(text) == []


def test_a_real_file_stays_python_and_its_diff_shows_one_place() -> None:
    file = Path("embeddings/search/fusion.py")
    text = (ROOT / file).read_text(encoding="utf-8")
    made = mutations(file, text)
    assert len(made) > 10
    for mutation in made:
        ast.parse(mutation.source(text))
        assert mutation.diff(text).count("\n@@ ") == 1


def test_tests_are_those_of_the_same_folder_or_of_the_one_above() -> None:
    assert folder_of_tests(Path("bot/state/chats.py")) == Path("tests/bot/state")
    assert folder_of_tests(Path("bot/observability/logs.py")) == Path("tests/bot/observability")
    assert folder_of_tests(Path("corpus/parsing/dates.py")) == Path("tests/corpus/parsing")
