"""/privacy and /forget: what is kept of a person, and its end."""

from __future__ import annotations

import html
import logging
import sqlite3
from urllib.parse import urlsplit

from telegram import Update
from telegram.constants import ChatType

from bot.answering.conversations import Conversations
from bot.articles.suggestions import Suggestions
from bot.config import LlmSettings
from bot.locales import Texts
from bot.state.funnel_periods import FunnelPeriods
from bot.state.journal import Journal
from bot.state.question_log import QuestionLog
from bot.state.self_healing import StateFile
from bot.state.sent_answers import Answers
from bot.state.votes import Votes
from bot.telegram.handlers.funnels import Funnels
from bot.telegram.rendering.answers import Button, Outgoing, line
from bot.telegram.transport.replies import acknowledge, reply, revise
from bot.telegram.updates.callback_data import ForgetButton
from bot.telegram.updates.context import Context, words_for

logger = logging.getLogger(__name__)


class Privacy:
    """Tells what is kept for `keep_days` days and who gets a question, and deletes a person's own on request."""

    def __init__(
        self,
        state: StateFile,
        log: QuestionLog,
        votes: Votes,
        answers: Answers,
        conversations: Conversations,
        journal: Journal,
        suggestions: Suggestions,
        funnels: Funnels,
        funnel_periods: FunnelPeriods,
        *,
        keep_days: int,
        llm: LlmSettings | None = None,
        embedding_service: str | None = None,
        index_server: str | None = None,
    ) -> None:
        self._state = state
        self._log = log
        self._votes = votes
        self._answers = answers
        self._conversations = conversations
        self._journal = journal
        self._suggestions = suggestions
        self._funnels = funnels
        self._funnel_periods = funnel_periods
        self._keep_days = keep_days
        self._llm_host = urlsplit(llm.base_url).hostname if llm is not None and llm.base_url else None
        self._embedding_host = urlsplit(embedding_service).hostname if embedding_service else None
        self._index_host = urlsplit(index_server).hostname if index_server else None

    async def privacy(self, update: Update, context: Context) -> None:
        """/privacy."""
        if update.message is not None:
            words = words_for(update.effective_user)
            text = words("privacy", days=self._keep_days) if self._keep_days else words("privacy_nothing_kept")
            if self._llm_host:
                text += words("privacy_llm", host=html.escape(self._llm_host))
            if self._embedding_host:
                text += words("privacy_embeddings", host=html.escape(self._embedding_host))
            if self._index_host:
                text += words("privacy_index", host=html.escape(self._index_host))
            # The text is ours and carries its own markup.
            await reply(update.message, Outgoing((text,)))

    async def forget(self, update: Update, context: Context) -> None:
        """/forget asks first; only in private, where nobody else sees it."""
        message, user = update.message, update.effective_user
        if message is None or user is None:
            return
        words = words_for(user)
        if message.chat.type != ChatType.PRIVATE:
            await reply(message, line(words("forget_in_private")))
            return
        try:
            kept = self._kept(user.id)
        except sqlite3.Error as error:
            logger.warning("update %s: what is kept of a person could not be counted: %s", update.update_id, error)
            await reply(message, line(words("forget_failed")))
            return
        if not any(kept.values()):
            self._forget_conversation(user.id)
            await reply(message, line(words("forget_nothing")))
            return
        asked = line(words("forget_ask", **kept))
        row = (
            Button(words("forget_yes"), data=ForgetButton(user.id, confirmed=True).pack()),
            Button(words("forget_no"), data=ForgetButton(user.id, confirmed=False).pack()),
        )
        await reply(message, Outgoing(asked.parts, (row,)))

    async def confirmed(self, update: Update, context: Context, button: ForgetButton) -> None:
        """The button below the question, for the person whose /forget it was."""
        query = update.callback_query
        if query is None:
            return
        words = words_for(query.from_user)
        chat = query.message.chat.id if query.message else None
        if not button.user == query.from_user.id == chat:
            logger.info("update %s: a press on another person's /forget", update.update_id)
            await acknowledge(query, words("forget_not_yours"))
            return
        said = await self._forget(query.from_user.id, words) if button.confirmed else words("forget_kept")
        await acknowledge(query)
        if query.message is not None:
            await revise(context.bot, query.message.chat.id, [query.message.message_id], line(said))

    def _kept(self, user: int) -> dict[str, int]:
        """How much of a person there is to delete. Raises sqlite3.Error."""
        return {
            "questions": len(self._log.of_user(user)),
            "votes": len(self._votes.of_user(user)),
            "suggestions": self._suggestions.count_of(user),
            "periods": len(self._funnel_periods.of_user(user)),
        }

    async def _forget(self, user: int, words: Texts) -> str:
        """Delete everything of a person; what to say about it."""
        # Which messages answer the person's questions is known as long as the questions are.
        self._forget_conversation(user)
        try:
            # The votes first: those on the person's own questions would go uncounted with the questions.
            votes, questions = self._votes.forget_user(user), self._log.forget_user(user)
            suggestions = self._suggestions.forget_user(user)
            periods = self._funnel_periods.forget_user(user)
            self._journal.forget_user(user)
            await self._state.empty_log()
        except sqlite3.Error as error:
            logger.warning("what is kept of a person could not be deleted: %s", error)
            return words("forget_failed")
        logger.info("a person had %d questions, %d votes, %d suggestions deleted", questions, votes, suggestions)
        done = words("forget_done", questions=questions, votes=votes, suggestions=suggestions, periods=periods)
        return f"{done}\n{words('forget_done_copies')}" if suggestions else done

    def _forget_conversation(self, user: int) -> None:
        self._conversations.forget_user(user)
        self._answers.forget_user(user)
        self._funnels.forget_user(user)
