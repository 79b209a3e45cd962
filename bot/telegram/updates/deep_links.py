"""Links that open the private chat with the bot: t.me/NAME?start=PAYLOAD. What comes back is anybody's text."""

from __future__ import annotations

import re

from telegram.helpers import create_deep_linked_url

ASK = "ask"
"""The payload that opens the prompt for a question."""

_PASSAGE = re.compile(r"p_([0-9a-f]{16})")


def ask_link(bot_name: str) -> str:
    """A link that asks for a question."""
    return create_deep_linked_url(bot_name, ASK)


def passage_payload(passage_id: str) -> str:
    """The payload that shows a passage; also for the button above inline results."""
    return f"p_{passage_id}"


def passage_link(bot_name: str, passage_id: str) -> str:
    """A link that shows a passage."""
    return create_deep_linked_url(bot_name, passage_payload(passage_id))


def passage_of(payload: str) -> str | None:
    """The passage that a payload names, None where it names none."""
    match = _PASSAGE.fullmatch(payload)
    return match[1] if match else None
