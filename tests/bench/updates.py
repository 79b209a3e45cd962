"""How long a reindex takes, by how much of the articles has changed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from bot.answering.service import Service
from bot.config import load_settings
from tests.bench.report import Section, number
from tests.bench.turns import Turns, timed
from tests.bench.versions import ROOT

NOTHING, ONE, EVERYTHING = "nothing changed", "one article changed", "everything, vectors cached (--full)"


def workshop(articles: Path, data_dir: Path, home: Path) -> tuple[Service, Path]:
    """A service over copies of articles, models and known vectors, so that articles can be changed; and one of them."""
    own = home / "articles"
    shutil.copytree(articles, own)
    (home / "data").mkdir()
    (home / "data" / "models").symlink_to((data_dir / "models").resolve(), target_is_directory=True)
    shutil.copyfile(data_dir / "vectors.db", home / "data" / "vectors.db")
    settings = load_settings(ROOT / "config.yaml", [f"corpus.articles={own}", f"data_dir={home / 'data'}"])
    return Service(settings), max(own.glob("*.md"), key=lambda file: file.stat().st_size)


def changed(article: Path) -> Callable[[], None]:
    """What writes one more paragraph, never the same, below an article."""
    count = 0

    def change() -> None:
        nonlocal count
        count += 1
        with article.open("a", encoding="utf-8") as stream:
            stream.write(f"\n\n第 {count} 次补充：本文已经重新核对，内容与上一版相同。\n")

    return change


def measure(service: Service, article: Path, rounds: int) -> Turns:
    """The seconds of each by turns, after a first run; models are loaded, a changed article's passages are encoded."""
    change = changed(article)

    def one() -> None:
        change()
        service.reindex()

    service.reindex()
    one()
    ways: dict[str, Callable[[], object]] = {
        NOTHING: service.reindex,
        ONE: one,
        EVERYTHING: lambda: service.reindex(full=True),
    }
    return timed(ways, rounds)


def section(turns: Turns, passages: int) -> Section:
    """The reindexes as a table; ratios are to everything."""
    rows = tuple((name, number(turns.ratio(name, EVERYTHING)), number(turns.median(name))) for name in turns.figures)
    return Section(
        f"Reindexing {passages} passages",
        ("what", "seconds over everything's", "seconds"),
        rows,
        (f"By turns, in a process that has its models loaded. Rounds: {len(turns.figures[ONE])}.",),
    )
