"""What operators hear of the language model: that it fails, once, and that it works again."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import Bot

from bot.locales import Texts, texts
from bot.telegram.handlers.index_commands import tell
from bot.telegram.handlers.notice_batches import NoticeBatches
from bot.telegram.rendering.answers import line

_EVERY = 600.0  # seconds between two messages, should the trouble come and go


def writing_news(bot: Bot, operators: Sequence[int]) -> NoticeBatches[str | None]:
    """Tells every operator in private of a trouble by its name, or that it is over; of several only the last."""
    words = texts(None)

    async def send(news: tuple[str | None, ...]) -> None:
        for operator in operators:
            await tell(bot, operator, line(trouble_text(news[-1], words)))

    return NoticeBatches(send, every=_EVERY)


def trouble_text(trouble: str | None, words: Texts) -> str:
    """A trouble in words, with what to do about it; without one, that all is well again."""
    if trouble is None:
        return words("llm_well")
    return words("llm_trouble", what=words(f"llm_{trouble}"))
