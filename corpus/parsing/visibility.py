"""What a reader of a page does not see, or sees struck out, taken from the tree before any text is read from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

# Elements that hold the article on pages that name one, the surest first: 微信, 小红书, 知乎 and 语雀 before others.
SURE_SELECTORS = ("#js_content", "#detail-desc", ".Post-RichText", ".ne-viewer-body")
ARTICLE_SELECTORS = (
    *SURE_SELECTORS,
    ".RichContent-inner",
    "[itemprop=articleBody]",
    ".article-content",
    ".post-content",
    ".entry-content",
    "article",
    "main",
)
# Elements that begin and end lines of their own.
# fmt: off
BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "form", "header", "hgroup", "html", "legend", "li", "main", "ol", "p", "pre",
    "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "h1", "h2", "h3", "h4",
    "h5", "h6", "hr"
})
# Class and id names of boxes around an article; matched as whole words of a name, never inside one.
_BOXES = frozenset({
    "support-author", "article--copyright", "share-bar", "sharebar", "share-box", "share-buttons", "social-share",
    "reward", "reward-box", "donate", "donation", "related", "related-posts", "related-articles", "recommend-list",
    "breadcrumb", "breadcrumbs", "pagination", "comments", "comment-list", "author-card", "post-copyright",
    "qr_code_pc", "sidebar", "toolbar",
    # navigation of wikis and documentation sites
    "toc", "table-of-contents", "navbox", "vertical-navbox", "catlinks", "printfooter", "mw-editsection",
    "mw-jump-link", "mw-portlet", "mw-navigation", "vector-menu", "theme-doc-sidebar-container", "wiki-sidebar",
    "wiki-rightbar", "sphinxsidebar", "rst-versions",
})
# fmt: on
_STRUCK_TAGS = frozenset({"del", "s", "strike"})
_STRUCK_CLASSES = frozenset({"line-through", "text-decoration-line-through"})
_HIDDEN_CLASSES = frozenset({"d-none", "hidden"})
_SHOWN_SOMEWHERE = re.compile(r":(?:block|flex|grid|inline|table)|^d-(?:sm|md|lg|xl|xxl|print)-(?!none)")
_STRUCK = re.compile(r"text-decoration(?:-line)?\s*:[^;:]*line-through", re.I)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all", re.I)
_DISPLAYED = re.compile(r"display\s*:\s*(?!none)\w|visibility\s*:\s*visible", re.I)
_AWAITS_ENTRANCE = re.compile(r"animation", re.I)  # shown when scrolled to, and saved before that

_OPENS = re.compile(r"[：:，,；;、（(。！？!?]\s*$")
_COMMAS = frozenset("，,；;、")
_STOPS = frozenset("。！？!?…）)")
_WITHIN = re.compile(r"#|\.{0,2}/(?!/)|[\w%-]+(?:[./][\w%./-]*)?(?:#.*)?$")
_FEWEST_LINKS = 4
_MOST_SIBLINGS = 500
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_BRACE = re.compile(r"([^{}]*)([{}])")
_RAISED = re.compile(r"vertical-align\s*:\s*(?:super|text-top)", re.I)
_LOWERED = re.compile(r"vertical-align\s*:\s*(?:sub\b|text-bottom)", re.I)
_SIMPLE = re.compile(r"[a-z][a-z0-9]*|[a-z0-9]*[.#][\w-]+", re.I)
_NAME = re.compile(r"[.#][\w-]+")
_LONGEST_SHEETS = 500_000
_EFFECTS = {"hiding": _HIDDEN, "striking": _STRUCK, "raising": _RAISED, "lowering": _LOWERED}


def drop_unseen(soup: BeautifulSoup) -> None:
    """Removes struck text, hidden elements and the boxes around the article.

    A box or hidden frame that holds the article is none: pages hide their text until a script has run, and put names
    like `sidebar` on the whole body.
    """
    sizes = text_sizes(soup)
    whole = sizes[id(soup)]
    sheet = page_sheet(soup)
    frames = _frames(soup, sizes)
    indexes = _indexes(soup, sizes)
    titled = {id(around) for heading in soup.find_all("h1", limit=3) for around in heading.parents}

    def holds_article(tag: Tag) -> bool:
        """Most of the text, and the title where there is one: comments may be longer than what they comment on."""
        return sizes[id(tag)] * 2 > whole and (not titled or id(tag) in titled)

    for tag in elements(soup):
        if id(tag) in frames:
            continue
        if _is_struck(tag, sheet):
            _close_gap(tag)
            _take_out(tag)
        elif _is_hidden(tag, sheet) or ((_is_box(tag) or id(tag) in indexes) and not holds_article(tag)):
            _take_out(tag)


def named_articles(soup: BeautifulSoup) -> Iterator[tuple[str, Tag]]:
    """The elements that the page names as its article, one for each of the selectors that only one answers to."""
    found: dict[str, list[Tag]] = {selector: [] for selector in ARTICLE_SELECTORS}
    for tag in elements(soup):
        for name in _selectors(tag):
            if name in found:
                found[name].append(tag)
    yield from ((selector, tags[0]) for selector, tags in found.items() if len(tags) == 1)


def elements(root: Tag) -> list[Tag]:
    """All elements below one, in the order of the file; `find_all(True)` takes several times as long."""
    return [node for node in root.descendants if isinstance(node, Tag)]


def words(tag: Tag, name: str) -> list[str]:
    """The words of an attribute such as `class`."""
    value = tag.get(name) or ""
    return value.split() if isinstance(value, str) else list(value)


def text_sizes(soup: BeautifulSoup) -> dict[int, int]:
    """How many characters stand below each element, by identity; one pass, children before their parents."""
    sizes: dict[int, int] = {}
    for tag in (*reversed(elements(soup)), soup):
        sizes[id(tag)] = sum(_size(child, sizes) for child in tag.children)
    return sizes


def _size(node: object, sizes: dict[int, int]) -> int:
    if isinstance(node, Tag):
        return sizes[id(node)]
    return len(str(node).strip()) if type(node) is NavigableString else 0


def _take_out(tag: Tag) -> None:
    """Leaves an empty element of no meaning: to cut one out of many siblings costs a search among them."""
    tag.clear()
    tag.name = "template"


def _indexes(soup: BeautifulSoup, sizes: dict[int, int]) -> frozenset[int]:
    """Lists that only lead on to other places of the same site, as wikis have them beside and above their pages."""
    if len(soup.find_all("a", limit=_FEWEST_LINKS)) < _FEWEST_LINKS:
        return frozenset()
    leads: dict[int, tuple[int, int]] = {}  # how many such links an element holds, and how long they are
    for tag in reversed(elements(soup)):
        inner = [leads[id(child)] for child in tag.children if isinstance(child, Tag)]
        own = tag.name == "a" and _WITHIN.match(str(tag.get("href") or ""))
        leads[id(tag)] = (1, sizes[id(tag)]) if own else (sum(one for one, _ in inner), sum(size for _, size in inner))
    lists = (tag for tag in soup.find_all(["ul", "ol"]) if leads[id(tag)][0] >= _FEWEST_LINKS)
    return frozenset(id(tag) for tag in lists if leads[id(tag)][1] >= sizes[id(tag)])


def _close_gap(tag: Tag) -> None:
    """Takes off the comma that a struck piece leaves at the edge of its sentence: `期限：~~七天~~，十五天`."""
    before, after = tag.previous_sibling, tag.next_sibling
    if type(after) is not NavigableString or tag.parent is None or len(tag.parent.contents) > _MOST_SIBLINGS:
        return
    if after[:1] in _COMMAS and (before is None or _OPENS.search(str(before))):
        after.replace_with(NavigableString(after[1:]))
    elif after[:1] in _STOPS and type(before) is NavigableString and before[-1:] in _COMMAS:
        before.replace_with(NavigableString(before[:-1]))


def _frames(soup: BeautifulSoup, sizes: dict[int, int]) -> frozenset[int]:
    """The element that is named as the article and holds most of the text or is known to, and all around it."""
    frames = {id(tag) for tag in soup.find_all(["html", "body"], limit=2)}
    for selector, article in named_articles(soup):
        if selector in SURE_SELECTORS or sizes[id(article)] * 2 > sizes[id(soup)]:
            frames.update(id(tag) for tag in (article, *article.parents))
    return frozenset(frames)


def _is_struck(tag: Tag, sheet: Sheet) -> bool:
    if tag.name in _STRUCK_TAGS or _STRUCK.search(_style(tag)):
        return True
    return not _STRUCK_CLASSES.isdisjoint(words(tag, "class")) or sheet.strikes(tag)


def _is_hidden(tag: Tag, sheet: Sheet) -> bool:
    style = _style(tag)
    if tag.has_attr("hidden") or (tag.name == "dialog" and not tag.has_attr("open")):
        return True
    if _HIDDEN.search(style):
        return not _AWAITS_ENTRANCE.search(style)
    return _is_hidden_by_class(tag) or sheet.hides(tag)


def _is_hidden_by_class(tag: Tag) -> bool:
    classes = words(tag, "class")
    return not _HIDDEN_CLASSES.isdisjoint(classes) and not any(map(_SHOWN_SOMEWHERE.search, classes))


def _is_box(tag: Tag) -> bool:
    if tag.get("role") == "navigation" or str(tag.get("aria-hidden")).lower() == "true":
        return True
    return not _BOXES.isdisjoint((*words(tag, "class"), str(tag.get("id") or "")))


def _style(tag: Tag) -> str:
    return str(tag.get("style") or "")


@dataclass(frozen=True, slots=True)
class Sheet:
    """Simple selectors (`s`, `.old`, `span.old`, `#note`) of the page's own style sheets, by what they do."""

    hiding: frozenset[str]
    striking: frozenset[str]
    raising: frozenset[str]
    lowering: frozenset[str]

    def hides(self, tag: Tag) -> bool:
        """Whether a rule takes the element out of sight."""
        return _names(self.hiding, tag)

    def strikes(self, tag: Tag) -> bool:
        """Whether a rule strikes the element's text out."""
        return _names(self.striking, tag)

    def raises(self, tag: Tag) -> bool:
        """Whether the element's own style or a rule sets it above the line."""
        return bool(_RAISED.search(_style(tag))) or _names(self.raising, tag)

    def lowers(self, tag: Tag) -> bool:
        """Whether the element's own style or a rule sets it below the line."""
        return bool(_LOWERED.search(_style(tag))) or _names(self.lowering, tag)


