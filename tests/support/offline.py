"""The bot's handlers without a process and without a network: updates in, calls of the Bot API out.

For what needs thousands of updates, or a look at the state before and after each; what people see is tested with the
real process in `tests/end_to_end/`.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from telegram import Update
from telegram.constants import ParseMode
from telegram.ext import Application, ApplicationBuilder, BaseHandler, Defaults, ExtBot, TypeHandler
from telegram.request import BaseRequest, RequestData

from bot.answering.service import Service
from bot.config import Settings, load_settings
from bot.observability.metrics import BotMetrics
from bot.operations.clock import Clock
from bot.state.self_healing import StateFile
from bot.telegram.commands import COMMANDS, CommandRoute
from bot.telegram.routes import routes
from bot.telegram.wiring import Components, wire

ME = {"id": 999, "is_bot": True, "first_name": "Siyu", "username": "TestQABot", "can_read_all_group_messages": True}
ROOT = Path(__file__).parents[2]
_CONSTANT = {"getMe": ME, "getWebhookInfo": {"url": "", "has_custom_certificate": False, "pending_update_count": 0}}

Raw = dict[str, Any]
Handler = BaseHandler[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the Bot API."""

    method: str
    parameters: Raw


class Recorder(BaseRequest):
    """Answers every call as a friendly Bot API would; `calls` are those so far, `members` statuses of users by id."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.members: dict[int, str] = {}
        self._sent = 10_000

    @property
    def read_timeout(self) -> float:
        """Never waited for."""
        return 1.0

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *timeouts: Any, **more: Any
    ) -> tuple[int, bytes]:
        """The answer to one call."""
        name = url.rpartition("/")[2]
        parameters = request_data.parameters if request_data is not None else {}
        if name != "getMe":
            self.calls.append(Call(name, parameters))
        return 200, json.dumps({"ok": True, "result": self._result(name, parameters)}).encode()

    def _result(self, name: str, parameters: Raw) -> object:
        if name in _CONSTANT:
            return _CONSTANT[name]
        match name:
            case "getChat":
                return {"id": parameters["chat_id"], "type": "channel", "title": "C", "accent_color_id": 0}
            case "getChatMember":
                user = int(parameters["user_id"])
                return {"status": self.members.get(user, "member"), "user": {**ME, "id": user, "is_bot": False}}
            case "sendMessage" | "sendPhoto" | "sendDocument":
                self._sent += 1
                return _message(self._sent, int(parameters["chat_id"]), str(parameters.get("text", "")))
            case "editMessageText" | "editMessageReplyMarkup":
                number, chat = int(parameters["message_id"]), int(parameters["chat_id"])
                return _message(number, chat, str(parameters.get("text", "")))
        return True


def _message(number: int, chat: int, text: str) -> Raw:
    return {"message_id": number, "date": 1_780_000_000, "chat": chat_of(chat), "from": ME, "text": text}


def chat_of(number: int) -> Raw:
    """A chat: groups have ids below nought."""
    if number > 0:
        return {"id": number, "type": "private", "first_name": "A"}
    return {"id": number, "type": "supergroup", "title": "Shop"}


def person(number: int) -> Raw:
    """A person whose Telegram speaks Chinese."""
    return {"id": number, "is_bot": False, "first_name": "A", "language_code": "zh-hans"}


@dataclass(slots=True)
class Offline:
    """One bot; `errors` are what handlers let out."""

    application: Application[Any, Any, Any, Any, Any, Any]
    handlers: list[Handler]
    components: Components
    settings: Settings
    recorder: Recorder
    state: StateFile
    errors: list[Exception] = field(default_factory=list)
    _updates: int = 0

    async def put(self, kind: str, content: Raw) -> tuple[Call, ...]:
        """Have one update handled; the calls that it led to."""
        before = len(self.recorder.calls)
        await self.application.process_update(self.update(kind, content))
        return tuple(self.recorder.calls[before:])

    async def say(self, user: int, text: str, *, chat: int | None = None, **options: Any) -> tuple[Call, ...]:
        """A person writes, in private unless a chat is named."""
        return await self.put("message", self.message(user, text, chat=chat, **options))

    async def press(self, user: int, data: str, *, chat: int | None = None, message: int = 5) -> tuple[Call, ...]:
        """A person presses a button with that data, of whatever message, or says so."""
        where = _message(message, chat or user, "x")
        return await self.put(
            "callback_query",
            {"id": "1", "from": person(user), "message": where, "chat_instance": "1", "data": data},
        )

    def message(self, user: int, text: str, *, chat: int | None = None, **options: Any) -> Raw:
        """A message of a person, with the entity of a command in front."""
        self._updates += 1
        made = {
            "message_id": self._updates,
            "date": 1_780_000_000,
            "chat": chat_of(chat or user),
            "from": person(user),
            "text": text,
            **options,
        }
        if text.startswith("/"):
            length = len(text.split(maxsplit=1)[0].encode("utf-16-le", "surrogatepass")) // 2
            made["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        return made

    def update(self, kind: str, content: Raw) -> Update:
        """An update as Telegram sends it."""
        self._updates += 1
        made = Update.de_json({"update_id": self._updates, kind: content}, self.application.bot)
        assert isinstance(made, Update)
        return made

    def handler_of(self, update: Update) -> Handler | None:
        """The handler that gets an update."""
        for handler in self.handlers:
            if handler.check_update(update) not in (None, False):
                return handler
        return None

    def everything(self) -> dict[str, list[tuple[object, ...]]]:
        """All that the state holds, table by table."""
        names = [name for (name,) in self.state.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: self.state.execute(f"SELECT * FROM {name}").fetchall() for name in sorted(names)}


@asynccontextmanager
async def offline(
    folder: Path, overrides: tuple[str, ...] = (), *, commands: tuple[CommandRoute, ...] = COMMANDS
) -> AsyncIterator[Offline]:
    """A bot over the small corpus of the Telegram tests, in a folder of its own; overrides are `key.path=value`."""
    from tests.end_to_end.bot_process import FakeService

    articles = folder / "articles"
    if not articles.exists():
        shutil.copytree(ROOT / "tests" / "end_to_end" / "articles", articles)
    settings = load_settings(
        ROOT / "config.yaml", [f"corpus.articles={articles}", f"data_dir={folder / 'data'}", *overrides]
    )
    service: Service = FakeService(settings)
    if service.indexer.why_unservable():
        service.reindex()
    state = StateFile(settings.data_dir)
    components = wire(service, state, None, BotMetrics(), Clock(), 1, commands)
    recorder = Recorder()
    bot = ExtBot("1:x", request=recorder, get_updates_request=recorder, defaults=Defaults(parse_mode=ParseMode.HTML))
    application = ApplicationBuilder().bot(bot).build()
    handlers = routes(components, settings.telegram, commands)
    application.add_handler(TypeHandler(Update, components.allowlist.stop), group=-1)
    application.add_handlers(handlers)
    made = Offline(application, handlers, components, settings, recorder, state)

    async def note(update: object, context: Any) -> None:
        made.errors.append(context.error)

    application.add_error_handler(note)
    await application.initialize()
    await components.answer_queue.open()
    try:
        yield made
    finally:
        await components.late_questions.close()
        await components.suggestions.close()
        await components.uploads.close()
        await components.index_commands.close()
        await application.shutdown()
        components.answer_queue.close()
        state.close()
