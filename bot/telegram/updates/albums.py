"""Albums: Telegram sends each picture as a message of its own, the words with one of them; together they are one."""

from __future__ import annotations

from collections.abc import Sequence

from cachetools import LRUCache
from telegram import Message

_REMEMBERED = 1000


class Albums:
    """Which albums were answered, and by what those that had no words so far. In memory only, of the latest."""

    def __init__(self) -> None:
        self._answered: LRUCache[tuple[int, str], bool] = LRUCache(_REMEMBERED)
        self._notices: LRUCache[tuple[int, str], tuple[int, ...]] = LRUCache(_REMEMBERED)

    def is_done(self, message: Message, *, has_words: bool) -> bool:
        """Whether a message belongs to an album that needs no further reply; from now on the album is known.

        Words of an album are answered once, whatever was said to its pictures before.
        """
        album = _album(message)
        if album is None:
            return False
        done = self._answered.get(album, not has_words and album in self._notices)
        if has_words:
            self._answered[album] = True
        return done

    def noticed(self, message: Message, messages: Sequence[int]) -> None:
        """Remember what told of an album that no words came with it."""
        if album := _album(message):
            self._notices[album] = tuple(messages)

    def outdated_notice(self, message: Message) -> tuple[int, ...]:
        """The messages that told of an album that no words came with it, which has turned out wrong; told once."""
        album = _album(message)
        return self._notices.pop(album, ()) if album else ()


def _album(message: Message) -> tuple[int, str] | None:
    return (message.chat.id, message.media_group_id) if message.media_group_id else None
