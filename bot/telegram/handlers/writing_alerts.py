"""What operators hear of the language model: that it fails, once, and that it works again."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import Bot

from bot.locales import Texts, texts
from bot.telegram.handlers.notice_batches import NoticeBatches
from bot.telegram.handlers.operator_notices import trouble_news


def writing_news(bot: Bot, operators: Sequence[int]) -> NoticeBatches[str | None]:
    """Tells every operator in private of a trouble by its name, or that it is over; of several only the last."""
    words = texts(None)

    return trouble_news(bot, operators, lambda news: trouble_text(news[-1], words))


def trouble_text(trouble: str | None, words: Texts) -> str:
    """A trouble in words, with what to do about it; without one, that all is well again."""
    if trouble is None:
        return words("llm_well")
    return words("llm_trouble", what=words(f"llm_{trouble}"))
