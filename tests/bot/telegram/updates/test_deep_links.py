"""Links into the private chat, and what a payload from anybody means."""

from __future__ import annotations

import pytest

from bot.telegram.updates.deep_links import ask_link, passage_link, passage_of

PASSAGE = "0123456789abcdef"


def test_a_link_leads_back_to_its_passage() -> None:
    link = passage_link("TestQABot", PASSAGE)
    assert link == f"https://t.me/TestQABot?start=p_{PASSAGE}"
    assert passage_of(link.partition("start=")[2]) == PASSAGE
    assert ask_link("TestQABot") == "https://t.me/TestQABot?start=ask"


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "ask",
        "p_",
        f"p_{PASSAGE}0",
        f"P_{PASSAGE}",
        f"p_{PASSAGE.upper()}",
        f"p_{PASSAGE}\n",
        "p_../../etc/passwd",
        "x" * 65,
    ],
)
def test_anything_else_names_no_passage(payload: str) -> None:
    assert passage_of(payload) is None
