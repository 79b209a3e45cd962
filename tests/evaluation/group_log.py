"""The mode auto on a labelled group log: would the bot have spoken up, and rightly?

`python -m tests.evaluation.group_log [--set key.path=value ...]` prints the figures of both logs. The development log
may be tuned on (`--list` shows where it goes wrong there); of the test log only figures are ever shown.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.answering.open_questions import asks_everybody
from bot.answering.service import Service
from bot.config import load_settings

SETS = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a log: `answer` is what the bot should answer, everything else it should leave alone."""

    text: str
    label: str
    gold_articles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """What the bot made of a message: whether it searched for it, and the article it cited first if it spoke."""

    line: Line
    searched: bool
    cited: str | None

    @property
    def spoke(self) -> bool:
        """Whether it answered."""
        return self.cited is not None


@dataclass(frozen=True, slots=True)
class Figures:
    """How a log went. `searched` is the share of messages that cost a search, `well_cited` the share of right
    answers whose first cited article is a gold one, `spoke` how often it answered by label."""

    messages: int
    precision: float
    recall: float
    well_cited: float
    searched: float
    spoke: Counter[str]


def read_log(name: str) -> tuple[Line, ...]:
    """A log by its name, in order."""
    rows = map(json.loads, (SETS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines())
    return tuple(Line(row["text"], row["label"], tuple(row.get("gold_articles", ()))) for row in rows)


def listen(service: Service, log: Sequence[Line]) -> tuple[Heard, ...]:
    """Let the bot decide about every message by itself."""
    heard = []
    for line in log:
        searched = asks_everybody(line.text)
        answer = service.volunteer(line.text) if searched else None
        heard.append(Heard(line, searched, answer.sources[0].article if answer else None))
    return tuple(heard)


def measure(heard: Sequence[Heard]) -> Figures:
    """Precision and recall of speaking up."""
    spoke = Counter(each.line.label for each in heard if each.spoke)
    right = [each for each in heard if each.spoke and each.line.label == "answer"]
    wanted = sum(each.line.label == "answer" for each in heard)
    return Figures(
        messages=len(heard),
        precision=len(right) / max(1, sum(spoke.values())),
        recall=len(right) / max(1, wanted),
        well_cited=sum(each.cited in each.line.gold_articles for each in right) / max(1, len(right)),
        searched=sum(each.searched for each in heard) / max(1, len(heard)),
        spoke=spoke,
    )


def main() -> None:
    """Print the figures of both logs over the starter corpus."""
    parser = argparse.ArgumentParser(description="The mode auto on the labelled group logs")
    parser.add_argument("--set", action="append", default=[], dest="overrides", metavar="key.path=value")
    parser.add_argument("--list", action="store_true", help="name what goes wrong in the development log")
    chosen = parser.parse_args()
    service = Service(load_settings(Path("config.yaml"), chosen.overrides))
    service.reindex()
    for name in ("group_development", "group_test"):
        heard = listen(service, read_log(name))
        figures = measure(heard)
        print(
            f"{name}: {figures.messages} messages, precision {figures.precision:.3f}, recall {figures.recall:.3f}, "
            f"gold cited first {figures.well_cited:.3f}, searched {figures.searched:.3f}, spoke {dict(figures.spoke)}"
        )
        if chosen.list and name == "group_development":
            for each in heard:
                if each.spoke != (each.line.label == "answer"):
                    print(f"  {'spoke' if each.spoke else 'silent'}\t{each.line.label}\t{each.line.text}")


if __name__ == "__main__":
    main()
