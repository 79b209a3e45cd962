"""`make bench`: every part, or those that are named, over the starter articles."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from bot.answering.service import Service
from bot.config import load_settings
from embeddings.errors import PlottingUnavailable
from embeddings.evaluation.metrics import read_questions
from tests.bench.ground import Extent, Ground
from tests.bench.machine import machine
from tests.bench.parts import PARTS, Skipped
from tests.bench.plots import draw
from tests.bench.report import Section, show, write
from tests.bench.versions import ROOT, Version, beside

_QUESTIONS = ("test", "merchant")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, write pictures and `bench.md`."""
    options = _options(arguments)
    console, where = Console(), machine()
    console.print(where)
    sections = measured(_ground(options), options.parts, console)
    for picture in (picture for section in sections for picture in section.pictures):
        try:
            draw(picture, options.out)
        except PlottingUnavailable as why:
            console.print(str(why))
            break
    console.print(str(write(options.out, where, sections)))


def measured(ground: Ground, parts: Sequence[str], console: Console) -> list[Section]:
    """The sections of these parts, shown as they come; of one that cannot be measured here the section says why."""
    sections = []
    for name in parts:
        try:
            found = PARTS[name](ground)
        except Skipped as why:
            found = [Section(name, notes=(str(why),))]
        for section in found:
            show(section, console)
        sections += found
    return sections


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    usual = Extent()
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--parts", type=_names, default=tuple(PARTS), help=f"of {','.join(PARTS)}")
    parser.add_argument("--sizes", type=_numbers, default=usual.sizes, help="in passages, seven windows each")
    parser.add_argument("--limit", type=float, default=usual.limit, help="seconds for building one of the sizes")
    parser.add_argument("--rounds", type=int, default=usual.rounds, help="by turns")
    parser.add_argument("--against", type=Path, action="append", default=[], help="another checkout, beside this one")
    parser.add_argument("--articles", type=Path, default=ROOT / "corpus" / "articles")
    parser.add_argument("--questions", type=Path, action="append", help="question sets over these articles")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench", help="also keeps the index between runs")
    options = parser.parse_args(arguments)
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    return options


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split(","))


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part.replace("_", "")) for part in text.split(","))


def _ground(options: argparse.Namespace) -> Ground:
    out = options.out.resolve()
    ours = Version("this version", ROOT, options.articles.resolve(), out / "data")
    service = Service(
        load_settings(ROOT / "config.yaml", [f"corpus.articles={ours.articles}", f"data_dir={ours.data_dir}"])
    )
    service.reindex()
    others = [beside(ours, directory, out / f"beside-{directory.resolve().name}") for directory in options.against]
    files = options.questions or [ROOT / "tests" / "evaluation" / f"{name}.jsonl" for name in _QUESTIONS]
    return Ground(
        service,
        {file.stem: read_questions(file) for file in files},
        (ours, *others),
        out,
        Extent(rounds=options.rounds, sizes=options.sizes, limit=options.limit),
    )


if __name__ == "__main__":
    main()
