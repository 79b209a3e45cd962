"""Writing a curated answer: from a question, by /pin or a button, over a preview to the saved answer."""

from __future__ import annotations

import datetime
import logging
import re
import sqlite3
from contextlib import suppress
from dataclasses import replace

from telegram import CallbackQuery, ForceReply, MaybeInaccessibleMessage, Message, Update, User
from telegram.error import BadRequest

from bot.answering.answer_queue import AnswerQueue, Overloaded
from bot.answering.curated.store import Author, CuratedAnswer, CuratedAnswers, CuratedText
from bot.answering.message_text import clean, language
from bot.local_time import LocalTime
from bot.locales import LANGUAGES, Texts, texts
from bot.state.question_log import LoggedQuestion, QuestionLog
from bot.state.sent_answers import Answers
from bot.telegram.access.operator_guard import OperatorGuard
from bot.telegram.handlers.curated_drafts import CuratedDraft, CuratedDrafts, Expected, Pending, Wants
from bot.telegram.rendering.answers import line
from bot.telegram.rendering.curated import expiry_buttons, preview_message, saved_message
from bot.telegram.transport.replies import acknowledge, keyboard, reply, revise
from bot.telegram.updates.addressing import said
from bot.telegram.updates.callback_data import CuratedExpiryButton, CuratedStep, CuratedStepButton
from bot.telegram.updates.context import Context, words_for
from corpus.errors import SiyuError

logger = logging.getLogger(__name__)

LONGEST_QUESTION, LONGEST_TEXT = 300, 3000
"""Characters; a whole preview then fits into few messages."""

_SHOWN_IN_PROMPT = 200
_BETWEEN = re.compile(r"[|｜]")
_NOTHING = "-"


