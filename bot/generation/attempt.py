"""What came of writing one answer, for whoever counts it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.generation.model import Outcome
from bot.generation.outcomes import Tokens
from bot.generation.rewriter import Rewritten
from bot.model import Answer

WRITTEN = "written"
BUSY = "busy"
OPEN = "breaker"
ERROR = "error"
NOTHING_TO_WRITE_FROM = "no_passages"


@dataclass(frozen=True, slots=True)
class Attempt:
    """`answer` is what is sent, `outcome` is `written` or why the answer that was found stays: one of the names here,
    a `Failure`, a `Denied` or a `Fallback`.

    Seconds count from the beginning; `first_line` is None where no line could be shown. `checked` is None where no
    answer of a model came to be judged as a whole, `tokens` where none was asked to write. `rewritten` is what came of
    putting the question in other words.
    """

    answer: Answer
    outcome: str
    seconds: float = 0.0
    first_line: float | None = None
    tokens: Tokens | None = None
    checked: Outcome | None = None
    rewritten: Rewritten | None = None
