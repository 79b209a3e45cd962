"""The rules of the glossary: definitions that can be shown, and spellings that find their term and nothing else.

What `Glossary` itself refuses (a spelling that two terms claim, a related term that is not there …) is no rule here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from corpus.vocabulary.glossary import Glossary
from corpus.vocabulary.terms import Term, TermKind
from tests.corpus.lint.finding import Finding

_FILE = "glossary.yaml"
_FEWEST_TERMS = 350
_OF_NO_PLATFORM = {"有赞", "微盟", "小程序"}
"""Software that shops rent for several platforms, and what several platforms have under one name."""
_CARRIERS = ("请问{}怎么弄", "商家说的{}，要注意什么？", "我想了解 {} 吗", "关于「{}」")


def lint_glossary(glossary: Glossary, source: str = "") -> list[Finding]:
    """All findings about the terms of a glossary; `source` is its YAML, for the numbers of lines."""
    return [
        Finding(_FILE, _line(source, term), f"{term.name}: {problem}", advice)
        for term in glossary.terms
        for rule in _RULES
        for problem, advice in rule(glossary, term)
    ]


def too_few(glossary: Glossary) -> Iterator[Finding]:
    """Whether the trade's words are there."""
    if len(glossary.terms) < _FEWEST_TERMS:
        yield Finding(_FILE, 0, f"{len(glossary.terms)} terms", f"have {_FEWEST_TERMS} at least")


def _line(source: str, term: Term) -> int:
    match = re.search(rf"""^- term: ["']?{re.escape(term.name)}["']?\s*$""", source, re.MULTILINE)
    return source.count("\n", 0, match.start()) + 1 if match else 0


def _definition(glossary: Glossary, term: Term) -> Iterator[tuple[str, str]]:
    text = term.definition
    if not text.startswith(f"{term.name}是"):
        yield f"definition {text!r}", f"begin with “{term.name}是”"
    if not text.endswith("。") or text.count("。") != 1 or "\n" in text:
        yield f"definition {text!r}", "write one sentence that ends with 。"
    if not 20 <= len(text) <= 60:
        yield f"a definition of {len(text)} characters", "write 20 to 60"


def _kind(glossary: Glossary, term: Term) -> Iterator[tuple[str, str]]:
    """What a question is about is told by the kinds, so each term has one, and each product its platform."""
    if term.kind is None:
        yield "no kind", f"write one of {'、'.join(TermKind)}"
    if term.kind is TermKind.PRODUCT and term.platform is None and term.name not in _OF_NO_PLATFORM:
        yield "a product of no platform", "name the platform that it belongs to"


def _related(glossary: Glossary, term: Term) -> Iterator[tuple[str, str]]:
    if not term.related:
        yield "no related terms", "name at least one other term"


def _spelling_finds_its_term(glossary: Glossary, term: Term) -> Iterator[tuple[str, str]]:
    for spelling in term.spellings:
        if _found(glossary, spelling) != [(spelling, term.name)] or glossary.lookup(spelling) is not term:
            yield f"{spelling} alone finds {_found(glossary, spelling)}", "take away the spelling that is in its way"
        for text in (carrier.format(spelling) for carrier in _CARRIERS):
            if (spelling, term.name) not in _found(glossary, text):
                yield f"{spelling} is not found in {text}", "take away the spelling or not_in that is in its way"


def _spelling_reads_as_its_term(glossary: Glossary, term: Term) -> Iterator[tuple[str, str]]:
    for spelling in term.spellings:
        canonical = glossary.canonical(spelling)
        if canonical.casefold() != term.name.casefold():
            yield f"{spelling} reads as {canonical}", "take away the spelling that replaces a part of it"
        for question in (f"什么是{spelling}", f"{spelling}是什么意思？"):
            if glossary.define(question) is not term:
                yield f"{question} does not ask about it", "choose a spelling that is not part of a question's words"


def _ambiguous_needs_context(glossary: Glossary, term: Term) -> Iterator[tuple[str, str]]:
    for ambiguous in term.ambiguous:
        word = ambiguous.spelling
        if word in [spelling for spelling, _ in _found(glossary, f"今天天气不错，{word}")]:
            yield f"{word} counts without its context", "take it out of the spellings that always count"
        if glossary.lookup(word) is not None:
            yield f"{word} is looked up as {glossary.lookup(word)}", "take it out of the spellings that always count"
        for text in (text for near in ambiguous.near for text in (f"{near}一下{word}", f"{word}，{near}")):
            if (word, term.name) not in _found(glossary, text):
                yield f"{word} is not found in {text}", "choose another near, or take away what is in its way"


def _longer_words_do_not_count(glossary: Glossary, term: Term) -> Iterator[tuple[str, str]]:
    for word in term.not_in:
        if word in term.spellings or term.name in [name for _, name in _found(glossary, word)]:
            yield f"{word} of not_in still counts", "take away the spelling that finds it"


_RULES: tuple[Callable[[Glossary, Term], Iterator[tuple[str, str]]], ...] = (
    _definition, _kind, _related, _spelling_finds_its_term, _spelling_reads_as_its_term, _ambiguous_needs_context,
    _longer_words_do_not_count,
)  # fmt: skip


def _found(glossary: Glossary, text: str) -> list[tuple[str, str]]:
    """What stands in the text, and which term it is."""
    return [(mention.spelling, mention.term.name) for mention in glossary.find(text)]
