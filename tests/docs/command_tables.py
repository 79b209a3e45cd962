"""The tables of commands in the documents: the bot's from its menus, the command line's from click."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import click
from telegram import BotCommand, BotCommandScope

from bot.cli import commands
from bot.telegram.updates.command_menus import set_menus

_OPERATOR = 1


@dataclass
class _Recorder:
    """Stands for Telegram: keeps the menus that it is given, by the type of their scope, in Chinese."""

    menus: dict[str, dict[str, str]] = field(default_factory=dict)

    async def set_my_commands(
        self, made: Sequence[BotCommand], *, scope: BotCommandScope, language_code: str | None
    ) -> None:
        if language_code is None:
            self.menus[scope.type] = {command.command: command.description for command in made}


class _Nobody:
    """Stands for the list of those whose menus have to be taken back."""

    def holders(self) -> set[int]:
        return set()

    def add(self, operator: int) -> None:
        """Nothing to note."""


def menus() -> dict[str, dict[str, str]]:
    """The Chinese command menus as the bot sets them: type of scope → command → description."""
    recorder: Any = _Recorder()
    nobody: Any = _Nobody()
    asyncio.run(set_menus(recorder, [_OPERATOR], nobody))
    result: dict[str, dict[str, str]] = recorder.menus
    return result


def people() -> str:
    """What everybody finds in their menu, and where."""
    shown = menus()
    private, group, admins = (
        shown[scope] for scope in ("all_private_chats", "all_group_chats", "all_chat_administrators")
    )
    rows = []
    for name, about in {**private, **group, **admins}.items():
        places = [place for place, menu in (("私聊", private), ("群", group)) if name in menu]
        rows.append((f"`/{name}`", about, "、".join(places) or "群（群管理员）"))
    return _table(("命令", "菜单里的说明", "菜单在"), rows)


def operators() -> str:
    """What operators find in their own chat beyond that."""
    shown = menus()
    everybody = shown["all_private_chats"]
    return _table(
        ("命令", "菜单里的说明"),
        [(f"`/{name}`", about) for name, about in shown["chat"].items() if name not in everybody],
    )


def command_line() -> str:
    """Every command of `siyu` with its arguments and options, as `--help` tells them."""
    rows = []
    for name in sorted(commands.commands):
        command = commands.commands[name]
        options = [
            f"`{option.opts[0]}`：{option.help}{_default(option)}"
            for option in command.params
            if isinstance(option, click.Option) and option.help
        ]
        rows.append((f"`siyu {_usage(name, command)}`", command.help or "", "；".join(options)))
    return _table(("命令", "做什么", "选项"), rows)


def _default(option: click.Option) -> str:
    return f"（默认 {option.default}）" if option.show_default else ""


def _usage(name: str, command: click.Command) -> str:
    parts = [name]
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            parts.append(str(parameter.name).upper() if parameter.required else f"[{str(parameter.name).upper()}]")
        elif isinstance(parameter, click.Option):
            text = parameter.opts[0] + ("" if parameter.is_flag else f" {parameter.metavar or '…'}")
            parts.append(text if parameter.required else f"[{text}]")
    return " ".join(parts)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


TABLES = {"people": people, "operators": operators, "command-line": command_line}
"""What may stand between `<!-- begin: NAME -->` and `<!-- end: NAME -->` in a document."""
