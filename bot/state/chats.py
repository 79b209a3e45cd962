"""The settings of group chats."""

from __future__ import annotations

from enum import StrEnum

from bot.state.database import Database


class Mode(StrEnum):
    """What the bot answers in a group: whatever addresses it, /ask alone, or also what it is sure of unasked."""

    ADDRESSED = "addressed"
    COMMAND = "command"
    AUTO = "auto"


class Chats:
    """The mode of every chat; a chat that never chose has the default, `addressed`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # Asked for every message of every group: read once.
        rows = database.execute("SELECT chat_id, mode FROM chats")
        self._modes = {chat: Mode(mode) for chat, mode in rows if mode in set(Mode)}

    def mode(self, chat_id: int) -> Mode:
        """How a chat wants to be answered."""
        return self._modes.get(chat_id, Mode.ADDRESSED)

    def set_mode(self, chat_id: int, mode: Mode) -> None:
        """Remember a chat's choice."""
        self._database.execute("INSERT OR REPLACE INTO chats (chat_id, mode) VALUES (?, ?)", (chat_id, mode.value))
        self._modes[chat_id] = mode

    def move(self, old: int, new: int) -> None:
        """A group has become a supergroup with another id; what the new id chose already stays."""
        mode = self._modes.pop(old, None)
        if mode is None:
            return
        self._database.execute("UPDATE OR IGNORE chats SET chat_id = ? WHERE chat_id = ?", (new, old))
        self._database.execute("DELETE FROM chats WHERE chat_id = ?", (old,))
        self._modes.setdefault(new, mode)
