"""Whether a question in other words still asks what a message asks, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from bot.answering.followup_detection import remainder
from bot.answering.message_text import language
from bot.generation.contacts import has_contact
from bot.generation.facts import Amount, Fact
from bot.generation.names import names_in
from bot.generation.orders import addresses_model
from bot.generation.overlap import pairs, share
from bot.generation.polarity import denials
from bot.generation.reading import Sentence
from bot.generation.vocabulary import Vocabulary
from corpus.characters import fold, meaningful
from embeddings.refusal.question_form import gives_orders

LONGEST = 120
"""Characters of a question that is written anew, and of what becomes of it."""

_SHORTEST = 4  # letters
_OWN = 0.5  # share of a question's words that the asker must have used
_KEPT = 0.25  # share of a message's words that must be left


def asks_the_same(rewritten: str, message: str, earlier: str | None, vocabulary: Vocabulary) -> bool:
    """Whether a question keeps every figure, negation, name and term of the message, and has none that neither the
    message nor the earlier question, which it goes on from, has. Both are the same person's, in plain text."""
    asked = message if earlier is None else f"{earlier}\n{message}"
    return (
        "\n" not in rewritten
        and len(rewritten) <= LONGEST
        and meaningful(rewritten) >= _SHORTEST
        and language(rewritten) == language(message)
        and not has_contact(rewritten)
        and not orders(rewritten)
        and _between(_figures(message), _figures(rewritten), _figures(asked))
        and _between(names_in(message), names_in(rewritten), names_in(asked))
        and _between(vocabulary.terms(message), vocabulary.terms(rewritten), vocabulary.terms(asked))
        and _denies_the_same(rewritten, message, asked)
        and share(pairs(rewritten), pairs(asked)) >= _OWN
        and share(pairs(remainder(message)), pairs(rewritten)) >= _KEPT
    )


def orders(text: str) -> bool:
    """Whether a text tells its reader how to behave instead of asking."""
    return gives_orders(fold(text)) or addresses_model(text)


def _between(least: Iterable[object], counted: Iterable[object], most: Iterable[object]) -> bool:
    """Whether all of the one is there, as often, and nothing besides the other."""
    return Counter(least) <= Counter(counted) <= Counter(most)


def _figures(text: str) -> list[object]:
    """The figures of a text by what they say; 一个 and 几个 count for nothing."""
    return [_said(fact) for fact in Sentence(text).facts if not (isinstance(fact, Amount) and fact.weak)]


def _said(fact: Fact) -> tuple[object, ...]:
    if isinstance(fact, Amount):
        return fact.kind, fact.low, fact.high, fact.bound
    return fact.year, fact.month, fact.day


def _denies_the_same(rewritten: str, message: str, asked: str) -> bool:
    """Whether all that the message denies is denied, nothing else is but what the earlier question denies, and nothing
    that was denied is said without that."""
    if not _between(*([each.of for each in denials(text)] for text in (message, rewritten, asked))):
        return False
    return all(_plainly(each.what, rewritten) <= _plainly(each.what, asked) for each in denials(asked) if each.what)


def _plainly(what: str, text: str) -> int:
    """How often a text says something without denying it."""
    return fold(text).count(what) - sum(each.what == what for each in denials(text))
