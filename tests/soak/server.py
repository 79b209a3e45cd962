"""The Bot API server with a stopwatch: when an update was handed to the bot, and when its answer landed."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass

from tests.end_to_end.server import FakeBotApi
from tests.end_to_end.server.errors import Json
from tests.end_to_end.server.parameters import Params
from tests.end_to_end.server.world import Chat


@dataclass(slots=True)
class Question:
    """One question on its way. Times are of the monotonic clock, in seconds; None for what has not happened yet.

    `handed` is when the bot was given the update, `answer` the first message that replies to it.
    """

    asked: float
    handed: float | None = None
    landed: float | None = None
    answer: str = ""

    @property
    def seconds(self) -> float | None:
        """From the update's handing over to the answer's landing."""
        return None if self.handed is None or self.landed is None else self.landed - self.handed


class StopwatchApi(FakeBotApi):
    """A server that knows the questions that are under way, how many messages have answered each, and how often it had
    to refuse one as too fast."""

    def __init__(self, token: str) -> None:
        super().__init__(token)
        self.rate_limits = True
        self.refusals = 0
        self._waiting: dict[tuple[int, int], tuple[Question, asyncio.Event]] = {}
        self._updates: dict[int, Question] = {}
        self._answers = Counter[tuple[int, int]]()

    @property
    def doubled(self) -> int:
        """How many questions have been answered more than once."""
        return sum(count > 1 for count in self._answers.values())

    async def put(self, chat: int, user: int, text: str, *, within: float) -> Question:
        """Have a person ask; returns when an answer has landed, or without one after `within` seconds."""
        question, landed = Question(time.monotonic()), asyncio.Event()
        message = self.say(chat, user, text)
        key = chat, int(message["message_id"])
        self._waiting[key] = question, landed
        self._answers[key] = 0
        self._updates[int(self.updates[-1]["update_id"])] = question
        try:
            await asyncio.wait_for(landed.wait(), within)
        except TimeoutError:
            pass
        finally:
            del self._waiting[key]
        return question

    async def do_getupdates(self, p: Params) -> list[Json]:
        """As the server does, noting when each update leaves for the first time."""
        batch = await super().do_getupdates(p)
        now = time.monotonic()
        for update in batch:
            if (question := self._updates.pop(update["update_id"], None)) is not None:
                question.handed = now
        return batch

    def send(self, p: Params, content: Json) -> Json:
        """As the server does, noting what a message replies to."""
        message = super().send(p, content)
        key = message["chat"]["id"], message.get("reply_to_message", {}).get("message_id")
        if key in self._answers:
            self._answers[key] += 1
        question, landed = self._waiting.get(key, (None, None))
        if question is not None and landed is not None and question.landed is None:
            question.landed, question.answer = time.monotonic(), str(message.get("text", ""))
            landed.set()
        return message

    def _throttle(self, chat: Chat) -> None:
        try:
            super()._throttle(chat)
        except Exception:
            self.refusals += 1
            raise
