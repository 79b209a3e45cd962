"""The XML of Word files: what is asked of its elements, and new ones."""

from __future__ import annotations

from lxml import etree

from corpus.parsing.office_package import SPACE, name


def child(element: etree._Element | None, prefixed: str) -> etree._Element | None:
    """The first child of this name."""
    return None if element is None else element.find(name(prefixed))


def value(element: etree._Element | None, prefixed: str, attribute: str = "w:val") -> str | None:
    """An attribute of the first child of this name; None where there is none."""
    found = child(element, prefixed)
    return None if found is None else found.get(name(attribute))


def is_on(element: etree._Element | None, prefixed: str) -> bool | None:
    """What a property that is there or not says; None where it says nothing."""
    found = child(element, prefixed)
    return None if found is None else found.get(name("w:val")) not in {"false", "0", "off", "none"}


def made(prefixed: str, **attributes: str) -> etree._Element:
    """A new element with attributes of Word's own."""
    return etree.Element(name(prefixed), {name(f"w:{key}"): text for key, text in attributes.items()})


def run(text: str) -> etree._Element:
    """A piece of plain text."""
    piece, letters = made("w:r"), made("w:t")
    letters.text = text
    letters.set(SPACE, "preserve")
    piece.append(letters)
    return piece


def paragraph(text: str) -> etree._Element:
    """A paragraph of plain text."""
    block = made("w:p")
    block.append(run(text))
    return block


def remove(element: etree._Element) -> None:
    """Takes an element out of its tree."""
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def unwrap(element: etree._Element) -> None:
    """Puts an element's children in its place."""
    if element.getparent() is not None:
        for inner in list(element):
            element.addprevious(inner)
        remove(element)
