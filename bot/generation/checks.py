"""Whether sources hold a sentence: its figures and what they are about, its names, its negations, its reserve."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.generation import polarity, support
from bot.generation.evidence import Evidence, Held, holders, rivals
from bot.generation.facts import Amount, Day, Fact
from bot.generation.model import Reason
from bot.generation.names import is_counterfeit, names_in, words_in
from bot.generation.overlap import pairs, share
from bot.generation.reading import Clause, Sentence
from bot.generation.vocabulary import Vocabulary

_TOPIC = 0.3
"""Share of a sentence's words in its sources below which it is about something else. Of 62 restatements none had less
than 0.43 in its own passage; with a passage of another article one in a hundred had more than 0.27."""

_RIDING = 0.2  # the same for a single clause
_FEW = 4  # words of a clause with figures from which it must have some of the sources' besides
_CLEARLY = 0.5  # from here on no encoder is asked
_BOUND = 0.2  # share of a sentence's words that the sentence with its figure must have
_NEARER = 0.2  # by how much nearer a clause with another figure must be for the figure to be that one's
_ALIGNED = 0.4  # share of its words from which a source's sentence is about the same

_PLURAL = re.compile(r"(?<=[a-z]{2})s\b")

Closeness = Callable[[str, int], bool]


@dataclass(frozen=True)
class Found:
    """What holds the figures of a sentence, figure by figure, each with the clauses that do."""

    by_fact: tuple[tuple[Fact, Clause, tuple[Held, ...]], ...]

    @property
    def best(self) -> tuple[Held, ...]:
        """The nearest clause for each figure, none twice."""
        nearest = (max(held, key=lambda each: _nearness(clause, each)) for _, clause, held in self.by_fact if held)
        return tuple({(each.source.number, each.sentence.text): each for each in nearest}.values())


def find(sentence: Sentence, sources: Sequence[Evidence]) -> Found:
    """Which clauses of the sources hold the figures of a sentence."""
    return Found(
        tuple(
            (fact, clause, tuple(holders(fact, sources)))
            for clause in sentence.clauses
            for fact in clause.facts
            if not (isinstance(fact, Amount) and fact.weak)
        )
    )


def failure(
    sentence: Sentence,
    sources: Sequence[Evidence],
    vocabulary: Vocabulary,
    *,
    hedged: bool,
    chinese: bool,
    closeness: Closeness | None = None,
) -> Reason | None:
    """Why these sources together do not hold a sentence; None where they do.

    `hedged` tells that the line in which it stands says that it is not certain; `chinese` that it is Chinese, so that
    its words can be looked for in Chinese sources.
    """
    found = find(sentence, sources)
    return (
        _names(sentence, sources, vocabulary, chinese=chinese)
        or _figures(found, sources)
        or _subject(sentence, found, sources, vocabulary)
        or (_binding(sentence, found, sources) if chinese else None)
        or _polarity(sentence, sources)
        or (None if hedged else _hedge(found))
        or _topic(sentence, sources, closeness, chinese=chinese)
        or (_clauses(sentence, sources, vocabulary) if chinese else None)
    )


def aligned(sentence: Sentence, sources: Sequence[Evidence]) -> tuple[Evidence, Sentence] | None:
    """The sentence of these sources that is about the same, None where there is none."""
    scored = ((share(sentence.pairs, each.pairs), source, each) for source in sources for each in source.sentences)
    best = max(scored, key=lambda pair: pair[0], default=None)
    return None if best is None or best[0] < _ALIGNED else best[1:]


def disputed(sentence: Sentence, sources: Sequence[Evidence]) -> bool:
    """Whether any of these sources says the same with another figure."""
    return any(
        _nearness(clause, each) >= _ALIGNED and share(sentence.pairs, each.sentence.pairs) >= _ALIGNED
        for fact, clause, _ in find(sentence, sources).by_fact
        for each in rivals(fact, clause, sources)
    )


def is_about(sentence: Sentence, source: Evidence) -> bool:
    """Whether a source has enough of a sentence's words to be one of it."""
    return share(sentence.pairs, source.pairs) >= _TOPIC


# ── Figures ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _figures(found: Found, sources: Sequence[Evidence]) -> Reason | None:
    missing = next((fact for fact, _, held in found.by_fact if not held), None)
    if missing is None:
        return None
    if isinstance(missing, Day):
        return Reason.DATE
    return Reason.UNIT if _stands(missing, sources) else Reason.NUMBER


def _stands(missing: Amount, sources: Sequence[Evidence]) -> bool:
    """Whether the number itself is in the sources, of something else."""
    return any(
        support.same_number(fact, missing)
        for source in sources
        for held in source.clauses()
        for fact in held.clause.facts
    )


def _binding(sentence: Sentence, found: Found, sources: Sequence[Evidence]) -> Reason | None:
    """A figure belongs to what its clause is about: not where another clause, with another figure of that kind, says
    the same much more nearly."""
    for fact, clause, held in found.by_fact:
        others = [other for other, _, _ in found.by_fact if other is not fact]
        own = max(_fit(sentence, clause, others, each) for each in held)
        beside = (_fit(sentence, clause, others, each) for each in rivals(fact, clause, sources))
        about = max(share(sentence.pairs, each.sentence.pairs | each.source.about) for each in held)
        if max(beside, default=0.0) - own > _NEARER or (sentence.pairs and about < _BOUND):
            return Reason.BINDING
    return None


