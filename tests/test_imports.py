"""Which way imports may point, read off the source: imports inside functions and for type checking count as well."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("corpus", "embeddings", "bot")
"""Each may import from those before it, and from itself."""

HEAVY = {
    "torch": {"embeddings/models", "embeddings/reader"},
    "sentence_transformers": {"embeddings/models", "embeddings/reader"},
    "transformers": {"embeddings/models"},
    "faiss": {"embeddings/index/dense.py", "embeddings/index/inverted_lists.py", "embeddings/index/list_building.py"},
    "matplotlib": {
        "embeddings/evaluation/plots.py",
        "bot/insights/fonts.py",
        "bot/insights/stats_chart.py",
        "bot/insights/funnel/picture.py",
    },
    "openai": {"bot/generation/gateway.py"},
    "pymilvus": {"embeddings/index/milvus_server.py", "embeddings/index/milvus_collections.py"},
    "grpc": {"embeddings/index/milvus_server.py"},
    "telegram": {"bot/telegram"},
}
"""Where a library may be imported: a file, or anything below a folder."""


def _imports() -> dict[str, frozenset[str]]:
    """Every product file, as `package/…/file.py`, with the dotted names of the modules that it imports."""
    files = sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))
    return {file.relative_to(ROOT).as_posix(): frozenset(_named(file)) for file in files}


def _named(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: a relative import"
            yield node.module or ""
            # `from package import module` names a module, too.
            yield from (f"{node.module}.{name.name}" for name in node.names)


IMPORTS = _imports()


def _file_of(module: str) -> str | None:
    path = module.replace(".", "/")
    return next((file for file in (f"{path}.py", f"{path}/__init__.py") if file in IMPORTS), None)


ARROWS: Mapping[str, frozenset[str]] = {
    file: frozenset(target for module in modules if (target := _file_of(module)) and target != file)
    for file, modules in IMPORTS.items()
}
"""From each product file to the product files that it imports."""


def _folder(file: str) -> str:
    return file.rpartition("/")[0]


def _circle(arrows: Mapping[str, frozenset[str]]) -> str:
    """The way round, empty where there is none."""
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        return " → ".join(reversed(error.args[1]))
    return ""


def test_no_file_is_in_a_circle() -> None:
    assert not _circle(ARROWS)


def test_no_folder_is_in_a_circle() -> None:
    """A folder is its own files; the files of a package's top are one each, since `cli` is above and `errors` below."""
    room = {file: file if file.count("/") == 1 else _folder(file) for file in ARROWS}
    folders: dict[str, set[str]] = {}
    for file, targets in ARROWS.items():
        folders.setdefault(room[file], set()).update(room[target] for target in targets)
    assert not _circle({folder: frozenset(targets - {folder}) for folder, targets in folders.items()})


def test_packages_import_downwards() -> None:
    order = {package: place for place, package in enumerate(PACKAGES)}
    upward = [
        f"{file} → {target}"
        for file, targets in ARROWS.items()
        for target in targets
        if order[target.partition("/")[0]] > order[file.partition("/")[0]]
    ]
    assert upward == []


def test_the_state_knows_nothing_of_the_bot_above_it() -> None:
    allowed = ("bot/state/", "bot/model.py", "bot/errors.py", "corpus/", "embeddings/")
    above = [
        f"{file} → {target}"
        for file, targets in ARROWS.items()
        if file.startswith("bot/state/")
        for target in targets
        if not target.startswith(allowed) and target != "bot/__init__.py"
    ]
    assert above == []


def test_libraries_are_imported_where_they_are_used() -> None:
    stray = [
        f"{file} → {module}"
        for file, modules in IMPORTS.items()
        for module in sorted(modules)
        for places in [HEAVY.get(module.partition(".")[0])]
        if places is not None and not any(file == place or file.startswith(f"{place}/") for place in places)
    ]
    assert stray == []
