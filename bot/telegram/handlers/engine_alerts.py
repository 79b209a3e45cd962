"""What operators hear of servers that answering depends on: that one fails, once, and that it works again."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import Bot

from bot.locales import texts
from bot.telegram.handlers.notice_batches import NoticeBatches
from bot.telegram.handlers.operator_notices import trouble_news


def engine_news(bot: Bot, operators: Sequence[int]) -> NoticeBatches[str | None]:
    """Tells every operator in private of a trouble, or that it is over; of several only the last."""
    words = texts(None)

    def text(news: tuple[str | None, ...]) -> str:
        return words("engine_well") if news[-1] is None else words("engine_trouble", what=news[-1])

    return trouble_news(bot, operators, text)
