"""Whoever may not have got an answer is told so, once."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from telegram import Bot, ReplyParameters
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError

from bot.locales import texts
from bot.state.journal import AwaitedAnswer, Entry, Journal, JournalStage
from bot.telegram.rendering.answers import line
from bot.telegram.transport.delivery_tracker import DeliveryTracker

logger = logging.getLogger(__name__)

_REACTION = "🙏"
_LONGEST_PAUSE = 30.0
_LAST_NOTICES = 5.0  # seconds that a stop waits for notices under way


class LostAnswerNotices:
    """Sends the notices that are due by the journal, once Telegram can be reached: one reply to the question each.

    Where the outcome of that is unknown, too, a reaction on the question stands for it: reactions are idempotent and
    are set again until one succeeds. `pause` is for how many seconds Telegram is left alone after trouble.
    """

    def __init__(self, journal: Journal, delivery_tracker: DeliveryTracker, *, pause: float = 1.0) -> None:
        self._journal = journal
        self._delivery_tracker = delivery_tracker
        self._pause = pause
        self._task: asyncio.Task[None] | None = None
        self._sending: set[asyncio.Task[None]] = set()
        # Whatever the journal says: a full disk must not make anybody get the same notice again and again.
        self._told: set[int] = set()

    def start(self, bot: Bot) -> None:
        """From now on, until `close`."""
        self._delivery_tracker.notice_due.set()
        self._task = asyncio.create_task(self._run(bot))

    async def close(self) -> None:
        """Stop, once the notices under way are sent; what is still due waits for the next start."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        if self._sending:
            _, late = await asyncio.wait(self._sending, timeout=_LAST_NOTICES)
            for task in late:
                task.cancel()

    async def _run(self, bot: Bot) -> None:
        pause = self._pause
        while True:
            self._delivery_tracker.notice_due.clear()
            entries = self._journal.notices_due()
            if not entries:
                await self._delivery_tracker.notice_due.wait()
            elif await _reachable(bot):
                self._sending = {asyncio.create_task(self._settle(entry, bot)) for entry in entries}
                await asyncio.wait(self._sending)
                pause = self._pause
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE) if entries else self._pause

    async def _settle(self, entry: Entry, bot: Bot) -> None:
        try:
            if entry.asking.chat is None or entry.asking.message is None:
                self._journal.settle(entry.update)
            elif (
                entry.stage is JournalStage.NOTICE_DUE
                and entry.asking.notify_by_message
                and entry.update not in self._told
            ):
                await self._tell(entry, entry.asking.chat, entry.asking.message, bot)
            else:
                await bot.set_message_reaction(entry.asking.chat, entry.asking.message, _REACTION)
                self._journal.settle(entry.update)
        except (BadRequest, Forbidden) as error:
            logger.info("update %s: nobody can be told there (%s)", entry.update, error.message)
            self._journal.settle(entry.update)
        except TelegramError as error:
            logger.warning("update %s: the asker could not be told yet (%s)", entry.update, error.message)
        except Exception:
            # The other notices are due all the same.
            logger.exception("update %s: the asker cannot be told", entry.update)
            self._journal.settle(entry.update)

    async def _tell(self, entry: Entry, chat: int, message: int, bot: Bot) -> None:
        text, asking = _notice(entry.asking), entry.asking
        with self._delivery_tracker.working(entry.update):
            try:
                await bot.send_message(
                    chat,
                    text,
                    message_thread_id=asking.topic,
                    reply_parameters=ReplyParameters(message, allow_sending_without_reply=True),
                )
            except ChatMigrated as moved:
                await bot.send_message(moved.new_chat_id, text)
        self._told.add(entry.update)
        logger.info("update %s: the asker was told that the answer may be missing", entry.update)


def _notice(asking: AwaitedAnswer) -> str:
    return line(texts(asking.language)("answer_in_doubt")).parts[0]


async def _reachable(bot: Bot) -> bool:
    """Whether Telegram answers again; this may be asked as often as one likes."""
    try:
        await bot.get_me()
    except TelegramError as error:
        logger.info("Telegram cannot be reached yet: %s", error.message)
        return False
    return True
