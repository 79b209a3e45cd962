"""A person who wrote to the bot, and the journal with what stands on it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.state.database import open_state
from bot.state.journal import Journal
from bot.telegram.transport.delivery_tracker import DeliveryTracker
from tests.end_to_end.server import FakeBotApi


@pytest.fixture
def ann(server: FakeBotApi) -> int:
    return server.add_user("Ann", started=True)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_state(tmp_path)) as connection:
        yield connection


@pytest.fixture
def journal(state: sqlite3.Connection) -> Journal:
    return Journal(state, 1)


@pytest.fixture
def delivery_tracker(journal: Journal) -> DeliveryTracker:
    return DeliveryTracker(journal)
