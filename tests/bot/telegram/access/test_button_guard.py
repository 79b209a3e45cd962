"""ButtonDebounce of buttons, through a real bot to the local Bot API server."""

from __future__ import annotations

from telegram import CallbackQuery
from telegram.ext import ExtBot

from bot.telegram.access.button_guard import ButtonDebounce
from bot.telegram.access.question_limits import QuestionLimits
from tests.end_to_end.server import FakeBotApi

ANN, BOB = 11, 12


class Room:
    """A message with buttons, and people who press them; `said` is what the last one was told."""

    def __init__(self, server: FakeBotApi, bot: ExtBot[None], button_debounce: ButtonDebounce) -> None:
        self._server = server
        self._bot = bot
        self._button_debounce = button_debounce
        self.said: str | None = None

    async def press(self, user: int = ANN, *, data: str = "p1:1", message: int = 5) -> bool:
        """Whether a press is let through; if so, it is served."""
        number = self._server.query()
        where = {"message_id": message, "date": 1, "chat": {"id": ANN, "type": "private"}}
        person = {"id": user, "is_bot": False, "first_name": "A", "language_code": "en"}
        raw = {"id": number, "from": person, "chat_instance": "1", "data": data, "message": where}
        query = CallbackQuery.de_json(raw, self._bot)
        assert isinstance(query, CallbackQuery)
        admitted = await self._button_debounce.admits(query)
        if admitted:
            self._button_debounce.served(query)
        self.said = (self._server.queries[number]["answer"] or {}).get("text")
        return admitted


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_the_same_button_is_served_again_only_after_a_while(server: FakeBotApi, bot: ExtBot[None]) -> None:
    clock = Clock()
    room = Room(server, bot, ButtonDebounce(QuestionLimits(0), again_after=15, clock=clock))
    assert await room.press()
    assert not await room.press()
    assert room.said == "I have just sent that; please look below."
    assert not await room.press(BOB)
    assert await room.press(data="p1:2")
    assert await room.press(message=6)
    clock.now = 15
    assert await room.press()


async def test_a_person_presses_so_often_a_minute_and_no_more(server: FakeBotApi, bot: ExtBot[None]) -> None:
    clock = Clock()
    room = Room(server, bot, ButtonDebounce(QuestionLimits(2), clock=clock))
    assert await room.press(data="p1:1")
    assert await room.press(data="p1:2")
    assert not await room.press(data="p1:3")
    assert room.said == "That was a little fast. Please try again in a minute."
    assert await room.press(BOB, data="p1:3")
    clock.now = 60
    assert await room.press(data="p1:4")
