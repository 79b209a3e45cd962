"""HTML to lines: whole pages, fragments, and everything that other formats are turned into."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from bs4 import BeautifulSoup, Tag, UnusualUsageWarning
from bs4.element import NavigableString

from corpus.characters import meaningful, normalise, one_line
from corpus.model import BlockKind
from corpus.parsing.alternatives import alternatives
from corpus.parsing.formulas import spell_formulas
from corpus.parsing.html_tables import grid_of, table_cells
from corpus.parsing.lines import Line, ParsedPage
from corpus.parsing.page_metadata import page_metadata
from corpus.parsing.platforms import text_in_scripts
from corpus.parsing.scripts import spell_scripts
from corpus.parsing.tables import table_of
from corpus.parsing.visibility import BLOCKS, SURE_SELECTORS, drop_unseen, named_articles, words

# fmt: off
_NOTHING = frozenset({
    "script", "style", "noscript", "template", "svg", "math", "canvas", "button", "input", "select", "textarea",
    "option", "iframe", "object", "embed", "video", "audio", "source", "picture", "img", "map", "nav", "footer",
    "base", "title", "meta", "link"
})
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BOLD = frozenset({"strong", "b"})
# fmt: on
_PERMALINKS = frozenset({"#", "¶", "§", "🔗", "↑"})
_BOLD_STYLE = re.compile(r"font-weight:\s*(?:bold|[6-9]00)", re.I)

# A wrapped source line is joined with the next when it is long and does not end a sentence.
_WRAP_WIDTH = 60
_ENDS = re.compile(r"[。！？!?；;：:…”」』）)】.]$")

_HARD, _SOFT = "\n", "\v"
_OWN_MARKER = re.compile(
    r"[①-⑳⑴-⒇●•·▪◆■✅👉]|[（(]?\d{1,2}[)）.、．]|[（(]?[一二三四五六七八九十]{1,3}[)）、]"
    r"|[（(]?(?:[A-Za-z]|[ivx]{2,5}|[IVX]{2,5})[)）.、．]"
)
_LONGEST_HEADING = 80
_LONGEST_ITEM = 300
_DEEPEST = 100
_SURE = 50
# Below this many letters a page is taken to speak through its pictures.
_SCARCE = 40
_SHORTEST_ALTERNATIVE = 5


def parse_html(markup: str) -> ParsedPage:
    """A page or fragment as lines, with what its head says of title, author, date and address."""
    soup = _parsed(markup)
    posted = text_in_scripts(soup)
    lines = html_lines(posted) if posted else tuple(_lines(_body(soup)))
    if sum(meaningful(line.text) for line in lines) < _SCARCE:
        lines += tuple(Line(text) for text in alternatives(soup, _SHORTEST_ALTERNATIVE))
    return ParsedPage(lines, page_metadata(soup))


def html_lines(markup: str) -> tuple[Line, ...]:
    """A fragment as lines."""
    return tuple(_lines(_parsed(markup)))


def _parsed(markup: str) -> BeautifulSoup:
    with warnings.catch_warnings():
        # XHTML, and a text that is nothing but an address: both are parsed as they come.
        warnings.simplefilter("ignore", UnusualUsageWarning)
        soup = BeautifulSoup(markup, "lxml")
    drop_unseen(soup)
    spell_formulas(soup)
    spell_scripts(soup)
    return soup


def _lines(root: Tag) -> list[Line]:
    walker = _Walker()
    walker.visit(root)
    walker.flush()
    return walker.lines


@dataclass(slots=True)
class _Piece:
    text: str
    bold: bool
    link: str | None


@dataclass(slots=True)
class _Walker:
    """Walks the tree once, gathering inline pieces until a block begins or ends."""

    kind: BlockKind = BlockKind.PARAGRAPH
    level: int = 0
    depth: int = 0
    nesting: int = 0
    bold: bool = False
    link: str | None = None
    pieces: list[_Piece] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    def visit(self, node: Tag) -> None:
        if self.nesting >= _DEEPEST:  # no layout any more, only an editor's or attacker's heap of boxes
            self.pieces.append(_Piece(node.get_text(" "), self.bold, self.link))
            return
        self.nesting += 1
        for child in node.children:
            if isinstance(child, Tag):
                self.element(child)
            elif type(child) is NavigableString:  # its subclasses are comments and declarations
                # A bare carriage return or line separator of the source is white space like any other.
                self.pieces.append(_Piece(re.sub(r"[\v\u2028\u2029]", " ", child), self.bold, self.link))
        self.nesting -= 1

    def element(self, tag: Tag) -> None:
        name = tag.name
        if name in _NOTHING:
            return
        if name == "br":
            soft = "soft" in words(tag, "class")
            self.pieces.append(_Piece(_SOFT if soft else _HARD, bold=False, link=None))
        elif name in BLOCKS:
            self.flush()
            self.block(tag)
        else:
            self.inline(tag)

    def inline(self, tag: Tag) -> None:
        before = self.bold, self.link
        if tag.name in _BOLD or _BOLD_STYLE.search(str(tag.get("style") or "")):
            self.bold = True
        if tag.name == "a":
            if tag.get_text(strip=True) in _PERMALINKS:
                return
            self.link = str(tag.get("href") or "") or None
        self.visit(tag)
        self.bold, self.link = before

    def block(self, tag: Tag) -> None:
        before = self.kind, self.level, self.bold
        match tag.name:
            case "ul" | "ol":
                self.list(tag)
            case "table":
                self.table(tag)
            case "pre":
                self.code(tag)
            case "blockquote":
                self.kind = BlockKind.QUOTE
                self.visit(tag)
            case name if name in _HEADINGS:
                self.level = _HEADINGS[name]
                self.visit(tag)
            case _:
                self.bold = self.bold or bool(_BOLD_STYLE.search(str(tag.get("style") or "")))
                self.visit(tag)
        self.flush()
        self.kind, self.level, self.bold = before

    def list(self, tag: Tag) -> None:
        number = _integer(tag.get("start"), 1)
        for child in tag.children:
            if not isinstance(child, Tag):
                continue
            if child.name in {"ul", "ol"}:  # a list nested beside its item instead of inside
                self.depth += 1
                self.list(child)
                self.depth -= 1
            elif child.name == "li":
                number = _integer(child.get("value"), number)
                self.lines += self.item(child, f"{number}. " if tag.name == "ol" else "- ")
                number += 1
            else:
                self.element(child)
                self.flush()

    def item(self, tag: Tag, marker: str) -> Iterable[Line]:
        """The item's own text as one line, then what is nested in it; long further paragraphs stand alone."""
        inner = _Walker(depth=self.depth + 1, nesting=self.nesting + 1, bold=self.bold, link=self.link)
        inner.visit(tag)
        inner.flush()
        own = [line for line in inner.lines if line.kind is BlockKind.PARAGRAPH and not line.level]
        headings = [line for line in inner.lines if line.level]
        if headings and not own:
            return inner.lines
        if sum(len(line.text) for line in own) > _LONGEST_ITEM:
            own = own[:1]
        indent = "  " * self.depth
        if not own:
            return inner.lines
        text = " ".join(line.text for line in own)
        if marker == "- " and _OWN_MARKER.match(text):
            marker = ""
        merged = replace(
            own[0],
            text=f"{indent}{marker}{text}",
            kind=BlockKind.LIST_ITEM,
            bold=all(line.bold for line in own),
            links=tuple(link for line in own for link in line.links),
        )
        used = {id(line) for line in own}
        return [merged, *(line for line in inner.lines if id(line) not in used)]

    def table(self, tag: Tag) -> None:
        rows = table_cells(tag)
        if max((len(row) for row in rows), default=0) <= 1:  # a frame for layout, no table
            for cell in (cell for row in rows for cell in row):
                self.visit(cell)
                self.flush()
            return
        caption = tag.find("caption", recursive=False)
        if isinstance(caption, Tag):
            self.visit(caption)
            self.flush()
        table = table_of(grid_of(rows, _flat))
        self.lines += [Line(text, BlockKind.TABLE_ROW) for text in (*table.titles, *table.row_texts())]

    def code(self, tag: Tag) -> None:
        text = "\n".join(normalise(line).rstrip() for line in _code_text(tag).strip("\n").split("\n"))
        if text.strip():
            self.lines.append(Line(text, BlockKind.CODE))

    def flush(self) -> None:
        """Ends the block that the gathered pieces make; hard breaks make several of it, except in a heading."""
        pieces, self.pieces = self.pieces, []
        if self.level:
            pieces = [replace(piece, text=" ") if piece.text in {_HARD, _SOFT} else piece for piece in pieces]
        for part in _broken(pieces):
            line = _line(part, self.kind, self.level)
            if line is not None:
                self.lines.append(line)


