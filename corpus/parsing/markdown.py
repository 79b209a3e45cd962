"""Markdown to HTML, and from there the one way that all markup takes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from corpus.parsing.html import parse_html
from corpus.parsing.lines import ParsedPage
from corpus.parsing.markdown_source import plain_markdown, without_comments
from corpus.parsing.recognised_text import close_spacing
from corpus.parsing.subtitles import spoken_text

# A picture, a title and a teaser inside one link: an advertisement card. No Markdown reader takes the blank lines.
_CARD = re.compile(r"^\[!\[[^\]\n]*\]\([^)\n]*\)\s*\n(?:[^\n]*\n){0,12}?\s*\]\(https?://[^)\s]*\)[ \t]*$", re.M)
_MARKUP_START = re.compile(
    r"\s*<(?:!doctype|html|body|div|section|article|p|h[1-6]|blockquote|table|ul|ol|figure)\b", re.I
)
_MARKDOWN_SIGN = re.compile(r"^(?:#{1,6}\s|[-*+]\s|\d+[.)]\s|>|```)|\]\(https?://", re.M)


def parse_markdown(text: str) -> ParsedPage:
    """The lines of a Markdown text without front matter; a body that is HTML throughout is read as HTML."""
    text = _CARD.sub("", without_comments(spoken_text(close_spacing(text))))
    if _MARKUP_START.match(text) and text.rstrip().endswith(">") and not _MARKDOWN_SIGN.search(text):
        return parse_html(text)
    return parse_html(_parser().render(plain_markdown(text)))


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
