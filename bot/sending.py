"""Sending: parts in order, buttons below the last, typing while someone waits."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, MaybeInaccessibleMessage, Message
from telegram.constants import ChatAction
from telegram.error import BadRequest, TelegramError

from bot.rendering.telegram import Button, Outgoing

logger = logging.getLogger(__name__)

_TYPING_EVERY = 4.0  # seconds; the sign fades after five
_TYPING_PATIENCE = 1.0  # seconds that an answer waits for a sign on its way


def keyboard(rows: tuple[tuple[Button, ...], ...]) -> InlineKeyboardMarkup | None:
    """The inline keyboard for rows of buttons, None for none."""
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(b.text, callback_data=b.data, url=b.url) for b in row] for row in rows]
    )


async def reply(message: MaybeInaccessibleMessage, outgoing: Outgoing) -> None:
    """Send all parts, the first as a reply to a message, the keyboard below the last one.

    Of a message from long ago Telegram tells only the chat, which then gets the parts without a reply. If Telegram
    refuses a keyboard (a link it cannot check, say), the text still goes out without it.
    """
    last = len(outgoing.parts) - 1
    for place, part in enumerate(outgoing.parts):
        markup = keyboard(outgoing.buttons) if place == last else None
        try:
            await _send(message, part, markup, first=place == 0)
        except BadRequest as error:
            if markup is None or "button" not in error.message.lower():
                raise
            logger.warning("keyboard refused: %s", error.message)
            await _send(message, part, None, first=place == 0)


async def _send(
    message: MaybeInaccessibleMessage, text: str, markup: InlineKeyboardMarkup | None, *, first: bool
) -> None:
    if isinstance(message, Message):
        await message.reply_html(text, reply_markup=markup, do_quote=first, disable_notification=not first)
    else:
        await message.chat.send_message(text, reply_markup=markup, disable_notification=not first)


async def acknowledge(query: CallbackQuery, alert: str | None = None) -> None:
    """Tell Telegram that a button's press has arrived, with an alert for the person where something is wrong."""
    try:
        await query.answer(alert, show_alert=alert is not None)
    except BadRequest as error:
        # Too late for the sign, after a restart say; what was asked for is still worth sending.
        logger.info("callback query: %s", error.message)


@asynccontextmanager
async def typing(message: MaybeInaccessibleMessage) -> AsyncIterator[None]:
    """Show "typing…" from now until the block ends."""

    done = asyncio.Event()
    show = message.reply_chat_action if isinstance(message, Message) else message.chat.send_action

    async def refresh() -> None:
        while not done.is_set():
            with suppress(TelegramError):
                await show(ChatAction.TYPING)
            with suppress(TimeoutError):
                await asyncio.wait_for(done.wait(), _TYPING_EVERY)

    task = asyncio.create_task(refresh())
    try:
        yield
    finally:
        done.set()
        # A sign on its way is let arrive: behind the answer it would stand for another five seconds.
        await asyncio.wait((task,), timeout=_TYPING_PATIENCE)
        task.cancel()
