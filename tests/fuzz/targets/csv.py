"""Comma-separated files, and those with other delimiters."""

from __future__ import annotations

from contextlib import ExitStack

from tests.fuzz.target import Check, Target
from tests.fuzz.targets._files import PROSE, reading

_SEEDS = (
    "店名,月费,备注\n青禾店,199 元,含停车\n绿野店,299 元,\n".encode(),
    "青禾店价目,,\n单位：元,,\n\n店名,月付,年付\n青禾店,199,1999\n,,\n绿野店,299,\n".encode("gb18030"),
    '问题\t答案\t分类\n能退吗？\t"七天内\n可以退。"\t售后\n'.encode(),
    "店名;青禾\n面积;30\n人数;5\n".encode("utf-16"),
)
_TOKENS = (
    b',|;|\t|"|""|\n|\r\n|\r|,,,\n|sep=;\n|sep=,\r\n|\0|\xef\xbb\xbf|\xff\xfe|\xb5\xea\xc3\xfb|\xa4@|1|1.5|15%|'
    b"2026-05-01|a"
    b"|\xe9\x97\xae\xe9\xa2\x98|\xe7\xad\x94\xe6\xa1\x88|\xe5\xba\x97\xe5\x90\x8d|\xe6\x9c\x88\xe8\xb4\xb9|"
    b"\xef\xbc\x8c|#|-"
    b"|\xe9\x9d\xa2\xe7\xa7\xaf|\xe3\x80\x82|\xef\xbc\x9a|1\xe6\x9c\x88|\xe2\x80\xa8|\x0b|\x0c|\x1c|\x85|=A1|"
    b"\x20|\xc2\xa0"
).split(b"|")


def _prepare(stack: ExitStack) -> Check:
    return reading(lambda data: ".csv")


TARGET = Target("csv", _prepare, _SEEDS, (*_TOKENS, PROSE))