class CuratedEditor:
    """Asks step by step for what a curated answer needs, shows the preview and saves. Only for operators."""

    def __init__(
        self,
        answer_queue: AnswerQueue,
        curated: CuratedAnswers,
        answers: Answers,
        log: QuestionLog,
        operators: OperatorGuard,
        local_time: LocalTime,
        *,
        drafts: CuratedDrafts | None = None,
    ) -> None:
        self._answer_queue = answer_queue
        self._curated = curated
        self._answers = answers
        self._log = log
        self._operators = operators
        self._drafts = drafts or CuratedDrafts()
        self._local_time = local_time
        self.pending = Pending(self._drafts)
        self.expected = Expected(self._drafts)

    async def pin(self, update: Update, context: Context) -> None:
        """/pin as a reply to a question or an answer, or with `question | answer`, or with a question."""
        message = update.message
        if message is None or message.from_user is None:
            return
        rest = said(message, context.bot.bot).strip()
        parts = [part.strip() for part in _BETWEEN.split(rest, maxsplit=1)]
        replied = message.reply_to_message
        if len(parts) == 2 and all(parts):
            question, text = parts
        elif replied is not None and (replied.text or replied.caption):
            question, text = self._question(message, replied, context.bot.bot), rest
        elif rest:
            question, text = rest, ""
        else:
            await reply(message, line(words_for(message.from_user)("pin_usage")))
            return
        await self._begin(message, message.from_user, question, text)

    async def start(self, update: Update, context: Context, question: LoggedQuestion) -> None:
        """Begin with a question from the log; for a button that an operator has pressed."""
        user, message = update.effective_user, _effective(update)
        if user is None or message is None or user.id not in self._operators.ids:
            return
        await self._begin(message, user, question.understood or question.question, "")

    async def edit(self, message: MaybeInaccessibleMessage, user: User, curated: CuratedAnswer, wants: Wants) -> None:
        """Begin with a saved answer, by asking for the part of it that is to change."""
        draft = CuratedDraft(message.chat.id, user.id, wants, curated.content, number=curated.id)
        await self._ask(message, draft, wants, words_for(user))

    async def cancel(self, update: Update, context: Context) -> None:
        """/cancel while a curated answer is in the making: it ends, and nothing else does."""
        message = update.message
        if message is None or message.from_user is None:
            return
        draft = self._drafts.of(message.chat.id, message.from_user.id)
        if draft is not None:
            self._drafts.end(draft)
            await self._close_board(context, draft)
        await reply(message, line(words_for(message.from_user)("pin_cancelled")))

    async def text(self, update: Update, context: Context) -> None:
        """The text that a draft waits for."""
        message = update.message
        if message is None or message.from_user is None or message.text is None:
            return
        words = words_for(message.from_user)
        draft = self._drafts.of(message.chat.id, message.from_user.id)
        replied = message.reply_to_message
        if draft is None or (replied is not None and replied.message_id != draft.prompt):
            await reply(message, line(words("pin_lost")))
            return
        content = _with(draft.content, draft.wants, message.text)
        if content is None:
            await self._ask(message, draft, draft.wants, words, said_first=words("pin_empty"))
            return
        await self._next(message, message.from_user, replace(draft, content=content), context)

    async def _begin(self, message: MaybeInaccessibleMessage, user: User, question: str, text: str) -> None:
        asked = clean(question)
        content = CuratedText(question=asked, text=text.strip(), language=language(asked))
        draft = self._drafts.keep(CuratedDraft(message.chat.id, user.id, Wants.DECISION, content))
        await self._next(message, user, draft, None)

    async def _next(
        self, message: MaybeInaccessibleMessage, user: User, draft: CuratedDraft, context: Context | None
    ) -> None:
        """Ask for what is missing still, else show the preview."""
        words, content = words_for(user), draft.content
        too_long = words("pin_too_long", question=LONGEST_QUESTION, text=LONGEST_TEXT)
        if not content.question or len(content.question) > LONGEST_QUESTION:
            first = too_long if content.question else None
            draft = replace(draft, content=replace(content, question=""))
            await self._ask(message, draft, Wants.QUESTION, words, said_first=first)
        elif not content.text or len(content.text) > LONGEST_TEXT:
            first = too_long if content.text else None
            draft = replace(draft, content=replace(content, text=""))
            await self._ask(message, draft, Wants.TEXT, words, said_first=first)
        else:
            if context is not None:
                await self._close_board(context, draft)
            sent = await reply(message, preview_message(content, user.full_name, draft.key, words))
            self._drafts.expect(replace(draft, board=sent.messages), Wants.DECISION)

    async def _ask(
        self,
        message: MaybeInaccessibleMessage,
        draft: CuratedDraft,
        wants: Wants,
        words: Texts,
        *,
        said_first: str | None = None,
    ) -> None:
        """Ask for a part, with the field for the reply opened."""
        if said_first:
            await reply(message, line(said_first))
        keys = {
            Wants.QUESTION: "pin_ask_question",
            Wants.TEXT: "pin_ask_text",
            Wants.SOURCE: "pin_ask_source",
            Wants.PHRASING: "pin_ask_phrasing",
        }
        prompt = line(words(keys[wants], question=draft.content.question[:_SHOWN_IN_PROMPT])).parts[0]
        field = ForceReply(selective=True)
        if isinstance(message, Message):
            sent = await message.reply_html(prompt, reply_markup=field, do_quote=True)
        else:
            sent = await message.chat.send_message(prompt, reply_markup=field)
        self._drafts.expect(draft, wants, sent.message_id)

    async def step(self, update: Update, context: Context, button: CuratedStepButton) -> None:
        """A button below the preview of a draft."""
        if (query := await self._operators.pressed(update)) is None or (
            draft := await self._draft(query, button.draft)
        ) is None:
            return
        words = words_for(query.from_user)
        if button.step is CuratedStep.SAVE:
            await self._save(query, context, draft)
            return
        await acknowledge(query)
        if button.step is CuratedStep.CANCEL:
            self._drafts.end(draft)
            await revise(context.bot, draft.chat, draft.board, line(words("pin_cancelled")))
        elif button.step is CuratedStep.CHOOSE_EXPIRY:
            preview = preview_message(draft.content, query.from_user.full_name, draft.key, words)
            await revise(
                context.bot, draft.chat, draft.board, replace(preview, buttons=expiry_buttons(draft.key, words))
            )
        elif query.message is not None:
            await self._ask(query.message, draft, Wants.SOURCE, words)

    async def expiry(self, update: Update, context: Context, button: CuratedExpiryButton) -> None:
        """For how long a draft's answer is to hold."""
        if (query := await self._operators.pressed(update)) is None or (
            draft := await self._draft(query, button.draft)
        ) is None:
            return
        await acknowledge(query)
        expires = self._local_time.today() + datetime.timedelta(days=button.days) if button.days else None
        draft = self._drafts.keep(replace(draft, content=replace(draft.content, expires=expires)))
        preview = preview_message(draft.content, query.from_user.full_name, draft.key, words_for(query.from_user))
        await revise(context.bot, draft.chat, draft.board, preview)

    async def _draft(self, query: CallbackQuery, key: str) -> CuratedDraft | None:
        """The draft that a button belongs to; where it is gone, so are the buttons, and that was said."""
        draft = self._drafts.find(key, query.message.chat.id) if query.message is not None else None
        if draft is None:
            await acknowledge(query, words_for(query.from_user)("pin_lost"))
            await _remove_buttons(query)
        return draft

    async def _save(self, query: CallbackQuery, context: Context, draft: CuratedDraft) -> None:
        words = words_for(query.from_user)
        author = Author(query.from_user.id, query.from_user.full_name)
        try:
            saved = self._write(draft, author)
        except sqlite3.Error as error:
            logger.warning("a curated answer could not be saved: %s", error)
            await acknowledge(query, words("pin_failed"))
            return
        self._drafts.end(draft)
        await acknowledge(query, None if saved else words("pin_gone"))
        if saved is None:
            await _remove_buttons(query)
            return
        logger.info("operator %s saved curated answer %s", author.id, saved.id)
        await revise(context.bot, draft.chat, draft.board, saved_message(saved, self._local_time, words))
        await self._refresh()

    def _write(self, draft: CuratedDraft, author: Author) -> CuratedAnswer | None:
        """Keep a draft: as a change of the one that it edits, or that answers the very same question already."""
        content = draft.content
        if draft.number is not None:
            return self._curated.edit(draft.number, content, author)
        for known in self._curated.active():
            if content.question in known.phrasings:
                newer = replace(known.content, text=content.text, expires=content.expires, source=content.source)
                return self._curated.edit(known.id, newer, author)
        return self._curated.add(content, author)

    async def _refresh(self) -> None:
        """Have the vectors computed before somebody asks; where that fails now, the next question does it."""
        with suppress(Overloaded, SiyuError):
            await self._answer_queue.refresh_curated()

    def _question(self, message: Message, replied: Message, me: User) -> str:
        """The question that a message asks, or that it answers if it is the bot's; empty where that is not known."""
        own = replied.from_user is not None and replied.from_user.id == me.id
        number = self._answers.question_of(replied.chat.id, replied.message_id) if own else replied.message_id
        logged = self._log.at(replied.chat.id, number) if number is not None else None
        if logged is not None:
            return logged.understood or logged.question
        if own:
            return _repeated(replied.text or "")
        return message.quote.text if message.quote is not None else said(replied, me)

    async def _close_board(self, context: Context, draft: CuratedDraft) -> None:
        """Take the buttons from an earlier preview."""
        if draft.board:
            with suppress(BadRequest):
                await context.bot.edit_message_reply_markup(draft.chat, draft.board[-1], reply_markup=None)


