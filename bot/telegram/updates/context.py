"""What every handler is given, and the words for whoever it answers."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from telegram import Message, Update, User
from telegram.ext import CallbackContext, ExtBot

from bot.locales import Texts, texts

Context = CallbackContext[ExtBot[None], dict[object, object], dict[object, object], dict[object, object]]

Handler = Callable[[Update, Context], Coroutine[Any, Any, None]]
"""What handles an update."""


def words_for(user: User | None) -> Texts:
    """The bot's words in the language of a person's Telegram, which may not tell; Chinese then."""
    return texts(user.language_code if user else None)


def sender(message: Message) -> int:
    """Whose a message is; anonymous administrators and channels share Telegram's own users, so their chat counts."""
    origin = message.sender_chat or message.from_user
    return origin.id if origin else 0
