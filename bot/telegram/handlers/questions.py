"""Questions to answers, in private and in groups: messages, edited messages, and the buttons that show a passage."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from telegram import ForceReply, MaybeInaccessibleMessage, Message, Update
from telegram.constants import ChatType

from bot.answering.ask_question import AskQuestion, LoggedAnswer, Notice
from bot.answering.conversations import Conversations, Speaker
from bot.answering.interjections import InterjectionLimiter, Place
from bot.answering.message_text import clean, language
from bot.locales import Texts, texts
from bot.model import Answer, Asker, Mode, Remark, Status, Surface
from bot.state.chats import Chats
from bot.state.sent_answers import Answers, digest
from bot.telegram.access.admission import Admission
from bot.telegram.access.button_guard import ButtonDebounce
from bot.telegram.handlers.written_answers import Failed, WrittenAnswers
from bot.telegram.rendering.answers import Outgoing, answer_message, example_rows, line, passage_message
from bot.telegram.rendering.funnels import with_own_numbers
from bot.telegram.rendering.votes import with_votes
from bot.telegram.transport.replies import Sent, acknowledge, reply, revise, typing
from bot.telegram.updates.addressing import AddressedQuestion, How, asked
from bot.telegram.updates.albums import Albums
from bot.telegram.updates.callback_data import ExampleButton, PassageButton
from bot.telegram.updates.context import Context, sender, words_for

logger = logging.getLogger(__name__)

Deliver = Callable[[Outgoing], Awaitable[tuple[int, ...]]]
"""Puts an answer where it belongs; the ids of its messages."""

_EDITABLE = 600.0  # seconds after a question within which an edit changes its answer


class Questions:
    """Answers what people ask; silent in a group about whatever is not for the bot."""

    def __init__(
        self,
        ask_question: AskQuestion,
        chats: Chats,
        answers: Answers,
        conversations: Conversations,
        admission: Admission,
        button_debounce: ButtonDebounce,
        written: WrittenAnswers,
        examples: Sequence[str] = (),
    ) -> None:
        self._ask_question = ask_question
        self._chats = chats
        self._answers = answers
        self._conversations = conversations
        self._admission = admission
        self._button_debounce = button_debounce
        self._written = written
        self._interjections = InterjectionLimiter()
        self._examples = {ExampleButton.of(example).pack(): example for example in examples}
        self._albums = Albums()

    async def message(self, update: Update, context: Context) -> None:
        """A message that may be a question: /ask, a mention, a reply, anything in private."""
        message = update.message
        ask = self._asked(message, context)
        may_volunteer = message is not None and self._interjections.heard(*_interjection_places(message))
        if message is None or ask is None or self._albums.is_done(message, has_words=bool(clean(ask.question))):
            return
        if ask.how is How.UNASKED:
            if may_volunteer:
                await self._interject(message, ask)
        elif clean(ask.question):
            asker = _asker(message)
            if not await self._admission.admits(message, asker.user, ask.question):
                return
            if outdated := self._albums.outdated_notice(message):
                await revise(context.bot, message.chat.id, outdated, Outgoing(()))
            async with typing(message):
                said = await self._ask_question.handle(asker, ask.question, self._history(message, ask, asker))
            await self._send(said, asker, message, self._replying(message, ask), _failing(update, context), ask=ask)
        elif ask.how is not How.PRIVATE:
            await self._admission.limited(self._prompted)(update, context)
        elif self._admission.admits_aside(message):
            sent = await reply(message, line(_words(update)("not_text")))
            self._albums.noticed(message, sent.messages)

    async def _prompted(self, update: Update, context: Context) -> None:
        if update.message is not None:
            await self.prompt(update.message)

    async def prompt(self, message: Message) -> None:
        """Ask for the question; the next message, or in a group the reply, is it."""
        words = words_for(message.from_user)
        if message.chat.type == ChatType.PRIVATE:
            self._conversations.expect(_speaker(_asker(message)))
        prompt = ForceReply(selective=True, input_field_placeholder=words("ask_placeholder")[:64])
        await message.reply_html(words("ask_prompt"), reply_markup=prompt, do_quote=True)

    async def cancel(self, update: Update, context: Context) -> None:
        """/cancel in private ends what is under way: a prompt, and the conversation that the next question follows."""
        message = update.message
        if message is not None:
            ended = self._conversations.forget(_speaker(_asker(message)))
            await reply(message, line(_words(update)("cancelled" if ended else "nothing_to_cancel")))

    async def edited(self, update: Update, context: Context) -> None:
        """A question was edited: its answer changes with it, for ten minutes, and never becomes a second one."""
        message = update.edited_message
        ask = self._asked(message, context)
        if message is None or ask is None or not clean(ask.question):
            return
        if message.edit_date is None or (message.edit_date - message.date).total_seconds() > _EDITABLE:
            return
        place = (message.chat.id, message.message_id)
        writing, answered = self._written.digest(*place), self._answers.find(*place)
        before = writing or (answered.digest if answered else None)
        # Telegram tells of an edit too when only a link's preview or a reaction has come.
        if before is None or before == digest(ask.question):
            return
        if ask.how is How.UNASKED:
            if answered is not None:
                # What it is not sure of any more goes: nobody asked for it.
                outgoing, answer = await self._interjection(message, ask)
                kept = await self._revising(message, ask, answered.messages)(outgoing)
                if answer is not None:
                    self._conversations.answered(_speaker(_asker(message)), kept)
            return
        asker = _asker(message)
        if not await self._admission.admits(message, asker.user, ask.question):
            return
        # Nothing has been sent yet where there are updates that wait.
        waiting = await self._written.take_back(*place) or ()
        said = await self._ask_question.handle(asker, ask.question, self._history_before(asker, before))
        answered = self._answers.find(*place)
        deliver = self._revising(message, ask, answered.messages) if answered else self._replying(message, ask)
        await self._send(said, asker, message, deliver, _failing(update, context), ask=ask, waiting=waiting)

    def _history_before(self, asker: Asker, before: str) -> tuple[str, ...]:
        """The questions that an edited one follows, which is not its own earlier wording, of the digest `before`."""
        history = self._conversations.history(_speaker(asker))
        return history[:-1] if history and digest(history[-1]) == before else history

    async def _send(
        self,
        said: LoggedAnswer | Notice,
        asker: Asker,
        message: MaybeInaccessibleMessage,
        deliver: Deliver,
        failed: Failed,
        *,
        ask: AddressedQuestion | None = None,
        waiting: Sequence[int] = (),
        repeat: str | None = None,
    ) -> None:
        """Send an answer, at once or when it is written; `waiting` are further updates that it answers."""
        if isinstance(said, Notice) or not self._written.composes(said.answer):
            with self._written.answering(waiting):
                await self._deliver(said, asker, deliver, ask.question if ask else repeat or "", repeat)
            return
        speaker = _speaker(asker)
        self._conversations.remember(speaker, said.answer)
        led = self._conversations.history(speaker)
        sent = False
        if self._written.sends_quotes_first(message):
            with self._written.answering(waiting):
                first = await deliver(self._page(said, repeat))
            self._conversations.answered(speaker, first, led)
            sent, waiting, deliver = True, (), self._revising(message, ask, first)

        async def send(answer: Answer) -> None:
            otherwise = answer.understood != said.answer.understood
            if answer.mode is Mode.WRITTEN or otherwise or not sent:
                kept = await deliver(self._page(self._ask_question.revise(said, answer), repeat))
                behind = self._conversations.correct(speaker, said.answer, answer) if otherwise else led
                self._conversations.answered(speaker, kept, behind)

        asked_here = digest(ask.question) if ask is not None else ""
        self._written.start(
            message, said.answer, send, failed, user=asker.user, digest=asked_here, updates=waiting, answered=sent
        )

    async def _deliver(
        self, said: LoggedAnswer | Notice, asker: Asker, deliver: Deliver, question: str, repeat: str | None
    ) -> None:
        """Send an answer as it was found, or why there is none."""
        if isinstance(said, Notice):
            await deliver(line(texts(language(question))(said)))
            return
        self._conversations.remember(_speaker(asker), said.answer)
        kept = await deliver(self._page(said, repeat))
        if said.answer.status is not Status.SMALLTALK:
            self._conversations.answered(_speaker(asker), kept)

    def _replying(self, message: Message, ask: AddressedQuestion) -> Deliver:
        """What sends an answer as a reply, and remembers which it is."""

        async def deliver(outgoing: Outgoing) -> tuple[int, ...]:
            sent = await reply(message, outgoing, to=ask.target.message_id)
            self._remember_sent(message, ask, sent)
            return sent.messages

        return deliver

    def _revising(
        self, message: MaybeInaccessibleMessage, ask: AddressedQuestion | None, messages: Sequence[int]
    ) -> Deliver:
        """What makes the messages of an earlier answer say something else."""

        async def deliver(outgoing: Outgoing) -> tuple[int, ...]:
            await revise(message.get_bot(), message.chat.id, messages, outgoing)
            kept = tuple(messages[: len(outgoing.parts)])
            if ask is not None:
                # Last: until then the edit is news, and can be worked again.
                self._answers.record(message.chat.id, message.message_id, ask.question, kept)
            return kept

        return deliver

    async def _interject(self, message: Message, ask: AddressedQuestion) -> None:
        """Answer what nobody asked the bot, if it is sure; until then without a chat action, too."""
        if not self._admission.admits_unasked(message):
            return
        outgoing, answer = await self._interjection(message, ask)
        if answer is not None:
            self._interjections.spoke(_interjection_places(message)[0])
            sent = await reply(message, outgoing)
            self._remember_sent(message, ask, sent)
            self._conversations.answered(_speaker(_asker(message)), sent.messages)

    async def _interjection(self, message: Message, ask: AddressedQuestion) -> tuple[Outgoing, Answer | None]:
        """The answer to what nobody asked the bot; nothing where it is not sure or cannot answer now."""
        asker = replace(_asker(message), surface=Surface.AUTO)
        logged = await self._ask_question.volunteer(asker, ask.question)
        return self._rendered(logged, asker) if isinstance(logged, LoggedAnswer) else (Outgoing(()), None)

    async def answer(
        self, message: MaybeInaccessibleMessage, question: str, update: Update, context: Context, *, user: int
    ) -> None:
        """Answer a question that a person chose without writing it, below a message, and repeat it above the answer."""
        asker = Asker(message.chat.id, _topic(message), user, None, _surface(message))
        async with typing(message):
            said = await self._ask_question.handle(asker, question)

        async def deliver(outgoing: Outgoing) -> tuple[int, ...]:
            return (await reply(message, outgoing)).messages

        await self._send(said, asker, message, deliver, _failing(update, context), repeat=question)

    def _asked(self, message: Message | None, context: Context) -> AddressedQuestion | None:
        return asked(message, context.bot.bot, self._chats.mode(message.chat.id)) if message is not None else None

    def _rendered(self, logged: LoggedAnswer, asker: Asker) -> tuple[Outgoing, Answer | None]:
        """An answer as it is sent, remembered for follow-up questions; None beside it where nothing was asked."""
        self._conversations.remember(_speaker(asker), logged.answer)
        return self._page(logged), None if logged.answer.status is Status.SMALLTALK else logged.answer

    def _page(self, logged: LoggedAnswer, repeat: str | None = None) -> Outgoing:
        """An answer as it is sent, with its vote buttons; `repeat` is a question that does not stand in the chat."""
        answer = logged.answer
        outgoing = answer_message(answer, texts(answer.language), asked=repeat)
        if answer.status is Status.SMALLTALK:
            return outgoing
        if answer.remark is Remark.BARE:
            outgoing = replace(outgoing, buttons=example_rows(self._examples))
        outgoing = with_own_numbers(outgoing, answer, texts(answer.language))
        # Without a record there is nothing to vote on.
        return outgoing if logged.record is None else with_votes(outgoing, logged.record)

    def _history(self, message: Message, ask: AddressedQuestion, asker: Asker) -> tuple[str, ...]:
        """The earlier questions that this one may go on from."""
        if ask.target is not message:
            return ()  # what another person asked before belongs to that person's conversation
        speaker = _speaker(asker)
        if message.reply_to_message is not None:
            led = self._conversations.behind(speaker, message.reply_to_message.message_id)
            if led is not None:
                return led
        return self._conversations.history(speaker)

    def _remember_sent(self, message: Message, ask: AddressedQuestion, sent: Sent) -> None:
        """Remember the answer for a later edit, and the chat's new id if it has one."""
        if sent.chat_id == message.chat.id:
            self._answers.record(message.chat.id, message.message_id, ask.question, sent.messages)
        elif message.chat.type != ChatType.PRIVATE:
            self._chats.move(message.chat.id, sent.chat_id)

    async def show(self, message: Message, passage_id: str) -> bool:
        """Answer a message with a whole passage, or with why not now; False where there is no such passage."""
        words = words_for(message.from_user)
        found = await self._ask_question.passage(passage_id)
        if isinstance(found, Notice):
            await reply(message, line(words(found)))
            return True
        if found is not None:
            await reply(message, passage_message(*found, words))
        return found is not None

    async def passage(self, update: Update, context: Context, button: PassageButton) -> None:
        """A passage's button: the whole passage as a message of its own."""
        query = update.callback_query
        if query is None or not await self._button_debounce.admits(query):
            return
        words = words_for(query.from_user)
        found = await self._ask_question.passage(button.passage)
        if isinstance(found, Notice):
            await acknowledge(query, words("busy"))
            return
        if found is None:
            await acknowledge(query, words("passage_gone"))
            return
        await acknowledge(query)
        if query.message is not None:
            await reply(query.message, passage_message(*found, words))
            self._button_debounce.served(query)

    async def unknown_button(self, update: Update, context: Context) -> None:
        """A button of an earlier version of the bot, or a forged one."""
        if update.callback_query is not None:
            words = words_for(update.callback_query.from_user)
            await acknowledge(update.callback_query, words("stale_button"))


