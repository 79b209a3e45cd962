"""`siyu funnel`: a merchant's numbers on the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.answering.message_text import language
from bot.errors import BotError, ConfigurationError
from bot.insights.fonts import can_draw, drawable
from bot.insights.funnel.document import document
from bot.insights.funnel.explaining_articles import EXPLAINING
from bot.insights.funnel.picture import funnel_picture
from bot.insights.funnel.report import Report, report
from bot.insights.funnel.tables import read
from bot.insights.funnel.wording import EXAMPLE, FunnelWords, formula_lines, plan_lines, result_lines
from bot.locales import Texts, texts


class NothingToDraw(BotError):
    """A picture was wanted of what cannot be drawn; the message says why."""


class NothingSaid(ConfigurationError):
    """No text, or one without a number."""


class CountedFunnel:
    """A text's report, shown as lines, as a JSON object or as a picture. Raises NothingSaid where it has no number."""

    def __init__(self, text: str) -> None:
        reading = read(text)
        self._words = texts(language(text))
        if reading.empty:
            said = self._words("funnel_none"), self._words("funnel_usage", example=EXAMPLE)
            raise NothingSaid(" ".join(said).replace("\n", " "))
        self._report = report(reading)

    def document(self) -> dict[str, Any]:
        """For `--json`."""
        return document(self._report, self._words)

    def lines(self) -> tuple[str, ...]:
        """For a terminal: results, formulas, articles."""
        return tuple(report_lines(self._report, self._words))

    def draw(self, file: Path, *, dark: bool) -> None:
        """The picture as a PNG file. Raises NothingToDraw."""
        funnel = self._report.funnel
        if not can_draw():
            raise NothingToDraw(self._words("funnel_no_drawing"))
        if funnel is None or not self._report.drawable:
            raise NothingToDraw(self._words("funnel_nothing_to_draw"))
        file.write_bytes(funnel_picture(funnel, drawable(self._words), dark=dark, title=self._report.statement.label))

    def remark(self) -> str:
        """What has to be said beside the picture, empty where nothing has."""
        return "" if drawable(self._words) is self._words else self._words("funnel_no_chinese_font")


def report_lines(found: Report, words: Texts) -> Iterator[str]:
    """Everything that a report says, in the order of its importance."""
    named = FunnelWords(words)
    yield from map(named.impossible, found.impossible)
    if found.funnel is not None:
        yield from result_lines(found.funnel, words)
        yield from map(named.change, found.changes)
        yield from () if found.plan is None else plan_lines(found.plan, words)
    yield from map(named.ask, found.asks)
    if found.funnel is not None:
        yield ""
        yield words("funnel_understood", figures=named.statement(found.statement))
        yield from formula_lines(found.funnel, words)
    if found.stage is not None:
        yield words("funnel_articles", articles=words("funnel_comma").join(EXPLAINING[found.stage]))
