"""/funnel: a merchant's own numbers, as text, as a table or question by question; what was saved of them."""

from __future__ import annotations

import asyncio
import logging
import secrets
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

from cachetools import TTLCache
from telegram import Document, MaybeInaccessibleMessage, Message, Update
from telegram.constants import ChatAction, ChatType
from telegram.ext import filters

from bot.answering.answer_queue import AnswerQueue, Overloaded
from bot.answering.message_text import language
from bot.articles.inspector import Inspector
from bot.insights.fonts import can_draw, drawable
from bot.insights.funnel.dialogue import Dialogue
from bot.insights.funnel.explaining_articles import EXPLAINING
from bot.insights.funnel.figures import Statement, figure_named
from bot.insights.funnel.picture import funnel_picture
from bot.insights.funnel.reading import Ask, Reading, read_value
from bot.insights.funnel.report import Report, report
from bot.insights.funnel.sense import impossible
from bot.insights.funnel.tables import read, read_rows
from bot.insights.funnel.wording import FunnelWords
from bot.local_time import LocalTime
from bot.locales import Texts, texts
from bot.state.funnel_periods import FunnelPeriods, SavedPeriod
from bot.telegram.access.button_guard import ButtonDebounce
from bot.telegram.handlers.index_commands import reason
from bot.telegram.handlers.uploads import suffix_of
from bot.telegram.rendering.answers import Outgoing, line
from bot.telegram.rendering.funnels import (
    Explanation,
    NamedPeriod,
    comparison_message,
    question_message,
    report_message,
    saved_message,
    usage_message,
)
from bot.telegram.transport.file_download import download
from bot.telegram.transport.replies import acknowledge, reply, revise, typing
from bot.telegram.updates.callback_data import (
    FunnelAction,
    FunnelDoor,
    FunnelDoorButton,
    FunnelResultButton,
    FunnelSavedButton,
    FunnelStep,
    FunnelStepButton,
    SavedAction,
)
from bot.telegram.updates.context import Context, sender, words_for
from corpus.errors import SiyuError
from embeddings.errors import IndexMissing

logger = logging.getLogger(__name__)

_PATIENCE = 30 * 60.0  # seconds that a dialogue or a result is remembered after its last step
_MOST = 1000
_TABLES = (".xlsx", ".csv", ".tsv")
_LIST_WORDS = ("记录", "list", "历史")
_LONGEST_LABEL = 20


class InDialogue(filters.MessageFilter):
    """Messages of people whose guided questions are open, in private."""

    def __init__(self, dialogues: TTLCache[int, Dialogue]) -> None:
        super().__init__()
        self._dialogues = dialogues

    def filter(self, message: Message) -> bool:
        """Whether it is."""
        return message.chat.type == ChatType.PRIVATE and sender(message) in self._dialogues


class FunnelFile(filters.MessageFilter):
    """Files whose caption begins with /funnel."""

    def filter(self, message: Message) -> bool:
        """Whether it is."""
        return message.document is not None and (message.caption or "").lower().startswith("/funnel")


class TableFile(filters.MessageFilter):
    """Files of rows, by their name."""

    def filter(self, message: Message) -> bool:
        """Whether it is one."""
        return message.document is not None and suffix_of(message.document) in _TABLES


