"""/start and /help, and the example questions below a greeting."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import Message, Update

from bot.locales import Texts
from bot.telegram.access.button_guard import ButtonDebounce
from bot.telegram.handlers.questions import Questions
from bot.telegram.rendering.answers import Outgoing, greeting_message
from bot.telegram.transport.replies import acknowledge, reply
from bot.telegram.updates.callback_data import ExampleButton
from bot.telegram.updates.command_menus import CommandMenus
from bot.telegram.updates.context import Context, words_for
from bot.telegram.updates.deep_links import ASK, passage_of


class Greeting:
    """Greets newcomers and offers example questions as buttons."""

    def __init__(
        self,
        questions: Questions,
        button_debounce: ButtonDebounce,
        examples: Sequence[str],
        operators: Sequence[int],
        menus: CommandMenus,
    ) -> None:
        self._questions = questions
        self._button_debounce = button_debounce
        self._menus = menus
        self._operators = frozenset(operators)
        self._examples = {ExampleButton.of(example): example for example in examples}

    async def start(self, update: Update, context: Context) -> None:
        """/start, with or without a deep link's payload; one that means nothing gets the greeting."""
        if update.message is None:
            return
        if not await self._linked(update.message, context.args or []):
            await reply(update.message, self._greeting(words_for(update.effective_user)))
        if update.effective_user is not None and update.effective_user.id in self._operators:
            # Before somebody's first message Telegram knows no chat whose menu could be set.
            await self._menus.set_for_operator(context.bot, update.effective_user.id)

    def _greeting(self, words: Texts) -> Outgoing:
        return greeting_message({button.pack(): example for button, example in self._examples.items()}, words)

    async def _linked(self, message: Message, payload: Sequence[str]) -> bool:
        """Do what a deep link says; False where it says nothing that is known."""
        if len(payload) != 1:
            return False
        if payload[0] == ASK:
            await self._questions.prompt(message)
            return True
        passage = passage_of(payload[0])
        return passage is not None and await self._questions.show(message, passage)

    async def help(self, update: Update, context: Context) -> None:
        """/help in private."""
        if update.message is not None:
            # The help text is ours and carries its own markup.
            await reply(update.message, Outgoing((words_for(update.effective_user)("help"),)))

    async def example(self, update: Update, context: Context, button: ExampleButton) -> None:
        """An example's button: answer it as if it had been typed."""
        query = update.callback_query
        if query is None:
            return
        example = self._examples.get(button)
        words = words_for(query.from_user)
        if example is None:
            await acknowledge(query, words("stale_button"))
            return
        if not await self._button_debounce.admits(query):
            return
        await acknowledge(query)
        if query.message is not None:
            await self._questions.answer(query.message, example, update, context, user=query.from_user.id)
            self._button_debounce.served(query)
