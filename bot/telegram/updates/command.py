"""What a command is. Routes, menus, retries, permissions and their tests are derived from these values alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto


class Who(Enum):
    """Who may use a command. To everybody else it does not exist."""

    EVERYBODY = auto()
    OPERATOR = auto()
    GROUP_ADMINISTRATOR = auto()


class Where(Enum):
    """In which chats a command is handled."""

    PRIVATE = auto()
    GROUP = auto()
    BOTH = auto()
    BOTH_BY_NAME = auto()
    """In a group only with the bot's name, as in /forget@bot: a bare one may be meant for another bot."""


class Menu(Enum):
    """The lists of commands that Telegram shows; an operator's begins with everybody's in private."""

    PRIVATE = auto()
    GROUPS = auto()
    GROUP_ADMINISTRATORS = auto()
    OPERATORS = auto()


@dataclass(frozen=True, slots=True)
class Command:
    """One meaning of a command; several may share a name, then the first whose conditions hold is handled.

    `menus` are those that offer it, each in the order of the table. `idempotent` tells whether it is handled again
    when the process ended before its answer was sent; if not, the person is told instead. `notice_in_groups` is the
    key of the text that an operator gets who uses a private command in a group, where None says nothing.
    `despite_allowlist` keeps it open to people whom `telegram.allow` leaves out. `rate_limited` tells whether it
    counts as one of the person's questions; operators' commands never do.
    """

    name: str
    who: Who
    where: Where
    menus: tuple[Menu, ...] = ()
    idempotent: bool = True
    notice_in_groups: str | None = None
    despite_allowlist: bool = False
    rate_limited: bool = True
    menu_text: str = ""

    @property
    def menu_text_key(self) -> str:
        """The key of its line in the menus, `command_` and the name unless it says otherwise."""
        return self.menu_text or f"command_{self.name}"

    @property
    def answered_in_groups(self) -> bool:
        """Whether a group hears anything of it."""
        return self.where is not Where.PRIVATE or self.notice_in_groups is not None


def operators_only(commands: Iterable[Command]) -> frozenset[str]:
    """Names that mean nothing to anybody but operators."""
    commands = tuple(commands)
    others = {command.name for command in commands if command.who is not Who.OPERATOR}
    return frozenset(command.name for command in commands) - others


def in_menu(commands: Iterable[Command], menu: Menu) -> tuple[Command, ...]:
    """The commands that a menu offers, in its order."""
    return tuple(command for command in commands if menu in command.menus)
