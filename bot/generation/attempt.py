"""What came of writing one answer, for whoever counts it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from bot.generation.model import Outcome
from bot.generation.outcomes import Tokens
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
    answer of a model came to be judged as a whole, `tokens` where none was asked.
    """

    answer: Answer
    outcome: str
    seconds: float = 0.0
    first_line: float | None = None
    tokens: Tokens | None = None
    checked: Outcome | None = None

    @property
    def actions(self) -> Counter[str]:
        """The model's sentences by what became of them."""
        return Counter(each.action.value for each in self.checked.checked) if self.checked else Counter()

    @property
    def reasons(self) -> Counter[str]:
        """The sentences that could not stay, by why."""
        return Counter(each.reason.value for each in self.checked.checked if each.reason) if self.checked else Counter()
