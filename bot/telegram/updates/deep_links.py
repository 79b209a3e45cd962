"""What a link that opens the private chat carries: t.me/NAME?start=PAYLOAD. Anybody can make one."""

from __future__ import annotations

import re

ASK = "ask"
"""The payload that opens the prompt for a question."""

_PASSAGE = re.compile(r"p_([0-9a-f]{16})")


def passage_of(payload: str) -> str | None:
    """The passage that a payload names, None where it names none."""
    match = _PASSAGE.fullmatch(payload)
    return match[1] if match else None