def _fit(sentence: Sentence, clause: Clause, others: Sequence[Fact], held: Held) -> float:
    """How nearly a clause of a source says what a clause of a sentence does: words of the clause, words and other
    figures of the whole sentence, each from 0 to 1."""
    agreeing = sum(any(support.holds(each, fact) for each in held.sentence.facts) for fact in others)
    figures = agreeing / len(others) if others else 0.0
    return _nearness(clause, held) + share(sentence.pairs, held.sentence.pairs) + figures


def _nearness(clause: Clause, held: Held) -> float:
    return share(clause.pairs, held.clause.pairs)


# ── Names and subjects ────────────────────────────────────────────────────────────────────────────────────────────


def _names(sentence: Sentence, sources: Sequence[Evidence], vocabulary: Vocabulary, *, chinese: bool) -> Reason | None:
    words = words_in(sentence.text)
    if any(map(is_counterfeit, words)):
        return Reason.NAME
    known = frozenset[str]().union(*(source.words for source in sources))
    whole = "\n".join(source.squeezed for source in sources)
    texts = [source.text for source in sources if source.trusted]
    names = names_in(sentence.text) if chinese else _capitalised(sentence.text, texts, vocabulary)
    unknown = (name for name in names if name not in known and (name in words or name not in whole))
    if all(any(vocabulary.means(name, text) for text in texts) for name in unknown):
        return None
    return Reason.NAME


def _capitalised(text: str, texts: Sequence[str], vocabulary: Vocabulary) -> frozenset[str]:
    """The words of an English sentence with a capital letter that its beginning does not explain, nor a term that the
    sources have in Chinese: Mini Program."""
    there = frozenset[str]().union(*map(vocabulary.terms, texts))
    _, _, rest = text.partition(" ")
    for form in (rest, _PLURAL.sub("", rest)):
        if (less := vocabulary.without(there, form)) != form:
            rest = less
    return frozenset(words_in(" ".join(word for word in rest.split() if word != word.lower())))


def _subject(sentence: Sentence, found: Found, sources: Sequence[Evidence], vocabulary: Vocabulary) -> Reason | None:
    """Platforms and products that a sentence names must be those of the sources, and of the very sentences that hold
    its figures or say the same, where these name any."""
    wanted = vocabulary.platforms([sentence.text])
    texts = [source.text for source in sources if source.trusted]
    if not all(vocabulary.names_platform(platform, texts) for platform in wanted):
        return Reason.SUBJECT
    products = vocabulary.products([sentence.text])
    if not products <= vocabulary.products(texts):
        return Reason.SUBJECT
    beside = [(held.source, held.sentence) for held in found.best]
    if not beside and (same := aligned(sentence, sources)):
        beside = [same]
    for source, held in beside:
        around = [held.text, *source.source.headings, source.source.title]
        if vocabulary.platforms([held.text]) and not all(
            vocabulary.names_platform(platform, around) for platform in wanted
        ):
            return Reason.SUBJECT
        others = vocabulary.products([held.text])
        if products and others and products.isdisjoint(others):
            return Reason.SUBJECT
    return None


# ── What is said of it ────────────────────────────────────────────────────────────────────────────────────────────


def _polarity(sentence: Sentence, sources: Sequence[Evidence]) -> Reason | None:
    held = [each.assertions for source in sources for each in (*source.heads, *source.sentences)]
    contradicted = any(polarity.contradicted(each, held) for each in sentence.assertions)
    return Reason.POLARITY if contradicted else None


def _hedge(found: Found) -> Reason | None:
    reserved = any(
        held and all(each.sentence.hedged for each in held)
        for fact, _, held in found.by_fact
        if isinstance(fact, Amount)
    )
    return Reason.HEDGE if reserved else None


def _topic(
    sentence: Sentence, sources: Sequence[Evidence], closeness: Closeness | None, *, chinese: bool
) -> Reason | None:
    if len(sentence.pairs) < 2:
        return None
    held = share(sentence.pairs, frozenset[str]().union(*(source.pairs for source in sources)))
    if held >= _CLEARLY:
        return None
    if held < _TOPIC and (chinese or closeness is None):
        return Reason.TOPIC
    if closeness is None or any(closeness(sentence.text, each.number - 1) for each in sources if each.trusted):
        return None
    return Reason.TOPIC


def _clauses(sentence: Sentence, sources: Sequence[Evidence], vocabulary: Vocabulary) -> Reason | None:
    """No clause may ride along on what the others say: each has some words of the sources besides the names that every
    source has. Short ones with figures have those instead."""
    there = frozenset[str]().union(*(source.pairs for source in sources))
    for clause in sentence.clauses:
        said = clause.pairs if clause.facts else pairs(vocabulary.nameless(clause.text))
        said = frozenset(pair for pair in said if len(pair) > 1)
        if len(said) >= (_FEW if clause.facts else 2) and share(said, there) < _RIDING:
            return Reason.TOPIC
    return None
