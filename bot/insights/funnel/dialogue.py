"""The guided way to a statement: one question at a time, each may be left out, and one can go back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Self

from bot.insights.funnel.figures import Stage, Statement, Term

QUESTIONS: tuple[Stage | Term, ...] = (
    Stage.EXPOSURE,
    Stage.CLICK,
    Stage.MESSAGE,
    Stage.LEAD,
    Stage.FRIEND,
    Stage.ORDER,
    Term.PRICE,
    Term.MARGIN,
    Term.SPENT,
    Term.DAYS,
)
"""What is asked, in this order."""


@dataclass(frozen=True, slots=True)
class Dialogue:
    """The answers so far, None for each that is not known."""

    answers: tuple[Fraction | None, ...] = ()

    @property
    def place(self) -> int:
        """How many questions are settled."""
        return len(self.answers)

    @property
    def question(self) -> Stage | Term | None:
        """What is asked now, None where all is settled."""
        return QUESTIONS[self.place] if self.place < len(QUESTIONS) else None

    def with_answer(self, value: Fraction | None) -> Self:
        """The dialogue after an answer, or None for "I don't know"."""
        return replace(self, answers=(*self.answers, value))

    def back(self) -> Self:
        """The dialogue before the last answer; the first question stays."""
        return replace(self, answers=self.answers[:-1])

    @property
    def statement(self) -> Statement:
        """What is known."""
        return Statement(
            {figure: value for figure, value in zip(QUESTIONS, self.answers, strict=False) if value is not None}
        )
