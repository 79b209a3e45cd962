"""What the project stands on: locked as a whole, from the registry alone, under licences that allow commercial use."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution, packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PRODUCT = ("corpus", "embeddings", "bot")
RUNTIME, DEVELOPMENT, SERVING = "requirements.lock", "requirements-dev.lock", "requirements-serving.lock"
PIN = re.compile(r"([a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*)==([0-9][0-9a-z.]*)")

ALLOWED = {
    "0BSD", "Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "CNRI-Python", "ISC",
    "LLVM-exception", "MIT", "MIT-CMU", "MPL-2.0", "PSF-2.0", "Zlib",
}  # fmt: skip
PARTICULAR = {
    "python-telegram-bot": {"LGPL-3.0-only"},  # used as a library, unchanged and replaceable
    "pypdfium2": {"dependency licenses"},  # those of PDFium's own parts, all permissive
}
SPELLINGS = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache 2.0 License": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}


def pins(file: str) -> dict[str, str]:
    """Name to version; whatever is no plain pin of a name fails."""
    found: dict[str, str] = {}
    for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#") or (file == DEVELOPMENT and line == f"-r {RUNTIME}"):
            continue
        match = PIN.fullmatch(line)
        assert match, f"{file}: {line}"  # no address, no branch, no folder, no other index, no range
        assert match[1] not in found, line
        found[match[1]] = match[2]
    return found


def test_both_files_hold_sorted_pins_and_none_twice() -> None:
    runtime, development = pins(RUNTIME), pins(DEVELOPMENT)
    assert list(runtime) == sorted(runtime)
    assert list(development) == sorted(development)
    assert not runtime.keys() & development.keys()
    assert f"-r {RUNTIME}\n" in (ROOT / DEVELOPMENT).read_text(encoding="utf-8")


# What torch brings along where pip takes its build for graphics cards, and what follows from torch's own pin alone.
GRAPHICS = ("nvidia-", "cuda-", "triton")


def wanted(requirements: list[str], *, extra: str = "") -> Iterator[Requirement]:
    """The requirements that hold on this machine."""
    for text in requirements:
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            yield requirement


def closure(requirements: list[str]) -> set[str]:
    """All that these need in the end, by what is installed says of itself."""
    found, left = set[str](), [(requirement, "") for requirement in wanted(requirements)]
    seen = set[tuple[str, str]]()
    while left:
        requirement, _ = left.pop()
        name = canonicalize_name(requirement.name)
        found.add(name)
        for extra in ("", *requirement.extras):
            if (name, extra) not in seen:
                seen.add((name, extra))
                asked = wanted(distribution(name).requires or [], extra=extra)
                left += [(each, extra) for each in asked if not each.name.startswith(GRAPHICS)]
    return found


def test_what_is_locked_is_just_what_is_needed() -> None:
    """Runtime needs nothing of the other file, and nothing is locked that nobody asks for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    runtime, development = pins(RUNTIME), pins(DEVELOPMENT)
    extras = project["optional-dependencies"]
    needed = closure(project["dependencies"] + extras["charts"])
    assert needed <= runtime.keys()
    assert closure(extras["dev"]) <= runtime.keys() | development.keys()
    assert {*extras["milvus"]} <= {*extras["dev"]}
    for text in (*project["dependencies"], *extras["charts"], *extras["dev"]):
        requirement = Requirement(text)
        version = {**runtime, **development}[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), text
        assert requirement.url is None, text


def test_machines_that_only_answer_need_no_torch() -> None:
    """What they install is what is locked for all, without what comes with torch alone."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    encoding = {"torch", "transformers", "sentence-transformers", "tokenizers", "huggingface-hub"}
    answering = [text for text in project["dependencies"] if canonicalize_name(Requirement(text).name) not in encoding]
    assert not closure(answering) & encoding
    assert pins(SERVING) == {name: pin for name, pin in pins(RUNTIME).items() if name in closure(answering)}


def third_party() -> dict[str, set[str]]:
    """What the product imports that neither it nor Python brings, anywhere in a file: module to files."""
    found: dict[str, set[str]] = {}
    for file in (file for package in PRODUCT for file in (ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [name.name for name in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for module in {name.partition(".")[0] for name in names} - {*PRODUCT, *sys.stdlib_module_names}:
                found.setdefault(module, set()).add(file.relative_to(ROOT).as_posix())
    return found


def test_whatever_is_imported_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    asked = (*project["dependencies"], *extras["charts"], *extras["milvus"])
    declared = {canonicalize_name(Requirement(text).name) for text in asked}
    brought_by = packages_distributions()
    imported = third_party()
    assert {"telegram", "yaml", "torch", "matplotlib", "pymilvus"} <= imported.keys()
    undeclared = {
        module: files
        for module, files in imported.items()
        if not declared.intersection(map(canonicalize_name, brought_by.get(module, ())))
    }
    assert undeclared == {}


@pytest.mark.parametrize("name", [*pins(RUNTIME), *pins(DEVELOPMENT)])
def test_it_is_installed_as_locked_under_a_licence_for_commercial_use(name: str) -> None:
    found = distribution(name)
    # A build for processors alone is called 2.13.0+cpu.
    assert found.version.partition("+")[0] == {**pins(RUNTIME), **pins(DEVELOPMENT)}[name]
    licences = licences_of(found)
    assert licences
    assert licences <= ALLOWED | PARTICULAR.get(name, set())


def licences_of(found: Distribution) -> set[str]:
    """The licences that a package names; of alternatives one that is allowed is enough."""
    metadata = found.metadata
    if expression := metadata.json.get("license_expression"):
        parts = re.split(r" AND | WITH |[()]", str(expression))
        return {_chosen(part.strip()) for part in parts if part.strip()}
    classifiers = [text.split(" :: ") for text in metadata.get_all("Classifier") or []]
    named = {
        text[-1] for text in classifiers if text[0] == "License" and text[-1] not in ("OSI Approved", "DFSG approved")
    }
    if not named:
        named = {part.strip() for part in re.split(r",| AND ", str(metadata.json.get("license") or ""))}
    if "GNU Lesser General Public License v3 (LGPLv3)" in named:
        return {"LGPL-3.0-only"}
    return {SPELLINGS.get(name, name) for name in named}


def _chosen(alternatives: str) -> str:
    names = alternatives.split(" OR ")
    return next((name for name in names if name in ALLOWED), names[0])
