"""Guest mode: somebody mentions the bot in a chat that it is no member of. One answer, by its own method only."""

from __future__ import annotations

from telegram import InlineQueryResultArticle, InputTextMessageContent, LinkPreviewOptions, Message, Update
from telegram.constants import ParseMode

from bot.answering.answer_queue import AnswerQueue, Overloaded
from bot.answering.message_text import clean, language
from bot.locales import texts
from bot.model import Asker, Surface
from bot.state.question_log import QuestionLog
from bot.telegram.access.question_limits import QuestionLimits, Verdict
from bot.telegram.rendering.answers import Outgoing, line
from bot.telegram.rendering.public_posts import post_message
from bot.telegram.updates.addressing import guest_question
from bot.telegram.updates.context import Context, sender
from embeddings.errors import IndexMissing


class Guests:
    """Answers guest queries."""

    def __init__(self, answer_queue: AnswerQueue, log: QuestionLog, limits: QuestionLimits) -> None:
        self._answer_queue = answer_queue
        self._log = log
        self._limits = limits

    async def message(self, update: Update, context: Context) -> None:
        """A message that mentions the bot where it is a guest."""
        message = update.guest_message
        if message is None or message.guest_query_id is None:
            return
        verdict = self._limits.question(sender(message), message.date.timestamp(), group=message.chat.id)
        if verdict is not Verdict.ADMITTED:
            return  # a guest that explains itself is a nuisance
        question = clean(guest_question(message, context.bot.bot))
        words = texts(language(question))
        try:
            outgoing = await self._answer(message, question) if question else line(words("guest_empty"))
        except Overloaded:
            outgoing = line(words("busy"))
        except IndexMissing:
            outgoing = line(words("indexing"))
        content = InputTextMessageContent(
            outgoing.parts[0], parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)
        )
        await message.answer_guest_query(InlineQueryResultArticle("answer", words("guest_title"), content))

    async def _answer(self, message: Message, question: str) -> Outgoing:
        answer = await self._answer_queue.ask(question)
        # The chat's id is no use for writing there, but tells questions apart.
        self._log.record(Asker(message.chat.id, None, sender(message), message.message_id, Surface.GUEST), answer)
        return post_message(answer, texts(answer.language))
