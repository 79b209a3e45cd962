"""Guest mode: somebody mentions the bot in a chat that it is no member of. One answer, by its own method only."""

from __future__ import annotations

from telegram import InlineQueryResultArticle, InputTextMessageContent, LinkPreviewOptions, Message, Update
from telegram.constants import ParseMode

from bot.answering.ask_question import AskQuestion, Notice
from bot.answering.message_text import clean, language
from bot.locales import Texts, texts
from bot.model import Asker, Surface
from bot.telegram.access.question_limits import QuestionLimits, Verdict
from bot.telegram.rendering.answers import Outgoing, line
from bot.telegram.rendering.public_posts import post_message
from bot.telegram.updates.addressing import guest_question
from bot.telegram.updates.context import Context, sender


class Guests:
    """Answers guest queries."""

    def __init__(self, ask_question: AskQuestion, limits: QuestionLimits) -> None:
        self._ask_question = ask_question
        self._limits = limits

    async def message(self, update: Update, context: Context) -> None:
        """A message that mentions the bot where it is a guest."""
        message = update.guest_message
        if message is None or message.guest_query_id is None:
            return
        verdict = self._limits.question(sender(message), message.date.timestamp(), group=message.chat.id)
        if verdict is not Verdict.ADMITTED:
            return  # a guest that explains itself is a nuisance
        question = guest_question(message, context.bot.bot)
        words = texts(language(question))
        outgoing = await self._answer(message, question, words) if clean(question) else line(words("guest_empty"))
        content = InputTextMessageContent(
            outgoing.parts[0], parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)
        )
        await message.answer_guest_query(InlineQueryResultArticle("answer", words("guest_title"), content))

    async def _answer(self, message: Message, question: str, words: Texts) -> Outgoing:
        # The chat's id is no use for writing there, but tells questions apart.
        asker = Asker(message.chat.id, None, sender(message), message.message_id, Surface.GUEST)
        logged = await self._ask_question.handle(asker, question)
        if isinstance(logged, Notice):
            return line(words(logged))
        return post_message(logged.answer, texts(logged.answer.language))
