"""Formulas of web pages (MathML) as text on one line: `10^6`, `(a+b)/c`, `√(x)`."""

from __future__ import annotations

from bs4 import BeautifulSoup, Tag

_UNSEEN = frozenset({"annotation", "annotation-xml", "mphantom"})
_PATTERNS = {
    "msup": ("{}^{}", 2),
    "msub": ("{}_{}", 2),
    "msubsup": ("{}_{}^{}", 3),
    "mfrac": ("{}/{}", 2),
    "mroot": ("{}^(1/{})", 2),
}
_BETWEEN = {"mtr": " ", "mtable": "; "}
_DEEPEST = 40


def spell_formulas(soup: BeautifulSoup) -> None:
    """Replaces every formula by its text."""
    done: set[int] = set()
    for tag in soup.find_all("math"):
        if id(tag) in done:
            continue
        done.update(id(inner) for inner in tag.descendants)
        tag.string = formula_text(tag)
        tag.name = "span"


def formula_text(tag: Tag, depth: int = 0) -> str:
    """An element of a formula as text; nested deeper than any formula, it is read as it comes."""
    if tag.name in _UNSEEN:
        return ""
    children = [child for child in tag.children if isinstance(child, Tag)]
    if not children or depth >= _DEEPEST:
        return "".join(tag.get_text().split())
    parts = [formula_text(child, depth + 1) for child in children]
    pattern, count = _PATTERNS.get(tag.name, ("", 0))
    if count and count == len(parts):
        return pattern.format(*map(_grouped, parts))
    text = _BETWEEN.get(tag.name, "").join(parts)
    return f"√{_grouped(text)}" if tag.name == "msqrt" else text


def _grouped(text: str) -> str:
    return text if len(text) == 1 or text.replace(".", "").isalnum() else f"({text})"
