"""What a web page says of itself: its head, JSON-LD, marked-up dates, and the scripts of two platforms."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PageElement

from corpus.characters import one_line
from corpus.parsing.metadata import Metadata, Value, field_of, metadata_from, web_address
from corpus.parsing.platforms import facts_in_scripts
from corpus.parsing.visibility import BLOCKS, words

_SITE_SUFFIX = re.compile(r"(?:\s+[-–—]\s+|\s*[|｜_]\s*)[^|｜_]{1,20}$")
_ADDED = ("date", "updated", "expires")
# What stands before the key proper: `article:published_time`, `DC.date.issued`, `parsely-pub-date`.
_PREFIX = re.compile(r"^.*[:.]|^(?:parsely|sailthru|dcterms?|og|article|cxense|baidu|_)-?", re.I)
_NOT_OF_THE_ARTICLE = re.compile(r"comment|review|person|organization|breadcrumb|imageobject|event|offer", re.I)
_LOOSE_DATE = re.compile(r'"(datePublished|dateModified|dateCreated|pubDate|upDate)"\s*:\s*"([^"\n]{4,40})"')
_OUTSIDE = re.compile(r"comment|related|recommend|sidebar|widget|reply", re.I)
_NAMED_TIME = re.compile(
    r"publish|pub-?date|created|updated|modified|byline|posted|entry-date|post-meta|meta|time", re.I
)
_OF_AN_EVENT = re.compile(r"event|activity|deadline|countdown|活动|截止|开始|结束|报名|开课|生效|有效|开业|会议", re.I)
_UPDATED = re.compile(r"updat|modif|edit|更新|编辑于|修改", re.I)
# Classes of the lines that tell a day on sites whose pages people save.
_SITE_TIME = re.compile(r"^(?:ContentItem-time|article-time|publish-time|post-date|entry-date|pubtime)$")
_LONGEST_LINE = 60
_LONGEST_LABEL = 12
_MOST_CANDIDATES = 50
_LINES = BLOCKS | {"br", "span", "[document]"}  # what begins and ends a line, or a part of a line that stands alone


def page_metadata(soup: BeautifulSoup) -> Metadata:
    """What the page says of its article; fragments without a head say nothing but their marked-up dates."""
    if soup.find(_tells) is None:
        return Metadata()
    marked = metadata_from(facts_in_scripts(soup)).or_else(_marked_up(soup))
    if soup.find(["title", "meta", "link"]) is None:
        return Metadata(date=marked.date, updated=marked.updated, author=marked.author)
    meta = {name: str(tag.get("content") or "") for tag in soup.find_all("meta") if (name := _meta_name(tag))}
    canonical = soup.find("link", rel="canonical")
    address = str(canonical.get("href") or "") if isinstance(canonical, Tag) else ""
    head = metadata_from(
        {
            "title": meta.get("og:title") or _title(soup),
            "author": meta.get("author") or meta.get("article:author") or "",
            "url": web_address(address) or web_address(meta.get("og:url") or "") or "",
        }
    )
    return head.or_else(_dates_of(meta)).or_else(marked)


def _tells(tag: Tag) -> bool:
    return tag.name in {"title", "meta", "link", "script", "time"} or tag.has_attr("itemprop")


def _meta_name(tag: Tag) -> str:
    name = str(tag.get("property") or tag.get("name") or tag.get("itemprop") or "").strip().lower()
    header = str(tag.get("http-equiv") or "").strip().lower()  # `expires` there is about the browser's cache
    return name or (header if header == "last-modified" else "")


def _title(soup: BeautifulSoup) -> str:
    """The only main heading, or of several the one that the title of the page names first, else that title."""
    tag = soup.find("title")
    whole = tag.get_text(" ", strip=True) if isinstance(tag, Tag) else ""
    headings = [text for heading in soup.find_all("h1", limit=20) if (text := one_line(heading.get_text(" ")))]
    if len(headings) == 1:
        return headings[0]
    named = [text for text in headings if len(text) > 1 and text in whole]
    return min(named, key=whole.find) if named else _SITE_SUFFIX.sub("", whole)


def _dates_of(values: Mapping[str, str]) -> Metadata:
    """The dates among named values, their names with or without the vocabulary they come from."""
    dates: dict[str, Value] = {}
    for name, value in values.items():
        for key in (name, _PREFIX.sub("", name)):
            if field_of(key) in _ADDED:
                dates.setdefault(key, value)
    return metadata_from(dates)


def _marked_up(soup: BeautifulSoup) -> Metadata:
    """JSON-LD first, then properties and times in the text."""
    found = Metadata()
    for values in (*_linked_data(soup), *_properties(soup), *_times(soup)):
        found = found.or_else(metadata_from(values))
    return found


def _linked_data(soup: BeautifulSoup) -> Iterator[dict[str, Value]]:
    for script in soup.find_all("script", type=re.compile(r"^application/ld\+json", re.I), limit=_MOST_CANDIDATES):
        text = script.get_text()
        try:
            data = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            yield dict(_LOOSE_DATE.findall(text))
            continue
        for item in _items(data):
            yield _said_by(item)


def _items(data: object) -> Iterator[Mapping[str, object]]:
    """The objects at the top and in its graph that are about the article."""
    tops = data if isinstance(data, list) else [data]
    for top in tops[:_MOST_CANDIDATES]:
        if not isinstance(top, Mapping):
            continue
        graph = top.get("@graph")
        for item in (top, *(graph[:_MOST_CANDIDATES] if isinstance(graph, list) else ())):
            if isinstance(item, Mapping) and not _NOT_OF_THE_ARTICLE.search(str(item.get("@type") or "")):
                yield item


def _said_by(item: Mapping[str, object]) -> dict[str, Value]:
    values: dict[str, Value] = {
        key: str(value) for key, value in item.items() if isinstance(value, str | int) and field_of(key) in _ADDED
    }
    author = item.get("author")
    first = author[0] if isinstance(author, list) and author else author
    name = first.get("name") if isinstance(first, Mapping) else first
    if isinstance(name, str):
        values["author"] = name
    return values


def _properties(soup: BeautifulSoup) -> Iterator[dict[str, Value]]:
    for tag in soup.find_all(itemprop=True, limit=_MOST_CANDIDATES):
        for name in words(tag, "itemprop"):
            if field_of(name) in _ADDED and not _is_outside(tag):
                yield {name: _value_of(tag)}


def _times(soup: BeautifulSoup) -> Iterator[dict[str, Value]]:
    """Times that are called those of the article, or that stand alone on a short line; others are part of its text."""
    for tag in soup.find_all(["time", "span", "div", "p", "em"], class_=_SITE_TIME, limit=10):
        if not _is_outside(tag):
            yield {_kind(tag): _value_of(tag)}
    for tag in soup.find_all("time", limit=_MOST_CANDIDATES):
        if not _is_outside(tag) and (_is_named(tag) or _stands_alone(tag)):
            yield {_kind(tag): _value_of(tag)}


def _kind(tag: Tag) -> str:
    told = " ".join([*words(tag, "class"), *words(tag, "itemprop"), tag.get_text()[:40]])
    before = str(tag.previous_sibling or "")[-12:]
    return "updated" if _UPDATED.search(told) or _UPDATED.search(before) else "date"


def _value_of(tag: Tag) -> str:
    return str(tag.get("datetime") or tag.get("content") or tag.get_text(" ", strip=True))


def _is_named(tag: Tag) -> bool:
    parent = tag.parent
    names = [*words(tag, "class"), *(words(parent, "class") if parent else [])]
    if any(map(_OF_AN_EVENT.search, names)):
        return False
    return tag.has_attr("pubdate") or any(map(_NAMED_TIME.search, names)) or tag.find_parent("header") is not None


def _stands_alone(tag: Tag) -> bool:
    """The line it stands on says little else."""
    line = tag
    while line.parent is not None and line.parent.name not in _LINES:
        line = line.parent
    text = " ".join([*reversed(_beside(line.previous_siblings)), _text(line), *_beside(line.next_siblings)])
    if len(text) > _LONGEST_LINE or _OF_AN_EVENT.search(text):
        return False
    return len(text) <= len(_text(tag)) + _LONGEST_LABEL


def _beside(siblings: Iterable[PageElement]) -> list[str]:
    """What stands on the same line, up to the next block, and no more than tells that the line is long."""
    texts: list[str] = []
    for node in islice(siblings, _MOST_CANDIDATES):
        if (isinstance(node, Tag) and node.name in _LINES) or sum(map(len, texts)) > _LONGEST_LINE:
            break
        if text := _text(node):
            texts.append(text)
    return texts


def _text(node: PageElement) -> str:
    return node.get_text(" ", strip=True) if isinstance(node, Tag | NavigableString) else ""


def _is_outside(tag: Tag) -> bool:
    if tag.find_parent(["aside", "nav"]) is not None:
        return True
    around = (at for at in tag.parents if at.name not in {"html", "body"})
    return any(_OUTSIDE.search(" ".join([*words(at, "class"), str(at.get("id") or "")])) for at in around)
