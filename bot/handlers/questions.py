"""Questions to answers: /ask, plain messages, and the buttons that show a passage."""

from __future__ import annotations

import logging

from telegram import ForceReply, MaybeInaccessibleMessage, Message, Update
from telegram.ext import CallbackContext, ExtBot

from bot.answering.questions import MAX_LENGTH, clean, language
from bot.desk import Desk, Overloaded
from bot.locales import Texts, texts
from bot.rendering.markup import Run, split
from bot.rendering.telegram import PASSAGE_DATA, Outgoing, answer_message, passage_message
from bot.sending import acknowledge, reply, typing
from embeddings.errors import IndexMissing

logger = logging.getLogger(__name__)

Context = CallbackContext[ExtBot[None], dict[object, object], dict[object, object], dict[object, object]]


class Questions:
    """Answers questions in private chats."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def ask(self, update: Update, context: Context) -> None:
        """/ask QUESTION, or /ask as a reply to a message, or alone: a prompt for the question."""
        message = update.message
        if message is None:
            return
        question = " ".join(context.args or []) or _replied_to(message, context.bot.id)
        if clean(question):
            await self.answer(message, question)
            return
        words = _words(update)
        prompt = ForceReply(selective=True, input_field_placeholder=words("ask_placeholder")[:64])
        await message.reply_html(words("ask_prompt"), reply_markup=prompt, do_quote=True)

    async def plain(self, update: Update, context: Context) -> None:
        """A message that is no command."""
        message = update.message
        if message is None:
            return
        question = message.text or message.caption or ""
        if clean(question):
            await self.answer(message, question)
        else:
            await reply(message, _say(_words(update)("not_text")))

    async def answer(self, message: MaybeInaccessibleMessage, question: str, *, asked: str | None = None) -> None:
        """Answer a question as a reply to a message, typing meanwhile; `asked` is repeated above the answer."""
        words = texts(language(question))
        if len(question) > MAX_LENGTH:
            await reply(message, _say(words("too_long", limit=MAX_LENGTH)))
            return
        async with typing(message):
            try:
                answer = await self._desk.ask(question)
            except Overloaded:
                await reply(message, _say(words("busy")))
                return
            except IndexMissing:
                await reply(message, _say(words("indexing")))
                return
        await reply(message, answer_message(answer, words, asked=asked))

    async def passage(self, update: Update, context: Context) -> None:
        """A passage's button: the whole passage as a message of its own."""
        query = update.callback_query
        if query is None or query.data is None:
            return
        words = texts(query.from_user.language_code)
        try:
            found = await self._desk.passage(query.data.removeprefix(PASSAGE_DATA))
        except (Overloaded, IndexMissing):
            await acknowledge(query, words("busy"))
            return
        if found is None:
            await acknowledge(query, words("passage_gone"))
            return
        await acknowledge(query)
        if query.message is not None:
            await reply(query.message, passage_message(*found, words))

    async def unknown_button(self, update: Update, context: Context) -> None:
        """A button of an earlier version of the bot, or a forged one."""
        if update.callback_query is not None:
            words = texts(update.callback_query.from_user.language_code)
            await acknowledge(update.callback_query, words("stale_button"))


def _replied_to(message: Message, me: int) -> str:
    """What /ask as a reply asks: the part of the message that was quoted, else all of it; nothing of the bot's own."""
    replied = message.reply_to_message
    if message.quote is not None:
        return message.quote.text
    if replied is None or (replied.from_user is not None and replied.from_user.id == me):
        return ""
    return replied.text or replied.caption or ""


def _words(update: Update) -> Texts:
    return texts(update.effective_user.language_code if update.effective_user else None)


def _say(text: str) -> Outgoing:
    return Outgoing(tuple(split([Run(text)])))
