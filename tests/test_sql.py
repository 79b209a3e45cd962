"""SQL is made of the program's own text and of placeholders, told from the source; never of what people write.

Ruff's S608, which is on, sees a whole statement that is put together in one place. This looks at the rest: what stands
behind a `noqa` of it, parts of statements, PRAGMA, and text that a function is handed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# The one hands on what its callers, looked at as well, give it; the other uses names of tables and columns, as a fresh
# file that our own migrations have made tells them.
EXEMPT = {"bot/state/self_healing.py", "bot/state/salvage.py"}
SOURCES = [
    file
    for package in ("bot", "corpus", "embeddings")
    for file in sorted((ROOT / package).rglob("*.py"))
    if "execute" in file.read_text(encoding="utf-8") and file.relative_to(ROOT).as_posix() not in EXEMPT
]
EXECUTE = {"execute", "executemany", "executescript"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Module:
    """Follows names to what they can be, within one module."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self._home: dict[ast.AST, Function] = {}
        for function in ast.walk(tree):
            if isinstance(function, Function):
                self._home |= dict.fromkeys(ast.walk(function), function)  # inner functions come later

    def statements(self) -> Iterator[ast.Call]:
        """The calls that run SQL."""
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in EXECUTE:
                yield node

    def is_own(self, node: ast.expr, within: ast.AST) -> bool:
        """Whether an expression can only be text of the program itself."""
        if isinstance(node, ast.Name):
            return self._is_own_name(node.id, within)
        parts = _parts(node)
        return parts is not None and all(self.is_own(part, within) for part in parts)

    def _is_own_name(self, name: str, within: ast.AST) -> bool:
        function = self._home.get(within)
        if function is not None:
            arguments = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
            if name in arguments:
                return self._is_own_argument(function, name, arguments.index(name))
            if assigned := list(_assigned(function, name)):
                return all(self.is_own(value, within) for value in assigned)
        assigned = [value for node in self._tree.body for value in _assigned(node, name)]
        return bool(assigned) and all(self.is_own(value, self._tree) for value in assigned)

    def _is_own_argument(self, function: Function, name: str, place: int) -> bool:
        """Whether all calls of a function, which must be private to the module, give it text of the program."""
        calls = [node for node in ast.walk(self._tree) if isinstance(node, ast.Call) and _called(node) == function.name]
        method = isinstance(calls[0].func, ast.Attribute) if calls else False
        given = [call.args[place - method] for call in calls if len(call.args) > place - method]
        return (
            function.name.startswith("_")
            and bool(calls)
            and len(given) == len(calls)
            and all(self.is_own(value, call) for value, call in zip(given, calls, strict=True))
        )


def _parts(node: ast.expr) -> list[ast.expr] | None:
    """What an expression is the program's own text of, if these are; None where nothing makes it that."""
    match node:
        case ast.Constant(value=str() | int()):
            return []
        case ast.JoinedStr(values=parts):
            return parts
        case ast.BinOp(left=left, op=ast.Add(), right=right) | ast.IfExp(body=left, orelse=right):
            return [left, right]
        case ast.FormattedValue(value=part) | ast.BinOp(left=part, op=ast.Mult()):  # as many ? as there are values
            return [part]
        case ast.Call(func=ast.Attribute(value=text, attr="join" | "removeprefix"), args=arguments):
            return [text, *arguments]
    return None


def _called(call: ast.Call) -> str | None:
    match call.func:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id="self"), attr=name):
            return name
    return None


def _assigned(node: ast.AST, name: str) -> Iterator[ast.expr]:
    for part in ast.walk(node):
        if isinstance(part, ast.Assign | ast.AnnAssign) and part.value is not None:
            targets = part.targets if isinstance(part, ast.Assign) else [part.target]
            if any(isinstance(target, ast.Name) and target.id == name for target in targets):
                yield part.value


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_sql_is_text_of_the_program_and_placeholders(file: Path) -> None:
    module = Module(ast.parse(file.read_text(encoding="utf-8")))
    for call in module.statements():
        assert call.args, ast.unparse(call)
        assert module.is_own(call.args[0], call), f"{file.name}:{call.lineno}: {ast.unparse(call.args[0])}"


@pytest.mark.parametrize(
    "source",
    [
        "def f(db, x): db.execute(f'SELECT {x}')",
        "def _f(db, x): db.execute(x)\ndef g(db, y): _f(db, y)",
        "def f(db, x):\n    s = 'SELECT ' + x\n    db.execute(s)",
        "class A:\n    def _f(self, w): self.db.execute(f'SELECT {w}')\n    def g(self, w): self._f(w)",
        "def f(db, x): db.execute('SELECT %s' % x)",
        "def f(db, x): db.execute('SELECT {}'.format(x))",
        "def f(db, x): db.execute(', '.join(x))",
        "def f(db): db.execute(input())",
    ],
)
def test_the_check_itself_sees_what_it_looks_for(source: str) -> None:
    module = Module(ast.parse(source))
    (call,) = module.statements()
    assert not module.is_own(call.args[0], call)


def test_there_are_statements_to_check() -> None:
    assert sum(1 for file in SOURCES for _ in Module(ast.parse(file.read_text(encoding="utf-8"))).statements()) > 50
