"""/post: an operator's question becomes a cited post, drafted in private and published by a press."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from telegram import CallbackQuery, ChatMemberAdministrator, Message, Update
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError

from bot.answering.ask_question import AskQuestion, Notice
from bot.answering.message_text import clean, language
from bot.locales import Texts, texts
from bot.model import Status
from bot.observability.logs import redact
from bot.observability.pseudonyms import Pseudonyms
from bot.state.post_drafts import PostDraft, PostDrafts
from bot.telegram.rendering.answers import Button, Outgoing, line
from bot.telegram.rendering.public_posts import post_message
from bot.telegram.transport.replies import acknowledge, reply, typing
from bot.telegram.updates.callback_data import PostButton
from bot.telegram.updates.context import Context, words_for

logger = logging.getLogger(__name__)


class ChannelPosts:
    """Drafts posts for the allowed channels; each is published at most once, by the operator who asked for it."""

    def __init__(
        self,
        ask_question: AskQuestion,
        drafts: PostDrafts,
        operators: Sequence[int],
        channels: Sequence[int],
        names: Pseudonyms,
    ) -> None:
        self._names = names
        self._ask_question = ask_question
        self._drafts = drafts
        self._operators = frozenset(operators)
        self._channels = tuple(channels)

    async def post(self, update: Update, context: Context) -> None:
        """/post QUESTION, or /post as a reply to a question."""
        message = update.message
        if message is None or message.from_user is None:
            return
        words = words_for(message.from_user)
        replied = message.reply_to_message
        question = clean(" ".join(context.args or ()) or (replied.text if replied and replied.text else ""))
        if not self._channels:
            await reply(message, line(words("post_no_channels")))
        elif not question:
            await reply(message, line(words("post_usage")))
        else:
            async with typing(message):
                outgoing = await self._drafted(message, message.from_user.id, question, words)
            await reply(message, outgoing)

    async def press(self, update: Update, context: Context, button: PostButton) -> None:
        """A button below a draft."""
        query = update.callback_query
        if query is None:
            return
        words = words_for(query.from_user)
        number, channel = button.draft, button.channel
        draft = self._drafts.find(number)
        if draft is None or channel not in (PostButton.DROP, *self._channels):
            await acknowledge(query, words("stale_button"))
        elif query.from_user.id not in self._operators or query.from_user.id != draft.operator:
            logger.info("update %s: %s pressed another's draft", update.update_id, self._names.of(query.from_user.id))
            await acknowledge(query, words("post_not_yours"))
        elif not self._drafts.settle(number):
            await acknowledge(query, words("post_settled"))
        else:
            await acknowledge(query)
            said = (
                words("post_dropped")
                if channel == PostButton.DROP
                else await self._publish(context, number, draft, channel, words)
            )
            await self._close(query, said, settled=self._drafts.find(number))

    async def _drafted(self, message: Message, operator: int, question: str, words: Texts) -> Outgoing:
        """The draft with a button for each channel, or why there is none."""
        answer = await self._ask_question.search(question)
        if isinstance(answer, Notice):
            return line(words(answer))
        if answer.status not in (Status.ANSWERED, Status.UNSURE):
            return line(words("post_nothing"))
        titles = {channel: await _title(message, channel) for channel in self._channels}
        known = {channel: title for channel, title in titles.items() if title is not None}
        if not known:
            return line(words("post_unreachable", channels="、".join(map(str, self._channels))))
        post = post_message(answer, texts(language(question)), asked=answer.question)
        number = self._drafts.add(operator, post.parts)
        rows = [
            (Button(words("post_publish", channel=title)[:64], data=PostButton(number, channel).pack()),)
            for channel, title in known.items()
        ]
        drop = (Button(words("post_drop"), data=PostButton(number, PostButton.DROP).pack()),)
        return Outgoing(post.parts, (*rows, drop))

    async def _publish(self, context: Context, number: int, draft: PostDraft, channel: int, words: Texts) -> str:
        """Send a draft to a channel; what to tell the operator."""
        sent: Message | None = None
        try:
            for part in draft.parts:
                latest = await context.bot.send_message(channel, part)
                sent = sent or latest
        except TelegramError as error:
            logger.warning("draft %s was not published in %s: %s", number, channel, error.message)
            if sent is None and isinstance(error, (BadRequest, Forbidden, RetryAfter)):
                self._drafts.reopen(number)
                return words("post_refused", reason=redact(error.message))
            # It may be there although the confirmation was lost: a second try could double it.
            return words("post_uncertain")
        logger.info("draft %s of operator %s was published in %s", number, draft.operator, channel)
        assert sent is not None
        return words("post_published", channel=sent.chat.title or channel, link=sent.link or "").strip()

    async def _close(self, query: CallbackQuery, said: str, *, settled: PostDraft | None) -> None:
        """Tell the operator the end; a settled draft loses its buttons."""
        if settled is not None and settled.settled:
            try:
                await query.edit_message_reply_markup(None)
            except BadRequest as error:
                logger.info("a draft keeps its buttons: %s", error.message)
        if query.message is not None:
            await reply(query.message, line(said))


async def _title(message: Message, channel: int) -> str | None:
    """A channel's name; None when the bot may not post in it."""
    bot = message.get_bot()
    try:
        chat, member = await bot.get_chat(channel), await bot.get_chat_member(channel, bot.id)
    except (BadRequest, Forbidden) as error:
        logger.warning("channel %s: %s", channel, error.message)
        return None
    may_post = isinstance(member, ChatMemberAdministrator) and member.can_post_messages
    return chat.title or str(channel) if may_post else None
