"""Which questions are taken in, told before anything is encoded or shown."""

from __future__ import annotations

from telegram import Message, Update
from telegram.constants import ChatType

from bot.answering.small_talk import is_small_talk
from bot.telegram.access.late_questions import LateQuestions
from bot.telegram.access.question_limits import QuestionLimits, Verdict
from bot.telegram.rendering.answers import line
from bot.telegram.transport.replies import reply
from bot.telegram.updates.context import Context, Handler, sender, words_for


class Admission:
    """Turns away what was asked while the bot was away, and what one person or one group asks too fast."""

    def __init__(self, limits: QuestionLimits, late_questions: LateQuestions) -> None:
        self._limits = limits
        self._late_questions = late_questions

    async def admits(self, message: Message, user: int, question: str) -> bool:
        """Whether a question is to be answered; if not, whatever there is to say has been said."""
        if self._late_questions.is_late(message):
            # What was only edited has its answer, if an outdated one.
            if message.edit_date is None and not is_small_talk(question):
                self._late_questions.add(message)
            return False
        return await self._within_limit(message, user)

    def limited(self, command: Handler) -> Handler:
        """A command's handler for as long as the person stays within the limit; commands count as questions do."""

        async def handle(update: Update, context: Context) -> None:
            message = update.message
            if message is not None and await self._within_limit(message, sender(message)):
                await command(update, context)

        return handle

    def admits_unasked(self, message: Message) -> bool:
        """Whether to look into a group's message that nobody put to the bot."""
        return not self._late_questions.is_late(message) and self._limits.unasked(message.chat.id, _moment(message))

    def admits_aside(self, message: Message) -> bool:
        """Whether to say that only texts are read."""
        if self._late_questions.is_late(message):
            return False
        return self._limits.aside(message.chat.id, message.date.timestamp())

    async def _within_limit(self, message: Message, user: int) -> bool:
        group = None if message.chat.type == ChatType.PRIVATE else message.chat.id
        verdict = self._limits.question(user, _moment(message), group=group)
        words = words_for(message.from_user)
        if verdict is Verdict.TOLD:
            await reply(message, line(words("too_many", limit=self._limits.per_minute)))
        elif verdict is Verdict.GROUP_TOLD:
            await reply(message, line(words("too_many_here", limit=self._limits.per_group)))
        return verdict is Verdict.ADMITTED


def _moment(message: Message) -> float:
    """When it was asked, by Telegram's clock: however long the chat's earlier questions take."""
    return (message.edit_date or message.date).timestamp()
