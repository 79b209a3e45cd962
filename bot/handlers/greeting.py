"""/start and /help, and the example questions below a greeting."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from telegram import Update
from telegram.ext import CallbackContext, ExtBot

from bot.handlers.questions import Questions
from bot.locales import texts
from bot.rendering.telegram import EXAMPLE_DATA, Outgoing, greeting_message
from bot.sending import acknowledge, reply

Context = CallbackContext[ExtBot[None], dict[object, object], dict[object, object], dict[object, object]]


class Greeting:
    """Greets newcomers and offers example questions as buttons."""

    def __init__(self, questions: Questions, examples: Sequence[str]) -> None:
        self._questions = questions
        self._examples = {example_data(example): example for example in examples}

    async def start(self, update: Update, context: Context) -> None:
        """/start, with or without a deep link's payload, which nothing is done with yet."""
        if update.message is None:
            return
        words = texts(update.effective_user.language_code if update.effective_user else None)
        await reply(update.message, greeting_message(self._examples, words))

    async def help(self, update: Update, context: Context) -> None:
        """/help."""
        if update.message is None:
            return
        words = texts(update.effective_user.language_code if update.effective_user else None)
        # The help text is ours and carries its own markup.
        await reply(update.message, Outgoing((words("help"),)))

    async def example(self, update: Update, context: Context) -> None:
        """An example's button: answer it as if it had been typed."""
        query = update.callback_query
        if query is None or query.data is None:
            return
        example = self._examples.get(query.data)
        words = texts(query.from_user.language_code)
        if example is None:
            await acknowledge(query, words("stale_button"))
            return
        await acknowledge(query)
        if query.message is not None:
            await self._questions.answer(query.message, example, asked=example)


def example_data(example: str) -> str:
    """Callback data of an example: a digest, so that it survives restarts and any length of question."""
    return EXAMPLE_DATA + hashlib.sha256(example.encode()).hexdigest()[:16]
