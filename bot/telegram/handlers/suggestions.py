"""/suggest for everybody, and /suggestions for the operators who decide."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Sequence

from telegram import Bot, CallbackQuery, Message, Update
from telegram.error import TelegramError

from bot.articles.suggestions import State, Suggestion, Suggestions, TooMany
from bot.locales import Texts, texts
from bot.telegram.handlers.notice_batches import NoticeBatches
from bot.telegram.handlers.uploads import ArticleUploads
from bot.telegram.rendering.answers import Outgoing, line
from bot.telegram.rendering.uploads import short, suggestions_message
from bot.telegram.transport.replies import acknowledge, reply, revise
from bot.telegram.updates.callback_data import SuggestionButton
from bot.telegram.updates.context import Context, words_for
from corpus.characters import normalise, one_line
from corpus.parsing.metadata import address_in

logger = logging.getLogger(__name__)

_LONGEST = 1000
_LONGEST_NAME = 60
_SHOWN_AT_ONCE = 5
_LONGEST_IN_NOTICE = 300


class SuggestionBox:
    """Takes suggestions, tells the operators, and lets them decide. `notice_every` is in seconds."""

    def __init__(
        self,
        suggestions: Suggestions,
        uploads: ArticleUploads,
        *,
        admins: Sequence[int],
        notice_every: float = 60.0,
    ) -> None:
        self._suggestions = suggestions
        self._uploads = uploads
        self._admins = tuple(admins)
        self._notices = NoticeBatches(self._tell, every=notice_every)
        self._bot: Bot | None = None

    async def suggest(self, update: Update, context: Context) -> None:
        """/suggest with a text, or as a reply to a message."""
        message = update.message
        if message is None:
            return
        words = words_for(message.from_user)
        text = _suggested(message, context.bot.id)
        if not text:
            await reply(message, line(words("suggest_how")))
            return
        sender = message.sender_chat or message.from_user
        name = one_line((message.sender_chat.title if message.sender_chat else None) or _name(message))
        try:
            suggestion = self._suggestions.add(
                sender.id if sender else 0, name[:_LONGEST_NAME] or "?", text[:_LONGEST], address_in(text)
            )
        except TooMany:
            await reply(message, line(words("suggest_enough")))
            return
        except sqlite3.Error as error:
            logger.warning("a suggestion could not be kept: %s", error)
            await reply(message, line(words("suggest_trouble")))
            return
        self._bot = context.bot
        self._notices.add(suggestion)
        await reply(message, line(words("suggest_thanks")))

    async def show(self, update: Update, context: Context) -> None:
        """/suggestions: the oldest open ones."""
        if update.message is not None:
            await reply(update.message, self._list(words_for(update.message.from_user)))

    async def decide(self, update: Update, context: Context, button: SuggestionButton) -> None:
        """An operator takes or drops one: a link is fetched and shown as any other draft."""
        query = update.callback_query
        if query is None:
            return
        words = words_for(query.from_user)
        suggestion = self._suggestions.find(button.suggestion) if query.from_user.id in self._admins else None
        if suggestion is None or suggestion.state is not State.OPEN:
            await acknowledge(query, words("suggestion_settled"))
            return
        await acknowledge(query)
        if button.take and not await self._take(query, suggestion, words):
            return  # the page could not be had: it stays open, to be tried again or dropped
        state = State.TAKEN if button.take else State.DROPPED
        self._suggestions.settle(suggestion.id, state, query.from_user.id)
        logger.info("update %s: suggestion %s is %s", update.update_id, suggestion.id, state)
        if query.message is not None:
            where = query.message.chat.id, (query.message.message_id,)
            await revise(query.get_bot(), *where, self._list(words))

    async def close(self) -> None:
        """Tell nothing more."""
        await self._notices.close()

    async def _take(self, query: CallbackQuery, suggestion: Suggestion, words: Texts) -> bool:
        if query.message is None:
            return False
        if suggestion.url is not None:
            return await self._uploads.propose_page(query.message, suggestion.url, query.from_user)
        await reply(query.message, line(f"{words('suggestion_taken')}\n\n{suggestion.text}"))
        return True

    def _list(self, words: Texts) -> Outgoing:
        return suggestions_message(self._suggestions.oldest_open(_SHOWN_AT_ONCE), self._suggestions.open_count(), words)

    async def _tell(self, news: tuple[Suggestion, ...]) -> None:
        """Tell every operator, each in private; one who has never written to the bot cannot be told."""
        words = texts(None)
        news = tuple(filter(self._is_kept, news))
        if len(news) == 1:
            shown = short(news[0].text, _LONGEST_IN_NOTICE)
            outgoing = line(words("suggestion_notice", name=news[0].name, text=shown))
        else:
            outgoing = line(words("suggestion_notices", count=len(news)))
        for operator in self._admins if news else ():
            assert self._bot is not None
            try:
                for part in outgoing.parts:
                    await self._bot.send_message(operator, part)
            except TelegramError as error:
                logger.info("operator %s could not be told: %s", operator, error.message)

    def _is_kept(self, suggestion: Suggestion) -> bool:
        """Whether its author has not deleted it meanwhile."""
        try:
            return self._suggestions.find(suggestion.id) is not None
        except sqlite3.Error as error:
            logger.warning("a suggestion could not be looked up: %s", error)
            return False


def _suggested(message: Message, me: int) -> str:
    """What a message suggests: its own text behind the command, else the message that it replies to."""
    parts = normalise(message.text or "").split(maxsplit=1)
    if len(parts) > 1:
        return parts[1].strip()
    if message.quote is not None:
        return normalise(message.quote.text).strip()
    replied = message.reply_to_message
    if replied is None or (replied.from_user is not None and replied.from_user.id == me):
        return ""
    return normalise(replied.text or replied.caption or "").strip()


def _name(message: Message) -> str:
    return message.from_user.full_name if message.from_user else ""
