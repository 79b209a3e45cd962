"""One person in a private chat with the bot, or a shop's group of them, as the tests speak of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.end_to_end.server import FakeBotApi
from tests.end_to_end.server.api import PATIENCE

Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Person:
    """Says things and looks at what comes back; the private chat's id is the person's."""

    server: FakeBotApi
    id: int

    def say(self, text: str | None, **options: Any) -> Message:
        """Write to the bot."""
        return self.server.say(self.id, self.id, text, **options)

    def seen(self) -> list[Message]:
        """The bot's messages so far."""
        return self.server.bot_messages(self.id)

    async def ask(self, text: str | None, *, within: float = PATIENCE, **options: Any) -> Message:
        """Write and wait for one more message of the bot."""
        before = len(self.seen())
        self.say(text, **options)
        return (await self.server.wait_messages(self.id, before + 1, within))[before]

    async def press(self, message: Message, button: str, *, within: float = PATIENCE) -> Message:
        """Press a button, by its text or data, and wait for its acknowledgement (`text` and `show_alert` if any)."""
        return await self.acknowledged(self.server.press(self.id, self.id, message["message_id"], button), within)

    async def press_forged(self, message: Message, data: str) -> Message:
        """Send callback data that no button of the message has."""
        number = self.server.query()
        press = {"id": number, "from": self.server.users[self.id], "message": message, "chat_instance": "1"}
        self.server.push("callback_query", {**press, "data": data})
        return await self.acknowledged(number)

    async def acknowledged(self, query: str, within: float = PATIENCE) -> Message:
        """Wait until a callback query is answered."""
        await self.server.wait_for(lambda: self.server.queries[query]["answer"] is not None, within)
        answer: Message = self.server.queries[query]["answer"]
        return answer

    def calls(self, method: str) -> list[Message]:
        """The bot's calls of a method for this chat."""
        return [call for call in self.server.transcript(method) if str(call["params"].get("chat_id")) == str(self.id)]


@dataclass(frozen=True, slots=True)
class Shop:
    """A group with its owner and a customer."""

    server: FakeBotApi
    id: int
    owner: int
    customer: int

    def say(self, text: str | None, user: int | None = None, **options: Any) -> Message:
        """The customer writes, or somebody else."""
        return self.server.say(self.id, user or self.customer, text, **options)

    def seen(self) -> list[Message]:
        """The bot's messages so far."""
        return self.server.bot_messages(self.id)

    async def ask(self, text: str | None, user: int | None = None, **options: Any) -> Message:
        """Write and wait for one more message of the bot."""
        before = len(self.seen())
        self.say(text, user, **options)
        return (await self.server.wait_messages(self.id, before + 1))[before]

    async def silent(self) -> bool:
        """Whether nothing at all was called for this chat since the last update."""
        before = len(self.calls())
        await self.server.wait_idle()
        return len(self.calls()) == before

    def calls(self, method: str | None = None) -> list[Message]:
        """The bot's calls for this chat."""
        return [c for c in self.server.transcript(method) if str(c["params"].get("chat_id")) == str(self.id)]


def buttons(message: Message) -> list[Message]:
    """All inline buttons of a message, row by row."""
    return [button for row in message.get("reply_markup", {}).get("inline_keyboard", []) for button in row]


def labels(message: Message) -> list[str]:
    """The texts of all inline buttons of a message."""
    return [button["text"] for button in buttons(message)]
