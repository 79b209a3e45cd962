"""Where an update came from."""

from __future__ import annotations

from telegram import Update

from bot.model import Surface


def surface_of(update: Update) -> Surface | None:
    """Where an update came from."""
    if update.inline_query is not None or update.chosen_inline_result is not None:
        return Surface.INLINE
    if update.guest_message is not None:
        return Surface.GUEST
    chat = update.effective_chat
    if chat is None:
        return None
    kinds = {"private": Surface.PRIVATE, "channel": Surface.CHANNEL}
    return kinds.get(chat.type, Surface.GROUP)
