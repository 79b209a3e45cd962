"""Inline mode: cited snippets while somebody types `@bot question` in any chat."""

from __future__ import annotations

import asyncio
import logging
import time
import unicodedata

from telegram import (
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.answering.answer_cache import AnswerCache
from bot.answering.ask_question import AskQuestion, Notice
from bot.answering.message_text import clean, language
from bot.answering.small_talk import is_small_talk
from bot.insights.funnel.report import Report, report
from bot.insights.funnel.tables import read
from bot.locales import texts
from bot.model import Answer, Asker, Surface
from bot.telegram.access.question_limits import QuestionLimits
from bot.telegram.rendering.funnels import funnel_snippet
from bot.telegram.rendering.public_posts import Snippet, snippets
from bot.telegram.updates.context import Context, words_for
from bot.telegram.updates.deep_links import ASK

logger = logging.getLogger(__name__)

_CACHED = 60  # seconds that Telegram, too, may show the same results to everybody


class Inline:
    """Answers inline queries: of what a person types letter by letter only the last is searched.

    `pause` is for how many seconds nothing more must be typed before a search.
    """

    def __init__(self, ask_question: AskQuestion, limits: QuestionLimits, *, pause: float = 0.2) -> None:
        self._ask_question = ask_question
        self._limits = limits
        self._pause = pause
        self._answers = AnswerCache(seconds=_CACHED)
        self._newest: dict[int, str] = {}

    async def query(self, update: Update, context: Context) -> None:
        """A query, at every few letters a new one."""
        query = update.inline_query
        if query is None:
            return
        user = query.from_user.id
        self._newest[user] = query.id
        try:
            await self._answer(query)
        finally:
            if self._newest.get(user) == query.id:
                del self._newest[user]

    async def chosen(self, update: Update, context: Context) -> None:
        """A result that was sent: only then somebody really asked. It comes if BotFather's inline feedback is on."""
        chosen = update.chosen_inline_result
        if chosen is None or not (question := _normal(chosen.query)) or _counted(chosen.query) is not None:
            return  # somebody's own numbers are no question, and nothing is kept of them
        answer = self._answers.latest(question)
        if answer is None:
            found = await self._ask_question.search(chosen.query)
            if isinstance(found, Notice):
                return
            answer = found
        user = chosen.from_user.id
        # Telegram does not tell the chat; the private one has the person's id.
        self._ask_question.record(Asker(user, None, user, None, Surface.INLINE), answer)

    async def _answer(self, query: InlineQuery) -> None:
        question = _normal(query.query)
        if not question or is_small_talk(question):
            await self._send(query, ())
            return
        if (counted := _counted(query.query)) is not None:
            await self._send(query, (funnel_snippet(counted, texts(language(query.query))),))
            return
        answer = self._answers.find(question) or await self._search(query, question)
        if answer is not None:
            await self._send(query, snippets(answer, texts(answer.language)))

    async def _search(self, query: InlineQuery, question: str) -> Answer | None:
        """A search, unless something newer was typed before or meanwhile."""
        await asyncio.sleep(self._pause)
        if self._newest.get(query.from_user.id) != query.id:
            return None
        if not self._limits.typed(query.from_user.id, time.monotonic()):
            logger.info("an inline query too many goes unanswered")
            return None
        answer = await self._ask_question.search(query.query)
        if isinstance(answer, Notice):
            logger.info("an inline query goes unanswered (%s)", answer)
            return None
        self._answers.keep(question, answer)
        return answer if self._newest.get(query.from_user.id) == query.id else None

    async def _send(self, query: InlineQuery, found: tuple[Snippet, ...]) -> None:
        """The results; without any a button that leads to the private chat."""
        words = words_for(query.from_user)
        key = "inline_empty" if not query.query.strip() else "inline_nothing"
        button = None if found else InlineQueryResultsButton(words(key), start_parameter=ASK)
        results = [
            InlineQueryResultArticle(
                snippet.id,
                snippet.title,
                InputTextMessageContent(
                    snippet.html,
                    parse_mode=ParseMode.HTML,
                    link_preview_options=LinkPreviewOptions(is_disabled=True),
                ),
                description=snippet.description,
            )
            for snippet in found
        ]
        try:
            # Snippets are the same for everybody, the button speaks a person's language.
            await query.answer(results, cache_time=_CACHED, is_personal=not found, button=button)
        except BadRequest as error:
            # Too late: the person has typed on or gone away.
            logger.info("inline query: %s", error.message)


def _counted(text: str) -> Report | None:
    """The report on what is typed, where it is the numbers of a funnel: two stages at least."""
    found = report(read(text))
    return found if found.drawable else None


def _normal(text: str) -> str:
    """A query as a key: what is typed with another width or case finds the same."""
    return unicodedata.normalize("NFKC", clean(text)).casefold()
