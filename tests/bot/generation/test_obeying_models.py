"""What an attacker plants reaches nobody by way of the writer: not as a draft, a message, JSON or a line of the log."""

from __future__ import annotations

import datetime
import logging
from collections.abc import AsyncGenerator, Sequence

import pytest

from bot.answering.material import Material
from bot.generation.budget import Budget, Memory
from bot.generation.gateway import Event
from bot.generation.model import Source
from bot.generation.outcomes import End, Message, Piece
from bot.generation.writer import Writer
from bot.locales import texts
from bot.model import Answer, Statement
from bot.telegram.rendering.answers import answer_message
from bot.terminal.plain_text import as_json
from corpus.characters import fold
from corpus.vocabulary.glossary import Glossary
from tests.bot.generation.answers import citation, found, passage
from tests.bot.generation.test_attacks import ATTACKS, Attack

TODAY = datetime.date(2026, 11, 30)
GLOSSARY = Glossary.load()


class Obedient:
    """Says what it was made to, in small pieces."""

    def __init__(self, answer: str) -> None:
        self._answer = answer

    def open(self) -> None:
        """Nothing to load."""

    async def close(self) -> None:
        """Nothing to close."""

    async def write(self, messages: Sequence[Message], *, max_tokens: int | None = None) -> AsyncGenerator[Event, None]:
        """The planted answer."""
        for at in range(0, len(self._answer), 7):
            yield Piece(self._answer[at : at + 7])
        yield End(whole=True, tokens=None)


def behind(sources: Sequence[Source]) -> list[Material]:
    """The attack's sources as passages."""
    return [Material(passage(each.text, n), citation(n), outdated=False) for n, each in enumerate(sources, start=1)]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
async def test_nothing_planted_reaches_anybody(attack: Attack, caplog: pytest.LogCaptureFixture) -> None:
    drafts: list[Statement] = []

    async def material(answer: Answer) -> list[Material]:
        return behind(attack.sources)

    with caplog.at_level(logging.DEBUG):
        for said in list(attack.answers())[::3]:
            budget = Budget(Memory(), today=lambda: TODAY)
            writer = Writer(Obedient(said), material, GLOSSARY, budget, today=lambda: TODAY)
            answer = await writer.compose(found("小红书群聊最多多少人？"), shown=drafts.extend)
            seen = [
                *(draft.text for draft in drafts),
                *(answer_message(answer, texts("zh")).parts),
                *(str(value) for key, value in as_json(answer).items() if key not in {"passages", "elapsed_ms"}),
                caplog.text,
            ]
            assert not [word for word in attack.planted for text in seen if fold(word) in fold(text)], said
