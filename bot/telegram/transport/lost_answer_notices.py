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

_SIGN = "🙏"
_LONGEST_PAUSE = 30.0
_LAST_WORD = 5.0  # seconds that a stop waits for what is just being said


class LostAnswerNotices:
    """Pays what the journal says is owed, when Telegram can be reached again: one word as a reply to the question.

    If the fate of the word is unknown, too, a reaction on the question stands for it: that alone can be repeated until
    it is there. `pause` is for how many seconds Telegram is left alone after trouble.
    """

    def __init__(self, journal: Journal, delivery_tracker: DeliveryTracker, *, pause: float = 1.0) -> None:
        self._journal = journal
        self._delivery_tracker = delivery_tracker
        self._pause = pause
        self._task: asyncio.Task[None] | None = None
        self._paying: set[asyncio.Task[None]] = set()
        # Whatever the journal says: a full disk must not make anybody hear the same word again and again.
        self._told: set[int] = set()

    def start(self, bot: Bot) -> None:
        """From now on, until `close`."""
        self._delivery_tracker.owed.set()
        self._task = asyncio.create_task(self._pay(bot))

    async def close(self) -> None:
        """Stop, when what is just being said is said; what is still owed waits for the next start."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        if self._paying:
            _, late = await asyncio.wait(self._paying, timeout=_LAST_WORD)
            for task in late:
                task.cancel()

    async def _pay(self, bot: Bot) -> None:
        pause = self._pause
        while True:
            self._delivery_tracker.owed.clear()
            entries = self._journal.owed()
            if not entries:
                await self._delivery_tracker.owed.wait()
            elif await _reachable(bot):
                self._paying = {asyncio.create_task(self._settle(entry, bot)) for entry in entries}
                await asyncio.wait(self._paying)
                pause = self._pause
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE) if entries else self._pause

    async def _settle(self, entry: Entry, bot: Bot) -> None:
        try:
            if entry.asking.chat is None or entry.asking.message is None:
                self._journal.settle(entry.update)
            elif entry.stage is JournalStage.OWED and entry.asking.notify_by_message and entry.update not in self._told:
                await self._tell(entry, entry.asking.chat, entry.asking.message, bot)
            else:
                await bot.set_message_reaction(entry.asking.chat, entry.asking.message, _SIGN)
                self._journal.settle(entry.update)
        except (BadRequest, Forbidden) as error:
            logger.info("update %s: nobody can be told there (%s)", entry.update, error.message)
            self._journal.settle(entry.update)
        except TelegramError as error:
            logger.warning("update %s: the asker could not be told yet (%s)", entry.update, error.message)
        except Exception:
            # The others are owed a word all the same.
            logger.exception("update %s: the asker cannot be told", entry.update)
            self._journal.settle(entry.update)

    async def _tell(self, entry: Entry, chat: int, message: int, bot: Bot) -> None:
        text, asking = _words(entry.asking), entry.asking
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


def _words(asking: AwaitedAnswer) -> str:
    return line(texts(asking.language)("answer_in_doubt")).parts[0]


async def _reachable(bot: Bot) -> bool:
    """Whether Telegram answers again; this may be asked as often as one likes."""
    try:
        await bot.get_me()
    except TelegramError as error:
        logger.info("Telegram cannot be reached yet: %s", error.message)
        return False
    return True
