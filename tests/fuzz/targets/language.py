"""Whether a text is language, and what is taken out of text from recognition and subtitles."""

from __future__ import annotations

from contextlib import ExitStack

from tests.fuzz.target import Check, Target
from tests.fuzz.targets._files import PROSE

_SEEDS = (
    PROSE,
    b"Deposits are three tenths of the price, the rest is due before dispatch.",
    "".join(chr(0x3400 + 7 * at) for at in range(60)).encode(),
    " ".join("企业微信群发每天最多一次超过会被提醒请合理安排时间").encode(),
    b"1\n00:00:01,000 --> 00:00:03,000\nabc\n\n2\n00:00:03,000 --> 00:00:05,000\nd.\n",
    b"[00:01.20]abc\n[00:02.20]abc\n[00:03.20]abc\n",
)
_TOKENS = tuple(
    token.encode()
    for token in (
        " |。|，|……|....|·|\ufffd|\ue000|\x01|é|ж|ß|ﬁ|한|ひ|乸|龘|企|业|企 业 |xkcd|qwrt|aeiou|1"
        "|00:00:01,000 --> 00:00:03,000"
        "|WEBVTT|NOTE |[00:01.20]|(00:01:10)|发言人 1 00:01|\n|\n\n|[ti:x]|{\\an8}|<i>|</i>|𠀀|😀|\u200d|٣|０"
    ).split("|")
)


def _prepare(stack: ExitStack) -> Check:
    from corpus.parsing.language import is_garbage
    from corpus.parsing.plain_text import parse_text
    from corpus.parsing.recognised_text import close_spacing
    from corpus.parsing.subtitles import spoken_text

    def check(data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        assert is_garbage(text) == is_garbage(text[::-1]) or len(text) > 60, "the order tells nothing of a short text"
        closed = close_spacing(text)
        assert "".join(closed.split()) == "".join(text.split())
        assert len(spoken_text(text)) <= len(text) + text.count("\n") + 1
        for line in parse_text(text).lines:
            assert line.text.strip()

    return check


TARGET = Target("language", _prepare, _SEEDS, _TOKENS)
