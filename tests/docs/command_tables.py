"""The tables of commands in the documents: the bot's from its own table, the command line's from click."""

from __future__ import annotations

from collections.abc import Sequence

import click

from bot.cli import commands
from bot.locales import texts
from bot.telegram.commands import COMMANDS
from bot.telegram.updates.command import Menu, Where, in_menu

_PLACES = {Menu.PRIVATE: "私聊", Menu.GROUPS: "群", Menu.GROUP_ADMINISTRATORS: "群（群管理员）"}


def menus() -> dict[Menu, dict[str, str]]:
    """The Chinese command menus: command → description."""
    words = texts("zh")
    return {menu: {command.name: words(command.menu_text_key) for command in in_menu(COMMANDS, menu)} for menu in Menu}


def people() -> str:
    """What everybody finds in their menu, and where."""
    shown = {menu: offered for menu, offered in menus().items() if menu in _PLACES}
    abouts = {name: about for offered in shown.values() for name, about in offered.items()}
    rows = [
        (f"`/{name}`", about, "、".join(_PLACES[menu] for menu, offered in shown.items() if name in offered))
        for name, about in abouts.items()
    ]
    return _table(("命令", "菜单里的说明", "菜单在"), rows)


def operators() -> str:
    """What operators find in their own chat beyond that, and where it may be used."""
    words = texts("zh")
    rows = [
        (f"`/{command.name}`", words(command.menu_text_key), "私聊" if command.where is Where.PRIVATE else "私聊、群")
        for command in in_menu(COMMANDS, Menu.OPERATORS)
    ]
    return _table(("命令", "菜单里的说明", "用在"), rows)


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
