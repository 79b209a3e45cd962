"""The one table of commands. A new command is an entry here, a handler method, and its line in the menus' texts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from telegram.ext import filters

from bot.telegram.handlers.index_commands import Reindexes
from bot.telegram.updates.command import Command, Menu, Where, Who
from bot.telegram.updates.context import Handler
from bot.telegram.wiring import Components


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRoute(Command):
    """A command with its handler; `condition`, where there is one, has to hold as well."""

    handler: Callable[[Components], Handler]
    condition: Callable[[Components], filters.BaseFilter] | None = None


_PRIVATE, _GROUPS, _OPERATORS = (Menu.PRIVATE,), (Menu.GROUPS,), (Menu.OPERATORS,)

_OF_OPERATORS = (
    CommandRoute(
        "reindex", Who.OPERATOR, Where.BOTH, _OPERATORS, idempotent=False, handler=lambda to: to.index_commands.reindex
    ),
    # /cancel means several things: it ends a curated answer in the making, else a reindex, else (see below) whatever a
    # person has under way in private.
    CommandRoute(
        "cancel",
        Who.OPERATOR,
        Where.BOTH,
        handler=lambda to: to.curated_editor.cancel,
        condition=lambda to: to.curated_editor.pending,
    ),
    CommandRoute(
        "cancel",
        Who.OPERATOR,
        Where.BOTH,
        _OPERATORS,
        handler=lambda to: to.index_commands.cancel,
        condition=lambda to: filters.ChatType.GROUPS | Reindexes(to.reindex_job),
    ),
    CommandRoute(
        "rollback",
        Who.OPERATOR,
        Where.BOTH,
        _OPERATORS,
        idempotent=False,
        handler=lambda to: to.index_commands.rollback,
    ),
    CommandRoute("status", Who.OPERATOR, Where.BOTH, _OPERATORS, handler=lambda to: to.index_commands.status),
    CommandRoute("pin", Who.OPERATOR, Where.BOTH, _OPERATORS, handler=lambda to: to.curated_editor.pin),
    CommandRoute("pins", Who.OPERATOR, Where.BOTH, _OPERATORS, handler=lambda to: to.curated_list.pins),
    CommandRoute("unpin", Who.OPERATOR, Where.BOTH, _OPERATORS, handler=lambda to: to.curated_list.unpin),
    CommandRoute(
        "add",
        Who.OPERATOR,
        Where.PRIVATE,
        _OPERATORS,
        notice_in_groups="upload_only_private",
        handler=lambda to: to.uploads.add,
    ),
    CommandRoute(
        "undo",
        Who.OPERATOR,
        Where.PRIVATE,
        _OPERATORS,
        idempotent=False,
        notice_in_groups="upload_only_private",
        handler=lambda to: to.uploads.undo,
    ),
    CommandRoute(
        "suggestions",
        Who.OPERATOR,
        Where.PRIVATE,
        _OPERATORS,
        notice_in_groups="upload_only_private",
        handler=lambda to: to.suggestions.show,
    ),
    # These show what others asked or how the machine is doing, so they answer in private only.
    CommandRoute(
        "gaps",
        Who.OPERATOR,
        Where.PRIVATE,
        _OPERATORS,
        notice_in_groups="insights_private",
        handler=lambda to: to.gaps.show,
    ),
    CommandRoute(
        "stats",
        Who.OPERATOR,
        Where.PRIVATE,
        _OPERATORS,
        notice_in_groups="insights_private",
        handler=lambda to: to.statistics.show,
    ),
    CommandRoute(
        "diag",
        Who.OPERATOR,
        Where.PRIVATE,
        _OPERATORS,
        notice_in_groups="insights_private",
        handler=lambda to: to.diagnosis.show,
    ),
    CommandRoute("post", Who.OPERATOR, Where.PRIVATE, _OPERATORS, handler=lambda to: to.channel_posts.post),
)

_OF_EVERYBODY = (
    # In a group /ask is one of the ways to address the bot, and no command of its own. Its question is counted where
    # all questions are.
    CommandRoute(
        "ask",
        Who.EVERYBODY,
        Where.PRIVATE,
        (*_PRIVATE, *_GROUPS),
        rate_limited=False,
        handler=lambda to: to.questions.message,
    ),
    CommandRoute("help", Who.EVERYBODY, Where.PRIVATE, _PRIVATE, handler=lambda to: to.greeting.help),
    CommandRoute("help", Who.EVERYBODY, Where.GROUP, _GROUPS, handler=lambda to: to.groups.help),
    CommandRoute(
        "privacy",
        Who.EVERYBODY,
        Where.BOTH_BY_NAME,
        _PRIVATE,
        despite_allowlist=True,
        handler=lambda to: to.privacy.privacy,
    ),
    CommandRoute(
        "forget", Who.EVERYBODY, Where.BOTH_BY_NAME, despite_allowlist=True, handler=lambda to: to.privacy.forget
    ),
    CommandRoute("start", Who.EVERYBODY, Where.PRIVATE, _PRIVATE, handler=lambda to: to.greeting.start),
    CommandRoute(
        "suggest",
        Who.EVERYBODY,
        Where.BOTH,
        (*_PRIVATE, *_GROUPS),
        idempotent=False,
        handler=lambda to: to.suggestions.suggest,
    ),
    CommandRoute("funnel", Who.EVERYBODY, Where.BOTH, (*_PRIVATE, *_GROUPS), handler=lambda to: to.funnels.command),
    CommandRoute(
        "cancel",
        Who.EVERYBODY,
        Where.PRIVATE,
        handler=lambda to: to.funnels.cancel,
        condition=lambda to: to.funnels.pending,
    ),
    CommandRoute("cancel", Who.EVERYBODY, Where.PRIVATE, handler=lambda to: to.questions.cancel),
    CommandRoute(
        "mode",
        Who.GROUP_ADMINISTRATOR,
        Where.GROUP,
        (Menu.GROUP_ADMINISTRATORS,),
        handler=lambda to: to.groups.mode,
    ),
)

COMMANDS: tuple[CommandRoute, ...] = (*_OF_OPERATORS, *_OF_EVERYBODY)
"""All commands, in the order of the menus; of one name the first entry that fits an update handles it."""
