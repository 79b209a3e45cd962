"""Questions to answers, in private and in groups: messages, edited messages, and the buttons that show a passage."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from telegram import ForceReply, MaybeInaccessibleMessage, Message, Update
from telegram.constants import ChatType

from bot.answering.ask_question import AskQuestion, LoggedAnswer, Notice
from bot.answering.conversations import Conversations, Speaker
from bot.answering.interjections import InterjectionLimiter, Place
from bot.answering.message_text import clean, language
from bot.locales import Texts, texts
from bot.model import Answer, Asker, Remark, Status, Surface
from bot.state.chats import Chats
from bot.state.sent_answers import Answers, digest
from bot.telegram.access.admission import Admission
from bot.telegram.access.button_guard import ButtonDebounce
from bot.telegram.rendering.answers import Outgoing, answer_message, example_rows, line, passage_message
from bot.telegram.rendering.funnels import with_own_numbers
from bot.telegram.rendering.votes import with_votes
from bot.telegram.transport.replies import Sent, acknowledge, reply, revise, typing
from bot.telegram.updates.addressing import AddressedQuestion, How, asked
from bot.telegram.updates.albums import Albums
from bot.telegram.updates.callback_data import ExampleButton, PassageButton
from bot.telegram.updates.context import Context, sender, words_for

logger = logging.getLogger(__name__)

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
        examples: Sequence[str] = (),
    ) -> None:
        self._ask_question = ask_question
        self._chats = chats
        self._answers = answers
        self._conversations = conversations
        self._admission = admission
        self._button_debounce = button_debounce
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
                outgoing, answer = await self._outgoing(ask.question, asker, self._history(message, ask, asker))
            sent = await reply(message, outgoing, to=ask.target.message_id)
            self._remember_sent(message, ask, sent)
            if answer is not None:
                self._conversations.answered(_speaker(asker), sent.messages)
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
        answered = self._answers.find(message.chat.id, message.message_id)
        # Telegram tells of an edit too when only a link's preview or a reaction has come.
        if answered is None or answered.digest == digest(ask.question):
            return
        if ask.how is How.UNASKED:
            # What it is not sure of any more goes: nobody asked for it.
            outgoing, answer = await self._interjection(message, ask)
        else:
            if not await self._admission.admits(message, _asker(message).user, ask.question):
                return
            outgoing, answer = await self._revised(message, ask, answered.digest)
        await revise(context.bot, message.chat.id, answered.messages, outgoing)
        # Last: until then the edit is news, and can be worked again.
        kept = answered.messages[: len(outgoing.parts)]
        self._answers.record(message.chat.id, message.message_id, ask.question, kept)
        if answer is not None:
            self._conversations.answered(_speaker(_asker(message)), kept)

    async def _revised(self, message: Message, ask: AddressedQuestion, before: str) -> tuple[Outgoing, Answer | None]:
        """What to say to an edited question; `before` is the digest of its earlier wording."""
        asker = _asker(message)
        history = self._conversations.history(_speaker(asker))
        if history and digest(history[-1]) == before:
            history = history[:-1]  # the question does not follow its own earlier wording
        return await self._outgoing(ask.question, asker, history)

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

    async def answer(self, message: MaybeInaccessibleMessage, question: str, *, user: int) -> None:
        """Answer a question that a person chose without writing it, below a message, and repeat it above the answer."""
        asker = Asker(message.chat.id, _topic(message), user, None, _surface(message))
        async with typing(message):
            outgoing, answer = await self._outgoing(question, asker, (), asked=question)
        sent = await reply(message, outgoing)
        if answer is not None:
            self._conversations.answered(_speaker(asker), sent.messages)

    def _asked(self, message: Message | None, context: Context) -> AddressedQuestion | None:
        return asked(message, context.bot.bot, self._chats.mode(message.chat.id)) if message is not None else None

    async def _outgoing(
        self, question: str, asker: Asker, history: Sequence[str], *, asked: str | None = None
    ) -> tuple[Outgoing, Answer | None]:
        """What to say to a question, and the answer; None where there is none to give, or nothing was asked."""
        words = texts(language(question))
        logged = await self._ask_question.handle(asker, question, history)
        if isinstance(logged, Notice):
            return line(words(logged)), None
        return self._rendered(logged, asker, asked=asked)

    def _rendered(
        self, logged: LoggedAnswer, asker: Asker, *, asked: str | None = None
    ) -> tuple[Outgoing, Answer | None]:
        """An answer as it is sent, with its vote buttons, and remembered for follow-up questions."""
        answer = logged.answer
        self._conversations.remember(_speaker(asker), answer)
        outgoing = answer_message(answer, texts(answer.language), asked=asked)
        if answer.status is Status.SMALLTALK:
            return outgoing, None
        if answer.remark is Remark.BARE:
            outgoing = replace(outgoing, buttons=example_rows(self._examples))
        outgoing = with_own_numbers(outgoing, answer, texts(answer.language))
        # Without a record there is nothing to vote on.
        return outgoing if logged.record is None else with_votes(outgoing, logged.record), answer

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
