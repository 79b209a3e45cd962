"""Saved pages of 微信 and 小红书, whose date and sometimes whole text stand only in their scripts."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html import escape

from bs4 import BeautifulSoup, Tag

from corpus.characters import meaningful
from corpus.parsing.metadata import Value

_LONGEST_SCRIPT = 3_000_000

# 微信: the time is given as seconds or as written, under names that changed over the years, the surest first.
_STAMP = r"""\s*\(?\s*["']?(1\d{9})\b"""
_WRITTEN = r"""\s*(?:JsDecode\()?\s*["']((?:19|20)\d\d-\d{1,2}-\d{1,2})"""
_WECHAT_TIMES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\bct\s*=(?:[^;\n'\"]{{0,20}}getXmlValue\([^)\n]*\)\s*:)?{_STAMP}",
        rf"\b(?:createTime|create_time|publish_time|publishTime)[\"']?\s*[=:]{_WRITTEN}",
        rf"\b(?:ori_create_time|oriCreateTime|create_timestamp|createTimestamp)[\"']?\s*[=:]{_STAMP}",
        rf"\b(?:create_time|createTime|ct)[\"']?\s*[=:]{_STAMP}",
        r"""["'](1\d{9})["'][^;]{0,80};?[^;]{0,200}getElementById\(["']publish_time""",
    )
)
_STRING = r"""\s*(?:JsDecode\()?\s*(?P<quote>["'])(?P<text>(?:\\.|(?!(?P=quote))[^\\])*)(?P=quote)"""
_WECHAT_TEXTS = (
    re.compile(rf"\bcontent_noencode[\"']?\s*:{_STRING}", re.S),
    re.compile(rf"\btext_page_info[\"']?\s*:\s*\{{[^{{}}]{{0,300}}?\bcontent[\"']?\s*:{_STRING}", re.S),
)
_WECHAT_MARKS = (
    "#js_content",
    "#js_article",
    "#activity-name",
    ".rich_media_title",
    "#js_image_content",
    ".share_content_page",
)
_WECHAT_POSTS = ".share_content_page, #js_image_content, #js_text_title, #js_text_desc"
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))", re.S)
_CONTROLS = {"n": "\n", "r": "", "t": " ", "b": "", "f": "", "v": ""}

_NOTE_STRING = r'"{}"\s*:\s*("(?:\\.|[^"\\])*")'
_NOTE_TIME = r'"{}"\s*:\s*(1\d{{12}})\b'
_TAG = re.compile(r"<[^<>]*>")
_TOPIC = re.compile(r"\[话题\]#")


def facts_in_scripts(soup: BeautifulSoup) -> dict[str, Value]:
    """Day, author and title that the scripts of the page tell, under the keys of front matter."""
    note = _note(soup)
    if note:
        return {key: value for key, value in note.items() if key != "text"}
    if not _is_wechat(soup):
        return {}
    script = _scripts(soup)
    found = next((match[1] for pattern in _WECHAT_TIMES if (match := pattern.search(script))), "")
    shown = soup.select_one("#publish_time")
    return {"date": found or (shown.get_text(" ", strip=True) if shown else "")}


def text_in_scripts(soup: BeautifulSoup) -> str:
    """The article as HTML where the page shows less of it than its scripts or its description hold, else empty."""
    if soup.find(["script", "meta"]) is None:
        return ""
    if _is_wechat(soup):
        return _longer(_wechat_text(soup), _shown(soup, "#js_content", _WECHAT_POSTS))
    return _longer(_paragraphs(_note(soup).get("text", "")), _shown(soup, "#detail-desc", "head"))


def _longer(posted: str, shown: str) -> str:
    return posted if posted and meaningful(shown) * 2 < meaningful(_TAG.sub("", posted)) else ""


def _shown(soup: BeautifulSoup, text: str, posts: str) -> str:
    """What stands where the page shows its text; of a page without that place, nothing where it is a `posts` page."""
    place = soup.select_one(text)
    if place is None and soup.select_one(posts) is not None:
        return ""
    return (place or soup).get_text()


def _is_wechat(soup: BeautifulSoup) -> bool:
    return any(soup.select_one(mark) is not None for mark in _WECHAT_MARKS)


def _wechat_text(soup: BeautifulSoup) -> str:
    script = _scripts(soup)
    for pattern in _WECHAT_TEXTS:
        if match := pattern.search(script):
            return _paragraphs(_unescaped(match["text"]), is_html=True)
    return _paragraphs(_unescaped(_description(soup)))


def _description(soup: BeautifulSoup) -> str:
    names = (("name", "description"), ("property", "og:description"))
    found = (soup.find("meta", attrs={key: name}) for key, name in names)
    return next((text for tag in found if isinstance(tag, Tag) and (text := str(tag.get("content") or ""))), "")


def _paragraphs(text: str, *, is_html: bool = False) -> str:
    """Lines as paragraphs; text that brings elements of its own keeps them."""
    text = _TOPIC.sub(" ", text)
    if is_html and re.search(r"<(?:p|section|div)\b", text):
        return text
    lines = (line.strip() for line in text.split("\n"))
    return "".join(f"<p>{line if is_html else escape(line, quote=False)}</p>" for line in lines if line)


def _unescaped(text: str) -> str:
    r"""A string of a script as it reads: `\x0a`, `\u4e00`, `\n` and the like."""
    return _ESCAPE.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _CONTROLS.get(match[3], match[3])


def _scripts(soup: BeautifulSoup) -> str:
    return "\n".join(tag.get_text() for tag in soup.find_all("script"))[:_LONGEST_SCRIPT]


def _note(soup: BeautifulSoup) -> Mapping[str, str]:
    """The note that a page of 小红书 keeps in its state."""
    script = next((text for tag in soup.find_all("script") if "noteDetailMap" in (text := tag.get_text())), "")
    state = script[script.find("noteDetailMap") : _LONGEST_SCRIPT]
    names = {"title": "title", "text": "desc", "author": "nickname"}
    times = {"date": "time", "updated": "lastUpdateTime"}
    found = {key: _string(re.search(_NOTE_STRING.format(name), state)) for key, name in names.items()}
    found |= {key: match[1] for key, name in times.items() if (match := re.search(_NOTE_TIME.format(name), state))}
    return {key: value for key, value in found.items() if value}


def _string(match: re.Match[str] | None) -> str:
    try:
        return str(json.loads(match[1], strict=False)) if match else ""
    except ValueError:
        return ""
