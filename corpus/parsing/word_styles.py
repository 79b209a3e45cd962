"""Word's styles: what a paragraph or a piece of text inherits from the styles that it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from corpus.parsing.office_package import name
from corpus.parsing.word_xml import child, is_on, value

_LONGEST_CHAIN = 20


@dataclass(frozen=True, slots=True)
class Styles:
    """The styles of one document by their ids."""

    _by_id: Mapping[str, etree._Element] = field(default_factory=dict)
    _defaults: etree._Element | None = None
    default_paragraph: str | None = None
    _known: dict[tuple[str, str], bool | None] = field(default_factory=dict)  # what `_inherited` has found

    @classmethod
    def of(cls, root: etree._Element | None) -> Styles:
        """From the styles part, None where the document has none."""
        if root is None:
            return cls()
        styles = {style.get(name("w:styleId")) or "": style for style in root.iterchildren(name("w:style"))}
        default = next(
            (
                key
                for key, style in styles.items()
                if style.get(name("w:type")) == "paragraph" and style.get(name("w:default")) in {"1", "true", "on"}
            ),
            None,
        )
        run = child(child(child(root, "w:docDefaults"), "w:rPrDefault"), "w:rPr")
        return cls(styles, run, default)

    def chain(self, style: str | None) -> tuple[str, ...]:
        """The style and those it is based on, itself first."""
        chain: list[str] = []
        while style in self._by_id and style not in chain and len(chain) < _LONGEST_CHAIN:
            assert style is not None
            chain.append(style)
            style = value(self._by_id[style], "w:basedOn")
        return tuple(chain)

    def title(self, style: str | None) -> str:
        """What people call the style, such as `heading 1`; its id where it has no name."""
        return value(self._by_id.get(style or ""), "w:name") or style or ""

    def numbering(self, style: str | None) -> tuple[str | None, str | None]:
        """The list and the level in it that a paragraph's or list's style puts it in, None each where it says none."""
        for key in self.chain(style):
            properties = child(child(self._by_id[key], "w:pPr"), "w:numPr")
            if properties is not None:
                return value(properties, "w:numId"), value(properties, "w:ilvl")
        return None, None

    def is_on(self, run: etree._Element, paragraph_style: str | None, prefixed: str) -> bool:
        """Whether a property that is there or not holds for a piece of text.

        What the text itself says counts; else its paragraph's style and its own, which undo each other where both say
        so (ISO 29500-1, 17.7.3).
        """
        own = child(run, "w:rPr")
        said = is_on(own, prefixed)
        if said is not None:
            return said
        paragraph = self._inherited(paragraph_style, prefixed)
        character = self._inherited(value(own, "w:rStyle"), prefixed)
        return bool(paragraph) ^ bool(character) or bool(is_on(self._defaults, prefixed))

    def script(self, run: etree._Element) -> str | None:
        """`superscript` or `subscript` where the text's own style says so."""
        for key in self.chain(value(child(run, "w:rPr"), "w:rStyle")):
            if found := value(child(self._by_id[key], "w:rPr"), "w:vertAlign"):
                return found
        return None

    def _inherited(self, style: str | None, prefixed: str) -> bool | None:
        if style is None:
            return None
        if (style, prefixed) not in self._known:
            said = (is_on(child(self._by_id[key], "w:rPr"), prefixed) for key in self.chain(style))
            self._known[style, prefixed] = next((each for each in said if each is not None), None)
        return self._known[style, prefixed]
