"""Word files: whole archives, or where the input is none, the XML inside of one."""

from __future__ import annotations

from contextlib import ExitStack

from tests.corpus.samples import docx, word_paragraph, word_table
from tests.fuzz.target import Check, Target
from tests.fuzz.targets._files import PROSE, reading

_TEXT = PROSE.decode()
_BODY = (
    word_paragraph("T", "Title") + word_paragraph("A", "H1") + word_paragraph(_TEXT) + word_table(("k", "v"), ("1",))
)
_TOKENS = (
    b"<w:p>|</w:p>|<w:r>|</w:r>|<w:t>|</w:t>|<w:tbl>|<w:tr>|<w:tc>|</w:tc>|</w:tr>|</w:tbl>|<w:b/>|<w:rPr>|"
    b"</w:rPr>|<w:pPr>"
    b'|</w:pPr>|<w:pStyle w:val="H1"/>|<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>|<w:br/>|<w:tab/>'
    b'|<w:hyperlink r:id="r9">|</w:hyperlink>|<w:drawing>|<w:vMerge/>|<w:gridSpan w:val="99999"/>|<w:fldChar '
    b"w:fldCharType="
    b'"begin"/>|<w:instrText>|<w:footnoteReference w:id="1"/>|<w:sdt>|<mc:AlternateContent>|<!DOCTYPE a '
    b'[<!ENTITY b "c">]>'
    b"|&b;|&#0;|&#x10ffff;|<![CDATA[|]]>|<!--|-->|PK\x03\x04|PK\x01\x02|PK\x05\x06|word/document.xml|"
    b"[Content_Types].xml"
    b"|\0\0|\xff\xff\xff\xff|</w:body></w:document>"
).split(b"|")


def _prepare(stack: ExitStack) -> Check:
    return reading(
        lambda data: ".docx",
        lambda data: data if data[:2] in {b"PK", b"\xd0\xcf"} else docx(data.decode("utf-8", "replace")),
    )


TARGET = Target("docx", _prepare, (docx(_BODY), _BODY.encode(), _BODY.encode()), (*_TOKENS, PROSE))
