"""The rules of the starter articles: what a merchant's trust hangs on."""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from tests.corpus.lint.finding import Finding
from tests.corpus.lint.page import LINK, Page, letters
from tests.corpus.lint.scripts import lint_scripts
from tests.corpus.lint.sources import lint_source

TOPICS = {
    "小红书规则", "小红书获客", "微信与企业微信", "漏斗与指标", "转化与复购", "内容与投放", "法律合规", "案例",
    "行业打法", "起步与工具",
}  # fmt: skip
PLATFORM_TOPICS = {"小红书规则", "小红书获客", "微信与企业微信"}

_FIRST_DAY = datetime.date(2026, 1, 1)
_FEWEST_ARTICLES = 150
_FEWEST_CHARACTERS = 260_000
_SHINGLE = 30
_MOST_SHARED = 8
_COPIED = 25
_BEGINNING = 45
_SECTION = re.compile(r"^#{2,3} +(?P<heading>.+)\n+(?P<first>[^\n#]+)", re.MULTILINE)
_FIGURE_OR_NONE = re.compile(
    r"\d|[一二两三四五六七八九十百]+[个次天条篇成人元倍小步样种位月年分档]|没有|没核|看|按|取决|公布"
)
_YES_OR_NO = re.compile(r"吗|能不能|会不会|要不要|是不是|算不算|该不该|值不值")
_ONLY_LEADS_IN = re.compile(r"[^。？！：\d]{1,44}：")
_ANSWERS_YES_OR_NO = re.compile(r"不|能|可以|会|要|需|算|没|有|是|得|应|行|值|够|建议|只|看")
_SAMPLED = 6
"""One in so many runs of a text is looked up."""


def lint_articles(directory: Path) -> list[Finding]:
    """All findings about the articles in a folder."""
    pages = pages_below(directory)
    return [
        *(finding for page in pages for finding in lint_page(page)),
        *too_little(pages),
        *too_similar(pages),
        *asked_twice(pages),
    ]


def pages_below(directory: Path) -> list[Page]:
    """The articles of a folder, by name."""
    return [Page(file) for file in sorted(directory.glob("*.md"))]


def lint_page(page: Page, copied: frozenset[str] | None = None) -> list[Finding]:
    """All findings about one article; `copied` are digests of runs that it must not have, the fact sheet's if None."""
    if page.meta is None:
        return [page.finding("no front matter", "begin with `---`, YAML keys and values, and `---`")]
    found = [finding for rule in _RULES for finding in rule(page, page.meta)]
    return [*found, *lint_scripts(page), *_copied(page, fact_sheet_runs() if copied is None else copied)]


# ── The head ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _head(page: Page, meta: Mapping[str, Any]) -> Iterator[Finding]:
    if not 6 <= len(str(meta.get("title", ""))) <= 45:
        yield page.finding(f"title {meta.get('title')!r}", "write one of 6 to 45 characters")
    if meta.get("topic") not in TOPICS:
        yield page.finding(f"topic {meta.get('topic')!r}", f"take one of {'、'.join(sorted(TOPICS))}")
    if meta.get("confidence") not in {"高", "中", "低"}:
        yield page.finding(f"confidence {meta.get('confidence')!r}", "write 高, 中 or 低")
    if not 2 <= len(meta.get("tags") or ()) <= 8:
        yield page.finding(f"tags {meta.get('tags')!r}", "give 2 to 8")


def _days(page: Page, meta: Mapping[str, Any]) -> Iterator[Finding]:
    given = {key: meta.get(key) for key in ("date", "updated", "checked")}
    days = {key: day for key, day in given.items() if isinstance(day, datetime.date)}
    named = "、".join(f"{key} {day}" for key, day in given.items())
    if len(days) < len(given):
        yield page.finding(named, "give all three as YYYY-MM-DD")
        return
    if not _FIRST_DAY <= days["date"] <= min(days["updated"], days["checked"]):
        yield page.finding(
            named,
            f"keep {_FIRST_DAY} <= date (written) <= updated (text changed), checked (facts held against sources)",
        )
    expires = meta.get("expires")
    if "expires" not in meta:
        if meta.get("topic") in PLATFORM_TOPICS - {"小红书规则"}:
            yield page.finding("no expires", "platform rules and prices change: say until when to trust")
    elif not isinstance(expires, datetime.date) or expires <= days["updated"]:
        yield page.finding(f"expires {expires!r}", "give a day after updated")


