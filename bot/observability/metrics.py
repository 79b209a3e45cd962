"""What is counted for Prometheus: numbers and kinds only, never a text or an id of a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, make_wsgi_app

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

_ANSWER_SECONDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60)
_REINDEX_SECONDS = (1, 5, 15, 60, 180, 600, 1800, 3600)


class BotMetrics:
    """The counters of one process, in a registry of their own. Counting is safe from any thread."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._questions = Counter(
            "siyu_questions", "Questions, by where they came from and how they ended.", ["surface", "outcome"],
            registry=self._registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "siyu_question_seconds", "From taking a question to its answer, waiting included.", ["surface"],
            buckets=_ANSWER_SECONDS, registry=self._registry,
        )  # fmt: skip
        self._telegram = Counter(
            "siyu_telegram_errors", "Errors of the Bot API that nothing handled nearer by, by kind.", ["kind"],
            registry=self._registry,
        )  # fmt: skip
        self._failures = Counter("siyu_failures", "Updates that failed by a fault of ours.", registry=self._registry)
        self._votes = Counter(
            "siyu_votes", "Votes as they were cast: up, down, reason or withdrawn.", ["vote"], registry=self._registry
        )
        self._reindexes = Counter(
            "siyu_reindexes", "Reindex runs, by result: done, stopped or failed.", ["result"], registry=self._registry
        )
        self._written = Counter(
            "siyu_llm_answers", "Answers that a language model was to write, by what came of it.", ["outcome"],
            registry=self._registry,
        )  # fmt: skip
        self._written_seconds = Histogram(
            "siyu_llm_seconds", "From the found answer to the written one, or to giving up.", buckets=_ANSWER_SECONDS,
            registry=self._registry,
        )  # fmt: skip
        self._first_line = Histogram(
            "siyu_llm_first_line_seconds", "Until the first line of a written answer could be shown.",
            buckets=_ANSWER_SECONDS, registry=self._registry,
        )  # fmt: skip
        self._tokens = Counter("siyu_llm_tokens", "Tokens, asked and answered.", ["kind"], registry=self._registry)
        self._rewritten = Counter(
            "siyu_llm_rewritings", "Questions that a model was to put in other words, by what came of it.", ["outcome"],
            registry=self._registry,
        )  # fmt: skip
        self._sentences = Counter(
            "siyu_llm_sentences", "Sentences of a model by what became of them, and why.", ["action", "reason"],
            registry=self._registry,
        )  # fmt: skip
        self._reindex_seconds = Histogram(
            "siyu_reindex_seconds", "How long a reindex took.", buckets=_REINDEX_SECONDS, registry=self._registry
        )

    def question(self, surface: str, outcome: str, seconds: float) -> None:
        """A question has ended."""
        self._questions.labels(surface, outcome).inc()
        self._seconds.labels(surface).observe(seconds)

    def telegram_error(self, kind: str) -> None:
        """The Bot API, or the way to it, has failed."""
        self._telegram.labels(kind).inc()

    def failure(self) -> None:
        """An update met an error of ours."""
        self._failures.inc()

    def vote(self, vote: str) -> None:
        """A thumb or a reason was pressed."""
        self._votes.labels(vote).inc()

    def reindexed(self, result: str, seconds: float) -> None:
        """A reindex has ended."""
        self._reindexes.labels(result).inc()
        self._reindex_seconds.observe(seconds)

    def written(self, outcome: str, seconds: float, first_line: float | None, prompt: int, completion: int) -> None:
        """An answer was written, or was not."""
        self._written.labels(outcome).inc()
        self._written_seconds.observe(seconds)
        self._tokens.labels("prompt").inc(prompt)
        self._tokens.labels("completion").inc(completion)
        if first_line is not None:
            self._first_line.observe(first_line)

    def rewritten(self, outcome: str, prompt: int, completion: int) -> None:
        """A question was put in other words, or was not."""
        self._rewritten.labels(outcome).inc()
        self._tokens.labels("prompt").inc(prompt)
        self._tokens.labels("completion").inc(completion)

    def sentence(self, action: str, reason: str) -> None:
        """A sentence of a model was checked; `reason` is empty where it stayed as it was."""
        self._sentences.labels(action, reason).inc()

    def watch(self, name: str, says: str, value: Callable[[], float]) -> None:
        """Show a value as it is whenever somebody looks; `value` is called from another thread."""
        Gauge(name, says, registry=self._registry).set_function(value)

    def wsgi_app(self) -> WSGIApplication:
        """All of it as a page, in the format that an Accept header wants."""
        return cast("WSGIApplication", make_wsgi_app(self._registry, disable_compression=True))
