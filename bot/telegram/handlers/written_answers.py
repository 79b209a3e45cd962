"""Answers that somebody words while their chat goes on: in tasks of their own, each sent once.

An update whose answer is being written stays in the journal until that is sent. A process that stops sends what was
found instead; after one that was killed the question is worked again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from telegram import MaybeInaccessibleMessage, Message
from telegram.constants import ChatType

from bot.answering.composers import Composer
from bot.answering.wording import written_lines
from bot.model import Answer, Statement
from bot.telegram.transport.delivery_tracker import DeliveryTracker
from bot.telegram.transport.drafts import Draft
from bot.telegram.transport.replies import typing

logger = logging.getLogger(__name__)

Send = Callable[[Answer], Awaitable[None]]
Failed = Callable[[Exception], Awaitable[object]]


@dataclass(slots=True, eq=False)
class _Writing:
    """One answer under way. `digest` is the question's; `updates` wait for it in the journal."""

    message: MaybeInaccessibleMessage
    found: Answer
    user: int
    digest: str
    updates: list[int]
    given_up: asyncio.Event = field(default_factory=asyncio.Event)
    sending: bool = False
    task: asyncio.Task[None] | None = None


class WrittenAnswers:
    """Has answers written and sent. `stream` shows them in private chats while they grow; with `quotes_first` an answer
    elsewhere is sent as it was found and changed once, when it is written.
    """

    def __init__(
        self, composer: Composer, delivery_tracker: DeliveryTracker, *, stream: bool = True, quotes_first: bool = False
    ) -> None:
        self._composer = composer
        self._delivery_tracker = delivery_tracker
        self._stream = stream
        self._quotes_first = quotes_first
        self._by_question: dict[tuple[int, int], _Writing] = {}
        self._under_way: set[_Writing] = set()

    def __len__(self) -> int:
        return len(self._under_way)

    def composes(self, answer: Answer) -> bool:
        """Whether an answer is to be written."""
        return self._composer.composes(answer)

    def sends_quotes_first(self, message: MaybeInaccessibleMessage) -> bool:
        """Whether what was found is sent before the answer is written."""
        return self._quotes_first and not self._streams(message)

    def answering(self, updates: Sequence[int]) -> AbstractContextManager[None]:
        """What is sent in the block answers these updates, which were taken back."""
        return self._delivery_tracker.resumed(updates)

    def start(
        self,
        message: MaybeInaccessibleMessage,
        answer: Answer,
        send: Send,
        failed: Failed,
        *,
        user: int,
        digest: str = "",
        updates: Sequence[int] = (),
        answered: bool = False,
    ) -> None:
        """Have the answer to a message written, then send it; returns at once.

        The update in work is taken over with `updates`, those that wait for the same answer already, unless it was
        `answered` before. `digest` is that of the question as the message asks it, empty where the message does not ask
        it itself. `failed` hears of what goes wrong with sending.
        """
        own = None if answered else self._delivery_tracker.defer()
        # Whose question it was comes last: that is who can be told if the outcome is unknown.
        waiting = [*([own] if own is not None else []), *updates]
        writing = _Writing(message, answer, user, digest, waiting)
        if digest:
            self._by_question[message.chat.id, message.message_id] = writing
        self._under_way.add(writing)
        writing.task = asyncio.create_task(self._run(writing, send, failed))

    def digest(self, chat: int, message: int) -> str | None:
        """The digest of the question whose answer is being written, None where none is."""
        writing = self._by_question.get((chat, message))
        return writing.digest if writing else None

    async def take_back(self, chat: int, message: int) -> tuple[int, ...] | None:
        """Stop writing the answer to a message; the updates that wait for it, which are the caller's now.

        None where it has been sent meanwhile, or none was under way.
        """
        writing = self._by_question.get((chat, message))
        if writing is None or writing.task is None:
            return None
        if writing.sending:
            await asyncio.wait((writing.task,))
            return None
        writing.task.cancel()
        await asyncio.wait((writing.task,))
        return tuple(writing.updates)

    async def close(self) -> None:
        """Send what was found of all that is not written yet."""
        for writing in self._under_way:
            writing.given_up.set()
        if tasks := [writing.task for writing in self._under_way if writing.task is not None]:
            await asyncio.wait(tasks)

    async def _run(self, writing: _Writing, send: Send, failed: Failed) -> None:
        try:
            try:
                answer = await self._composed(writing)
            except Exception:
                # Whatever goes wrong on the way, the question has an answer.
                logger.exception("an answer could not be written")
                answer = writing.found
            writing.sending = True
            with self._delivery_tracker.resumed(writing.updates):
                try:
                    await send(answer)
                except Exception as error:  # noqa: BLE001 - whatever a handler may raise, to where all of it goes
                    await failed(error)
        finally:
            self._under_way.discard(writing)
            key = (writing.message.chat.id, writing.message.message_id)
            if self._by_question.get(key) is writing:
                del self._by_question[key]

    async def _composed(self, writing: _Writing) -> Answer:
        """The answer as it is written, or as it was found where that is given up."""
        message = writing.message
        draft = Draft(message) if isinstance(message, Message) and self._streams(message) else None

        def shown(statements: Sequence[Statement]) -> None:
            if draft is not None:
                draft.show("\n".join(written_lines(statements, marks=False)))

        composing = asyncio.create_task(self._composer.compose(writing.found, user=writing.user, shown=shown))
        giving_up = asyncio.create_task(writing.given_up.wait())
        try:
            async with self._sign(message):
                await asyncio.wait((composing, giving_up), return_when=asyncio.FIRST_COMPLETED)
            return composing.result() if composing.done() else writing.found
        finally:
            composing.cancel()
            giving_up.cancel()
            if draft is not None:
                await draft.close()

    def _sign(self, message: MaybeInaccessibleMessage) -> AbstractAsyncContextManager[None]:
        return nullcontext() if self.sends_quotes_first(message) else typing(message)

    def _streams(self, message: MaybeInaccessibleMessage) -> bool:
        return self._stream and message.chat.type == ChatType.PRIVATE
