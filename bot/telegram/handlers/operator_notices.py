"""What operators are told in private; who never wrote to the bot cannot be."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from telegram import Bot
from telegram.error import TelegramError

from bot.telegram.handlers.notice_batches import NoticeBatches
from bot.telegram.rendering.answers import Outgoing, line

logger = logging.getLogger(__name__)

T = TypeVar("T")

_EVERY = 600.0  # seconds between two messages, should the trouble come and go


async def tell(bot: Bot, operator: int, outgoing: Outgoing) -> bool:
    """Write to an operator in private; False where that is not possible, because they never wrote to the bot say."""
    try:
        for part in outgoing.parts:
            await bot.send_message(operator, part)
    except TelegramError as error:
        logger.warning("operator %s could not be told: %s", operator, error.message)
        return False
    return True


async def tell_all(bot: Bot, operators: Sequence[int], outgoing: Outgoing) -> None:
    """Write to every operator who can be written to."""
    for operator in operators:
        await tell(bot, operator, outgoing)


def trouble_news(bot: Bot, operators: Sequence[int], text: Callable[[tuple[T, ...]], str]) -> NoticeBatches[T]:
    """Tells every operator what `text` makes of all that has come in since the last time, the oldest first."""

    async def send(news: tuple[T, ...]) -> None:
        await tell_all(bot, operators, line(text(news)))

    return NoticeBatches(send, every=_EVERY)
