"""Order inside a chat, concurrency between chats."""

from __future__ import annotations

import asyncio
import gc
from datetime import UTC, datetime

import pytest
from telegram import (
    Chat,
    ChatMember,
    ChatMemberBanned,
    ChatMemberMember,
    ChatMemberUpdated,
    Message,
    Update,
    User,
)

from bot.telegram.transport.update_processor import ChatOrderedProcessor


def _update(number: int, chat: int) -> Update:
    return Update(number, Message(number, datetime.now(UTC), Chat(chat, Chat.PRIVATE)))


async def test_updates_of_one_chat_are_handled_one_after_the_other() -> None:
    processor, seen = ChatOrderedProcessor(), list[str]()

    async def handle(name: str, pause: float) -> None:
        seen.append(f"{name} begins")
        await asyncio.sleep(pause)
        seen.append(f"{name} ends")

    await asyncio.gather(
        processor.process_update(_update(1, 7), handle("first", 0.05)),
        processor.process_update(_update(2, 7), handle("second", 0.0)),
        processor.process_update(_update(3, 7), handle("third", 0.02)),
    )
    assert seen == [f"{name} {what}" for name in ("first", "second", "third") for what in ("begins", "ends")]


async def test_updates_of_different_chats_do_not_wait_for_each_other() -> None:
    processor, release = ChatOrderedProcessor(), asyncio.Event()

    async def wait() -> None:
        await release.wait()

    async def set_free() -> None:
        release.set()

    async with asyncio.timeout(5):
        await asyncio.gather(
            processor.process_update(_update(1, 7), wait()), processor.process_update(_update(2, 8), set_free())
        )


async def test_an_error_frees_the_chat() -> None:
    processor, done = ChatOrderedProcessor(), list[int]()

    async def fail() -> None:
        raise ValueError("ours")

    async def note() -> None:
        done.append(1)

    with pytest.raises(ValueError, match="ours"):
        await processor.process_update(_update(1, 7), fail())
    await processor.process_update(_update(2, 7), note())
    assert done == [1]


async def test_updates_without_a_chat_are_handled() -> None:
    processor, done = ChatOrderedProcessor(), list[int]()

    async def note() -> None:
        done.append(1)

    await processor.process_update(Update(1), note())
    await processor.process_update("no update at all", note())
    assert done == [1, 1]


async def test_a_hundred_waiting_updates_of_one_chat_leave_room_for_another() -> None:
    processor, release = ChatOrderedProcessor(), asyncio.Event()

    async def wait() -> None:
        await release.wait()

    async def set_free() -> None:
        release.set()

    crowd = [processor.process_update(_update(number, 7), wait()) for number in range(100)]
    async with asyncio.timeout(5):
        await asyncio.gather(*crowd, processor.process_update(_update(100, 8), set_free()))


async def test_no_lock_is_kept_for_a_chat_at_rest() -> None:
    processor = ChatOrderedProcessor()

    async def nothing() -> None:
        await asyncio.sleep(0)

    def locks() -> int:
        return sum(type(kept) is asyncio.Lock for kept in gc.get_objects())  # isinstance would run code of theirs

    before = locks()
    for chat in range(50):
        await processor.process_update(_update(chat, chat), nothing())
    assert locks() <= before


def _removal(number: int, chat: int, status: str = ChatMember.BANNED) -> Update:
    me, ann = User(1, "Bot", True), User(7, "Ann", False)
    after = ChatMemberBanned(me, datetime.now(UTC)) if status == ChatMember.BANNED else ChatMemberMember(me)
    change = ChatMemberUpdated(Chat(chat, Chat.PRIVATE), ann, datetime.now(UTC), ChatMemberMember(me), after)
    return Update(number, my_chat_member=change)


async def test_what_waits_in_a_chat_that_removes_the_bot_is_dropped() -> None:
    processor, release, seen = ChatOrderedProcessor(), asyncio.Event(), list[str]()

    async def note(name: str, *, wait: bool = False) -> None:
        if wait:
            await release.wait()
        seen.append(name)

    work = [
        processor.process_update(_update(1, 7), note("in work", wait=True)),
        processor.process_update(_update(2, 7), note("waits")),
        processor.process_update(_removal(3, 7), note("removal")),
        processor.process_update(_removal(4, 7, ChatMember.MEMBER), note("return")),
        processor.process_update(_update(5, 7), note("after the return")),
    ]
    tasks = [asyncio.create_task(coroutine) for coroutine in work]
    await asyncio.sleep(0)
    release.set()
    await asyncio.gather(*tasks)
    assert seen == ["in work", "removal", "return", "after the return"]


async def test_there_is_room_again_when_something_is_done() -> None:
    processor, release = ChatOrderedProcessor(bound=3), asyncio.Event()

    async def wait() -> None:
        await release.wait()

    work = [asyncio.create_task(processor.process_update(_update(n, n), wait())) for n in range(3)]
    await asyncio.sleep(0)
    asking = asyncio.create_task(processor.room(1))
    await asyncio.sleep(0.02)
    assert not asking.done()
    release.set()
    async with asyncio.timeout(5):
        await asyncio.gather(*work, asking)
        await processor.room(100)  # more than ever fits: as soon as nothing is in work


async def test_what_comes_in_beyond_the_bound_is_turned_away_and_not_handled() -> None:
    away, seen, release = list[int](), list[int](), asyncio.Event()

    async def turned_away(update: Update) -> None:
        away.append(update.update_id)

    async def handle(number: int) -> None:
        await release.wait()
        seen.append(number)

    processor = ChatOrderedProcessor(bound=5, turned_away=turned_away)
    work = [asyncio.create_task(processor.process_update(_update(n, n % 2), handle(n))) for n in range(50)]
    await asyncio.sleep(0.02)
    assert away == list(range(5, 50))
    release.set()
    await asyncio.gather(*work)
    assert sorted(seen) == list(range(5))
    await processor.process_update(_update(50, 1), handle(50))
    assert seen[-1] == 50
