"""What a model is asked: the passages as marked data, then the question, then the rules that matter, once more.

Few passages, whole, the best first. Rules and question stand behind them, so that they survive where a server silently
cuts the front; all of it fits 4096 tokens. What looks like a mark of ours inside a passage or a question is written
otherwise, and every line of a passage begins with a sign that nothing else has. Against orders in the data this helps a
little (marked data, Hines et al., arXiv 2403.14720); what holds is the check of what comes back.
"""

from __future__ import annotations

import datetime
import re
import secrets
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.generation.instructions import Instructions, instructions, rewriting_instructions
from bot.generation.model import Source
from bot.generation.outcomes import Message
from bot.generation.verification import NO_ANSWER

PASSAGES = 6
LENGTH = 2600
"""Characters of all passages of one request together."""

_LINE = 400
_MARK = re.compile(r"[\[［【]\s*([^\[\]［］【】\n]{0,12}?[0-9０-９]+)\s*[\]］】]")
_REPEATED = re.compile(r"([#=`])\1{2,}")
_ANGLES = str.maketrans({"<": "‹", ">": "›", "│": None})


@dataclass(frozen=True, slots=True)
class Prompt:
    """A request. `sources` are those that it holds, in their order, and `places` where they stood among all that were
    offered, from 0; `secrets` is what an answer must not repeat.
    """

    messages: tuple[Message, ...]
    sources: tuple[Source, ...]
    places: tuple[int, ...]
    secrets: tuple[str, ...]

    @property
    def length(self) -> int:
        """Characters of all messages."""
        return sum(len(message.content) for message in self.messages)


def prompt(
    question: str,
    sources: Sequence[Source],
    *,
    language: str,
    today: datetime.date,
    terms: Sequence[tuple[str, str]] = (),
    nonce: str | None = None,
) -> Prompt:
    """The request for an answer to a question from sources, the best first; those for which there is no room are left
    out. `terms` are spellings of the question with what they stand for.
    """
    nothing = NO_ANSWER[language]
    mark, said = nonce or secrets.token_hex(8), instructions(language)
    places, ask = _that_fit(sources), said.ask.format(today=today.isoformat(), nothing=nothing)
    held = tuple(sources[place] for place in places)
    lines = [said.sources.format(mark=mark, count=len(held))]
    for n, source in enumerate(held, start=1):
        lines += [*_shown(source, f"{said.source} {n}·{mark}", said), ""]
    if terms:
        lines.append(said.terms + "；".join(f"{_one_line(spelling)} = {name}" for spelling, name in terms))
    lines += [f"{said.question}{_one_line(question)}", ask]
    rules = said.rules.format(nothing=nothing)
    messages = (Message("system", rules), Message("user", "\n".join(lines)))
    return Prompt(messages, held, places, (rules, ask, mark))


def rewriting_prompt(message: str, earlier: str | None, *, language: str) -> tuple[Message, ...]:
    """The request for one question that asks what a message asks, which may go on from an earlier question."""
    said = rewriting_instructions(language)
    lines = [f"{said.earlier}{_one_line(earlier)}"] if earlier else []
    lines += [f"{said.message}{_one_line(message)}", said.ask]
    return Message("system", said.rules), Message("user", "\n".join(lines))


def escaped(text: str) -> str:
    """A text in which nothing is hidden and nothing looks like a mark of ours."""
    kept = "".join(c for c in text if c == "\n" or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"})
    return _REPEATED.sub(r"\1", _MARK.sub(r"〔\1〕", kept.translate(_ANGLES)))


def _that_fit(sources: Sequence[Source]) -> tuple[int, ...]:
    """The places of the first few for which there is room; there always is for the best."""
    places: list[int] = []
    room = LENGTH
    for place, source in enumerate(sources[:PASSAGES]):
        if not places or len(source.text) <= room:
            places.append(place)
            room -= len(source.text)
    return tuple(places)


def _shown(source: Source, mark: str, said: Instructions) -> Iterator[str]:
    """A source between its marks, every line behind a sign."""
    headings = "".join(f" > {_one_line(heading)}" for heading in source.headings if heading != source.title)
    date = said.updated.format(date=source.date.isoformat()) if source.date else ""
    yield f"‹{mark}› 《{_one_line(source.title)}》{headings}{date}"
    for line in escaped(source.text).splitlines():
        yield from (f"│ {line[at : at + _LINE]}" for at in range(0, len(line), _LINE))
    yield f"‹/{mark}›"


def _one_line(text: str) -> str:
    return " ".join(escaped(text).split())
