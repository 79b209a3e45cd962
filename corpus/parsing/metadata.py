"""What an article says about itself: loose values as found, made into typed ones."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from urllib.parse import urlsplit

from corpus.characters import one_line
from corpus.model import Source
from corpus.parsing.dates import parse_date

# A value as front matter gives it: text, a list of such, or named values (an entry of `sources`).
Value = str | Sequence["Value"] | Mapping[str, "Value"]

LONGEST_LIST = 50
_LONGEST_VALUE = 500
_LONGEST_URL = 2000

# Keys as `folded_key` gives them, each list in order of precedence.
_KEYS = {
    "title": ("title", "标题"),
    "author": ("author", "authors", "作者"),
    "date": (
        *("date", "published", "publishdate", "publisheddate", "publishedat", "publishedon", "publishedtime"),
        *("publishtime", "publicationdate", "datepublished", "pubdate", "pubtime", "posted", "postedat", "postdate"),
        *("issued", "releasedate", "created", "createdat", "createat", "createdon", "createddate", "createdate"),
        *("createdtime", "createtime", "creationdate", "datecreated", "uploaddate", "ctime"),
        *("日期", "发布时间", "发布日期", "发布于", "发表时间", "发表日期", "发表于", "创建时间", "创建日期", "创建于"),
        *("撰写日期", "写作时间"),
    ),
    "updated": (
        *("updated", "updatedat", "updateat", "updatedon", "updatedate", "updateddate", "updatetime", "updatedtime"),
        *("lastupdated", "lastupdate", "lastupdatedat", "lastupdatedtime", "update", "dateupdated"),
        *("modified", "modifiedat", "modifieddate", "modifiedtime", "datemodified", "lastmod", "lastmodified"),
        *("lastmodifiedat", "lastmodifiedtime", "lastedited", "lasteditedtime", "edited", "revised", "mtime"),
        *("更新时间", "更新日期", "更新于", "最后更新", "最后更新时间", "最近更新", "最近更新时间", "修改时间"),
        *("修改日期", "最后修改", "最后修改时间", "编辑于", "最后编辑", "最后编辑时间", "上次编辑时间", "修订日期"),
    ),
    "expires": (
        *("expires", "expired", "expiry", "expirydate", "expirationdate", "expiresat", "validuntil", "validthrough"),
        *("有效期", "有效期至", "失效日期", "失效时间", "到期日期", "到期时间"),
    ),
    "checked": ("checked", "核对日期", "核对至"),
    "url": ("url", "link", "source", "original", "原文", "原文链接", "链接", "来源"),
    "lang": ("lang", "language", "语言"),
    "topic": ("topic", "主题"),
    "categories": ("categories", "category", "分类"),
    "tags": ("tags", "tag", "keywords", "标签", "关键词"),
    "sources": ("sources", "references", "参考", "参考资料"),
    "confidence": ("confidence", "可信度"),
    "questions": ("questions", "问法"),
}
_FIELDS = {key: name for name, keys in _KEYS.items() for key in keys}
_KEY_BREAKS = re.compile(r"[\s_.-]+")

_LIST_BREAK = re.compile(r"[,，、;；]\s*|`\s+`?|`")
_LINKED_NAME = re.compile(r"\[([^\]]+)\]\(([^)\s]*)\)")
_BARE_URL = re.compile(r"https?://[^\s<>\"'，。；、（）【】《》“”]+", re.I)
_LOST_QUOTES = re.compile(r"(?<![A-Za-z0-9])_([^_]+)_(?![A-Za-z0-9])|_([^_]*[\u4e00-\u9fff][^_]*)_")


@dataclass(frozen=True, slots=True)
class Metadata:
    """The typed front matter of an article; whatever it does not say is None or empty."""

    title: str | None = None
    author: str | None = None
    date: datetime.date | None = None
    updated: datetime.date | None = None
    expires: datetime.date | None = None
    checked: datetime.date | None = None
    url: str | None = None
    lang: str | None = None
    topic: str | None = None
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    confidence: str | None = None
    questions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """By heading, other words in which people ask what stands below it; "" for the article as a whole."""

    def or_else(self, other: Metadata) -> Metadata:
        """These values, with the other's wherever nothing is said here."""
        missing = {field.name: getattr(other, field.name) for field in fields(self) if not getattr(self, field.name)}
        return replace(self, **missing)


def folded_key(key: str) -> str:
    """`pubDate`, `pub_date` and `Pub-Date` are one key."""
    return _KEY_BREAKS.sub("", key).lower()


def field_of(key: str) -> str | None:
    """The field of `Metadata` that a key names, in any spelling; None when it names none."""
    return _FIELDS.get(folded_key(key))


