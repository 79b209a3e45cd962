"""What reads question and text together, whatever it is made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

QUESTION_TOKENS, TEXT_TOKENS = 64, 128
"""What a trained reader reads of a question and of a text, special tokens included."""

NEUTRAL = -0.75
"""A trained reader's neutral point, fitted on questions that it has not learnt from: docs/decisions/0030-reader.md."""

_LONGEST_NAME = 40


class Reader(Protocol):
    """Tells how likely texts answer a question.

    `neutral` is the log-odds at which the best of the texts tells neither for nor against the question being answered
    at all; None where that is not known, and the reader only orders texts.
    """

    @property
    def engine(self) -> str:
        """What it runs on, in which precision, in words for operators."""
        ...

    @property
    def neutral(self) -> float | None:
        """See above."""
        ...

    def read(self, question: str, texts: Sequence[str]) -> list[float]:
        """For each text the log-odds that it answers the question.

        Texts come most promising first, each as `in_context` puts it. Fewer numbers than texts come back where there
        was no time for the rest: those of the first ones.
        """
        ...


def in_context(text: str, title: str, headings: Sequence[str]) -> str:
    """A text below its article's title and its last heading, as a reader sees it: they often name the subject."""
    names = dict.fromkeys(name[:_LONGEST_NAME] for name in (title, *headings[-1:]) if name)
    return "\n".join((*names, text))
