"""Where a source text can be given a small fault, and the text with it."""

from __future__ import annotations

import ast
import copy
import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_UNSEEN = ("annotation", "returns", "decorator_list")  # not what the program does


@dataclass(frozen=True, slots=True)
class Mutation:
    """One fault in one file: the `site`-th place of the tree, in the order of `_walk`, and which of its faults."""

    file: Path
    site: int
    choice: int

    def source(self, text: str) -> str:
        """The text with the fault, formatted anew."""
        tree = ast.parse(text)
        parent, field, index = list(_walk(tree))[self.site]
        node = _at(parent, field, index)
        _put(parent, field, index, list(_faults(node, parent))[self.choice])
        return ast.unparse(ast.fix_missing_locations(tree))

    def diff(self, text: str) -> str:
        """What the fault changes, as a unified diff."""
        before, after = (f"{source}\n".splitlines() for source in (ast.unparse(ast.parse(text)), self.source(text)))
        return "\n".join(difflib.unified_diff(before, after, str(self.file), str(self.file), n=2, lineterm=""))


def mutations(file: Path, text: str) -> list[Mutation]:
    """All faults that a file can be given."""
    return [
        Mutation(file, site, choice)
        for site, (parent, field, index) in enumerate(_walk(ast.parse(text)))
        for choice, _ in enumerate(_faults(_at(parent, field, index), parent))
    ]


_Place = tuple[ast.AST, str, int | None]


def _walk(parent: ast.AST) -> Iterator[_Place]:
    for field, value in ast.iter_fields(parent):
        if field in _UNSEEN:
            continue
        for index, node in enumerate(value) if isinstance(value, list) else ((None, value),):
            if isinstance(node, ast.AST) and not _is_only_told(node) and not _is_fitted(node, parent):
                yield parent, field, index
                yield from _walk(node)


def _at(parent: ast.AST, field: str, index: int | None) -> ast.AST:
    value = getattr(parent, field)
    node: ast.AST = value if index is None else value[index]
    return node


def _put(parent: ast.AST, field: str, index: int | None, node: ast.AST) -> None:
    if index is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[index] = node


def _is_only_told(node: ast.AST) -> bool:
    """Whether a part is for readers of the log, of the source or for the type checker alone, or an assertion."""
    match node:
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="_log" | "logger" | "_logger")))):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")) | ast.Assert():
            return True
        case ast.keyword(arg="strict", value=ast.Constant(value=True)):  # of zip: an assertion as well
            return True
    return False


def _is_fitted(node: ast.AST, parent: ast.AST) -> bool:
    """Whether these are figures that were fitted to data, which the evaluation judges."""
    named = isinstance(parent, ast.Module | ast.ClassDef) and isinstance(node, ast.Assign | ast.AnnAssign)
    return named and any(isinstance(part, ast.Constant) and isinstance(part.value, float) for part in ast.walk(node))


def _faults(node: ast.AST, parent: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(ops=[only]):
            yield from (_with(node, ops=[other()]) for other in _COMPARISONS[type(only)])
        case ast.BoolOp(op=operation):
            yield _with(node, op=ast.Or() if isinstance(operation, ast.And) else ast.And())
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.Constant(value=value) if not isinstance(parent, ast.JoinedStr | ast.FormattedValue):
            yield from (ast.Constant(other) for other in _other_values(value))
        case ast.Return(value=ast.expr() as value) if not _is_no(value):
            yield ast.Return(ast.Constant(None))
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            yield _with(node, test=ast.UnaryOp(ast.Not(), test))
        case ast.Expr(value=ast.Call() | ast.Await()) | ast.AugAssign() | ast.Raise() | ast.Continue() | ast.Break():
            yield ast.Pass()


def _with(node: ast.AST, **fields: object) -> ast.AST:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _other_values(value: object) -> tuple[bool | int | float, ...]:
    """A limit that was chosen is no worse for being off by one: only small numbers are."""
    match value:
        case bool():
            return (not value,)
        case int():
            return (value + 1 if value < 5 else 2 * value,)
        case float():
            return (1.5 * value or 1.0,)
    return ()


def _is_no(node: ast.expr) -> bool:
    """None and False, which are the same to whoever asks whether."""
    return isinstance(node, ast.Constant) and (node.value is None or node.value is False)
