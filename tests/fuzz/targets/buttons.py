"""Callback data, which anybody can send: of an operator, or where the first byte is odd, of somebody else."""

from __future__ import annotations

from contextlib import ExitStack

from tests.fuzz.target import Check, Target
from tests.fuzz.targets._updates import OPERATOR, STRANGER, updating
from tests.support.offline import Offline

_DATA = (
    "p1:0123456789abcdef e1:0123456789abcdef v1:1:u v1:1:w v1:999999999999999999:d f1:21:y f1:7:n "
    "u1:0123456789abcdef:keep"
    " s1:1:take s1:999999999999999:drop g1:1 gd1:30:f:0:1 gp1:30:n:9999 gp1:0:f:0 gc1:30 gc1:9999 w1:1:-1001 w1:1:0"
    " c1:l:0 c1:l:999999999 c1:d:01234567:s c1:d:01234567:e9999 c1:t:1 c1:p:1 c1:u:1 c1:x:1 c1:v:1 c1:k:1"
).split()
_TOKENS = (*": 0 1 9 99999999999999999999 -1 f n u y s d \u0661 \uff11 ² ½".split(), "\n", "\0", " ", "'", "/../")


def _prepare(stack: ExitStack) -> Check:
    async def press(bot: Offline, data: bytes) -> None:
        if data:
            user = STRANGER if data[0] % 2 else OPERATOR
            await bot.press(user, data[1:].decode("utf-8", "replace"))
            assert bot.recorder.calls, "a press that is never acknowledged"

    return updating(stack, press)


TARGET = Target(
    "buttons",
    _prepare,
    tuple(first + data.encode() for data in _DATA for first in (b"0", b"1")),
    tuple(token.encode() for token in (*_TOKENS, *_DATA)),
)
