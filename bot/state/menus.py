"""Whose chats show the operators' command menu, so that it can be taken back from those who are operators no longer."""

from __future__ import annotations

import sqlite3


class OperatorMenus:
    """People's ids; Telegram itself keeps a menu until it is deleted. Methods raise sqlite3.Error."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def holders(self) -> frozenset[int]:
        """Everybody whose chat has the menu."""
        return frozenset(user for (user,) in self._database.execute("SELECT user_id FROM operator_menus"))

    def add(self, user: int) -> None:
        """A chat has got the menu."""
        self._database.execute("INSERT OR IGNORE INTO operator_menus VALUES (?)", (user,))

    def remove(self, user: int) -> None:
        """A chat has lost the menu."""
        self._database.execute("DELETE FROM operator_menus WHERE user_id = ?", (user,))
