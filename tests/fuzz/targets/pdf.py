"""PDF files."""

from __future__ import annotations

from contextlib import ExitStack

from tests.corpus.samples import chinese_pdf, pdf
from tests.fuzz.target import Check, Target
from tests.fuzz.targets._files import reading

_LINES = ("Deposits are three tenths of the price.", "The rest is due before dispatch.", "Page 1 of 2")
_TOKENS = (
    b"obj|endobj|stream\n|endstream|xref|trailer|startxref|%%EOF|<<|>>|/Type /Page|/Kids [2 0 R]|/Count "
    b"99999999|/Length -1"
    b"|/Filter /FlateDecode|/Filter [/ASCIIHexDecode /LZWDecode]|/DecodeParms << /Predictor 12 /Columns 2147483647 >>"
    b"|1 0 R|2 0 R|3 0 R|4 0 R|/Parent 4 0 R|/Prev 0|/XRefStm 0|/ObjStm|/Encrypt 1 0 R|BT|ET|Tj|TJ|Td| Do|/F1 "
    b"1e38 Tf|q|Q"
    b"|(|)|[|]|<|\0|\xff|%PDF-1.4\n|/MediaBox [0 0 1e9 1e9]|/UserUnit 1e9|/Subtype /Type3|/ToUnicode 4 0 R|"
    b"/Root 2 0 R"
).split(b"|")


def _prepare(stack: ExitStack) -> Check:
    return reading(lambda data: ".pdf")


_PLACED = [(70.0 + 90 * at, 700.0 - 20 * at, text) for at, text in enumerate(("定金三成", "120", "", "3"))]
_SEEDS = (pdf(_LINES), pdf(_LINES, _LINES), pdf(_LINES, encrypted=True), chinese_pdf(_PLACED, _PLACED[2:3]))

TARGET = Target("pdf", _prepare, _SEEDS, tuple(_TOKENS))
