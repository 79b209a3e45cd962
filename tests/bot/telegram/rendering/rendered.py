"""Whether Telegram takes what the renderer makes, told by the parser of the test server, and shows it literally.

It words its errors as Telegram does: what passes here is no 400 there.
"""

from __future__ import annotations

from bot.answering.wording import sources_of
from bot.locales import texts
from bot.model import Answer, Status
from bot.telegram.rendering.answers import Outgoing, answer_message
from bot.telegram.rendering.html import LIMIT
from bot.telegram.rendering.votes import with_votes
from bot.telegram.transport.replies import keyboard
from tests.end_to_end.server.errors import Json
from tests.end_to_end.server.formatting import formatted, u16
from tests.end_to_end.server.parameters import Params
from tests.end_to_end.server.sending import Sending

MOST_MARKED = 100
"""Telegram marks no more of a message: where a text is full of /commands and @names, ours may be what it leaves out."""

SERVER = Sending("1:x", "TestQABot", privacy=True, mentions_pass_privacy=False)


def visible(text: str) -> str:
    """What of a text a message can carry, without white space, of which splitting may take some."""
    kept = (c for c in text if not c.isspace() and c >= " " and not "\ud800" <= c <= "\udfff")
    return "".join(kept)


def received(outgoing: Outgoing) -> tuple[str, list[tuple[str, str, Json]]]:
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


def in_order(pieces: list[str], whole: str) -> None:
    """Every piece stands in the text, literally and in this order."""
    seen, at = visible(whole), 0
    for piece in map(visible, pieces):
        found = seen.find(piece, at)
        assert found >= 0, piece
        at = found + len(piece)


def check_answer(answer: Answer, *, asked: str | None, number: int) -> None:
    """An answer with its votes: sent, and everything in it to be seen in its order and its style."""
    words = texts(answer.language)
    outgoing = with_votes(answer_message(answer, words, asked=asked), number)
    whole, marked = received(outgoing)
    in_order([asked] if asked else [], whole)
    if answer.status not in (Status.ANSWERED, Status.UNSURE):
        return
    understood = [answer.understood] if answer.understood else []
    in_order([*understood, *(quote.display for quote in answer.quotes if not quote.folded)], whole)
    in_order([words("sources"), *(quote.display for quote in answer.quotes if quote.folded)], whole)
    for fold in (False, True):
        in_order([words("sources"), *(cited.title for cited in sources_of(answer, folded=fold))], whole)
    if len(marked) >= MOST_MARKED:
        return
    assert any(visible(words("sources")) in visible(text) for kind, text, _ in marked if kind == "bold")
    # A link stands under its own title, or under a part of it where a message ends within.
    titles = [visible(cited.title) for cited in answer.sources if cited.url]
    for text in (visible(text) for kind, text, entity in marked if kind == "text_link"):
        assert any(text in title for title in titles)
    folded = "".join(text for kind, text, _ in marked if kind == "expandable_blockquote")
    assert all(visible(quote.display) in visible(folded) for quote in answer.quotes if quote.folded)