def _names(selectors: frozenset[str], tag: Tag) -> bool:
    return bool(selectors) and not selectors.isdisjoint(_selectors(tag))


def _selectors(tag: Tag) -> list[str]:
    if not tag.attrs:
        return [tag.name]
    names = [f".{word}" for word in words(tag, "class")]
    names += [f"[itemprop={word}]" for word in words(tag, "itemprop")]
    if tag.get("id"):
        names.append(f"#{tag['id']}")
    return [tag.name, *names, *(tag.name + name for name in names)]


def page_sheet(soup: BeautifulSoup) -> Sheet:
    """A name that another rule displays is not hidden: which of the two holds is decided where the page runs."""
    found: dict[str, set[str]] = {effect: set() for effect in _EFFECTS}
    displayed: set[str] = set()
    text = "\n".join(tag.get_text() for tag in soup.find_all("style"))[:_LONGEST_SHEETS]
    for selectors, declarations in _rules(_COMMENT.sub("", text)):
        simple = {part for each in selectors.split(",") if _SIMPLE.fullmatch(part := each.strip())}
        if not _HIDDEN.search(declarations) and _DISPLAYED.search(declarations):
            displayed.update(_NAME.findall(selectors))
        for effect, declared in _EFFECTS.items():
            if declared.search(declarations):
                found[effect] |= simple
    found["hiding"] = {one for one in found["hiding"] if displayed.isdisjoint(_NAME.findall(one))}
    return Sheet(**{effect: frozenset(names) for effect, names in found.items()})


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    """Selectors and declarations of the rules that hold anywhere: those in `@media` and the like do not."""
    opened: list[str] = []
    for text, brace in _BRACE.findall(sheet):
        if brace == "{":
            opened.append(text.rpartition(";")[2].strip())
        elif opened and not (selectors := opened.pop()).startswith("@") and not opened:
            yield selectors, text
