"""The bot's own account: who it is, and what keeps it from its work."""

from __future__ import annotations

import asyncio

import telegram
from telegram import User
from telegram.error import InvalidToken, TelegramError

from bot.config import Settings, telegram_token
from bot.errors import TelegramUnreachable, TokenRefused
from bot.locales import Texts, texts
from bot.observability.logs import redact


async def who_am_i(settings: Settings, token: str) -> User:
    """The bot's own account, by one call of getMe. Raises TokenRefused or TelegramUnreachable."""
    try:
        async with telegram.Bot(token, base_url=settings.telegram.base_url) as bot:
            return bot.bot
    except InvalidToken:
        raise TokenRefused from None
    except TelegramError as error:
        raise TelegramUnreachable(reason(error, token)) from None


def check_telegram(settings: Settings) -> tuple[bool, str, str | None]:
    """The doctor's look at Telegram: whether all is well, what was found, and what to do about it, a line each."""
    token = telegram_token()
    if token is None:
        return False, "没有设置 token", "向 @BotFather 申请，再设置环境变量 TELEGRAM_BOT_TOKEN；只用命令行可以不管"
    me = asyncio.run(who_am_i(settings, token))
    hears = "能看到群里的全部消息" if me.can_read_all_group_messages else "群里只收到命令和对它的回复（隐私模式开着）"
    advice = telegram_hints(me)
    if not settings.telegram.admins:
        advice.insert(0, "还没有管理员：在 telegram.admins 里写上您的数字 id")
    return True, f"@{me.username}，{hears}", "\n".join(advice) or None


def telegram_hints(me: User, words: Texts | None = None) -> list[str]:
    """What the bot's account keeps it from, and what to change at BotFather; one text each, empty if nothing.

    `me` is what getMe said; `words` the language, Chinese by default.
    """
    words = words or texts("zh")
    found = {
        "hint_privacy": me.can_read_all_group_messages is False,
        "hint_joining": me.can_join_groups is False,
        "hint_inline": me.supports_inline_queries is False,
    }
    return [words(key, bot=me.username) for key, stands in found.items() if stands]


def reason(error: TelegramError, token: str) -> str:
    """What went wrong in a few words, without the page that a gateway sent."""
    return redact(" ".join(error.message.split()), [token]).partition(". Parsing the server response")[0][:200]
