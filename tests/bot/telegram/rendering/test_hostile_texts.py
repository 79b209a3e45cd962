"""Ten thousand hostile questions, answers and passages through the renderer, read by the parser of the test server."""

from __future__ import annotations

import random
from datetime import date

import pytest

from bot.locales import LANGUAGES, texts
from bot.model import Answer, Citation, Quote, Status, Topic
from bot.telegram.rendering.answers import greeting_message, line, passage_message
from corpus.model import Passage
from embeddings.index.records import ArticleRecord
from tests.bot.telegram.rendering.rendered import check_answer, in_order, received, visible
from tests.support.nasty import nasty_text

CASES = 10_000


def _answer(source: random.Random, long: bool) -> Answer:
    size = 600 if long else 20
    count = source.randint(0, 8)
    sources = tuple(
        Citation(
            n=n,
            article=nasty_text(source),
            title=nasty_text(source, unprintable=True, longest=12),
            section=" › ".join(nasty_text(source, longest=3) for _ in range(source.randint(0, 3))),
            author=None,
            date=source.choice([None, date(2026, 5, 1)]),
            url=source.choice([None, "https://e.example/?a=1&b='2'", nasty_text(source, unprintable=True)]),
            passage=source.choice(["", f"{source.getrandbits(64):016x}"]),
            score=1.0,
        )
        for n in range(1, count + 1)
    )
    quoted = source.randint(0, 6) if sources else 0
    return Answer(
        question=nasty_text(source),
        status=source.choice(list(Status)),
        language=source.choice(LANGUAGES),
        confidence=0.5,
        quotes=tuple(
            Quote(
                nasty_text(source, unprintable=True, longest=size),
                source.randint(1, count),
                folded=source.random() < 0.5,
                heading=source.choice(["", nasty_text(source, longest=4)]),
            )
            for _ in range(quoted)
        ),
        sources=sources,
        passages=(),
        near_topics=tuple(
            Topic(nasty_text(source, longest=8), "a.md", f"{source.getrandbits(64):016x}")
            for _ in range(source.randint(0, 3))
        ),
        generation="g",
        elapsed_ms=1.0,
        understood=source.choice([None, nasty_text(source, unprintable=True)]),
        outdated=source.random() < 0.3,
        incomplete=source.random() < 0.3,
    )


def _check_answer(source: random.Random, *, long: bool) -> None:
    answer = _answer(source, long)
    asked = source.choice([None, nasty_text(source, unprintable=True)])
    check_answer(answer, asked=asked, number=source.randint(1, 10**18 - 1))


def _check_passage(source: random.Random, *, long: bool) -> None:
    title, author = nasty_text(source, unprintable=True, longest=8), nasty_text(source, unprintable=True, longest=4)
    url = source.choice([None, "https://e.example/"])
    article = ArticleRecord("a.md", title, "", "", author=author, date=None, url=url)
    text = nasty_text(source, unprintable=True, longest=900 if long else 30)
    whole, marked = received(
        passage_message(Passage("0" * 16, "a.md", 0, (title, "一节"), text, ()), article, texts("zh"))
    )
    in_order([title, author, text], whole)
    assert visible(next(text for kind, text, _ in marked if kind == "bold")) == visible(title)


def _check_lines(source: random.Random, *, long: bool) -> None:
    text = nasty_text(source, unprintable=True, longest=900 if long else 30)
    assert visible(received(line(text))[0]) == visible(text)
    examples = {f"e1:{n:016x}": nasty_text(source, longest=4) for n in range(source.randint(0, 6))}
    received(greeting_message(examples, texts("en")))


@pytest.mark.parametrize("check", [_check_answer, _check_passage, _check_lines])
def test_whatever_it_is_telegram_takes_it_and_shows_it_literally(check: object) -> None:
    """Scenarios 7 and 8. One case in twenty is longer than a message."""
    assert callable(check)
    source = random.Random(f"siyu {check}".partition(" at ")[0])
    for case in range(CASES // 3 + 1):
        check(source, long=case % 20 == 0)
