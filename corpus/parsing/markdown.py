"""Markdown to HTML, and from there the one way that all markup takes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from corpus.parsing.html import read_html
from corpus.parsing.lines import ParsedPage

# A picture, a title and a teaser inside one link: an advertisement card. No Markdown parser takes the blank lines.
_CARD = re.compile(r"^\[!\[[^\]\n]*\]\([^)\n]*\)\s*\n(?:[^\n]*\n){0,12}?\s*\]\(https?://[^)\s]*\)[ \t]*$", re.M)
_MARKUP_START = re.compile(
    r"\s*<(?:!doctype|html|body|div|section|article|p|h[1-6]|blockquote|table|ul|ol|figure)\b", re.I
)
# Bold marks, taken before the Markdown parser does: beside Chinese punctuation (`**要点：**正文`) CommonMark takes them
# for plain asterisks. Code is left alone.
_CODE = re.compile(r"^(?:```|~~~)[^\n]*\n.*?^(?:```|~~~)[ \t]*$|`[^`\n]+`", re.M | re.S)
_BOLD = re.compile(r"(?<!\\)\*\*(?=[^\s*])([^\n]*?[^\s\\*])\*\*")
_EMPTY_BOLD = re.compile(r"(?<![\\*])\*{4}(?=[^\s*])")
_SPACED_LINK = re.compile(r"\]\((https?://[^()\n\"'<>]*[ \u3000][^()\n\"'<>]*)\)")
_MARKDOWN_SIGN = re.compile(r"^(?:#{1,6}\s|[-*+]\s|\d+[.)]\s|>|```)|\]\(https?://", re.M)


def read_markdown(text: str) -> ParsedPage:
    """The lines of a Markdown text without front matter; a body that is HTML throughout is parsed as HTML."""
    text = _CARD.sub("", _without(_without(text, "<!--", "-->", ""), "{%", "%}", "\n"))
    if _MARKUP_START.match(text) and text.rstrip().endswith(">") and not _MARKDOWN_SIGN.search(text):
        return read_html(text)
    return read_html(_parser().render(_outside_code(text)))


def _outside_code(text: str) -> str:
    """Bold marks as tags and addresses with spaces in angle brackets, everywhere but in code."""
    parts = []
    at = 0
    for code in _CODE.finditer(text):
        parts += [_emphasised(text[at : code.start()]), code[0]]
        at = code.end()
    return "".join([*parts, _emphasised(text[at:])])


def _emphasised(text: str) -> str:
    text = _SPACED_LINK.sub(r"](<\1>)", _EMPTY_BOLD.sub("", text))
    return _BOLD.sub(r"<strong>\1</strong>", text)


def _without(text: str, opening: str, closing: str, instead: str) -> str:
    """Replaces what stands between two marks, the marks included; linear, which a lazy pattern would not be."""
    parts = []
    at = 0
    while (start := text.find(opening, at)) >= 0 and (end := text.find(closing, start)) >= 0:
        parts += [text[at:start], instead]
        at = end + len(closing)
    return "".join([*parts, text[at:]])


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    parser.disable("code")  # Chinese writers indent paragraphs; indented code has no place here
    parser.add_render_rule("softbreak", _soft_break)
    return parser


def _soft_break(
    _renderer: RendererHTML, _tokens: Sequence[Token], _index: int, _options: OptionsDict, _env: EnvType
) -> str:
    """Marks where the source breaks a line; whether that is a wrap or a new line is decided on the text."""
    return '<br class="soft">'