def metadata_from(values: Mapping[str, Value]) -> Metadata:
    """Typed values from loose ones; keys in any spelling, what cannot be understood is left out."""
    folded = {folded_key(key): value for key, value in values.items()}

    def given(name: str) -> list[Value]:
        return [folded[key] for key in _KEYS[name] if key in folded]

    def first_text(name: str) -> str | None:
        return next((text for value in given(name) if (text := _text(value))), None)

    def first_date(name: str) -> datetime.date | None:
        return next((day for value in given(name) if (day := parse_date(_text(value)))), None)

    def all_texts(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(text for value in given(name) for text in _texts(value)))

    url, origins = _origin(given("url"))
    title = first_text("title")
    return Metadata(
        title=restore_quotes(title) if title else None,
        author=first_text("author"),
        date=first_date("date"),
        updated=first_date("updated"),
        expires=first_date("expires"),
        checked=first_date("checked"),
        url=url,
        lang=first_text("lang"),
        topic=first_text("topic"),
        categories=all_texts("categories"),
        tags=all_texts("tags"),
        sources=tuple(dict.fromkeys((*_sources(given("sources")), *origins))),
        confidence=first_text("confidence"),
        questions=tuple(pair for value in given("questions") for pair in _questions(value)),
    )


def web_address(text: str) -> str | None:
    """The text itself when it is a full http(s) address, else None."""
    text = text.strip()
    if len(text) > _LONGEST_URL or re.search(r"[\s<>\"\x00-\x1f]", text):
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.scheme.lower() in {"http", "https"} and parts.netloc else None


def address_in(text: str) -> str | None:
    """The first http(s) address inside a text, None when there is none."""
    match = _BARE_URL.search(text)
    return web_address(match[0].rstrip(").,;!?")) if match else None


def restore_quotes(title: str) -> str:
    """`_社群营销_` is a file name's “社群营销”: balanced underscores become quotation marks again."""
    return _LOST_QUOTES.sub(lambda match: f"“{match[1] or match[2]}”", title)


def _text(value: Value) -> str:
    """A scalar as one clean line (the names in a list joined), empty when there is none; links give their name."""
    if isinstance(value, str):
        return one_line(_LINKED_NAME.sub(r"\1", value[:_LONGEST_VALUE]))
    if isinstance(value, Mapping):
        return ""
    parts = [part for part in value[:LONGEST_LIST] if isinstance(part, str)]
    return "、".join(text for part in parts if (text := _text(part)))


def _texts(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        parts: Sequence[Value] = _LIST_BREAK.split(value[: _LONGEST_VALUE * 4])
    elif isinstance(value, Mapping):
        return
    else:
        parts = value
    for part in parts[:LONGEST_LIST]:
        if isinstance(part, str) and (text := _text(part)):
            yield text


def _questions(value: Value) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Questions below the headings that answer them; those without a heading are about the article as a whole."""
    by_heading = value if isinstance(value, Mapping) else {"": value}
    for heading, questions in by_heading.items():
        if isinstance(questions, Mapping):
            continue
        given = [questions] if isinstance(questions, str) else questions[:LONGEST_LIST]
        texts = (_text(question) for question in given if isinstance(question, str))
        if kept := tuple(dict.fromkeys(text for text in texts if text)):
            yield one_line(heading), kept


def _origin(values: Sequence[Value]) -> tuple[str | None, list[Source]]:
    """The address of the original, and the names given as `source` that are no address."""
    url, names = None, []
    for value in values:
        if not isinstance(value, str):
            continue
        linked = _LINKED_NAME.search(value)
        address = web_address(linked[2] if linked else value) or address_in(value)
        if address is not None:
            url = url or address
        elif name := _text(value):
            names.append(Source(name))
    return url, names


def _sources(values: Sequence[Value]) -> Iterator[Source]:
    for value in values:
        entries: Sequence[Value] = [value] if isinstance(value, str | Mapping) else value
        for entry in entries[:LONGEST_LIST]:
            source = _source(entry)
            if source is not None:
                yield source


def _source(entry: Value) -> Source | None:
    if isinstance(entry, Mapping):
        named = {key.lower(): _text(part) for key, part in entry.items()}
        url = web_address(named.get("url", "") or named.get("link", ""))
        name = named.get("name", "") or named.get("title", "") or url or ""
    elif isinstance(entry, str):
        linked = _LINKED_NAME.search(entry)
        url = web_address(linked[2]) if linked else address_in(entry)
        bare = linked[1] if linked else _BARE_URL.sub("", entry)
        name = one_line(bare)[:_LONGEST_VALUE].strip(" ：:,，()（）-—|<>") or url or ""
    else:
        return None
    return Source(name, url) if name else None
