"""The thumbs below answers."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Sequence

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.constants import ChatType
from telegram.error import BadRequest

from bot.locales import Texts, texts
from bot.observability.metrics import BotMetrics
from bot.state.question_log import LoggedQuestion, QuestionLog
from bot.state.votes import Value, Votes
from bot.telegram.access.button_guard import ButtonDebounce
from bot.telegram.rendering.answers import Button
from bot.telegram.rendering.votes import vote_rows
from bot.telegram.transport.replies import acknowledge, keyboard
from bot.telegram.updates.callback_data import VoteButton
from bot.telegram.updates.context import Context, words_for

logger = logging.getLogger(__name__)


class VoteHandlers:
    """Keeps one vote a person and question; the same press again takes it back."""

    def __init__(self, log: QuestionLog, votes: Votes, button_debounce: ButtonDebounce, metrics: BotMetrics) -> None:
        self._metrics = metrics
        self._log = log
        self._votes = votes
        self._button_debounce = button_debounce

    async def press(self, update: Update, context: Context, button: VoteButton) -> None:
        """A thumb, or a reason for a thumb down."""
        query = update.callback_query
        if query is None or not await self._button_debounce.admits(query):
            return
        words = words_for(query.from_user)
        try:
            asked = self._asked(query, button.question)
            if asked is None:
                await acknowledge(query, words("vote_gone"))
                return
            before = self._rows(query, asked)
            said = self._count(query, button, words)
            after = self._rows(query, asked)
        except sqlite3.Error as error:
            logger.warning("update %s: a vote could not be kept: %s", update.update_id, error)
            await acknowledge(query, words("vote_lost"))
            return
        await acknowledge(query, toast=said)
        # What the keyboard shows follows from the votes, so it changes only when they change it.
        message = _known(query)
        if before != after and message is not None:
            await _show(message, after)

    def _asked(self, query: CallbackQuery, question_id: int) -> LoggedQuestion | None:
        """The question voted on; one of another chat is none of this person's business."""
        asked = self._log.find(question_id)
        here = query.message.chat.id if query.message else None
        return asked if asked is not None and asked.chat == here else None

    def _count(self, query: CallbackQuery, button: VoteButton, words: Texts) -> str:
        """Set or take back the vote; what to say about it."""
        user, choice = query.from_user.id, button.choice
        mine = next((vote for vote in self._votes.of_question(button.question) if vote.user_id == user), None)
        if mine is not None and choice.reason is None and mine.value is choice.vote:
            self._votes.withdraw(button.question, user)
            self._metrics.vote("withdrawn")
            return words("vote_withdrawn")
        self._votes.cast(button.question, user, choice.vote, choice.reason)
        self._metrics.vote("reason" if choice.reason is not None else choice.vote.name.lower())
        if choice.reason is not None:
            return words("vote_reason", reason=words(f"reason_{choice.reason}"))
        if choice.vote is Value.UP:
            return words("vote_up")
        # Below a message from long ago no reasons can be shown.
        return words("vote_down" if _known(query) else "vote_down_old")

    def _rows(self, query: CallbackQuery, asked: LoggedQuestion) -> tuple[tuple[Button, ...], ...]:
        private = query.message is not None and query.message.chat.type == ChatType.PRIVATE
        return vote_rows(asked.id, self._votes.of_question(asked.id), texts(asked.language), private=private)


def _known(query: CallbackQuery) -> Message | None:
    """The message, unless it is from so long ago that Telegram does not tell its keyboard."""
    # python-telegram-bot makes a Message of an inaccessible one as well.
    return query.message if isinstance(query.message, Message) and query.message.is_accessible else None


async def _show(message: Message, rows: tuple[tuple[Button, ...], ...]) -> None:
    """Put the rows of votes in the place of those that are there; all other buttons stay."""
    markup = keyboard(rows)
    kept = [row for row in _keyboard(message) if not any(_is_vote(button) for button in row)]
    new = InlineKeyboardMarkup([*kept, *(markup.inline_keyboard if markup else ())])
    try:
        await message.edit_reply_markup(new)
    except BadRequest as error:
        # Somebody has deleted the answer meanwhile; the vote counts all the same.
        logger.info("a keyboard stays as it is: %s", error.message)


def _keyboard(message: Message) -> Sequence[Sequence[InlineKeyboardButton]]:
    return message.reply_markup.inline_keyboard if message.reply_markup else ()


def _is_vote(button: InlineKeyboardButton) -> bool:
    return isinstance(button.callback_data, str) and VoteButton.unpack(button.callback_data) is not None
