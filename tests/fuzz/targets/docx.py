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
    b"|\0\0|\xff\xff\xff\xff|</w:body></w:document>|<m:oMath>|</m:oMath>|<m:r><m:t>x</m:t></m:r>|<m:f>|</m:f>|<m:num>"
    b'|<w:altChunk r:id="c1"/>|<w:vanish/>|<w:strike/>|<w:txbxContent>|</w:txbxContent>|<mc:Choice>|</mc:Choice>'
    b"|<mc:Fallback>|</mc:AlternateContent>|<w:ruby>|<w:rubyBase>|</w:ruby>|<w:fldSimple>|<w:del>|</w:del>|<w:ins>"
    b'|<w:numPr><w:ilvl w:val="9"/><w:numId w:val="2"/></w:numPr>|<w:footnoteReference w:id="2"/>|<w:object>|TOC'
).split(b"|")


_LEVELS = "".join(
    f'<w:lvl w:ilvl="{at}"><w:numFmt w:val="{form}"/><w:lvlText w:val="%{at + 1}、%1"/></w:lvl>'
    for at, form in enumerate(("chineseCounting", "lowerRoman", "bullet"))
)
_PARTS = {
    "numbering": f'<w:abstractNum w:abstractNumId="0">{_LEVELS}</w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>',
    "footnotes": f'<w:footnote w:id="1">{word_paragraph("n")}</w:footnote>',
}


def _archive(data: bytes) -> bytes:
    """The input itself where it is an archive; else it is the body, what the body embeds, and the numbers it uses."""
    if data[:2] in {b"PK", b"\xd0\xcf"}:
        return data
    text = data.decode("utf-8", "replace")
    return docx(text, parts=_PARTS, chunks={"c1": data})


def _prepare(stack: ExitStack) -> Check:
    return reading(lambda data: ".docx", _archive)


TARGET = Target("docx", _prepare, (docx(_BODY), _BODY.encode(), _BODY.encode()), (*_TOKENS, PROSE))
