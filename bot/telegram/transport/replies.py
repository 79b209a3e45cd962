"""Sending: parts in order, buttons below the last, typing while someone waits."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from telegram import (
    Bot,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MaybeInaccessibleMessage,
    Message,
    ReplyParameters,
)
from telegram.constants import ChatAction, ChatType
from telegram.error import BadRequest, ChatMigrated, TelegramError

from bot.telegram.rendering.answers import Button, Outgoing

logger = logging.getLogger(__name__)

_TYPING_EVERY = 4.0  # seconds; the sign fades after five
_GENERAL_TOPIC = 1
_TYPING_PATIENCE = 1.0  # seconds that an answer waits for a sign on its way


def keyboard(rows: tuple[tuple[Button, ...], ...]) -> InlineKeyboardMarkup | None:
    """The inline keyboard for rows of buttons, None for none."""
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(b.text, callback_data=b.data, url=b.url) for b in row] for row in rows]
    )


@dataclass(frozen=True, slots=True)
class Sent:
    """Where an answer arrived (another chat id than asked when the group has become a supergroup) and as what."""

    chat_id: int
    messages: tuple[int, ...]


async def reply(message: MaybeInaccessibleMessage, outgoing: Outgoing, *, to: int | None = None) -> Sent:
    """Send all parts, the first as a reply to a message (or to the one with the id `to`), the keyboard below the last.

    In a group every part is a reply: below a channel's post that alone keeps it in the thread. Of a message from long
    ago Telegram tells only the chat, which then gets the parts without a reply. If Telegram refuses a keyboard (a link
    it cannot check, say), the text still goes out without it.
    """
    last = len(outgoing.parts) - 1
    sent: list[Message] = []
    for place, part in enumerate(outgoing.parts):
        markup = keyboard(outgoing.buttons) if place == last else None
        try:
            sent.append(await _send(message, part, markup, first=place == 0, to=to))
        except BadRequest as error:
            if markup is None or "button" not in error.message.lower():
                raise
            logger.warning("keyboard refused: %s", error.message)
            sent.append(await _send(message, part, None, first=place == 0, to=to))
    return Sent(sent[-1].chat.id if sent else message.chat.id, tuple(part.message_id for part in sent))


async def _send(
    message: MaybeInaccessibleMessage, text: str, markup: InlineKeyboardMarkup | None, *, first: bool, to: int | None
) -> Message:
    try:
        if not isinstance(message, Message):
            return await message.chat.send_message(text, reply_markup=markup, disable_notification=not first)
        if not first and message.chat.type == ChatType.PRIVATE:
            return await message.reply_html(text, reply_markup=markup, do_quote=False, disable_notification=True)
        target = ReplyParameters(to or message.message_id, allow_sending_without_reply=True)
        return await message.reply_html(
            text, reply_markup=markup, reply_parameters=target, disable_notification=not first
        )
    except ChatMigrated as moved:
        # Message ids are others in the new chat, so there is nothing to reply to.
        return await message.get_bot().send_message(moved.new_chat_id, text, reply_markup=markup)


async def revise(bot: Bot, chat_id: int, messages: Sequence[int], outgoing: Outgoing) -> None:
    """Make earlier messages say something else, without ever adding one.

    Parts for which there is no message are left out (the buttons below lead to whole passages); messages for which
    there is no part are deleted.
    """
    parts = outgoing.parts[: len(messages)]
    for place, (number, part) in enumerate(zip(messages, parts, strict=False)):
        markup = keyboard(outgoing.buttons) if place == len(parts) - 1 else None
        try:
            await bot.edit_message_text(part, chat_id=chat_id, message_id=number, reply_markup=markup)
        except BadRequest as error:
            # The same answer fits the new question too, or somebody has deleted it.
            logger.info("an answer stays as it is: %s", error.message)
    for number in messages[len(parts) :]:
        with suppress(BadRequest):
            await bot.delete_message(chat_id, number)


async def acknowledge(query: CallbackQuery, alert: str | None = None, *, toast: str | None = None) -> None:
    """Tell Telegram that a button's press has arrived.

    The person sees nothing of it, a `toast` that fades by itself, or an `alert` where something is wrong.
    """
    try:
        await query.answer(alert or toast, show_alert=alert is not None)
    except BadRequest as error:
        # Too late for the sign, after a restart say; what was asked for is still worth sending.
        logger.info("callback query: %s", error.message)


@asynccontextmanager
async def typing(message: MaybeInaccessibleMessage) -> AsyncIterator[None]:
    """Show "typing…" from now until the block ends."""

    done = asyncio.Event()

    async def refresh() -> None:
        while not done.is_set():
            with suppress(TelegramError):
                await _show_typing(message)
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


async def _show_typing(message: MaybeInaccessibleMessage) -> None:
    if not isinstance(message, Message):
        await message.chat.send_action(ChatAction.TYPING)
    elif message.chat.is_forum and not message.is_topic_message and message.chat.type != ChatType.PRIVATE:
        # The sign of a forum's General topic wants the topic's id, which messages there must not have.
        await message.reply_chat_action(ChatAction.TYPING, message_thread_id=_GENERAL_TOPIC)
    else:
        await message.reply_chat_action(ChatAction.TYPING)
