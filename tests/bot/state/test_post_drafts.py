"""Drafts of channel posts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from sqlite3 import Connection

import pytest

from bot.state.database import open_state
from bot.state.post_drafts import PostDraft, PostDrafts


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Connection]:
    database = open_state(tmp_path)
    yield database
    database.close()


def test_a_draft_is_settled_once(state: Connection) -> None:
    drafts = PostDrafts(state)
    number = drafts.add(7, ("<b>一</b>", "二"))
    assert drafts.find(number) == PostDraft(7, ("<b>一</b>", "二"), settled=False)
    assert drafts.settle(number)
    assert not drafts.settle(number)
    assert drafts.find(number) == PostDraft(7, ("<b>一</b>", "二"), settled=True)
    drafts.reopen(number)
    assert drafts.settle(number)


def test_it_lives_through_a_restart_and_no_longer_than_a_month(tmp_path: Path) -> None:
    first = open_state(tmp_path)
    number = PostDrafts(first, clock=lambda: 0.0).add(7, ("一",))
    first.close()
    again = open_state(tmp_path)
    assert PostDrafts(again, clock=lambda: 86_400.0).find(number) is not None
    late = PostDrafts(again, clock=lambda: 31 * 86_400.0)
    assert late.find(number) is None
    assert late.add(7, ("二",)) > number
    assert again.execute("SELECT count(*) FROM drafts").fetchone() == (1,)
    again.close()


def test_what_never_was_is_nothing(state: Connection) -> None:
    drafts = PostDrafts(state)
    assert drafts.find(5) is None
    assert not drafts.settle(5)