def _with(content: CuratedText, wants: Wants, text: str) -> CuratedText | None:
    """The content with the part that was asked for, None where that is empty."""
    text = text.strip()
    if not clean(text):
        return None
    match wants:
        case Wants.QUESTION:
            return replace(content, question=clean(text), language=language(text))
        case Wants.SOURCE:
            return replace(content, source=None if text == _NOTHING else clean(text)[:LONGEST_QUESTION])
        case Wants.PHRASING:
            lines = [clean(each)[:LONGEST_QUESTION] for each in text.splitlines()]
            known = dict.fromkeys((*content.alternatives, *filter(None, lines)))
            return replace(content, alternatives=tuple(each for each in known if each != content.question))
        case _:
            return replace(content, text=text)


def _repeated(answer: str) -> str:
    """The question that an answer repeats in its first line, as it does where nobody had typed it."""
    first = answer.partition("\n")[0]
    for code in LANGUAGES:
        opening, _, closing = texts(code).raw("asked").partition("{question}")
        if first.startswith(opening) and first.endswith(closing):
            return first[len(opening) : len(first) - len(closing)]
    return ""


def _effective(update: Update) -> MaybeInaccessibleMessage | None:
    if update.callback_query is not None:
        return update.callback_query.message
    return update.effective_message


async def _remove_buttons(query: CallbackQuery) -> None:
    with suppress(BadRequest):
        await query.edit_message_reply_markup(keyboard(()))
