"""Curated answers in the making: one a person and chat, in memory only, forgotten after a while."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from cachetools import TTLCache
from telegram import Message
from telegram.constants import ChatType
from telegram.ext import filters

from bot.answering.curated.store import CuratedText
from bot.locales import LANGUAGES, texts

_PROMPTS = ("pin_ask_question", "pin_ask_text", "pin_ask_source", "pin_ask_phrasing")


class Wants(Enum):
    """What the next message of the person is."""

    QUESTION = auto()
    TEXT = auto()
    SOURCE = auto()
    PHRASING = auto()
    DECISION = auto()


@dataclass(frozen=True, slots=True)
class CuratedDraft:
    """What a person has written so far.

    `number` is that of the curated answer that is edited, None for a new one; `prompt` the message that asks for what
    is wanted, `board` the messages of the latest preview.
    """

    chat: int
    user: int
    wants: Wants
    content: CuratedText
    number: int | None = None
    prompt: int | None = None
    board: tuple[int, ...] = ()
    key: str = field(default_factory=lambda: secrets.token_hex(4))


class CuratedDrafts:
    """At most `bound` drafts, each for `patience` seconds after its last step. For the event loop's thread."""

    def __init__(
        self, *, patience: float = 30 * 60, bound: int = 100, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._held: TTLCache[tuple[int, int], CuratedDraft] = TTLCache(bound, patience, timer=clock)

    def keep(self, draft: CuratedDraft) -> CuratedDraft:
        """Hold a draft in the place of the person's earlier one in this chat."""
        self._held[draft.chat, draft.user] = draft
        return draft

    def of(self, chat: int, user: int) -> CuratedDraft | None:
        """A person's draft in a chat."""
        return self._held.get((chat, user))

    def find(self, key: str, chat: int) -> CuratedDraft | None:
        """The draft that a button belongs to."""
        held = (self._held.get(place) for place in self._held if place[0] == chat)
        return next((draft for draft in held if draft is not None and draft.key == key), None)

    def end(self, draft: CuratedDraft) -> None:
        """Forget a draft."""
        self._held.pop((draft.chat, draft.user), None)

    def expect(self, draft: CuratedDraft, wants: Wants, prompt: int | None = None) -> CuratedDraft:
        """Hold a draft that waits for something else now."""
        return self.keep(replace(draft, wants=wants, prompt=prompt))


class Pending(filters.MessageFilter):
    """Messages of people who have a draft in that chat."""

    def __init__(self, drafts: CuratedDrafts) -> None:
        super().__init__()
        self._drafts = drafts

    def filter(self, message: Message) -> bool:
        """Whether there is something to end."""
        return message.from_user is not None and self._drafts.of(message.chat.id, message.from_user.id) is not None


class Expected(filters.MessageFilter):
    """Texts that a draft waits for: in private the next one, elsewhere the reply to the prompt.

    Also replies to a prompt whose draft is gone, after a restart say: they are no questions.
    """

    def __init__(self, drafts: CuratedDrafts) -> None:
        super().__init__()
        self._drafts = drafts

    def filter(self, message: Message) -> bool:
        """Whether it is one."""
        if message.from_user is None or message.text is None or message.text.startswith("/"):
            return False
        replied = message.reply_to_message
        draft = self._drafts.of(message.chat.id, message.from_user.id)
        if draft is not None and draft.wants is not Wants.DECISION:
            if replied is not None and replied.message_id == draft.prompt:
                return True
            if replied is None and message.chat.type == ChatType.PRIVATE:
                return True
        return replied is not None and replied.from_user is not None and replied.from_user.is_bot and _prompts(replied)


def _prompts(message: Message) -> bool:
    """Whether a message of the bot asks for a part of a curated answer."""
    openings = (texts(language).raw(key).partition("{")[0] for language in LANGUAGES for key in _PROMPTS)
    return any((message.text or "").startswith(opening) for opening in openings)
