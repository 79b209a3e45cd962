"""Versions of the program that are compared: this one, and other checkouts beside it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Version:
    """A checkout of the program, with an index of its own over the same articles.

    `command` is what follows the interpreter before the arguments of the command line.
    """

    name: str
    directory: Path
    articles: Path
    data_dir: Path
    command: tuple[str, ...] = ("-m", "bot")

    @property
    def python(self) -> str:
        """The checkout's own interpreter where it has one, else the running one."""
        own = self.directory / ".venv" / "bin" / "python"
        return str(own) if own.exists() else sys.executable

    def arguments(self, *arguments: str) -> list[str]:
        """The whole command with these arguments, over this version's articles and index."""
        place = ("--set", f"corpus.articles={self.articles}", "--set", f"data_dir={self.data_dir}")
        return [self.python, *self.command, *place, *arguments]

    def run(self, *arguments: str) -> Run:
        """Run it to its end, see `run`."""
        return run(self.arguments(*arguments), self.directory)


@dataclass(frozen=True, slots=True)
class Run:
    """A process that has ended: wall seconds, and the most MiB that it held in memory at once."""

    seconds: float
    peak: float


def run(command: list[str], directory: Path) -> Run:
    """Run a command to its end. Raises CalledProcessError with what it wrote to its standard error where it fails."""
    launcher = [sys.executable, "-S", "-E", str(Path(__file__).with_name("launcher.py"))]
    told = subprocess.run([*launcher, *command], cwd=directory, capture_output=True, check=True).stdout
    seconds, peak, code, words = json.loads(told)
    if code != 0:
        raise subprocess.CalledProcessError(code, command, stderr=words)
    return Run(seconds, peak / 1024)


def beside(ours: Version, directory: Path, place: Path) -> Version:
    """Another checkout over the same articles; its index is brought up to date in `place`, with our models and with
    copies of the vectors that we know."""
    place.mkdir(parents=True, exist_ok=True)
    if not (place / "models").exists():
        (place / "models").symlink_to((ours.data_dir / "models").resolve(), target_is_directory=True)
    if not (place / "vectors.db").exists() and (ours.data_dir / "vectors.db").exists():
        (place / "vectors.db").write_bytes((ours.data_dir / "vectors.db").read_bytes())
    other = Version(f"version in {directory.name}", directory.resolve(), ours.articles, place)
    other.run("reindex")
    return other
