"""`evaluate --llm`: the same questions answered by quotes and by a language model, and what became of its sentences."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.answering.service import Service
from bot.terminal.asking import Asking
from bot.terminal.evaluate import reply_of
from embeddings.evaluation import bootstrap
from embeddings.evaluation.metrics import Judged, Question, Reply, has_phrase, judge, measure, percentile, squeeze
from embeddings.evaluation.report import comparison_lines, metrics_document, result_of

if TYPE_CHECKING:
    from bot.generation.attempt import Attempt

_SEED = 1
_FIRST_SCREEN = 120  # characters
TOKENS_A_REQUEST = 3000
"""About what one costs at most, with its passages, its rules and its answer."""


@dataclass(frozen=True, slots=True)
class Written:
    """The same questions by quotes and as the model answers them; `attempts` are those that it was asked."""

    quoted: tuple[Judged, ...]
    written: tuple[Judged, ...]
    attempts: tuple[Attempt, ...]


def drawn(questions: Sequence[Question], sample: int | None) -> list[Question]:
    """So many of the questions, always the same ones; all where no number is given."""
    if sample is None or sample >= len(questions):
        return list(questions)
    return random.Random(_SEED).sample(list(questions), sample)  # noqa: S311 - a draw, no secret


def assess_written(
    service: Service, asking: Asking, questions: Sequence[Question], say: Callable[[str], None]
) -> Written:
    """Answer every question both ways; `say` is told first what that may cost, then how far it is."""
    found = {question.id: service.ask(question.text, question.context) for question in questions}
    worded = sum(asking.composes(answer) for answer in found.values())
    say(f"{len(questions)} 题里有 {worded} 题要请大模型写，最多约 {worded * TOKENS_A_REQUEST} token")
    quoted = judge(questions, lambda question: reply_of(found[question.id]))
    attempts: list[Attempt] = []

    def ask(question: Question) -> Reply:
        answer = found[question.id]
        if not asking.composes(answer):
            return reply_of(answer)
        attempts.append(asking.attempt(answer))
        say(f"{len(attempts)}/{worded} {attempts[-1].outcome}")
        return reply_of(attempts[-1].answer)

    return Written(tuple(quoted), tuple(judge(questions, ask)), tuple(attempts))


def written_document(made: Written) -> dict[str, Any]:
    """Both ways in figures, and what became of what the model wrote. Seconds; shares of all that it was asked."""
    attempts = made.attempts
    checked = [each for attempt in attempts if attempt.checked for each in attempt.checked.checked]
    seconds = [attempt.seconds for attempt in attempts]
    first = [attempt.first_line for attempt in attempts if attempt.first_line is not None]
    statements = [said for attempt in attempts for said in attempt.answer.statements]
    tokens = [attempt.tokens for attempt in attempts if attempt.tokens is not None]
    return {
        "quoted": metrics_document(measure(made.quoted)),
        "written": metrics_document(measure(made.written)),
        "asked": len(attempts),
        "outcomes": dict(Counter(str(attempt.outcome) for attempt in attempts).most_common()),
        "sentences": dict(Counter(each.action.value for each in checked).most_common()),
        "reasons": dict(Counter(each.reason.value for each in checked if each.reason).most_common()),
        "marks_a_statement": round(sum(len(said.sources) for said in statements) / max(1, len(statements)), 2),
        "gold_in_first_characters": {
            "quoted": _in_first(made.quoted),
            "written": _in_first(made.written),
        },
        "seconds": {"p50": percentile(seconds, 0.5), "p95": percentile(seconds, 0.95)} if seconds else {},
        "first_line": {"p50": percentile(first, 0.5), "p95": percentile(first, 0.95)} if first else {},
        "tokens": {
            "prompt": sum(each.prompt for each in tokens),
            "completion": sum(each.completion for each in tokens),
        },
    }


def written_lines_of(made: Written) -> list[str]:
    """The same in words, with what differs beyond chance."""
    document = written_document(made)
    compared = bootstrap.compare([result_of(j) for j in made.quoted], [result_of(j) for j in made.written])
    first = document["gold_in_first_characters"]
    lines = [
        f"请大模型写 {document['asked']} 题：" + _counts(document["outcomes"]),
        "写出的句子：" + (_counts(document["sentences"]) or "没有"),
        "没能照写的原因：" + (_counts(document["reasons"]) or "没有"),
        f"前 {_FIRST_SCREEN} 字里有标准答案：摘录 {first['quoted']:.3f}，写的 {first['written']:.3f}",
        f"token：问 {document['tokens']['prompt']}，答 {document['tokens']['completion']}",
    ]
    if document["seconds"]:
        lines.append(
            f"用时：一半在 {document['seconds']['p50']:.1f} 秒内，95% 在 {document['seconds']['p95']:.1f} 秒内"
        )
    return [*lines, "摘录（前）和写的（后）相比：", *comparison_lines(compared)]


def dump(made: Written, file: Path) -> None:
    """Every statement that was shown, with what it cites and the sentences that hold its figures, a line each."""
    with file.open("w", encoding="utf-8") as out:
        for record in _records(made.attempts):
            out.write(json.dumps(record, ensure_ascii=False) + "\n")


def _records(attempts: Sequence[Attempt]) -> Iterator[dict[str, Any]]:
    for attempt in attempts:
        answer = attempt.answer
        passages = {source.n: source.passage for source in answer.sources}
        for said in answer.statements:
            held = [asdict(quote) for quote in answer.quotes if quote.source in said.sources]
            yield {
                "question": answer.question,
                "section": said.section,
                "statement": said.text,
                "quoted": said.quoted,
                "passages": [passages[n] for n in said.sources],
                "evidence": [quote["text"] for quote in held],
            }


def _in_first(judged: Sequence[Judged]) -> float:
    """The share of answerable questions of which the beginning holds a gold phrase."""
    answerable = [each for each in judged if each.question.gold_phrases]
    held = [
        has_phrase(squeeze(each.reply.displayed)[:_FIRST_SCREEN], each.question.gold_phrases) for each in answerable
    ]
    return round(sum(held) / max(1, len(held)), 3)


def _counts(counts: dict[str, int]) -> str:
    return "，".join(f"{name} {count}" for name, count in counts.items())
