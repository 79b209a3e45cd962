"""Links into the private chat, and what a payload from anybody means."""

from __future__ import annotations

import pytest

from bot.telegram.updates.deep_links import passage_of

PASSAGE = "0123456789abcdef"


def test_a_payload_names_its_passage() -> None:
    assert passage_of(f"p_{PASSAGE}") == PASSAGE


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
