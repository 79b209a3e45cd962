"""A checked answer as it is shown: statements by section, their sources, the sentences that hold their figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.answering.material import Material
from bot.generation.model import Statement as Checked
from bot.generation.model import Written
from bot.model import Answer, Citation, Quote, Statement


@dataclass(frozen=True, slots=True)
class Page:
    """What a written answer shows, apart from its question."""

    statements: tuple[Statement, ...]
    quotes: tuple[Quote, ...]
    sources: tuple[Citation, ...]
    outdated: bool

    @classmethod
    def of(cls, written: Written, material: Sequence[Material]) -> Page:
        """The page of an answer that was written from these passages, numbered as the model was given them."""
        used = [material[place] for place in written.used]
        evidence = dict.fromkeys((each.text, each.source) for said in written.statements for each in said.evidence)
        return cls(
            statements=shown(written.statements),
            quotes=tuple(Quote(text, source, folded=True) for text, source in evidence),
            sources=tuple(replace(each.citation, n=n) for n, each in enumerate(used, start=1)),
            outdated=bool(used) and all(each.outdated for each in used),
        )

    def put_into(self, answer: Answer) -> Answer:
        """The answer with this in the place of what was found."""
        return replace(
            answer,
            statements=self.statements,
            quotes=self.quotes,
            sources=self.sources,
            outdated=self.outdated,
            parts=(),
        )


def shown(statements: Sequence[Checked]) -> tuple[Statement, ...]:
    """Checked statements as everybody shows them."""
    return tuple(
        Statement(said.section.value, said.text, said.sources, said.quoted, said.goes_on) for said in statements
    )
