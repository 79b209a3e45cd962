"""Whether a message is for the bot, and what it then asks. Nothing else in a group may cost anything."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from telegram import Message, MessageEntity, User
from telegram.constants import ChatType
from telegram.ext import filters

from bot.answering.message_text import clean
from bot.answering.open_questions import asks_everybody
from bot.answering.small_talk import small_talk
from bot.locales import LANGUAGES, texts
from bot.model import SmallTalk
from bot.state.chats import Mode

_TO_SOMEBODY = (MessageEntity.MENTION, MessageEntity.TEXT_MENTION, MessageEntity.BOT_COMMAND)
_NO_REPLY = (SmallTalk.GREETING, SmallTalk.THANKS)  # below an answer
_AROUND_A_MENTION = " \t\n,，:：、"


class How(Enum):
    """In what way a message asks the bot."""

    PRIVATE = auto()
    COMMAND = auto()
    MENTION = auto()
    REPLY = auto()
    UNASKED = auto()


@dataclass(frozen=True, slots=True)
class AddressedQuestion:
    """A question, empty where none came with it; `target` is the message that its answer replies to."""

    question: str
    how: How
    target: Message


class FromPerson(filters.MessageFilter):
    """Messages of people, also of those who write as a channel or as an anonymous administrator of the group.

    Out are other bots, inline results and what Telegram itself forwards from a linked channel.
    """

    def filter(self, message: Message) -> bool:
        """Whether a person wrote it."""
        if message.is_automatic_forward or message.via_bot is not None:
            return False
        return message.sender_chat is not None or (message.from_user is not None and not message.from_user.is_bot)


class ByName(filters.MessageFilter):
    """Commands with the bot's name, as in /forget@bot: a bare one in a group may be meant for another bot."""

    def filter(self, message: Message) -> bool:
        """Whether the command names a bot; that it is this one CommandHandler sees to."""
        return re.match(r"/\w+@", message.text or "") is not None


def asked(message: Message, me: User, mode: Mode = Mode.ADDRESSED) -> AddressedQuestion | None:
    """What a message asks the bot, None when it is not for the bot."""
    text, entities = _text(message)
    private = message.chat.type == ChatType.PRIVATE
    if entities and entities[0].type == MessageEntity.BOT_COMMAND and entities[0].offset == 0:
        name, _, addressee = _cut(text, entities[0])[1:].lower().partition("@")
        if name == "ask" and addressee in ("", (me.username or "").lower()):
            return _with_reply(AddressedQuestion(_without(text, [entities[0]]).strip(), How.COMMAND, message), me)
        if not private or message.text is not None:
            return None
    return AddressedQuestion(text, How.PRIVATE, message) if private else _asked_in_group(message, me, mode)


def guest_question(message: Message, me: User) -> str:
    """What a message asks that calls the bot as a guest: without its mention, or what it replies to."""
    text, entities = _text(message)
    calls = [e for e in entities if _names(text, e, me) or (e.type == MessageEntity.BOT_COMMAND and e.offset == 0)]
    return _with_reply(
        AddressedQuestion(_without(text, calls).strip(_AROUND_A_MENTION), How.MENTION, message), me
    ).question


def _asked_in_group(message: Message, me: User, mode: Mode) -> AddressedQuestion | None:
    """What a group's message without a command asks."""
    text, entities = _text(message)
    if mode is Mode.COMMAND:
        return AddressedQuestion(text, How.REPLY, message) if clean(text) and _answers_prompt(message, me) else None
    if mentions := [entity for entity in entities if _names(text, entity, me)]:
        return _with_reply(
            AddressedQuestion(_without(text, mentions).strip(_AROUND_A_MENTION), How.MENTION, message), me
        )
    # A "thanks" below an answer is no question, and a picture below it neither.
    if _of(message.reply_to_message, me) and clean(text) and small_talk(text) not in _NO_REPLY:
        return AddressedQuestion(text, How.REPLY, message)
    if mode is Mode.AUTO and _to_nobody(message) and asks_everybody(text):
        return AddressedQuestion(text, How.UNASKED, message)
    return None


def _to_nobody(message: Message) -> bool:
    """Whether a group's message is written here and to nobody in particular; what was forwarded is not."""
    if message.text is None or message.forward_origin is not None or message.external_reply is not None:
        return False
    if any(entity.type in _TO_SOMEBODY for entity in message.entities):
        return False
    replied = message.reply_to_message
    # A comment replies to the channel's post, and a topic's message to the making of the topic.
    opens_thread = message.is_topic_message and replied is not None and replied.message_id == message.message_thread_id
    return replied is None or bool(replied.is_automatic_forward) or bool(opens_thread)


def _with_reply(ask: AddressedQuestion, me: User) -> AddressedQuestion:
    """An empty call as a reply asks what it replies to: the quoted part, else all; nothing of the bot's own."""
    replied = ask.target.reply_to_message
    if clean(ask.question):
        return ask
    if ask.target.quote is not None:
        return AddressedQuestion(ask.target.quote.text, ask.how, replied or ask.target)
    if replied is None or _of(replied, me):
        return ask
    question = said(replied, me)
    return AddressedQuestion(question, ask.how, replied) if clean(question) else ask


def said(message: Message, me: User) -> str:
    """What a message says, without a command in front and mentions of the bot."""
    text, entities = _text(message)
    commands = [entity for entity in entities if entity.type == MessageEntity.BOT_COMMAND and entity.offset == 0]
    mentions = [entity for entity in entities if _names(text, entity, me)]
    return _without(text, commands + mentions).strip(_AROUND_A_MENTION)


def _of(message: Message | None, me: User) -> bool:
    """Whether the bot wrote a message; making a topic is a message of a kind, too, but without text."""
    if message is None or message.from_user is None or message.sender_chat is not None:
        return False
    return message.from_user.id == me.id and bool(_text(message)[0])


def _answers_prompt(message: Message, me: User) -> bool:
    """Whether a message replies to the prompt that an empty /ask got."""
    replied = message.reply_to_message
    prompts = {texts(language)("ask_prompt") for language in LANGUAGES}
    return replied is not None and _of(replied, me) and replied.text in prompts


def _text(message: Message) -> tuple[str, tuple[MessageEntity, ...]]:
    if message.text is not None:
        return message.text, tuple(message.entities)
    return message.caption or "", tuple(message.caption_entities)


def _names(text: str, entity: MessageEntity, me: User) -> bool:
    if entity.type == MessageEntity.TEXT_MENTION:
        return entity.user is not None and entity.user.id == me.id
    if entity.type != MessageEntity.MENTION or not me.username:
        return False
    return _cut(text, entity).lower() == f"@{me.username}".lower()


def _cut(text: str, entity: MessageEntity) -> str:
    """The text of an entity, whose offsets are UTF-16 units."""
    units = text.encode("utf-16-le", "surrogatepass")[2 * entity.offset : 2 * (entity.offset + entity.length)]
    return units.decode("utf-16-le", "surrogatepass")


def _without(text: str, entities: list[MessageEntity]) -> str:
    """The text with a space in the place of entities."""
    units = text.encode("utf-16-le", "surrogatepass")
    for entity in sorted(entities, key=lambda each: each.offset, reverse=True):
        start, end = 2 * entity.offset, 2 * (entity.offset + entity.length)
        units = units[:start] + " ".encode("utf-16-le") + units[end:]
    return units.decode("utf-16-le", "surrogatepass")
