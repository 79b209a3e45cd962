"""Two questions in one message: where the second begins, and what it takes over from the first.

`会话存档怎么开通，要花多少钱` asks two things that two passages answer. Searched as one, each is in the other's way.
"""

from __future__ import annotations

import re

from bot.answering.asked.aspect import Aspect, aspect_of
from bot.answering.clauses import clauses_of, has_form
from bot.answering.small_talk import is_small_talk
from corpus.vocabulary.glossary import Glossary

_MARKS = " ,，、.。;；:：~～…"
_ENDS = "?？"
_SHORTEST = 3
"""Characters of a clause that can be a question of its own."""

# A guess at the answer, or the same asked again, is no second question.
_GUESSES = re.compile(
    r"^(?:还是|是不是|难道|莫非|是[^,，]{1,14}[吗么]|对[吗么不]|可以[吗么]|行[吗么不]|好[吗么不]|怎么办|咋办|求)"
)
_SUBJECTS_TAKEN_OVER = 2


def parts(question: str, glossary: Glossary) -> tuple[str, ...]:
    """The questions that a message asks, each to be read alone, two at most; a single one comes back as it is.

    They are told apart by the kind of thing that their clauses ask for. What does not ask belongs to the question
    behind it, or at the end to the last.
    """
    clauses = clauses_of(question)
    aspects = [_asks_for(clause) for clause in clauses]
    asking = [place for place, aspect in enumerate(aspects) if aspect is not None]
    second = next((place for place in asking[1:] if _is_another(clauses[place], aspects[place], aspects[asking[0]])), 0)
    if not second:
        return (question,)
    begins = 1 + max(place for place in asking if place < second)
    first, other = ("".join(some).strip(_MARKS) for some in (clauses[:begins], clauses[begins:]))
    return first, _taken_over(first, other, glossary)


def _asks_for(clause: str) -> Aspect | None:
    """The kind of thing that a clause asks for; None for one that does not ask, or tells no kind."""
    said = clause.strip(_MARKS)
    return aspect_of(said) if len(said) >= _SHORTEST and has_form(clause) and not is_small_talk(said) else None


def _is_another(clause: str, aspect: Aspect | None, before: Aspect | None) -> bool:
    return aspect is not before and _GUESSES.match(clause) is None


def _taken_over(first: str, second: str, glossary: Glossary) -> str:
    """The second question with what only the first one names: its terms before it, else the whole first before it."""
    before, own = (dict.fromkeys(m.term for m in glossary.find(text)) for text in (first, second))
    if any(term.is_offering for term in own):
        missing = [term.name for term in before if term not in own and not term.is_offering]
    else:
        missing = [term.name for term in before if term not in own and (term.is_offering or not own)]
    if own or missing:
        return "".join((*missing[:_SUBJECTS_TAKEN_OVER], second))
    return f"{first.rstrip(_ENDS)}，{second}"


def as_said(question: str, first: str) -> str:
    """A question of a message without the first one, where it took that over whole: its own words are what is shown."""
    return question.removeprefix(f"{first.rstrip(_ENDS)}，") if question != first else question
