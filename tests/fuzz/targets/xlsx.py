"""Workbooks: whole archives, or where the input is none, the XML of a sheet inside of one."""

from __future__ import annotations

from contextlib import ExitStack

from tests.corpus.samples import saved, workbook
from tests.fuzz.target import Check, Target
from tests.fuzz.targets._files import PROSE, reading

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_ROWS: list[list[object]] = [["店名", "月费", "折扣"], ["青禾店", 199, 0.15], ["合计", "=B2", True]]
_BOOK = saved(workbook(("价目", _ROWS), ("问答", [["问题", "答案"], ["能退吗？", "七天内可以退。"]]), title="T"))
_SHEET = (
    b'<cols><col min="2" max="2" hidden="1"/></cols><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s">'
    b'<v>1</v></c></row><row r="2" hidden="1"><c r="A2" t="inlineStr"><is><r><rPr><strike/></rPr><t>x</t></r></is></c>'
    b'<c r="B2" s="1"><f>1</f><v>46143</v></c></row><row><c s="2"><v>0.15</v></c></row></sheetData>'
    b'<mergeCells><mergeCell ref="A1:B1"/></mergeCells>'
)
_TOKENS = (
    b'<row>|</row>|<row r="9">|<row r="1048576">|<row r="99999999999">|<row r="-1">|<row hidden="1" ht="0">|<c>|'
    b'</c>|<c r="A1">|'
    b'<c r="XFD1048576">|<c r="ZZZ1">|<c r="1A">|<c t="s">|<c t="e">|<c t="b">|<c t="d">|<c t="str">|'
    b'<c t="inlineStr">|<c s="1">|'
    b'<c s="2">|<c s="99">|<c s="-1">|<v>|</v>|<f>|</f>|<is>|</is>|<r>|</r>|<t>|</t>|<rPr>|</rPr>|<strike/>|'
    b'<vertAlign val="superscript"/>|<v>1</v>|<v>1e308</v>|<v>-1</v>|<v>nan</v>|<v>inf</v>|<v>2958466</v>|'
    b"<v>46143.5</v>|"
    b"<v>99999999999999999999</v>|<v>0</v>|<v>2026-05-01T00:00:00</v>|<v/>|</sheetData>|<sheetData>|"
    b'<mergeCell ref="A1:XFD1048576"/>|'
    b'<mergeCell ref="B2:A1"/>|<mergeCells>|</mergeCells>|<col min="1" max="16384" hidden="1"/>|'
    b'<dimension ref="A1:XFD1048576"/>|'
    b"<sheetViews/>|<autoFilter/>|<hyperlinks/>|<extLst/>|&#0;|&amp;|<![CDATA[|]]>|<!--|-->|"
    b'<!DOCTYPE a [<!ENTITY b "c">]>|&b;|'
    b"_x000D_|PK\x03\x04|PK\x01\x02|PK\x05\x06|xl/workbook.xml|[Content_Types].xml|\0\0|\xff\xff\xff\xff"
).split(b"|")
_PLAIN = 'fontId="0" fillId="0" borderId="0"'
_PARTS = {
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}"><numFmts><numFmt numFmtId="164" formatCode="&quot;¥&quot;#,##0.00;[Red]0'
        '\\.0,&quot;万&quot;"/></numFmts><fonts><font/></fonts><fills><fill><patternFill/></fill></fills><borders><border/></borders>'
        f'<cellStyleXfs><xf numFmtId="0" {_PLAIN}/></cellStyleXfs><cellXfs><xf numFmtId="0" {_PLAIN}/><xf numFmtId="31"'
        f' {_PLAIN}/><xf numFmtId="164" {_PLAIN}/><xf numFmtId="46" {_PLAIN}/></cellXfs></styleSheet>'
    ),
    "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}"><si><t>问题</t></si><si><t>答案</t></si></sst>',
}


def _archive(data: bytes) -> bytes:
    """The input itself where it is an archive, else a workbook with it as the inside of a sheet."""
    if data[:2] in {b"PK", b"\xd0\xcf"}:
        return data
    sheet = f'<worksheet xmlns="{_MAIN}">{data.decode("utf-8", "replace")}</worksheet>'
    return saved(workbook(("价目", [])), {"xl/worksheets/sheet1.xml": sheet, **_PARTS})


def _prepare(stack: ExitStack) -> Check:
    return reading(lambda data: ".xlsx", _archive)


TARGET = Target("xlsx", _prepare, (_BOOK, _SHEET, _SHEET), (*_TOKENS, PROSE))
