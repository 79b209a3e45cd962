"""Answers of any content through the renderer, with the test server's HTML parser for Telegram's."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date

from tests.fuzz.target import Check, Target

_TOKENS = (
    "<b>~</b>~<~>~&~&amp;~&lt;~&#0;~\"~'~</blockquote>~<a href='x'>~https://e.example/?a=1&b='2'~"
    "tg://user?id=1~javascript:x~/start"
    "~@TestQABots~#t~\n~\n\n~。~！~？\n~. ~，~ ~\t~\0~\x07~\u202e~\u200b~\ufeff~\ufffe~😀~👨\u200d👩\u200d👧~"
    "🇨🇳~e\u0301~𠮷~שלום~{n}~%s"
    "~字~x~\ue000~\U0010ffff"
)


class _Supply:
    """Hands out an input piece by piece; when it is used up there is nothing but noughts and empty texts."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def number(self, below: int) -> int:
        """From 0 to one less than `below`."""
        taken, self._data = self._data[:2], self._data[2:]
        return int.from_bytes(taken) % below

    def text(self) -> str:
        """Up to the next 0x1E, also with what no UTF-8 is, as halves of surrogate pairs."""
        taken, _, self._data = self._data.partition(b"\x1e")
        return taken.decode("utf-8", "surrogateescape")

    def maybe(self) -> str | None:
        return self.text() if self.number(2) else None


def _prepare(stack: ExitStack) -> Check:
    from bot.locales import LANGUAGES
    from bot.model import Answer, Citation, Quote, Status, Topic
    from tests.bot.telegram.rendering.rendered import check_answer

    def check(data: bytes) -> None:
        supply = _Supply(data)
        count = supply.number(9)
        sources = tuple(
            Citation(
                n=n,
                article="a.md",
                title=supply.text() or "T",
                section=supply.text(),
                author=None,
                date=date(2026, 5, 1) if supply.number(2) else None,
                url=supply.maybe() or None,
                passage="0" * 16 if supply.number(2) else "",
                score=1.0,
            )
            for n in range(1, count + 1)
        )
        answer = Answer(
            question=supply.text(),
            status=list(Status)[supply.number(len(Status))],
            language=LANGUAGES[supply.number(len(LANGUAGES))],
            confidence=0.5,
            quotes=tuple(
                Quote(supply.text() or "q", 1 + supply.number(count), folded=bool(supply.number(2)))
                for _ in range(supply.number(6) if count else 0)
            ),
            sources=sources,
            passages=(),
            near_topics=tuple(Topic(supply.text() or "t", "a.md", "0" * 16) for _ in range(supply.number(4))),
            generation="g",
            elapsed_ms=1.0,
            understood=supply.maybe() or None,
            outdated=bool(supply.number(2)),
            incomplete=bool(supply.number(2)),
        )
        check_answer(answer, asked=supply.maybe() or None, number=1 + supply.number(10_000))

    return check


_SEED = b"\0\2" + b"T<b>\x1e\xc2\xa7 s\x1e\0\1\0\1https://e.example/\x1e\0\1" * 2 + b"q?\x1e\0\0\0\0\0\2a&b\x1e\0\0\0\1"

TARGET = Target(
    "rendering", _prepare, (_SEED, _SEED * 3), (*(t.encode() for t in _TOKENS.split("~")), b"\x1e", b"\0\1")
)