def _broken(pieces: Sequence[_Piece]) -> Iterator[list[_Piece]]:
    part: list[_Piece] = []
    for piece in pieces:
        if piece.text == _HARD or (piece.text == _SOFT and not _is_wrapped(part)):
            yield part
            part = []
        elif piece.text == _SOFT:
            part.append(replace(piece, text="\n"))
        else:
            part.append(piece)
    yield part


def _is_wrapped(part: Sequence[_Piece]) -> bool:
    last = "".join(piece.text for piece in part).strip().rpartition("\n")[2]
    width = sum(2 if character > "\u2e7f" else 1 for character in last)
    return width >= _WRAP_WIDTH and not _ENDS.search(last)


def _line(pieces: Sequence[_Piece], kind: BlockKind, level: int) -> Line | None:
    text = one_line("".join(piece.text for piece in pieces))
    if not text:
        return None
    total = sum(_weight(piece) for piece in pieces) or 1
    if level and len(text) > _LONGEST_HEADING:
        level = 0
    return Line(
        text,
        kind if not level else BlockKind.PARAGRAPH,
        level,
        bold=sum(_weight(piece) for piece in pieces if piece.bold) >= 0.9 * total,
        links=tuple(dict.fromkeys(piece.link for piece in pieces if piece.link)),
        linked=sum(_weight(piece) for piece in pieces if piece.link) / total,
    )


def _weight(piece: _Piece) -> int:
    return len("".join(piece.text.split()))


def _flat(tag: Tag) -> str:
    return " ".join(line.text for line in _lines(tag))


def _code_text(tag: Tag) -> str:
    for line_break in tag.find_all("br"):
        line_break.replace_with("\n")
    return tag.get_text()


def _integer(value: object, default: int) -> int:
    text = str(value).strip()
    return int(text) if text.isdecimal() and len(text) < 6 else default


def _body(soup: BeautifulSoup) -> Tag:
    """The element that holds the article, where the page names one that holds enough of its text."""
    whole = len(soup.get_text())
    for selector, article in named_articles(soup):
        if len(article.get_text()) * (_SURE if selector in SURE_SELECTORS else 3) > whole:
            return article
    return soup
