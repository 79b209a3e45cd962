"""Errors for people who run the bot; each message says what to do."""

from __future__ import annotations

from corpus.errors import SiyuError


class BotError(SiyuError):
    """A failure that a person can mend."""


class ConfigurationError(BotError):
    """Bad usage or configuration: exit code 2."""

    exit_code = 2


class TokenMissing(ConfigurationError):
    """No bot token in the environment."""

    def __init__(self) -> None:
        super().__init__(
            "没有 Telegram token：请向 @BotFather 申请，再设置环境变量 TELEGRAM_BOT_TOKEN"
            "（或 TELEGRAM_BOT_TOKEN_FILE 指向存放它的文件）"
        )


class TokenRefused(BotError):
    """Telegram does not know the token."""

    def __init__(self) -> None:
        super().__init__("Telegram 不认这个 token：请核对 TELEGRAM_BOT_TOKEN，或在 @BotFather 用 /token 重新取一个")


class TelegramUnreachable(BotError):
    """The Bot API could not be reached within the configured patience."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"连不上 Telegram（{reason}）：请检查网络、代理或 telegram.base_url，然后重新启动")


class AnotherPoller(BotError):
    """A second process polls with the same token."""

    def __init__(self) -> None:
        super().__init__("另一个进程正在用同一个 token 收消息：请先停掉它，再启动这一个")
