"""The pictures of an album are one message."""

from __future__ import annotations

from datetime import UTC, datetime

from telegram import Chat, Message
from telegram.constants import ChatType

from bot.telegram.updates.albums import Albums


def picture(number: int, album: str | None = "a", chat: int = 1) -> Message:
    return Message(number, datetime.now(UTC), Chat(chat, ChatType.PRIVATE), media_group_id=album)


def test_one_picture_of_an_album_is_replied_to() -> None:
    albums = Albums()
    assert not albums.is_done(picture(1), has_words=True)
    assert albums.is_done(picture(2), has_words=False)
    assert albums.is_done(picture(3), has_words=True)


def test_an_album_without_words_is_told_of_once() -> None:
    albums = Albums()
    assert not albums.is_done(picture(1), has_words=False)
    albums.noticed(picture(1), [7])
    assert albums.is_done(picture(2), has_words=False)


def test_words_that_come_later_are_answered_and_the_notice_goes() -> None:
    albums = Albums()
    assert not albums.is_done(picture(1), has_words=False)
    albums.noticed(picture(1), [7])
    assert not albums.is_done(picture(2), has_words=True)
    assert albums.outdated_notice(picture(2)) == (7,)
    assert albums.outdated_notice(picture(2)) == ()
    assert albums.is_done(picture(3), has_words=False)


def test_albums_of_other_chats_and_single_pictures_are_their_own() -> None:
    albums = Albums()
    albums.is_done(picture(1), has_words=True)
    assert not albums.is_done(picture(1, chat=2), has_words=False)
    assert not albums.is_done(picture(2, "b"), has_words=False)
    for number in (3, 4):
        assert not albums.is_done(picture(number, None), has_words=True)
