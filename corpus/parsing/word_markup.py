"""A Word file made simpler before it becomes HTML: what Word shows stands there as text, what it hides is gone.

Numbers that Word counts, equations, notes and text boxes become runs and paragraphs; hidden and deleted text, tables of
contents and the second copy that old readers get are left out; raised and struck text is marked on the text itself.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from corpus.parsing.office_package import OfficePackage, name
from corpus.parsing.word_equations import equation_text
from corpus.parsing.word_numbering import Label, Numbering
from corpus.parsing.word_styles import Styles
from corpus.parsing.word_xml import (
    child,
    is_on,
    made,
    paragraph,
    remove,
    run,
    unwrap,
    value,
)

_LONGEST_INLINE_NOTE = 60
_DEEPEST_LIST = 4  # mammoth knows five levels
_BULLETS = "1"
_NOTES = (("footnotes", "w:footnote", "w:footnoteReference"), ("endnotes", "w:endnote", "w:endnoteReference"))
_CONTENTS_STYLE = re.compile(r"(?:toc|目录|目錄)\s*(?:\d|heading|标题|標題)", re.I)
_CONTENTS_FIELD = re.compile(r"\s*TOC\b", re.I)
_EQUATION_OBJECT = re.compile(r"Equation", re.I)
# What marks an item of a list; other labels, such as those of chapters and clauses, head a paragraph.
_ITEM = re.compile(r"|[①-⑳⑴-⒇]|[（(]?(?:\d{1,2}|[A-Za-z]|[ivx]{2,5}|[IVX]{2,5})[)）.、．]")
_MATH_SIGN = "〔公式〕"
_NOTE_MARK = "note"
_SMALLEST_OFFSET = 4  # half points; less is for the look


@dataclass(frozen=True, slots=True)
class SimpleWord:
    """A Word file for mammoth. `chunks` names the files embedded in it by the texts that stand in their places."""

    data: bytes
    chunks: Mapping[str, str]


def simplified(package: OfficePackage, mark: str) -> SimpleWord:
    """The package made simpler; `mark` is a text that the document cannot hold."""
    body = package.read(package.document)
    if body is None:
        return SimpleWord(package.to_bytes(), {})
    styles = Styles.of(package.read(package.part("styles")))
    notes = {}
    for kind, element, reference in _NOTES:
        root = package.read(package.part(kind))
        if root is not None:
            _simplify(root, styles)
            notes[reference] = {note.get(name("w:id")): _note_text(note) for note in root.iter(name(element))}
    _simplify(body, styles)
    _place_notes(body, notes)
    numbering = package.part("numbering")
    _write_numbers(body, Numbering.of(package.read(numbering), styles))
    if numbering is not None:
        package.write(numbering, _bullets())
    chunks = dict(_mark_chunks(body, package, mark))
    package.write(package.document, body)
    return SimpleWord(package.to_bytes(), chunks)


def unlikely_text(data: bytes) -> str:
    """A text that a document cannot hold, since it follows from all of its bytes."""
    return hashlib.sha256(data).hexdigest()[:24]


def _simplify(root: etree._Element, styles: Styles) -> None:
    """All that needs to know nothing beyond its own paragraph."""
    for step in (_choose_forms, _drop_deleted, _drop_placeholders):
        step(root)
    _drop_contents(root, styles)
    for prefixed in ("w:fldSimple", "w:dir", "w:bdo"):
        for wrapper in _all(root, prefixed):
            unwrap(wrapper)
    _spell_characters(root)
    for equation in (*_all(root, "m:oMathPara"), *_all(root, "m:oMath")):
        _spell_equation(equation)
    for piece in _all(root, "w:r"):
        _mark_run(piece, styles)
    for box in _all(root, "w:txbxContent"):
        _move_out(box)


def _all(root: etree._Element, prefixed: str) -> list[etree._Element]:
    return list(root.iter(name(prefixed)))


def _choose_forms(root: etree._Element) -> None:
    for alternatives in _all(root, "mc:AlternateContent"):
        _choose(alternatives)


def _choose(alternatives: etree._Element) -> None:
    """The first form where it holds a text box, or where there is no other; else the one for old readers."""
    choice, fallback = child(alternatives, "mc:Choice"), child(alternatives, "mc:Fallback")
    boxed = choice is not None and next(choice.iter(name("w:txbxContent")), None) is not None
    kept = choice if boxed or fallback is None else fallback
    for form in list(alternatives):
        if form is not kept:
            alternatives.remove(form)
    if kept is not None:
        unwrap(kept)
    unwrap(alternatives)


def _drop_deleted(root: etree._Element) -> None:
    """What was deleted or moved away while changes were tracked, and hidden rows."""
    for deleted in (*_all(root, "w:del"), *_all(root, "w:moveFrom")):
        if deleted.getparent().tag not in {name("w:rPr"), name("w:trPr")}:
            remove(deleted)
    for row in _all(root, "w:tr"):
        properties = child(row, "w:trPr")
        if child(properties, "w:del") is not None or is_on(properties, "w:hidden"):
            remove(row)


def _drop_placeholders(root: etree._Element) -> None:
    """Form fields that nobody filled in say what to do with them."""
    for block in _all(root, "w:sdt"):
        if is_on(child(block, "w:sdtPr"), "w:showingPlcHdr"):
            remove(block)


def _drop_contents(root: etree._Element, styles: Styles) -> None:
    for block in _all(root, "w:sdt"):
        gallery = value(child(child(block, "w:sdtPr"), "w:docPartObj"), "w:docPartGallery")
        if gallery == "Table of Contents":
            remove(block)
    for block in _all(root, "w:p"):
        if _CONTENTS_STYLE.match(styles.title(value(child(block, "w:pPr"), "w:pStyle"))):
            remove(block)
    for field in _all(root, "w:fldSimple"):
        if _CONTENTS_FIELD.match(field.get(name("w:instr")) or ""):
            remove(field)
    for piece in list(_in_contents_field(root)):
        remove(piece)


def _in_contents_field(root: etree._Element) -> Iterator[etree._Element]:
    """The texts between the beginning and the end of each field that makes a table of contents."""
    fields: list[tuple[list[str], list[etree._Element]]] = []  # instructions and texts of the fields that are open
    for element in root.iter(name("w:fldChar"), name("w:instrText"), name("w:t"), name("w:tab")):
        if element.tag == name("w:fldChar"):
            kind = element.get(name("w:fldCharType"))
            if kind == "begin":
                fields.append(([], []))
            elif kind == "end" and fields:
                instructions, texts = fields.pop()
                if _CONTENTS_FIELD.match("".join(instructions)):
                    yield from texts
                elif fields:
                    fields[-1][1].extend(texts)
        elif fields and element.tag == name("w:instrText"):
            fields[-1][0].append(element.text or "")
        elif fields:
            fields[-1][1].append(element)


def _spell_characters(root: etree._Element) -> None:
    """Characters that have elements of their own as plain ones."""
    for ruby in _all(root, "w:ruby"):
        _spell_ruby(ruby)
    for ending in _all(root, "w:cr"):
        ending.tag = name("w:br")
    for piece in _all(root, "w:object"):
        _name_equation(piece)


def _spell_ruby(ruby: etree._Element) -> None:
    """The characters without the small ones above them."""
    base = child(ruby, "w:rubyBase")
    for letters in [] if base is None else list(base.iter(name("w:t"))):
        ruby.addprevious(letters)
    remove(ruby)


def _name_equation(piece: etree._Element) -> None:
    """An equation of an old editor is a picture; that there is one can still be said."""
    for element in piece.iter():
        if isinstance(element.tag, str) and _EQUATION_OBJECT.match(element.get("ProgID") or ""):
            letters = made("w:t")
            letters.text = _MATH_SIGN
            piece.addnext(letters)
            return


def _spell_equation(equation: etree._Element) -> None:
    parent = equation.getparent()
    if parent is None or parent.tag == name("m:oMathPara"):
        return
    text = equation_text(equation)
    parent.replace(equation, paragraph(text) if parent.tag in {name("w:body"), name("w:tc")} else run(text))


def _mark_run(piece: etree._Element, styles: Styles) -> None:
    block = next(piece.iterancestors(name("w:p")), None)
    style = value(child(block, "w:pPr"), "w:pStyle") or styles.default_paragraph
    if styles.is_on(piece, style, "w:vanish"):
        for element in list(piece):
            if element.tag not in {name("w:rPr"), name("w:fldChar"), name("w:instrText")}:
                remove(element)
        return
    if styles.is_on(piece, style, "w:strike") or styles.is_on(piece, style, "w:dstrike"):
        _set(piece, made("w:strike"))
    elif is_on(child(piece, "w:rPr"), "w:strike") is not None:
        _unset(piece, "w:strike")
    if value(child(piece, "w:rPr"), "w:vertAlign") is None and (script := styles.script(piece) or _moved(piece, block)):
        _set(piece, made("w:vertAlign", val=script))


def _moved(piece: etree._Element, block: etree._Element | None) -> str | None:
    """Superscript or subscript for text that is moved up or down beside other text of its paragraph."""
    offset = _offset(piece)
    if block is None or abs(offset) < _SMALLEST_OFFSET:
        return None
    beside = (next(piece.itersiblings(name("w:r"), preceding=before), None) for before in (True, False))
    if all(other is None or _offset(other) for other in beside):
        return None
    return "superscript" if offset > 0 else "subscript"


def _offset(piece: etree._Element) -> int:
    """How far a run stands above the line, in half points."""
    said = value(child(piece, "w:rPr"), "w:position") or "0"
    return int(said) if re.fullmatch(r"-?\d{1,4}", said) else 0


def _set(piece: etree._Element, property_: etree._Element) -> None:
    properties = child(piece, "w:rPr")
    if properties is None:
        properties = made("w:rPr")
        piece.insert(0, properties)
    for old in properties.findall(property_.tag):
        properties.remove(old)
    properties.append(property_)


def _unset(piece: etree._Element, prefixed: str) -> None:
    properties = child(piece, "w:rPr")
    if properties is not None:
        for old in properties.findall(name(prefixed)):
            properties.remove(old)


def _move_out(box: etree._Element) -> None:
    """A text box stands behind the paragraph that it hangs on."""
    anchor = next(box.iterancestors(name("w:p")), None)
    blocks = list(box)
    remove(box)
    if anchor is not None:
        for block in reversed(blocks):
            anchor.addnext(block)


def _text(element: etree._Element) -> str:
    return "".join(text.text or "" for text in element.iter(name("w:t"))).strip()


def _note_text(note: etree._Element) -> str:
    return " ".join(filter(None, map(_text, note.iter(name("w:p")))))


def _place_notes(body: etree._Element, notes: Mapping[str, Mapping[str | None, str]]) -> None:
    """A short note stands in brackets where it is referred to, a long one behind the paragraph."""
    count = 0
    for reference in list(body.iter(*map(name, notes))) if notes else []:
        prefixed = "w:" + etree.QName(reference).localname
        text = notes[prefixed].get(reference.get(name("w:id")), "")
        piece = reference.getparent()
        remove(reference)
        block = next(piece.iterancestors(name("w:p")), None)
        if not text or block is None:
            continue
        if len(text) <= _LONGEST_INLINE_NOTE:
            piece.addnext(run(f"（注：{text}）"))
            continue
        count += 1
        piece.addnext(run(f"[{count}]"))
        last = block
        while (following := last.getnext()) is not None and following.get(_NOTE_MARK):
            last = following
        behind = paragraph(f"[{count}] {text}")
        behind.set(_NOTE_MARK, "1")
        last.addnext(behind)


def _write_numbers(body: etree._Element, numbering: Numbering) -> None:
    """Every number that Word counts, as text; lists stay lists, all of them of bullets."""
    for block in _all(body, "w:p"):
        properties = child(block, "w:pPr")
        if child(child(properties, "w:rPr"), "w:del") is not None:  # no paragraph of its own any more
            continue
        label = numbering.label(block)
        shown = bool(_text(block))
        if label is not None and label.text and shown:
            block.insert(0 if properties is None else 1, run(label.text))
        _set_list(block, label if shown else None)


def _set_list(block: etree._Element, label: Label | None) -> None:
    properties = child(block, "w:pPr")
    if properties is None:
        properties = made("w:pPr")
        block.insert(0, properties)
    for old in properties.findall(name("w:numPr")):
        properties.remove(old)
    if label is None or not _ITEM.fullmatch(label.text.strip()):
        return
    place = made("w:numPr")
    place.append(made("w:ilvl", val=str(min(label.depth, _DEEPEST_LIST))))
    place.append(made("w:numId", val=_BULLETS))
    properties.append(place)


def _bullets() -> etree._Element:
    """The one list that is left."""
    root, levels, num = made("w:numbering"), made("w:abstractNum", abstractNumId="0"), made("w:num", numId=_BULLETS)
    for depth in range(_DEEPEST_LIST + 1):
        level = made("w:lvl", ilvl=str(depth))
        level.append(made("w:numFmt", val="bullet"))
        levels.append(level)
    num.append(made("w:abstractNumId", val="0"))
    root.extend((levels, num))
    return root


def _mark_chunks(body: etree._Element, package: OfficePackage, mark: str) -> Iterator[tuple[str, str]]:
    for count, chunk in enumerate(_all(body, "w:altChunk")):
        part = package.target(chunk.get(name("r:id")) or "")
        text = f"{mark}-{count}."
        chunk.getparent().replace(chunk, paragraph(text))
        yield text, part or ""
