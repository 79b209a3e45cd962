"""Markdown and plain text as article files; the first byte says which."""

from __future__ import annotations

from contextlib import ExitStack

from tests.fuzz.target import Check, Target
from tests.fuzz.targets._files import FRONT_MATTER, PROSE, reading

_SEED = (
    FRONT_MATTER + b"# T\n\n" + PROSE + b"\n\n## A\n\n1. **a**\n2. b\n   - c\n\n| k | v |\n| --- | --- |\n| 1 | 2 |\n\n"
    b'{% hint style="info" %}\nx: y\n{% endhint %}\n\n> q\n\n```\ncode\n```\n\n![i](a.png) '
    b"[l](https://e.example/) `c`\n"
)
_TOKENS = (
    b"#~## ~###### ~- ~* ~1. ~> ~| ~|---|~```~`~**~__~*~_~[~](~)~![~](https://e.example/)~<b>~</b>~<table>~<!--~-->"
    b"~{% hint %}~{% endhint %}~{% raw %}~---\n~...\n~title: ~date: ~    ~\t~\n~\n\n~\r\n~\\~&amp;~&#35;~==~::: ~$$"
    b"~\xef\xbb\xbf~\xff\xfe~\0~\xe3\x80\x82~\xef\xbc\x9a~\xe4\xb8\x80\xe3\x80\x81~\xe7\xac\xac1\xe6\xad\xa5~"
    b"2026-05-01"
).split(b"~")

_DIALECTS = (
    b"~~|%%|{/*|*/}|[[|]]|![[|[^1]|[^1]: |^2^|> [!note] |#a|[toc]|{% comment %}|{% endcomment %}|WEBVTT\n|"
    b"00:00:01,000 --> 00:00:02,000\n|[00:01.20]|" + "甲 乙 丙 丁 ".encode() * 8
).split(b"|")


def _prepare(stack: ExitStack) -> Check:
    return reading(lambda data: ".txt" if data[:1] < b"@" and data[:1] not in b"#->" else ".md")


TARGET = Target("markdown", _prepare, (_SEED, b"1" + PROSE * 3 + b"\n\n" + PROSE), (*_TOKENS, *_DIALECTS, PROSE))
