"""The regression gate: a small fixed set of questions and the figures that were measured on it.

`tests/evaluation/regression.json` lists the questions by id and, for each figure, those that were right when it was
recorded. After a change that is better on the large sets, record anew with `python -m tests.evaluation.regression`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.answering.service import Service
from bot.config import load_settings
from bot.terminal.evaluate import assess
from embeddings.evaluation.metrics import Judged, Question, read_questions

SETS = Path(__file__).parent
FILE = SETS / "regression.json"

ALLOWED_DROP = 0.01
"""One point. Of fewer than a hundred questions that is none: whoever loses one must win another."""


@dataclass(frozen=True, slots=True)
class Gate:
    """The questions, by id, and for each figure the ids that were right, as recorded."""

    answerable: tuple[str, ...]
    unanswerable: tuple[str, ...]
    right: Mapping[str, tuple[str, ...]]

    @classmethod
    def read(cls, file: Path = FILE) -> Gate:
        """The recorded gate."""
        document = json.loads(file.read_text(encoding="utf-8"))
        right = {figure: tuple(ids) for figure, ids in document["right"].items()}
        return cls(tuple(document["answerable"]), tuple(document["unanswerable"]), right)

    def questions(self) -> tuple[Question, ...]:
        """The questions themselves, from the development sets."""
        files = ("development", "development_unanswerable")
        known = {question.id: question for name in files for question in read_questions(SETS / f"{name}.jsonl")}
        return tuple(known[name] for name in (*self.answerable, *self.unanswerable))

    def complaints(self, judged: Sequence[Judged]) -> list[str]:
        """One line for each figure that fell by more than what is allowed, naming the questions that were lost."""
        texts = {j.question.id: j.question.text for j in judged}
        lines = []
        for figure, ids in right_ids(judged).items():
            asked = len(self.unanswerable if figure == "declined" else self.answerable)
            before, after = len(self.right[figure]) / asked, len(ids) / asked
            if after < before - ALLOWED_DROP:
                lost = [f"  {name} {texts[name]}" for name in self.right[figure] if name not in ids]
                lines.append("\n".join((f"{figure} fell from {before:.3f} to {after:.3f}; lost:", *lost)))
        return lines


def right_ids(judged: Sequence[Judged]) -> dict[str, tuple[str, ...]]:
    """For each figure the ids of the questions that are right."""
    good = [j for j in judged if j.question.answerable]
    bad = [j for j in judged if not j.question.answerable]
    return {
        "article_recall@3": _ids(j for j in good if j.article_rank is not None and j.article_rank <= 3),
        "passage_recall@5": _ids(j for j in good if j.passage_rank is not None and j.passage_rank <= 5),
        "displayed": _ids(j for j in good if j.displayed),
        "answered": _ids(j for j in good if j.accepted),
        "declined": _ids(j for j in bad if not j.accepted),
    }


def _ids(judged: Iterable[Judged]) -> tuple[str, ...]:
    return tuple(j.question.id for j in judged)


def main(overrides: Sequence[str]) -> None:
    """Record what the configured bot gets right now, for the questions that are listed already."""
    allowlist = Gate.read()
    service = Service(load_settings(Path("config.yaml"), overrides))
    service.reindex()
    right = right_ids(assess(service, allowlist.questions()))
    document = {"answerable": allowlist.answerable, "unanswerable": allowlist.unanswerable, "right": right}
    FILE.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
