"""One home for key figures: `corpus/figures.yaml`, and whether every article states them as they stand there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.corpus.lint.finding import Finding
from tests.corpus.lint.page import Page
from tests.corpus.lint.sources import lint_source

_FILE = "figures.yaml"
_KEYS = {
    "name", "means", "value", "unit", "as_of", "source", "confidence", "says", "also", "older", "beside", "articles",
}  # fmt: skip
_OPTIONAL = {"also", "older", "beside"}
_NUMBER = (
    r"(?P<value>\d[\d.,]*(?: ?[–至-] ?\d[\d.]*)?(?: ?[万亿])?"
    r"|[一两二三四五六七八九十百]+(?:到[一两二三四五六七八九十]+)?)"
)
_WORDS = r"(?P<value>[^\s，。；：|÷“”]+?)"
_DAY = re.compile(r"20\d\d(?:-\d\d(?:-\d\d)?)?")
_OLD = re.compile(r"旧|早年|更早|原来|当时|以前|不再|到期|第一版|收费政策之前|20\d\d")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that several articles state.

    `value` is written as in the articles; `also` are other spellings of it, `older` values that may stand beside a
    year or a word that calls them old. `says` are patterns of sentences that state it, with `{value}` for a number and
    `{words}` for words. `beside` is what an article that states it must say as well (the day a price ended).
    """

    name: str
    means: str
    value: str
    unit: str
    as_of: str
    source: Mapping[str, str]
    confidence: str
    says: tuple[str, ...]
    articles: tuple[str, ...]
    also: tuple[str, ...] = ()
    older: tuple[str, ...] = ()
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """A place where an article states a figure: the value as given there, and its sentence."""

    value: str
    sentence: str
    at: int


def read_figures(text: str) -> tuple[Figure, ...]:
    """The entries of a YAML list. Raises ValueError for an entry with a missing or unknown key."""
    return tuple(_figure(entry) for entry in yaml.safe_load(text))


def _figure(entry: Mapping[str, Any]) -> Figure:
    missing, unknown = _KEYS - _OPTIONAL - entry.keys(), entry.keys() - _KEYS
    if missing or unknown:
        raise ValueError(f"{entry.get('name')}: missing {sorted(missing)}, unknown {sorted(unknown)}")
    says, articles, also, older = (tuple(map(str, entry.get(key, ()))) for key in ("says", "articles", "also", "older"))
    name, means, value, unit, as_of, confidence = (
        str(entry[key]) for key in ("name", "means", "value", "unit", "as_of", "confidence")
    )
    beside = str(entry.get("beside", ""))
    return Figure(name, means, value, unit, as_of, entry["source"], confidence, says, articles, also, older, beside)


def lint_figures(figures: Sequence[Figure], pages: Sequence[Page]) -> list[Finding]:
    """Figures that are not told whole, and articles that state another value, an older day, or state it unlisted."""
    found = [finding for figure in figures for finding in _entry(figure)]
    for figure in figures:
        patterns = [_pattern(text) for text in figure.says]
        stating = {page.name: list(_statements(page, patterns)) for page in pages}
        found += [finding for page in pages for finding in _page(figure, page, stating[page.name])]
        for name in figure.articles:
            if not stating.get(name):
                problem = f"{figure.name}: {name} does not state it"
                found.append(Finding(_FILE, 0, problem, "take the article off the list, or give `says` its sentence"))
    return found


def _entry(figure: Figure) -> Iterator[Finding]:
    if not _DAY.fullmatch(figure.as_of):
        yield Finding(_FILE, 0, f"{figure.name}: as_of {figure.as_of}", "write YYYY, YYYY-MM or YYYY-MM-DD")
    if figure.confidence not in {"高", "中", "低"}:
        yield Finding(_FILE, 0, f"{figure.name}: confidence {figure.confidence}", "write 高, 中 or 低")
    for problem, advice in lint_source(figure.source):
        yield Finding(_FILE, 0, f"{figure.name}: {problem}", advice)


def _page(figure: Figure, page: Page, statements: Sequence[Statement]) -> Iterator[Finding]:
    if statements and page.name not in figure.articles:
        yield page.finding(f"states {figure.name}", f"add it to the articles of {_FILE}", statements[0].at)
    if statements and figure.beside and figure.beside not in page.body:
        yield page.finding(f"states {figure.name} without {figure.beside}", "say both", statements[0].at)
    for stated in statements:
        if not _holds(figure, stated):
            yield page.finding(
                f"{figure.name} is {stated.value}, not {figure.value} {figure.unit}: {stated.sentence}",
                f"say what {_FILE} says, or change both",
                stated.at,
            )
        elif (day := _older_day(stated.sentence, figure.as_of)) and not _is_old(figure, stated.value):
            yield page.finding(f"{figure.name} as of {day}, not {figure.as_of}", f"say as of {figure.as_of}", stated.at)


def _holds(figure: Figure, stated: Statement) -> bool:
    if _plain(stated.value) in {_plain(value) for value in (figure.value, *figure.also)}:
        return True
    return _is_old(figure, stated.value) and _OLD.search(stated.sentence) is not None


def _is_old(figure: Figure, value: str) -> bool:
    return _plain(value) in {_plain(older) for older in figure.older}


def _older_day(sentence: str, as_of: str) -> str | None:
    """The day that the sentence gives as that of the figure (截至 …), if it lies before."""
    days = [day[1] for day in re.finditer(rf"截至 ?({_DAY.pattern})", sentence)]
    return next((day for day in days if day < as_of[: len(day)]), None)


def _statements(page: Page, patterns: Sequence[re.Pattern[str]]) -> Iterator[Statement]:
    for line in re.finditer(r"[^。；\n]+", page.body):
        for pattern in patterns:
            for match in pattern.finditer(line[0]):
                yield Statement(match["value"], line[0].strip(), line.start() + match.start())


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text.replace("{value}", _NUMBER, 1).replace("{words}", _WORDS, 1))


def _plain(value: str) -> str:
    return re.sub(r"[至-]", "–", re.sub(r"[\s,]", "", value))


def figures_below(directory: Path) -> tuple[Figure, ...]:
    """The figures of the file beside the articles' folder."""
    return read_figures((directory.parent / _FILE).read_text(encoding="utf-8"))
