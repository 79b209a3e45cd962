"""Telegram's text: HTML to plain text and entities, lengths in UTF-16 units, entities found without markup."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tests.end_to_end.server.errors import Json, refuse

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}
CHARS = re.compile(r"&(?:#(?P<dec>\d{1,8})|#x(?P<hex>[0-9a-fA-F]{1,6})|(?P<name>[A-Za-z]+));?|[^<&]+|&")
TAG = re.compile(r"<(/?)([^\s>]*)(\s*)(?=(.?))", re.DOTALL)
TAG_END = re.compile(r"\s*>")
ATTRIBUTE = re.compile(
    r"""\s*(?P<name>[^\s=>]+)(?P<eq>\s*=\s*(?:"(?P<d>[^"]*)"|'(?P<s>[^']*)'|(?P<t>[\w.-]*)(?=[\s>])))?"""
)
FOUND = re.compile(
    r"""(?P<url>https?://[^\s<>"]+|(?<![\w@./-])(?:[a-z0-9-]+\.)+(?:com|org|net|io|me|dev|info|ru)\b[^\s<>"]*)
    |(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+) |(?<![\w/.@])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@[A-Za-z]\w{2,31})?)(?![\w/])
    |(?<![\w/])(?P<mention>@[A-Za-z]\w{3,31})(?!\w) |(?<![\w/])(?P<hashtag>\#\w*[^\W\d]\w*)""",  # noqa: E501
    re.VERBOSE | re.IGNORECASE,
)


def u16(text: str) -> int:
    """Length in UTF-16 code units, the unit of every Telegram offset and limit."""
    return len(text.encode("utf-16-le")) // 2


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Telegram's HTML: returns the plain text and its entities, or raises the 400 that Telegram answers."""
    return _HtmlParser(source).parse()