def _sources(page: Page, meta: Mapping[str, Any]) -> Iterator[Finding]:
    sources = meta.get("sources")
    if not isinstance(sources, list) or not sources:
        yield page.finding("no sources", "list where the facts come from, each with a name")
        return
    for source in sources:
        if not isinstance(source, dict) or not set(source) <= {"name", "url"}:
            yield page.finding(f"source {source!r}", "give name and url, nothing else")
            continue
        for problem, advice in lint_source(source):
            yield page.finding(problem, advice)


# ── The text ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _length(page: Page, meta: Mapping[str, Any]) -> Iterator[Finding]:
    if not 1200 <= page.length <= 3000:
        yield page.finding(f"{page.length} characters", "write 1200 to 3000, or make it two articles")


def _headings(page: Page, meta: Mapping[str, Any]) -> Iterator[Finding]:
    if page.body.lstrip().startswith("#"):
        yield page.finding("begins with a heading", "put the answer before the first heading", 0)
    if main := re.search(r"^# ", page.body, re.MULTILINE):
        yield page.finding("a heading of the first level", "leave the title to the front matter", main.start())
    if not 4 <= len(page.headings) <= 14:
        yield page.finding(f"{len(page.headings)} headings", "make it 4 to 14")
    seen: set[str] = set()
    for heading in page.headings:
        if heading[1] in seen:
            yield page.finding(
                f"heading {heading[1]!r} twice", "give each section a heading of its own", heading.start()
            )
        seen.add(heading[1])
        if not 4 <= len(heading[1]) <= 34:
            yield page.finding(f"heading {heading[1]!r}", "write 4 to 34 characters", heading.start())


_BARE_ANSWER = re.compile(r"(不?[会能算行对是要]|不?可以|不?需要|不用|没?有|不急|值得|违规)[。，；！]")


def _paragraphs(page: Page, meta: Mapping[str, Any]) -> Iterator[Finding]:
    """A paragraph is quoted alone, so it must be short and must not point at what stands above it."""
    for match in re.finditer(r"\S(?:.|\n(?!\s*\n))*", page.body):
        text = match[0].strip()
        if not re.match(r"[-|\d#]", text) and len(text) > 330:
            yield page.finding(f"a paragraph of {len(text)} characters", "split it: 330 at most", match.start())
        if pointing := re.match(r"(它|上述|如上|前面说|综上)", text):
            yield page.finding(f"a paragraph begins with {pointing[0]}", "name what it is about", match.start())
        if bare := _BARE_ANSWER.match(text):
            yield page.finding(
                f"a paragraph begins with {bare[0]}",
                "say to what, since another question may be shown it",
                match.start(),
            )


def _answers_first(page: Page, meta: Mapping[str, Any]) -> Iterator[Finding]:
    """What is shown of a section is its first unit, so that has to hold what the heading makes a reader ask for."""
    for match in _SECTION.finditer(page.body):
        heading, first = match["heading"], match["first"]
        sentence = re.split(r"[。！？]", first)[0][:_BEGINNING]
        if re.search(r"[几多]少|几[个次天条篇年月种号位]|多[久长]", heading) and not _FIGURE_OR_NONE.search(first):
            yield page.finding(
                f"{heading!r} without a figure first", "begin with it, or say that none is known", match.start()
            )
        elif _YES_OR_NO.search(heading) and not _ANSWERS_YES_OR_NO.search(sentence):
            yield page.finding(f"{heading!r} without yes or no first", "begin with it", match.start())
        elif heading.endswith("？") and not re.search("怎么|哪|什么", heading) and _ONLY_LEADS_IN.fullmatch(first):
            yield page.finding(
                f"{heading!r} is met by {first!r}", "begin with the answer, then the list", match.start()
            )


def _links(page: Page, meta: Mapping[str, Any]) -> Iterator[Finding]:
    for match in LINK.finditer(page.body):
        if not match[1].startswith(("http://", "https://")) and not (page.file.parent / match[1]).is_file():
            yield page.finding(f"dead link {match[1]}", "link an article that is there", match.start())