class Funnels:
    """Counts what people send. Numbers stay in memory, for half an hour, unless somebody saves them.

    `drawing` is held while a picture is drawn: the library stands one at a time.
    """

    def __init__(
        self,
        periods: FunnelPeriods,
        answer_queue: AnswerQueue,
        inspector: Inspector,
        local_time: LocalTime,
        drawing: asyncio.Lock,
        button_debounce: ButtonDebounce,
        *,
        max_bytes: int,
    ) -> None:
        self._periods = periods
        self._answer_queue = answer_queue
        self._inspector = inspector
        self._local_time = local_time
        self._drawing = drawing
        self._button_debounce = button_debounce
        self._max_bytes = max_bytes
        self._dialogues: TTLCache[int, Dialogue] = TTLCache(_MOST, _PATIENCE)
        self._results: TTLCache[str, tuple[int, Report]] = TTLCache(_MOST, _PATIENCE)
        self.pending = InDialogue(self._dialogues)
        self.meant = FunnelFile() | self.pending & TableFile()

    async def command(self, update: Update, context: Context) -> None:
        """/funnel with numbers, alone, with 记录, or as a reply to numbers or to a table."""
        message = update.message
        if message is None:
            return
        words = words_for(message.from_user)
        text = (message.text or "").split(maxsplit=1)[1:]
        replied = message.reply_to_message
        if text and text[0].strip().lower() in _LIST_WORDS:
            await self._list(message, sender(message), words)
        elif text:
            await self._text(message, text[0], words)
        elif replied is not None and replied.document is not None:
            await self._file(message, replied.document, words)
        elif replied is not None and (replied.text or replied.caption):
            await self._text(message, replied.text or replied.caption or "", words)
        else:
            await self._start(message, sender(message), words)

    async def file(self, update: Update, context: Context) -> None:
        """A table: one with /funnel as its caption, or sent while the questions are open."""
        message = update.message
        if message is not None and message.document is not None:
            self._dialogues.pop(sender(message), None)
            await self._file(message, message.document, words_for(message.from_user))

    async def text(self, update: Update, context: Context) -> None:
        """The answer to a guided question, or all numbers at once."""
        message = update.message
        dialogue = self._dialogues.get(sender(message)) if message is not None else None
        if message is None or dialogue is None or dialogue.question is None:
            return
        words, said = words_for(message.from_user), message.text or ""
        reading = read(said)
        if any(len(period.values) > 1 for period in reading.periods):
            self._dialogues.pop(sender(message), None)
            await self._result(message, report(reading), words)
            return
        value = read_value(dialogue.question, said)
        if not isinstance(value, Fraction):
            complaint = FunnelWords(words).ask(value) if isinstance(value, Ask) else words("funnel_no_number")
            await reply(message, question_message(dialogue, words, complaint=complaint))
            return
        await self._go_on(message, sender(message), dialogue, dialogue.with_answer(value), words)

    async def cancel(self, update: Update, context: Context) -> None:
        """/cancel while the questions are open."""
        message = update.message
        if message is not None:
            self._dialogues.pop(sender(message), None)
            await reply(message, line(words_for(message.from_user)("funnel_cancelled")))

    async def door(self, update: Update, context: Context, button: FunnelDoorButton) -> None:
        """用我的数字算 below an answer, and the ways into what was saved."""
        query = update.callback_query
        if query is None:
            return
        words = words_for(query.from_user)
        if query.message is None or query.message.chat.type != ChatType.PRIVATE:
            await acknowledge(query, words("funnel_only_private"))
            return
        if not await self._button_debounce.admits(query):
            return
        await acknowledge(query)
        if button.door is FunnelDoor.START:
            await self._start(query.message, query.from_user.id, words)
        elif button.door is FunnelDoor.SAVED:
            await self._list(query.message, query.from_user.id, words)
        else:
            await self._compare(query.message, query.from_user.id, words)

    async def step(self, update: Update, context: Context, button: FunnelStepButton) -> None:
        """A button below a guided question; one below an earlier question does nothing any more."""
        query = update.callback_query
        if query is None:
            return
        words, user = words_for(query.from_user), query.from_user.id
        dialogue = self._dialogues.get(user)
        if dialogue is None or dialogue.place != button.place or query.message is None:
            await acknowledge(query, words("stale_button"))
            return
        await acknowledge(query)
        where = query.message.chat.id, [query.message.message_id]
        if button.step is FunnelStep.CANCEL:
            self._dialogues.pop(user, None)
            await revise(query.get_bot(), *where, line(words("funnel_cancelled")))
        elif button.step is FunnelStep.DONE:
            await self._finish(query.message, user, dialogue, words)
        else:
            following = dialogue.back() if button.step is FunnelStep.BACK else dialogue.with_answer(None)
            if following.question is None:
                await self._finish(query.message, user, following, words)
                return
            self._dialogues[user] = following
            await revise(query.get_bot(), *where, question_message(following, words))

    async def result(self, update: Update, context: Context, button: FunnelResultButton) -> None:
        """Save a result or draw it in the dark; for the person whose numbers they are."""
        query = update.callback_query
        if query is None or query.message is None:
            return
        words = words_for(query.from_user)
        owner, found = self._results.get(button.result, (0, None))
        if found is None:
            await acknowledge(query, words("funnel_gone"))
        elif owner != query.from_user.id:
            await acknowledge(query, words("funnel_not_yours"))
        elif button.action is FunnelAction.SAVE:
            await acknowledge(query, self._saved(owner, found, words))
        elif await self._button_debounce.admits(query):
            await acknowledge(query)
            await self._draw(query.message, found, words, dark=True)
            self._button_debounce.served(query)

    async def saved(self, update: Update, context: Context, button: FunnelSavedButton) -> None:
        """Show or delete a period of the person who presses."""
        query = update.callback_query
        if query is None or query.message is None:
            return
        words, user = words_for(query.from_user), query.from_user.id
        try:
            if button.action is SavedAction.DELETE:
                if not self._periods.delete(button.period, user):
                    await acknowledge(query, words("funnel_gone"))
                    return
                await acknowledge(query, toast=words("funnel_deleted"))
                shown = saved_message(self._named(user), words)
                await revise(query.get_bot(), query.message.chat.id, [query.message.message_id], shown)
                return
            period = next((each for each in self._named(user) if each.id == button.period), None)
        except sqlite3.Error as error:
            logger.warning("update %s: saved periods are out of reach: %s", update.update_id, error)
            await acknowledge(query, words("funnel_trouble"))
            return
        if period is None:
            await acknowledge(query, words("funnel_gone"))
        elif await self._button_debounce.admits(query):
            await acknowledge(query)
            await self._result(query.message, report(Reading((period.statement,))), words, user=user, kept=True)
            self._button_debounce.served(query)

    def forget_user(self, user: int) -> None:
        """Drop what is in memory of a person."""
        self._dialogues.pop(user, None)
        for key in [key for key, (owner, _) in self._results.items() if owner == user]:
            self._results.pop(key, None)

    async def _start(self, message: MaybeInaccessibleMessage, user: int, words: Texts) -> None:
        if message.chat.type != ChatType.PRIVATE:
            await reply(message, usage_message(words))
            return
        dialogue = self._dialogues[user] = Dialogue()
        await reply(message, question_message(dialogue, words, complaint=words("funnel_started")))

    async def _go_on(self, message: Message, user: int, before: Dialogue, dialogue: Dialogue, words: Texts) -> None:
        """Ask on, or the same again where an answer cannot be."""
        wrong = impossible(dialogue.statement)
        if wrong:
            await reply(message, question_message(before, words, complaint=FunnelWords(words).impossible(wrong[0])))
        elif dialogue.question is None:
            await self._finish(message, user, dialogue, words)
        else:
            self._dialogues[user] = dialogue
            await reply(message, question_message(dialogue, words))

    async def _finish(self, message: MaybeInaccessibleMessage, user: int, dialogue: Dialogue, words: Texts) -> None:
        self._dialogues.pop(user, None)
        found = report(Reading((dialogue.statement,)))
        if found.funnel is None:
            await reply(message, usage_message(words, nothing_read=True))
        else:
            await self._result(message, found, words, user=user)

    async def _text(self, message: Message, text: str, words: Texts) -> None:
        reading = read(text)
        if reading.empty:
            await reply(message, usage_message(words, nothing_read=True))
            return
        await self._result(message, report(reading), texts(language(text)))

    async def _file(self, message: Message, document: Document, words: Texts) -> None:
        suffix = suffix_of(document)
        if suffix not in _TABLES:
            await reply(message, line(words("funnel_file_kind")))
            return
        async with typing(message):
            try:
                data = await download(document, most=self._max_bytes)
                rows = await self._rows(data, suffix)
            except (SiyuError, OSError) as error:
                await reply(message, line(reason(error, words)))
                return
        reading = read_rows(rows)
        if reading.empty:
            await reply(message, usage_message(words, nothing_read=True))
            return
        await self._result(message, report(reading), words)

    async def _rows(self, data: bytes, suffix: str) -> tuple[str, ...]:
        """The rows of a table, parsed in the sandbox."""
        with tempfile.TemporaryDirectory(prefix="siyu-funnel-") as folder:
            file = Path(folder) / f"table{suffix}"
            await asyncio.to_thread(file.write_bytes, data)
            return await self._inspector.lines(file)

    async def _result(
        self,
        message: MaybeInaccessibleMessage,
        found: Report,
        words: Texts,
        *,
        user: int | None = None,
        kept: bool = False,
    ) -> None:
        """The picture, then the words; `kept` tells that it is saved already."""
        owner = user if user is not None else sender(message) if isinstance(message, Message) else 0
        remark = await self._draw(message, found, words) if found.drawable else ""
        key = None if kept or found.funnel is None else secrets.token_hex(4)
        if key is not None:
            self._results[key] = (owner, found)
        articles = await self._articles(found)
        await reply(message, report_message(found, words, key=key, articles=articles, remark=remark))

    async def _draw(self, message: MaybeInaccessibleMessage, found: Report, words: Texts, *, dark: bool = False) -> str:
        """Send the picture; what has to be said beside it or in its place, empty where nothing has."""
        if found.funnel is None:
            return ""
        if not can_draw():
            return words("funnel_no_drawing")
        await message.chat.send_action(ChatAction.UPLOAD_PHOTO)
        async with self._drawing:
            labels = await asyncio.to_thread(drawable, words)
            picture = await asyncio.to_thread(
                funnel_picture, found.funnel, labels, dark=dark, title=found.statement.label
            )
        if isinstance(message, Message):
            await message.reply_photo(picture, do_quote=True)
        else:
            await message.chat.send_photo(picture)
        return "" if labels is words else words("funnel_no_chinese_font")

    async def _articles(self, found: Report) -> Sequence[Explanation]:
        """Those articles about the step that pays most which the serving index has."""
        if found.stage is None:
            return ()
        try:
            generation = await self._answer_queue.serving()
        except (Overloaded, IndexMissing):
            return ()
        wanted = EXPLAINING[found.stage]
        first = {path: passages[0].id for path in wanted if (passages := generation.articles.passages_of(path))}
        return [Explanation(generation.articles[path].title, passage) for path, passage in first.items()]

    def _saved(self, user: int, found: Report, words: Texts) -> str:
        """Keep a result; what to say about it."""
        statement = found.statement
        numbers = {str(figure): str(value) for figure, value in statement.values.items()}
        try:
            self._periods.add(user, statement.label[:_LONGEST_LABEL], numbers)
        except sqlite3.Error as error:
            logger.warning("a period could not be saved: %s", error)
            return words("funnel_trouble")
        return words("funnel_stored")

    async def _list(self, message: MaybeInaccessibleMessage, user: int, words: Texts) -> None:
        if message.chat.type != ChatType.PRIVATE:
            await reply(message, line(words("funnel_only_private")))
            return
        await reply(message, self._or_trouble(lambda: saved_message(self._named(user), words), words))

    async def _compare(self, message: MaybeInaccessibleMessage, user: int, words: Texts) -> None:
        def compared() -> Outgoing:
            named = self._named(user)
            return (
                comparison_message(named[-2], named[-1], words)
                if len(named) > 1
                else line(words("funnel_compare_too_few"))
            )

        await reply(message, self._or_trouble(compared, words))

    def _or_trouble(self, made: Callable[[], Outgoing], words: Texts) -> Outgoing:
        try:
            return made()
        except sqlite3.Error as error:
            logger.warning("saved periods are out of reach: %s", error)
            return line(words("funnel_trouble"))

    def _named(self, user: int) -> tuple[NamedPeriod, ...]:
        """A person's saved periods, each by its name and the day on which it was saved. Raises sqlite3.Error."""
        return tuple(
            NamedPeriod(period.id, self._name(period), _statement(period)) for period in self._periods.of_user(user)
        )

    def _name(self, period: SavedPeriod) -> str:
        day = f"{self._local_time.day(period.saved):%Y-%m-%d}"
        return f"{period.label} · {day}" if period.label else day


def _statement(period: SavedPeriod) -> Statement:
    return Statement({figure_named(name): Fraction(value) for name, value in period.numbers.items()}, period.label)
