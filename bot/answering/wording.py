"""What is said before, or instead of, the quotes of an answer: the same words on every surface."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from bot.answering.message_text import MAX_LENGTH
from bot.locales import Texts
from bot.model import Answer, Citation, Quote, Remark, SmallTalk, Statement, Status


@dataclass(frozen=True, slots=True)
class Paragraph:
    """What is shown in one piece, and what is said above it: of which question of several it is, and the heading
    without which it cannot be read; each empty where there is none.

    `text` is empty where a question of several has no answer. `source` is the number behind it, 0 where it has none of
    its own.
    """

    said: str
    heading: str
    text: str
    source: int

    @property
    def mark(self) -> str:
        """What stands behind the text."""
        return f" [{self.source}]" if self.source and self.text else ""


def understood(answer: Answer, words: Texts) -> str | None:
    """As what the message was answered, where that is not what it says by itself."""
    if not answer.understood:
        return None
    return words("understood" if answer.earlier else "understood_alone", question=answer.understood)


def paragraphs(answer: Answer, words: Texts, *, folded: bool) -> tuple[Paragraph, ...]:
    """What is shown of an answer at once, question by question where it is one to several, or what is folded."""
    if answer.statements and not folded:
        return tuple(_written(answer.statements, words))
    quotes = [quote for quote in answer.quotes if quote.folded is folded]
    if folded or not answer.parts:
        return tuple(_read_as_one(quotes))
    found: list[Paragraph] = []
    for part in answer.parts:
        own = [quote for quote in quotes if quote in part.quotes]
        quotes = [quote for quote in quotes if quote not in own]
        shown = _read_as_one(own) or [Paragraph("", "", "", 0)]
        key = "part_above" if part.quotes and not own else _PARTS[part.status]
        found += [replace(shown[0], said=words(key, question=part.question)), *shown[1:]]
    return (*found, *_read_as_one(quotes))


_PARTS = {Status.ANSWERED: "part_answered", Status.UNSURE: "part_unsure", Status.REFUSED: "part_refused"}


def _read_as_one(quotes: Sequence[Quote]) -> list[Paragraph]:
    """Quotes as they are read, those that go on together with the one before."""
    found: list[Paragraph] = []
    for quote in quotes:
        if quote.goes_on and found:
            found[-1] = replace(found[-1], text=f"{found[-1].text}\n{quote.display}")
        else:
            found.append(Paragraph("", quote.heading, quote.display, quote.source))
    return found


def days_of(day: date | None, checked: date | None, words: Texts) -> str:
    """From when an article is, and behind it the day up to which it was checked where that is the later one."""
    days = [words("source_date", date=day.isoformat())] if day else []
    if checked and (day is None or checked > day):
        days.append(words("source_checked", date=checked.isoformat()))
    return " · ".join(days) or words("no_date")


def _written(statements: Sequence[Statement], words: Texts) -> Iterator[Paragraph]:
    """What a model wrote, section by section, and that it did."""
    for key, said in groupby(statements, key=lambda statement: statement.section):
        lines = written_lines(tuple(said))
        if key == _STEPS and len(lines) > 1:
            lines = [f"{n}. {line}" for n, line in enumerate(lines, start=1)]
        yield Paragraph("", "" if key == _CONCLUSION else words(key), "\n".join(lines), 0)
    yield Paragraph(words("written_note"), "", "", 0)


def written_lines(statements: Sequence[Statement], *, marks: bool = True) -> list[str]:
    """Statements line by line, with the numbers of their sources before the end of each where `marks` are wanted."""
    lines: list[str] = []
    for said in statements:
        text = _marked(said) if marks else said.text
        if said.goes_on and lines:
            lines[-1] += text if lines[-1].endswith(_FULL_WIDTH_ENDS) else f" {text}"
        else:
            lines.append(text)
    return lines


def _marked(said: Statement) -> str:
    if not said.sources:
        return said.text
    words = said.text.rstrip(_ENDS)
    return f"{words} {''.join(f'[{n}]' for n in said.sources)}{said.text[len(words) :]}"


_FULL_WIDTH_ENDS = ("。", "！", "？", "；")
_ENDS = "".join(_FULL_WIDTH_ENDS) + ".!?;"

_CONCLUSION, _STEPS = "written_conclusion", "written_steps"


def sources_of(answer: Answer, *, folded: bool) -> tuple[Citation, ...]:
    """The sources of what is shown at once, or those of what only the fold shows."""
    shown = {quote.source for quote in answer.quotes if not quote.folded}
    shown |= {source for said in answer.statements for source in said.sources}
    hidden = {quote.source for quote in answer.quotes if quote.folded} - shown
    return tuple(source for source in answer.sources if (source.n in hidden) is folded)


def fold_title(answer: Answer, words: Texts) -> str:
    """What stands above what is folded."""
    return words("written_evidence" if answer.statements else "more_quotes")


def titled(title: str, words: Texts) -> str:
    """A title with the mark that parts it from what follows in the same piece."""
    return f"{title}：" if words.language == "zh" else f"{title}: "


_AND = "、"


def instead_of_quotes(answer: Answer, words: Texts) -> str:
    """What is said where there is nothing to quote: to small talk, to what is not clear, to what was not found."""
    if answer.status is Status.SMALLTALK:
        return words(answer.small_talk or SmallTalk.GREETING)
    if answer.remark is not None and not answer.searched:
        lines = [words(answer.remark, limit=MAX_LENGTH)]
        asked_back = answer.remark is Remark.BARE
    else:
        said = (
            words("refused_platform", platforms=_AND.join(answer.uncovered)) if answer.uncovered else words("refused")
        )
        lines = [*before_quotes(answer, words), said]
        asked_back = answer.incomplete
    return "\n".join([*lines, *([words("refused_incomplete")] if asked_back else [])])


def before_quotes(answer: Answer, words: Texts) -> list[str]:
    """The lines above everything else: that a link was not opened, which platform the answer is for."""
    lines = [words(Remark.LINK)] if answer.remark is Remark.LINK else []
    return [*lines, words("assumed_platform", platform=answer.assumed)] if answer.assumed else lines
