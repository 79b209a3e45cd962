"""What came of writing answers, for Prometheus."""

from __future__ import annotations

from collections.abc import Callable

from bot.generation.attempt import Attempt
from bot.generation.outcomes import Tokens
from bot.generation.writer import Writer
from bot.observability.metrics import BotMetrics


def counted_in(metrics: BotMetrics) -> Callable[[Attempt], None]:
    """What counts an attempt."""

    def count(attempt: Attempt) -> None:
        tokens = attempt.tokens or Tokens(0, 0)
        metrics.written(str(attempt.outcome), attempt.seconds, attempt.first_line, tokens.prompt, tokens.completion)
        if attempt.rewritten and attempt.rewritten.outcome:
            asked = attempt.rewritten.tokens or Tokens(0, 0)
            metrics.rewritten(attempt.rewritten.outcome, asked.prompt, asked.completion)
        for each in attempt.checked.checked if attempt.checked else ():
            metrics.sentence(each.action, each.reason or "")

    return count


def watch(metrics: BotMetrics, writer: Writer) -> None:
    """Show the breaker, the answers under way and the tokens of today."""
    breaker, budget = writer.breaker, writer.budget
    metrics.watch("siyu_llm_breaker_open", "1 while the model is left alone.", lambda: float(breaker.is_open))
    metrics.watch("siyu_llm_under_way", "Answers that are being written or wait for it.", lambda: writer.waiting)
    metrics.watch("siyu_llm_tokens_today", "Tokens used today.", lambda: budget.used)