def _leftovers(page: Page, meta: Mapping[str, Any]) -> Iterator[Finding]:
    for match in re.finditer(r"\bS\d{3}\b|事实表|TODO|本文由", page.body):
        yield page.finding(f"{match[0]} of the writing process", "take it out", match.start())


def _looked_for(page: Page, meta: Mapping[str, Any]) -> Iterator[Finding]:
    """“Not found” is worth what was looked through."""
    missed = re.search(r"没有查到|没有核到|没有取到|未核到|未查到", page.body)
    if missed and not re.search(r"查的是|查过", page.body):
        yield page.finding(f"{missed[0]} without where", "say what was looked through (查的是……)", missed.start())


def _dated_figures(page: Page, meta: Mapping[str, Any]) -> Iterator[Finding]:
    if meta.get("topic") in PLATFORM_TOPICS and len(re.findall(r"20\d\d(?:-\d\d)?", page.body)) < 3:
        yield page.finding("figures without a date", "say as of when a rule or price holds, 3 times at least")


_RULES: tuple[Callable[[Page, Mapping[str, Any]], Iterator[Finding]], ...] = (
    _head, _days, _sources, _length, _headings, _paragraphs, _answers_first, _links, _leftovers, _looked_for,
    _dated_figures,
)  # fmt: skip


# ── Copied text ───────────────────────────────────────────────────────────────────────────────────────────────────


def fact_sheet_runs() -> frozenset[str]:
    """Digests of runs of the fact sheet's sentences; the sheet itself is not here."""
    return frozenset((Path(__file__).parent / "fact_sheet_runs.txt").read_text(encoding="ascii").split())


def sampled_runs(text: str) -> Iterator[tuple[str, str]]:
    """Digest and text of the runs of 25 letters in a sentence; of all runs those whose digest falls on one in six.

    A copied sentence of 40 letters has sixteen runs, so nearly every copy meets the sample.
    """
    for sentence in re.split(r"[。！？；\n|]", text):
        plain = letters(sentence)
        for start in range(len(plain) - _COPIED + 1):
            run = plain[start : start + _COPIED]
            digest = hashlib.sha256(run.encode()).hexdigest()[:10]
            if int(digest, 16) % _SAMPLED == 0:
                yield digest, run


def _copied(page: Page, copied: frozenset[str]) -> Iterator[Finding]:
    for digest, run in sampled_runs(page.body):
        if digest in copied:
            yield page.finding(f"copied from the fact sheet: {run}", "say it in words of your own")


# ── All articles together ─────────────────────────────────────────────────────────────────────────────────────────


def too_little(pages: Sequence[Page]) -> Iterator[Finding]:
    """Whether a merchant finds enough to read."""
    characters = sum(page.length for page in pages)
    missing = TOPICS - {page.meta["topic"] for page in pages if page.meta and "topic" in page.meta}
    if len(pages) < _FEWEST_ARTICLES:
        yield Finding("articles", 0, f"{len(pages)} articles", f"have {_FEWEST_ARTICLES} at least")
    if characters < _FEWEST_CHARACTERS:
        yield Finding("articles", 0, f"{characters} characters", f"have {_FEWEST_CHARACTERS} at least")
    if missing:
        yield Finding("articles", 0, f"nothing about {'、'.join(sorted(missing))}", "have an article on every topic")


def too_similar(pages: Sequence[Page]) -> Iterator[Finding]:
    """Pairs of articles that share runs of 30 letters."""
    runs = [(page, _shingles(page.letters)) for page in pages]
    for (one, mine), (other, theirs) in combinations(runs, 2):
        shared = mine & theirs
        if len(shared) > _MOST_SHARED:
            yield one.finding(f"says the same as {other.name}: {min(shared)}", "say it in one of the two and link it")


def asked_twice(pages: Sequence[Page]) -> Iterator[Finding]:
    """Headings that stand in two articles: what is answered twice is sooner or later answered differently."""
    homes: dict[str, Page] = {}
    for page, heading in ((each, heading) for each in pages for heading in each.headings):
        home = homes.setdefault(letters(heading[1]), page)
        if home is not page:
            yield page.finding(
                f"heading {heading[1]!r} of {home.name}", "answer it in one of the two and link it", heading.start()
            )


def _shingles(text: str) -> set[str]:
    return {text[at : at + _SHINGLE] for at in range(len(text) - _SHINGLE)}
