"""Markdown as people write it, brought to what the Markdown reader takes: comments out, dialects spelled as HTML.

Code is found first, and nothing inside it is touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_CODE = r"^[ \t>]*(?P<fence>`{3,}|~{3,})[^\n`]*$(?:.*?^[ \t>]*(?P=fence)[`~]*[ \t]*$|.*)|`[^`\n]+`"
_CODE_OR_COMMENT = re.compile(rf"{_CODE}|<!--|%%|\{{::comment\}}|\{{/\*|\{{%", re.M | re.S)
_CODE_ONLY = re.compile(_CODE, re.M | re.S)
_CLOSINGS = {"<!--": "-->", "{::comment}": "{:/comment}", "%%": "%%", "{/*": "*/}", "{%": "%}"}
_TEMPLATE_COMMENT = re.compile(r"\{%-?\s*comment\s*-?%\}")
_TEMPLATE_COMMENT_END = re.compile(r"\{%-?\s*endcomment\s*-?%\}")

# Bold and strike marks are read before the Markdown reader does: beside Chinese punctuation (`**要点：**正文`)
# CommonMark takes them for plain characters.
_BOLD = re.compile(r"(?<!\\)\*\*(?=[^\s*])([^\n]*?[^\s\\*])\*\*")
_STRUCK = re.compile(r"(?<![\\~])~~(?=[^\s~])([^\n]{0,1000}?[^\s\\~])~~(?!~)")
# Two such marks between figures are spans: `3~~5 天，运费 10~~20 元`.
_SPANS = re.compile(r"(?<=\d)~~(\d[^\n~]{0,200}\d)~~(?=\d)")
_EMPTY_BOLD = re.compile(r"(?<![\\*])\*{4}(?=[^\s*])")
_SPACED_LINK = re.compile(r"\]\((https?://[^()\n\"'<>]*[ \u3000][^()\n\"'<>]*)\)")

_NOTE = re.compile(r"^[ \t]*\[\^([^\]\s\[]{1,30})\]:[ \t]*", re.M)
_NOTE_MARK = re.compile(r"(?<!\\)\[\^([^\]\s\[]{1,30})\]")
_RAISED = re.compile(r"(?<=[\w)）])\^([+\-]?\w{1,6})\^(?!\^)")
_LOWERED = re.compile(r"(?<=[A-Za-z])~(\d{1,2})~(?!~)")
_MARKED = re.compile(r"(?<![=A-Za-z0-9<>!])==(?=[^\s=])([^\n=]*[^\s=])==(?!=)")
_EMBEDDED = re.compile(r"!\[\[[^\[\]\n]{1,200}\]\]")
_WIKI_LINK = re.compile(r"(?<![!\\\[])\[\[(?!\d+\]\])(?:[^\[\]\n|]{1,200}\\?\|)?([^\[\]\n|]{1,200})\]\](?![(\[])")
_BLOCK_NAME = re.compile(r"[ \t]\^[A-Za-z][\w-]*[ \t]*$", re.M)
_CALLOUT = re.compile(r"^([ \t]*(?:>[ \t]*)+)\[!\w+\][+\-]?[ \t]*", re.M)
_CONTAINER = re.compile(r"^[ \t]*:{3,}[ \t]*(?:[A-Za-z-]+(?:\{[^}\n]*\})?[ \t]*)?(.*)$", re.M)
_NAMELESS_LINK = re.compile(r"^[ \t]*\[(?://|comment|comments|_comment_|note)\]:[ \t]*(?:#|<>)[^\n]*$", re.M | re.I)
_CONTENTS = re.compile(r"^[ \t]*(?:\[toc\]|\[\[_?toc_?\]\]|@\[toc\].*)[ \t]*$", re.M | re.I)

_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+\S", re.M)
_TIGHT_HEADING = re.compile(r"^( {0,3})(#{2,6})(?=[^\s#\ufe0f\u20e3])", re.M)
_TIGHT_MAIN_HEADING = re.compile(r"^( {0,3})(#)(?=[^\s#\d!\ufe0f\u20e3][^#\n]{0,60}$)", re.M)
_TIGHT_FOLLOWED = re.compile(r"^ {0,3}#[^\s#\d!\ufe0f\u20e3][^#\n]{0,60}\n\s*(?:[^\s#]|##)", re.M)


_SURE_SIGNS = (
    re.compile(r"^[ \t]*\|?[ \t]*:?-{3,}:?[ \t]*\|[ \t|:-]*$", re.M),
    re.compile(r"\]\(https?://"),
    re.compile(r"!\[[^\]\n]*\]\("),
    re.compile(r"^```", re.M),
)
_SIGNS = (
    re.compile(r"^#{1,6}[ \t]*[^\s#]", re.M),
    re.compile(r"\*\*[^*\n]+\*\*"),
    re.compile(r"~~[^~\n]+~~"),
    re.compile(r"^>[ \t]", re.M),
    re.compile(r"^(?:---+|\*\*\*+)[ \t]*$", re.M),
    re.compile(r"`[^`\n]+`"),
)
# Only tags that lay a page out: a text that writes of <u> or <b> may well mean the characters.
_TAG = re.compile(r"</?(?:div|p|br|table|tr|td|th|ul|ol|li|h[1-6]|center|section)\b[^<>\n]*>", re.I)
_SAMPLE = 100_000


def without_comments(text: str) -> str:
    """The text without what only its author sees: HTML, Obsidian, MDX and template comments, in and across lines.

    Template tags leave a line break. A comment that is never closed stays, and so does all that stands in code.
    """
    parts: list[str] = []
    unclosed: set[str] = set()
    at = 0
    while (match := _CODE_OR_COMMENT.search(text, at)) is not None:
        parts.append(text[at : match.start()])
        opening = match[0]
        end = None if opening not in _CLOSINGS or opening in unclosed else _end(text, match.start(), opening)
        if end is None:
            if opening in _CLOSINGS and not (opening == "%%" and _is_percentage(text, match.start())):
                unclosed.add(opening)
            parts.append(opening)
            at = match.end()
        else:
            parts.append("\n" if opening == "{%" else "")
            at = end
    return "".join([*parts, text[at:]])


def _end(text: str, start: int, opening: str) -> int | None:
    """Where the comment that begins here ends, None when it is none."""
    if opening == "{%" and (comment := _TEMPLATE_COMMENT.match(text, start)):
        closing = _TEMPLATE_COMMENT_END.search(text, comment.end())
        return closing.end() if closing else comment.end()
    inside = start + len(opening)
    found = text.find(_CLOSINGS[opening], inside)
    if found == -1:
        return None
    if opening == "%%" and _is_percentage(text, start) and "\n" in text[inside:found]:
        return None
    return found + len(_CLOSINGS[opening])


def _is_percentage(text: str, at: int) -> bool:
    return at > 0 and text[at - 1].isdigit()


def plain_markdown(text: str) -> str:
    """The text with the marks of dialects as CommonMark or HTML, everywhere but in code."""
    parts = list(_parts(text))
    tight = _tight_headings("".join(part for is_code, part in parts if not is_code))
    return "".join(part if is_code else _spelled(_spaced(part, tight)) for is_code, part in parts)


def is_markdown(text: str) -> bool:
    """Whether a bare text is written in Markdown or HTML: one sure sign, or two kinds of weaker ones."""
    if any(sign.search(text) for sign in _SURE_SIGNS) or len(_TAG.findall(text, 0, _SAMPLE)) > 1:
        return True
    return sum(sign.search(text) is not None for sign in _SIGNS) > 1


def spaced_headings(text: str) -> str:
    """The text with a space behind the marks of headings that have none."""
    return _spaced(text, _tight_headings(text))


def _tight_headings(text: str) -> tuple[re.Pattern[str], ...]:
    """Which lines without a space are headings.

    One mark alone may be a tag (`#私域`), so it counts where no heading has its space and text stands below it.
    """
    if _HEADING.search(text) is not None or _TIGHT_FOLLOWED.search(text) is None:
        return (_TIGHT_HEADING,)
    return (_TIGHT_HEADING, _TIGHT_MAIN_HEADING)


def _spaced(text: str, tight: tuple[re.Pattern[str], ...]) -> str:
    for pattern in tight:
        text = pattern.sub(r"\1\2 ", text)
    return text


def _parts(text: str) -> Iterator[tuple[bool, str]]:
    at = 0
    for code in _CODE_ONLY.finditer(text):
        yield False, text[at : code.start()]
        yield True, code[0]
        at = code.end()
    yield False, text[at:]


def _spelled(text: str) -> str:
    for pattern, instead in _SPELLINGS:
        text = pattern.sub(instead, text)
    return text


_SPELLINGS = (
    (_NAMELESS_LINK, ""),
    (_CONTENTS, ""),
    (_CONTAINER, r"\n\1\n"),
    (_CALLOUT, r"\1"),
    (_EMBEDDED, ""),
    (_WIKI_LINK, r"\1"),
    (_BLOCK_NAME, ""),
    (_NOTE, r"\\[\1\\] "),
    (_NOTE_MARK, r"\\[\1\\]"),
    (_MARKED, r"\1"),
    (_RAISED, r"<sup>\1</sup>"),
    (_LOWERED, r"<sub>\1</sub>"),
    (_SPACED_LINK, r"](<\1>)"),
    (_EMPTY_BOLD, ""),
    (_SPANS, r"\~\~\1\~\~"),
    (_STRUCK, r"<del>\1</del>"),
    (_BOLD, r"<strong>\1</strong>"),
)
