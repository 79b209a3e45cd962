"""Word's equations as text on one line: `实付=原价×0.9−20`, `(a+b)/2`, `x^2`, `√(a)`."""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml import etree

from corpus.parsing.office_package import name
from corpus.parsing.word_xml import child, value

_SIMPLE = re.compile(r"[\w.%′']*")


def equation_text(element: etree._Element) -> str:
    """An equation, or a part of one, in the order in which it is said."""
    local = etree.QName(element).localname
    return _FORMS[local](element) if local in _FORMS else _inside(element)


def _inside(element: etree._Element | None) -> str:
    return "" if element is None else "".join(map(equation_text, element))


def _of(element: etree._Element, part: str) -> str:
    return _inside(child(element, f"m:{part}"))


def _grouped(text: str) -> str:
    """In brackets where it would fall apart beside a sign."""
    return text if _SIMPLE.fullmatch(text) else f"({text})"


def _property(element: etree._Element, part: str, default: str) -> str:
    """A sign that the equation's properties name; empty where they name an empty one."""
    found = value(child(element, f"m:{etree.QName(element).localname}Pr"), f"m:{part}", "m:val")
    return default if found is None else found


def _raised(base: str, low: str, high: str) -> str:
    return f"{base}{f'_{_grouped(low)}' if low else ''}{f'^{_grouped(high)}' if high else ''}"


def _script(element: etree._Element) -> str:
    return _raised(_grouped(_of(element, "e")), _of(element, "sub"), _of(element, "sup"))


def _delimited(element: etree._Element) -> str:
    parts = _property(element, "sepChr", "|").join(map(_inside, element.findall(name("m:e"))))
    return f"{_property(element, 'begChr', '(')}{parts}{_property(element, 'endChr', ')')}"


def _sum(element: etree._Element) -> str:
    return _raised(_property(element, "chr", "∫"), _of(element, "sub"), _of(element, "sup")) + _grouped(
        _of(element, "e")
    )


def _matrix(element: etree._Element) -> str:
    rows = ([_inside(cell) for cell in row.findall(name("m:e"))] for row in element.findall(name("m:mr")))
    return f"[{'; '.join(', '.join(row) for row in rows)}]"


_FORMS: dict[str, Callable[[etree._Element], str]] = {
    "t": lambda element: element.text or "",
    "f": lambda element: f"{_grouped(_of(element, 'num'))}/{_grouped(_of(element, 'den'))}",
    "sSup": _script,
    "sSub": _script,
    "sSubSup": _script,
    "sPre": _script,
    "limLow": lambda element: _raised(_of(element, "e"), _of(element, "lim"), ""),
    "limUpp": lambda element: _raised(_of(element, "e"), "", _of(element, "lim")),
    "rad": lambda element: f"{_of(element, 'deg')}√{_grouped(_of(element, 'e'))}",
    "d": _delimited,
    "nary": _sum,
    "func": lambda element: f"{_of(element, 'fName')}{_grouped(_of(element, 'e'))}",
    "m": _matrix,
    "eqArr": lambda element: "; ".join(map(_inside, element.findall(name("m:e")))),
}
