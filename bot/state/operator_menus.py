"""Whose chats show the operators' command menu, so that it can be taken back from those who are operators no longer."""

from __future__ import annotations

import logging
import sqlite3

from bot.state.database import Database

logger = logging.getLogger(__name__)


class OperatorMenus:
    """People's ids; Telegram itself keeps a menu until it is deleted. Trouble with the file is only logged."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def holders(self) -> frozenset[int]:
        """Everybody whose chat has the menu."""
        try:
            return frozenset(user for (user,) in self._database.execute("SELECT user_id FROM operator_menus"))
        except sqlite3.Error as error:
            logger.warning("the holders of the operators' menu could not be read: %s", error)
            return frozenset()

    def add(self, user: int) -> None:
        """A chat has got the menu."""
        self._write("INSERT OR IGNORE INTO operator_menus VALUES (?)", user)

    def remove(self, user: int) -> None:
        """A chat has lost the menu."""
        self._write("DELETE FROM operator_menus WHERE user_id = ?", user)

    def _write(self, statement: str, user: int) -> None:
        try:
            self._database.execute(statement, (user,))
        except sqlite3.Error as error:
            logger.warning("the holders of the operators' menu could not be noted: %s", error)
