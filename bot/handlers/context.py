"""What every handler is given, and the words for whoever it answers."""

from __future__ import annotations

from telegram import User
from telegram.ext import CallbackContext, ExtBot

from bot.locales import Texts, texts

Context = CallbackContext[ExtBot[None], dict[object, object], dict[object, object], dict[object, object]]


def words_for(user: User | None) -> Texts:
    """The bot's words in the language of a person's Telegram, which may not tell; Chinese then."""
    return texts(user.language_code if user else None)
