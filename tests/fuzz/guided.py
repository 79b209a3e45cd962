"""The engine that follows coverage: atheris (libFuzzer), where it is installed. A process of its own for each target.

`python -m tests.fuzz.guided TARGET CORPUS [libFuzzer's options]`; it ends at the first finding.
"""

from __future__ import annotations

import importlib
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.fuzz.target import bounded, target


def main() -> None:
    """Feed a target for ever, or as long as the options say."""
    name, corpus, *options = sys.argv[1:]
    atheris: Any = importlib.import_module("atheris")
    opened = ExitStack()  # never closed: libFuzzer ends the process by itself
    with atheris.instrument_imports(include=["bot", "corpus"]):
        chosen = target(name)
        check = chosen.prepare(opened)
    folder = Path(corpus)
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(chosen.seeds):
        (folder / f"seed-{number}").write_bytes(seed)
    dictionary = folder.with_suffix(".dict")
    dictionary.write_text("".join(f'"{_escaped(token)}"\n' for token in chosen.tokens if token), encoding="ascii")

    def one(data: bytes) -> None:
        with bounded():
            check(data)

    atheris.Setup([sys.argv[0], *options, f"-dict={dictionary}", str(folder)], one)
    atheris.Fuzz()


def _escaped(token: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in token[:60])


if __name__ == "__main__":
    main()