class _HtmlParser:
    """One walk over one source; `_begin` is where the tag in question starts."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._begin = self._position = 0
        self._text = ""
        self._entities: list[Json] = []
        self._open: list[tuple[str, dict[str, str], int]] = []

    def parse(self) -> tuple[str, list[Json]]:
        while self._position < len(self._source):
            self._begin = self._position
            if match := CHARS.match(self._source, self._position):
                self._text += _character(match)
                self._position = match.end()
                continue
            match = TAG.match(self._source, self._position)
            assert match is not None
            self._position = match.end()
            (self._close if match[1] else self._start)(match[2].lower(), match)
            self._position += 1
        tag = self._open[-1][0] if self._open else ""
        refuse(self._open, f"can't parse entities: Can't find end tag corresponding to start tag {tag}")
        return self._text, _ordered(self._entities)

    def _need(self, fine: object, message: str, tail: str = "") -> None:
        offset = len(self._source[: self._begin].encode())
        refuse(not fine, f"can't parse entities: {message} at byte offset {offset}{tail}")

    def _close(self, tag: str, match: re.Match[str]) -> None:
        self._need(self._open, "Unexpected end tag")
        self._need(match[4] == ">", "Unclosed end tag")
        opened, attributes, start = self._open.pop()
        self._need(tag in ("", opened), "Unmatched end tag", f', expected "</{opened}>", found "</{tag}>"')
        if u16(self._text) > start:
            _add_entity(opened, attributes, start, self._text, self._entities)

    def _start(self, tag: str, match: re.Match[str]) -> None:
        self._need(match[4] or match[3], "Unclosed start tag")
        self._need(tag in TAGS, f'Unsupported start tag "{tag}"')
        attributes: dict[str, str] = {}
        while not (end := TAG_END.match(self._source, self._position)):
            attribute = ATTRIBUTE.match(self._source, self._position)
            self._need(attribute, f'Unclosed start tag "{tag}"')
            assert attribute is not None
            name = attribute["name"].lower()
            value = next((attribute[k] for k in "dst" if attribute[k] is not None), None)
            self._need(
                value is not None or (tag, name) == ("blockquote", "expandable"),
                f'Expected equal sign in declaration of an attribute of the tag "{tag}"',
            )
            attributes[name], self._position = CHARS.sub(_character, value or ""), attribute.end()
        self._position = end.end() - 1
        self._need(tag != "span" or attributes.get("class") == "tg-spoiler", 'Tag "span" must have class "tg-spoiler"')
        self._open.append((tag, attributes, u16(self._text)))


def _character(match: re.Match[str]) -> str:
    if not (match["dec"] or match["hex"]):
        return {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}.get(match["name"], match[0])
    code = int(match["dec"] or match["hex"], 10 if match["dec"] else 16)
    return chr(code) if 0 < code < 0x10FFFF and not 0xD800 <= code <= 0xDFFF else match[0]


def _add_entity(tag: str, attributes: dict[str, str], offset: int, text: str, entities: list[Json]) -> None:
    length = u16(text) - offset
    entity: Json = {"type": TAGS[tag], "offset": offset, "length": length}
    if tag == "blockquote" and "expandable" in attributes:
        entity["type"] = "expandable_blockquote"
    elif tag == "a":
        url = attributes.get("href") or text.encode("utf-16-le")[2 * offset :].decode("utf-16-le")
        if not re.match(r"(https?://|tg://|mailto:|[\w-]+(\.[\w-]+)+)", url):
            return  # Telegram keeps the text and silently drops a link it cannot check
        entity["url"] = url if "://" in url or url.startswith("mailto:") else f"http://{url}/"
    elif tag == "tg-emoji":
        number = attributes.get("emoji-id", "")
        refuse(not number.isdigit(), "can't parse entities: Invalid custom emoji identifier specified")
        entity["custom_emoji_id"] = number
    elif tag == "tg-time":
        entity |= {"unix_time": int(attributes.get("unix", 0)), "date_time_format": attributes.get("format", "")}
    elif tag == "code" and attributes.get("class", "").startswith("language-"):
        entity["language"] = attributes["class"].removeprefix("language-")
    elif tag == "pre" and entities and _place(entities[-1]) == ("code", offset, length):
        entity |= {"language": entities.pop().get("language", "")}
    entities.append(entity)


def _place(entity: Json) -> tuple[str, int, int]:
    return entity["type"], entity["offset"], entity["length"]


def found_entities(text: str, taken: Sequence[Json] = ()) -> list[Json]:
    """The entities that Telegram finds by itself: mentions, commands, links, e-mails, hashtags."""
    busy = [(e["offset"], e["offset"] + e["length"]) for e in taken if e["type"] in ("code", "pre", "text_link")]
    found = []
    for match in FOUND.finditer(text):
        start, length = u16(text[: match.start()]), u16(match[0])
        if not any(a < start + length and start < b for a, b in busy):
            found.append({"type": match.lastgroup, "offset": start, "length": length})
    return found


def formatted(
    text: str,
    parse_mode: str | None,
    entities: list[Json] | None,
    limit: int,
    too_long: str,
    *,
    empty: str | None = "text must be non-empty",
) -> tuple[str, list[Json]]:
    """Parse, trim and measure a text as Telegram does."""
    refuse(len(text.encode()) > 1 << 15, "text is too long")
    found = list(entities or [])
    if parse_mode:
        refuse(parse_mode.lower() != "html", "unsupported parse_mode")
        text, found = parse_html(text)
    lead = u16(text) - u16(text.lstrip())
    text = text.strip()
    refuse(not text and empty, empty)
    refuse((size := u16(text)) > limit, too_long)
    kept = []
    for entity in found:
        start, stop = max(entity["offset"] - lead, 0), min(entity["offset"] + entity["length"] - lead, size)
        if stop > start:
            kept.append({**entity, "offset": start, "length": stop - start})
    return text, _ordered(kept + found_entities(text, kept))[:100]


def _ordered(entities: list[Json]) -> list[Json]:
    return sorted(entities, key=lambda e: (e["offset"], -e["length"]))
