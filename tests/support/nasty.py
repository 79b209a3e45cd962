"""Texts as nobody wishes for them: emoji, scripts in both directions, markup, what looks like entities, controls."""

from __future__ import annotations

import random

_MARKUP = (
    "<b> </b> < > & &amp; &lt;b&gt; &#60; &#x3c; &nbsp </blockquote> <a href='x'> \" ' <!-- ]]>"
    " <script>alert(1)</script> <tg-spoiler> </ *_`~|[]() {n} {0} {{}} %s %(x)s"
    " https://e.example/?a=1&b=2 @TestQABots /start #话题"
).split()
_SCRIPTS = (
    "שלום مرحبا हिन्दी ไทย 한국어 Ελληνικά кириллица 微信 小红书 加v 定金 预售 。 ！ ， 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𠮷野家 a word 2<3&&5>4"
    " 😀 👨\u200d👩\u200d👧\u200d👦 🇨🇳 👍🏽 1️⃣ e\u0301"
).split()
_SPACES = ("\u202e", "\u2066", "\u200f", "\u200b", "\ufeff", "\u00ad", "\u3000", "？\n", "\n\n", "\n", "\t", " ")
_LONG = ("x" * 60, "字" * 80, "😀" * 50, "<&>" * 30)
UNPRINTABLE = ("\x00", "\x07", "\x1b[31m", "\r", "\x0b", "\x7f", "\ud83d", "\udc00", "\ud800\ud800", "\ufffe")


def nasty_text(source: random.Random, *, unprintable: bool = False, longest: int = 30) -> str:
    """A random text that has at least one letter; with `unprintable`, also what no message can carry."""
    pieces = (*_MARKUP, *_SCRIPTS, *_SPACES, *_LONG, *(UNPRINTABLE if unprintable else ()))
    return "问" + "".join(source.choice(pieces) for _ in range(source.randint(1, longest)))
