"""Holds what a model writes to the sources that it was given, sentence by sentence.

A sentence stays when every figure, date, name and negation in it stands in a source that it cites. One that fails is
given the number of the one source that holds it, or gives way to the sentence of its source, or is cut.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.generation.model import Checked, Outcome, Source, Statement
from corpus.vocabulary.glossary import Glossary


class Vocabulary:
    """What a glossary knows of names, platforms and products, prepared for checking. Immutable; threads may share one."""

    def __init__(self, glossary: Glossary) -> None:
        raise NotImplementedError


class Checker:
    """Checks one answer, line by line. Of one answer and one thread; reads nothing but its arguments.

    `sources` are the passages that the model was given, in their order. `language` is that of the answer, `zh` or `en`.
    `secrets` are texts that must not come out, such as the instructions and the random mark of the request; an answer
    with any twelve characters in a row of one of them that no source holds is thrown away.
    `closeness` tells how near in meaning a sentence is to the source with this place (from 0): True if it is near enough
    to be about the same; where None, the words alone decide.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        vocabulary: Vocabulary,
        *,
        question: str,
        language: str = "zh",
        secrets: Sequence[str] = (),
        closeness: Callable[[str, int], bool] | None = None,
    ) -> None:
        raise NotImplementedError

    def check(self, line: str) -> tuple[Checked, ...]:
        """The verdicts on the sentences of the next line, as `LineReader` gives it; none for a heading, for what leads
        in, and after the answer has turned out to be none."""
        raise NotImplementedError

    @property
    def over(self) -> bool:
        """Whether nothing that still comes can be shown: the model says that the sources hold no answer, or gives away
        what it must not. Nothing more need be read of it."""
        raise NotImplementedError

    @property
    def shown(self) -> tuple[Statement, ...]:
        """What has been held so far, for a draft, in reading order; sources as the model was given them, from 1."""
        raise NotImplementedError

    def finish(self) -> Outcome:
        """The whole answer after its last line: what is left of it, numbered by first use, or why there is none."""
        raise NotImplementedError
