"""Ten thousand hostile questions, answers and passages through the renderer, read by the parser of the test server.

It words its errors as Telegram does: what passes here is no 400 there.
"""

from __future__ import annotations

import random
from datetime import date

import pytest

from bot.answering.answer import Answer, Citation, Quote, Status, Topic
from bot.locales import LANGUAGES, texts
from bot.rendering.markup import LIMIT
from bot.rendering.telegram import Outgoing, answer_message, greeting_message, line, passage_message
from bot.rendering.votes import with_votes
from bot.sending import keyboard
from corpus.model import Passage
from embeddings.generation import ArticleRecord
from tests.nasty import nasty_text
from tests.telegram.server.errors import Json
from tests.telegram.server.formatting import formatted, u16
from tests.telegram.server.parameters import Params
from tests.telegram.server.sending import Sending

CASES = 10_000
SERVER = Sending("1:x", "TestQABot", privacy=True, mentions_pass_privacy=False)


def _visible(text: str) -> str:
    """What of a text a message can carry, without white space, of which splitting may take some."""
    kept = (c for c in text if not c.isspace() and c >= " " and not "\ud800" <= c <= "\udfff")
    return "".join(kept)


def _received(outgoing: Outgoing) -> tuple[str, list[tuple[str, str, Json]]]:
    """All parts as Telegram takes them: the whole text, and each entity with the text that it covers."""
    whole, marked = "", list[tuple[str, str, Json]]()
    for part in outgoing.parts:
        text, entities = formatted(part, "HTML", None, LIMIT, "message is too long")
        assert 0 < u16(text) <= LIMIT
        units = text.encode("utf-16-le")
        for entity in entities:
            covered = units[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])]
            assert len(covered) == 2 * entity["length"]
            marked.append((entity["type"], covered.decode("utf-16-le"), entity))
        whole += text
    markup = keyboard(outgoing.buttons)
    if markup is not None:
        SERVER.markup(Params(reply_markup=markup.to_dict()))
    return whole, marked


def _in_order(pieces: list[str], whole: str) -> None:
    """Every piece stands in the text, literally and in this order."""
    seen, at = _visible(whole), 0
    for piece in map(_visible, pieces):
        found = seen.find(piece, at)
        assert found >= 0, piece
        at = found + len(piece)


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
            Quote(nasty_text(source, unprintable=True, longest=size), source.randint(1, count)) for _ in range(quoted)
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
        aged=source.random() < 0.3,
        incomplete=source.random() < 0.3,
    )


def _check_answer(source: random.Random, *, long: bool) -> None:
    answer = _answer(source, long)
    asked = source.choice([None, nasty_text(source, unprintable=True)])
    words = texts(answer.language)
    outgoing = with_votes(answer_message(answer, words, asked=asked), source.randint(1, 10**18 - 1))
    whole, marked = _received(outgoing)
    _in_order([asked] if asked else [], whole)
    if answer.status not in (Status.ANSWERED, Status.UNSURE):
        return
    understood = [answer.understood] if answer.understood else []
    _in_order([*understood, *(quote.text for quote in answer.quotes)], whole)
    _in_order([words("sources"), *(cited.title for cited in answer.sources)], whole)
    assert any(_visible(words("sources")) in _visible(text) for kind, text, _ in marked if kind == "bold")
    # A link stands under its own title, or under a part of it where a message ends within.
    titles = [_visible(cited.title) for cited in answer.sources if cited.url]
    for text in (_visible(text) for kind, text, entity in marked if kind == "text_link"):
        assert any(text in title for title in titles)
    folded = "".join(text for kind, text, _ in marked if kind == "expandable_blockquote")
    assert all(_visible(quote.text) in _visible(folded) for quote in answer.quotes[2:])


def _check_passage(source: random.Random, *, long: bool) -> None:
    title, author = nasty_text(source, unprintable=True, longest=8), nasty_text(source, unprintable=True, longest=4)
    url = source.choice([None, "https://e.example/"])
    article = ArticleRecord("a.md", title, "", "", author=author, date=None, url=url)
    text = nasty_text(source, unprintable=True, longest=900 if long else 30)
    whole, marked = _received(
        passage_message(Passage("0" * 16, "a.md", 0, (title, "一节"), text, ()), article, texts("zh"))
    )
    _in_order([title, author, text], whole)
    assert _visible(next(text for kind, text, _ in marked if kind == "bold")) == _visible(title)


def _check_lines(source: random.Random, *, long: bool) -> None:
    text = nasty_text(source, unprintable=True, longest=900 if long else 30)
    assert _visible(_received(line(text))[0]) == _visible(text)
    examples = {f"e1:{n:016x}": nasty_text(source, longest=4) for n in range(source.randint(0, 6))}
    _received(greeting_message(examples, texts("en")))


@pytest.mark.parametrize("check", [_check_answer, _check_passage, _check_lines])
def test_whatever_it_is_telegram_takes_it_and_shows_it_literally(check: object) -> None:
    """Scenarios 7 and 8. One case in twenty is longer than a message."""
    assert callable(check)
    source = random.Random(f"siyu {check}".partition(" at ")[0])
    for case in range(CASES // 3 + 1):
        check(source, long=case % 20 == 0)