def _asker(message: Message) -> Asker:
    """Who writes where."""
    return Asker(message.chat.id, _topic(message), sender(message), message.message_id, _surface(message))


def _failing(update: Update, context: Context) -> Failed:
    """Where what goes wrong after an update's turn is heard of."""
    return lambda error: context.application.process_error(update, error)


def _speaker(asker: Asker) -> Speaker:
    return Speaker(asker.chat, asker.topic, asker.user)


def _surface(message: MaybeInaccessibleMessage) -> Surface:
    return Surface.PRIVATE if message.chat.type == ChatType.PRIVATE else Surface.GROUP


def _interjection_places(message: Message) -> tuple[Place, ...]:
    """The place of a message, then the others that it counts for: a channel's post's discussion group, or a thread."""
    chat, thread = message.chat.id, message.message_thread_id
    if message.is_topic_message or thread is None:
        return (Place(chat, thread),)
    replied = message.reply_to_message
    comment = replied is not None and replied.is_automatic_forward
    return (Place(chat, thread), Place(chat)) if comment else (Place(chat), Place(chat, thread))


def _topic(message: MaybeInaccessibleMessage) -> int | None:
    """The topic of a forum; elsewhere a thread is only what replied to what."""
    return message.message_thread_id if isinstance(message, Message) and message.is_topic_message else None


def _words(update: Update) -> Texts:
    return words_for(update.effective_user)
