"""The Telegram application: who handles what, how it starts, how it stops."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import telegram
from telegram import LinkPreviewOptions, Update, User
from telegram.constants import ParseMode
from telegram.error import InvalidToken, TelegramError
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    Defaults,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot.config import Settings, WebhookSettings
from bot.desk import Desk
from bot.errors import AnotherPoller, ConfigurationError, TelegramUnreachable, TokenRefused
from bot.handlers.addressing import FromPerson
from bot.handlers.failures import Failures
from bot.handlers.greeting import Greeting
from bot.handlers.groups import Groups
from bot.handlers.operators import Operators
from bot.handlers.questions import Questions
from bot.handlers.repeats import Repeats
from bot.logs import redact
from bot.menus import OPERATOR_COMMANDS, set_menus
from bot.ordering import ChatOrderedProcessor
from bot.pacing import Pace
from bot.polling import PollingRequest
from bot.reindexing import Reindexing
from bot.rendering.telegram import EXAMPLE_DATA, PASSAGE_DATA
from bot.service import Service
from bot.state.answers import Answers
from bot.state.chats import Chats
from bot.state.database import open_state

logger = logging.getLogger(__name__)

_UPDATES = [Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER]


def run(service: Service, token: str, secret: str | None) -> None:
    """Run until a signal stops it; questions in work are finished first.

    Raises TokenRefused, TelegramUnreachable or AnotherPoller, each in one line that says what to do.
    """
    webhook = service.settings.telegram.webhook
    if webhook.url and not secret:
        raise ConfigurationError(
            "设了 telegram.webhook.url 就要有密钥：请把环境变量 SIYU_WEBHOOK_SECRET 设成一串随机字符"
        )
    if webhook.url and find_spec("tornado") is None:
        raise ConfigurationError('webhook 方式还缺一个库：请运行 pip install "python-telegram-bot[webhooks]"')
    failures = Failures()
    with _alone(service.settings.data_dir, token):
        # Telegram first: a wrong token is told before minutes go into an index.
        asyncio.run(_wait_for_telegram(service.settings, token))
        if stale := service.indexer.why_stale():
            logger.info("%s，先建立索引", stale)
            service.reindex()
        try:
            _serve(build(service, token, failures), webhook, secret)
        except InvalidToken:
            raise TokenRefused from None
        except TelegramError as error:
            raise TelegramUnreachable(_reason(error, token)) from None
    if failures.conflict:
        raise AnotherPoller


def _serve(application: Application, webhook: WebhookSettings, secret: str | None) -> None:  # type: ignore[type-arg]
    """Receive updates until a signal; what is in work then is finished before this returns."""
    # Both ways work on the current loop, of which a main thread has none once asyncio.run is over.
    asyncio.set_event_loop(asyncio.new_event_loop())
    if webhook.url:
        application.run_webhook(
            listen=webhook.listen,
            port=webhook.port,
            url_path=webhook.path,
            webhook_url=f"{webhook.url.rstrip('/')}/{webhook.path}",
            secret_token=secret,
            allowed_updates=_UPDATES,
            bootstrap_retries=5,
        )
    else:
        application.run_polling(allowed_updates=_UPDATES, bootstrap_retries=5, drop_pending_updates=False)


def build(service: Service, token: str, failures: Failures) -> Application:  # type: ignore[type-arg]
    """The application with all its handlers, not yet started."""
    settings = service.settings.telegram
    desk = Desk(service)
    state = open_state(service.settings.data_dir)
    chats, answers = Chats(state), Answers(state)
    operators = Operators(desk, Reindexing(service))
    defaults = Defaults(
        parse_mode=ParseMode.HTML,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        allow_sending_without_reply=True,
    )

    async def prepare(application: Application) -> None:  # type: ignore[type-arg]
        await desk.open()
        await set_menus(application.bot, settings.admins)
        me = application.bot.bot
        logger.info("@%s answers; sees all group messages: %s", me.username, bool(me.can_read_all_group_messages))

    async def tidy(application: Application) -> None:  # type: ignore[type-arg]
        desk.close()
        state.close()

    async def wind_up(application: Application) -> None:  # type: ignore[type-arg]
        await operators.close()

    application = (
        ApplicationBuilder()
        .token(token)
        .base_url(settings.base_url)
        .base_file_url(settings.base_file_url)
        .defaults(defaults)
        .rate_limiter(Pace())
        .get_updates_request(PollingRequest(connection_pool_size=1))
        .concurrent_updates(ChatOrderedProcessor())
        .post_init(prepare)
        .post_stop(wind_up)
        .post_shutdown(tidy)
        .build()
    )
    questions = Questions(desk, chats, answers)
    greeting = Greeting(questions, settings.examples, settings.admins)
    groups = Groups(chats, answers)
    new, edited = filters.UpdateType.MESSAGE, filters.UpdateType.EDITED_MESSAGE
    private = filters.ChatType.PRIVATE & FromPerson() & ~filters.StatusUpdate.ALL
    group = filters.ChatType.GROUPS & FromPerson() & ~filters.StatusUpdate.ALL
    # Telegram's shared ids, of anonymous administrators say, never stand in the configuration.
    operator = new & (private | group) & filters.User(settings.admins)
    application.add_handler(TypeHandler(Update, Repeats().stop), group=-1)
    application.add_handlers(
        [
            CommandHandler("reindex", operators.reindex, operator),
            CommandHandler("cancel", operators.cancel, operator),
            CommandHandler("rollback", operators.rollback, operator),
            CommandHandler("status", operators.status, operator),
            CommandHandler(OPERATOR_COMMANDS, operators.stranger, new & group),
            CommandHandler("start", greeting.start, new & private),
            CommandHandler("help", greeting.help, new & (private | group)),
            CommandHandler("cancel", greeting.nothing_to_cancel, new & private),
            CommandHandler("mode", groups.mode, new & group),
            CommandHandler("ask", questions.message, new & private),
            MessageHandler(new & private & filters.COMMAND, greeting.help),
            MessageHandler(new & (private | group), questions.message),
            MessageHandler(edited & (private | group), questions.edited),
            MessageHandler(new & filters.StatusUpdate.MIGRATE, groups.moved),
            ChatMemberHandler(groups.membership, ChatMemberHandler.MY_CHAT_MEMBER),
            CallbackQueryHandler(questions.passage, pattern=f"^{PASSAGE_DATA}[0-9a-f]{{16}}\\Z"),
            CallbackQueryHandler(greeting.example, pattern=f"^{EXAMPLE_DATA}[0-9a-f]{{16}}\\Z"),
            CallbackQueryHandler(questions.unknown_button),
        ]
    )
    application.add_error_handler(failures.handle)
    return application


async def who_am_i(settings: Settings, token: str) -> User:
    """The bot's own account, by one call of getMe. Raises TokenRefused or TelegramUnreachable."""
    try:
        async with telegram.Bot(token, base_url=settings.telegram.base_url) as bot:
            return bot.bot
    except InvalidToken:
        raise TokenRefused from None
    except TelegramError as error:
        raise TelegramUnreachable(_reason(error, token)) from None


def _reason(error: TelegramError, token: str) -> str:
    """What went wrong in a few words, without the page that a gateway sent."""
    return redact(" ".join(error.message.split()), [token]).partition(". Parsing the server response")[0][:200]


@contextmanager
def _alone(data_dir: Path, token: str) -> Iterator[None]:
    """Hold a lock that a second process with the same token and data directory meets. Raises AnotherPoller.

    Without it two pollers would end each other through Telegram, and nobody would answer.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        lock = (data_dir / f".run-{token.partition(':')[0]}.lock").open("w", encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{data_dir} 写不进去（{error.strerror}）：请检查目录权限，或改 data_dir") from None
    with lock as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise AnotherPoller from None
        yield


async def _wait_for_telegram(settings: Settings, token: str) -> None:
    """Return once getMe answers; a hiccup at start must not end the bot, a wrong address must."""
    patience = settings.telegram.start_patience
    deadline, pause = time.monotonic() + patience, 1.0
    while True:
        try:
            await who_am_i(settings, token)
        except TelegramUnreachable as error:
            if time.monotonic() + pause > deadline:
                raise
            logger.warning("连不上 Telegram（%s），%d 秒后再试", error.reason, pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 30)
        else:
            return
