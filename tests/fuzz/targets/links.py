"""What stands behind a command, of a deep link above all: anybody can make one."""

from __future__ import annotations

from contextlib import ExitStack

from tests.fuzz.target import Check, Target
from tests.fuzz.targets._updates import GROUP, OPERATOR, STRANGER, updating
from tests.support.offline import Offline

_COMMANDS = (
    "/start p_0123456789abcdef|/start ask|/start|/start x|/gaps 7|/gaps 0|/gaps 99999|/stats x|/unpin 1|/unpin "
    "#999999999|/pin a |"
    " b|/pins|/cancel|/suggest x|/mode auto|/mode x|/privacy|/forget|/help|/ask|/diag 1|/status|/undo|"
    "/suggestions|/post"
).split("|")
_TOKENS = "p_|ask|start|0123456789abcdef|@TestQABot|@other|@| |\n|\0|/|_|-|١|１|²|\u202e|\ud7ff|/../|%00|<b>|&".split(
    "|"
)


def _prepare(stack: ExitStack) -> Check:
    from bot.telegram.updates.deep_links import passage_of

    async def say(bot: Offline, data: bytes) -> None:
        if not data:
            return
        text = data[1:].decode("utf-8", "replace")
        passage = passage_of(text)
        assert passage is None or (text.isascii() and len(passage) == 16)
        user = OPERATOR if data[0] & 1 else STRANGER
        await bot.say(user, text, chat=GROUP if data[0] & 2 else None)

    return updating(stack, say)


TARGET = Target(
    "links",
    _prepare,
    tuple(first + command.encode() for command in _COMMANDS for first in (b"0", b"1", b"2", b"3")),
    tuple(token.encode() for token in (*_TOKENS, *_COMMANDS)),
)
