"""The server: HTTP, long polling, webhooks, faults on demand, and the transcript of every call."""

from __future__ import annotations

import asyncio
import dataclasses
import inspect
import json
import math
import time
from collections.abc import Callable
from typing import Any, Self

from aiohttp import web

from tests.end_to_end.server.errors import ApiError, Json
from tests.end_to_end.server.parameters import Params
from tests.end_to_end.server.updates import Call, Updates
from tests.support.patience import patience

# What comes with status 200 and is no answer: a hotel's network, a broken gateway.
PATIENCE = 60.0
"""Seconds that a test waits before it fails, on a busy machine more: only a failure takes so long."""

PAGES = {"html": "<html><body>Please sign in</body></html>", "garbage": '{"ok": tru'}


@dataclasses.dataclass
class Fault:
    """How the next `times` calls of a method fail: drop, hang, slow, html, garbage, 500, 502, 429, 403 or 400.

    After `skip` calls that go well. A slow call takes effect after `delay`, one that hangs is dropped then.
    """

    kind: str
    method: str = "*"
    times: int = 1
    chat_id: int | None = None
    delay: float = 1.0
    skip: int = 0
    after: bool = False  # the call takes effect, then the answer is lost
    description: str = ""


class FakeBotApi(Updates):
    """The server; `async with` starts and stops it."""

    def __init__(
        self,
        token: str = "123456:TEST",
        username: str = "TestQABot",
        *,
        privacy: bool = True,
        mentions_pass_privacy: bool = False,
    ) -> None:
        super().__init__(token, username, privacy=privacy, mentions_pass_privacy=mentions_pass_privacy)
        self.me |= {
            "can_join_groups": True,
            "can_read_all_group_messages": not privacy,
            "supports_inline_queries": True,
            "supports_guest_queries": True,
        }
        self.faults: list[Fault] = []
        self.base_url = self.base_file_url = self.url = ""
        self._active, self._last_activity = 0, time.monotonic()
        self._runner: web.AppRunner | None = None
        self._task: asyncio.Task[None] | None = None

    # -- lifecycle

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1; port 0 takes a free one."""
        app = web.Application(client_max_size=60 << 20)
        app.router.add_post("/_control/{op}", self._control)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        app.router.add_route("*", "/bot{token}/{method}", self._handle)
        app.router.add_route("*", "/{any:.*}", self._unknown)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self.base_url, self.base_file_url = f"{self.url}/bot", f"{self.url}/file/bot"
        self._task = asyncio.create_task(self.deliver_to_webhook())

    async def stop(self) -> None:
        """Close every connection."""
        self._poll = -1
        self.wake.set()
        if self._task:
            self._task.cancel()
        if self._runner:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()

    # -- the test's view

    def fault(self, kind: str, method: str = "*", **options: Any) -> None:
        """Fail the next `times` calls of a method: drop, hang, slow, html, 500, 502, 429 and so on (see Fault)."""
        self.faults.append(Fault(str(kind), method, **options))

    def messages(self, chat_id: int) -> list[Json]:
        """Everything that stands in a chat."""
        return list(self.chats[chat_id].messages.values())

    def bot_messages(self, chat_id: int) -> list[Json]:
        """What the bot wrote there."""
        return [m for m in self.messages(chat_id) if (chat_id, m["message_id"]) in self.mine]

    def bot_texts(self, chat_id: int) -> list[str]:
        """The same, as plain text."""
        return [str(m.get("text", m.get("caption", ""))) for m in self.bot_messages(chat_id)]

    def transcript(self, method: str | None = None) -> list[Json]:
        """Every call of the bot but getUpdates: time, method, params, result or error."""
        return [dataclasses.asdict(c) for c in self.calls if method in (None, c.method)]

    def menu(self, user_id: int, chat_id: int) -> list[Json]:
        """The command list this user sees in this chat (core.telegram.org/bots/api#determining-list-of-commands)."""
        chat, lang = self.chats[chat_id], self.users[user_id].get("language_code", "")
        scopes: list[Json] = [{"type": "default"}]
        if chat.type == "private":
            scopes = [{"type": "chat", "chat_id": chat_id}, {"type": "all_private_chats"}, *scopes]
        else:
            admin = chat.status(user_id) in ("administrator", "creator")
            scopes = [
                {"type": "chat_member", "chat_id": chat_id, "user_id": user_id},
                *([{"type": "chat_administrators", "chat_id": chat_id}] * admin),
                {"type": "chat", "chat_id": chat_id},
                *([{"type": "all_chat_administrators"}] * admin),
                {"type": "all_group_chats"},
                *scopes,
            ]
        keys = [(json.dumps(s, sort_keys=True), code) for s in scopes for code in (lang, "")]
        return next((self.commands[k] for k in keys if k in self.commands), [])

    async def wait_for(self, condition: Callable[[], Any], within: float = PATIENCE) -> None:
        """Until the condition holds; TimeoutError with the last calls when it does not, on a busy machine later."""
        began = time.monotonic()
        while not condition():
            if time.monotonic() - began > patience(within):
                raise TimeoutError(
                    f"{len(self.pending)} updates pending, {self._active} calls in flight, "
                    f"last calls: {self.transcript()[-3:]}"
                )
            await asyncio.sleep(0.02)

    async def wait_idle(self, within: float = PATIENCE, quiet: float = 0.4) -> None:
        """Until every update was taken and no call came for `quiet` s (a handler that only computes looks idle)."""
        await self.wait_for(
            lambda: (
                not (self.pending or self.replays or self._active or time.monotonic() - self._last_activity < quiet)
            ),
            within,
        )

    async def wait_messages(self, chat_id: int, count: int, within: float = PATIENCE) -> list[Json]:
        """Until the bot wrote that many messages in a chat."""
        await self.wait_for(lambda: len(self.bot_messages(chat_id)) >= count, within)
        return self.bot_messages(chat_id)

    # -- HTTP

    def _answer(self, outcome: Any, description: str | None = None) -> web.Response:
        if isinstance(outcome, ApiError):
            body = {"ok": False, "error_code": outcome.code, "description": outcome.description.rstrip(": ")}
            headers = (
                {"Retry-After": str(outcome.parameters["retry_after"])} if "retry_after" in outcome.parameters else {}
            )
            return web.json_response(
                body | ({"parameters": outcome.parameters} if outcome.parameters else {}),
                status=outcome.code,
                headers=headers,
            )
        return web.json_response(
            {"ok": True, "result": outcome} | ({"description": description} if description else {})
        )

    async def _unknown(self, request: web.Request) -> web.StreamResponse:
        return self._answer(ApiError(404, ""))

    async def _params(self, request: web.Request) -> Params:
        params = Params(request.query)
        if request.content_type == "application/json" and request.can_read_body:
            params |= await request.json()
        elif request.can_read_body:
            params |= await request.post()
        return params

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        method, params = request.match_info["method"].lower(), await self._params(request)
        if request.match_info["token"] != self.token:
            return self._answer(ApiError(401, "Unauthorized"))
        if method == "getupdates":
            try:
                return await self._faulty(request, method, params) or self._answer(await self.do_getupdates(params))
            except ApiError as error:
                return self._answer(error)
        self._active += 1
        try:
            return await self._faulty(request, method, params) or self._answer(self.call(method, params))
        except ApiError as error:
            return self._answer(error)
        finally:
            self._active -= 1
            self._last_activity = time.monotonic()

    def _fault(self, method: str, params: Params) -> Fault | None:
        """The fault that a call meets, if any."""
        for fault in self.faults:
            if fault.method.lower() not in ("*", method) or (fault.method == "*" and method == "getupdates"):
                continue
            if fault.chat_id not in (None, params.integer("chat_id")):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                return None
            fault.times -= 1
            if fault.times <= 0:
                self.faults.remove(fault)
            return fault
        return None

    async def _faulty(self, request: web.Request, method: str, params: Params) -> web.StreamResponse | None:
        fault = self._fault(method, params)
        if fault is None:
            return None
        if fault.after and method == "getupdates":
            await self.do_getupdates(params)
        elif fault.after:
            self.call(method, params)
        elif fault.kind != "slow":
            self.calls.append(Call(time.time(), method, dict(params), error=f"fault: {fault.kind}"))
        if fault.kind == "slow":
            await asyncio.sleep(fault.delay)
            return None
        if fault.kind == "hang":
            # Who hangs up meanwhile is not waited for.
            deadline = time.monotonic() + fault.delay
            while request.transport and not request.transport.is_closing() and time.monotonic() < deadline:  # noqa: ASYNC110 - nobody tells of it
                await asyncio.sleep(0.05)
        return self._failed(request, fault)

    def _failed(self, request: web.Request, fault: Fault) -> web.Response:
        """What a call that fails is answered with. Raises ApiError."""
        if fault.kind in ("drop", "hang"):
            if request.transport:
                request.transport.abort()
            return web.Response()
        if fault.kind == "502":
            return web.Response(
                status=502, text="<html><head><title>502 Bad Gateway</title></head></html>", content_type="text/html"
            )
        if fault.kind in PAGES:
            return web.Response(text=PAGES[fault.kind], content_type="text/html")
        if fault.kind == "429":
            raise ApiError(429, f"retry after {math.ceil(fault.delay)}", retry_after=math.ceil(fault.delay))
        raise ApiError(
            int(fault.kind),
            fault.description
            or {"500": "Internal Server Error", "403": "bot was blocked by the user"}.get(fault.kind, "fault"),
        )

    async def _download(self, request: web.Request) -> web.Response:
        file = self.files.get(request.match_info["path"].rsplit("/", 2)[-2])
        if file is None or request.match_info["token"] != self.token:
            return self._answer(ApiError(404, ""))
        return web.Response(body=file["data"], content_type=file["mime_type"])

    async def _control(self, request: web.Request) -> web.Response:
        op = request.match_info["op"]
        try:
            if op.startswith(("_", "do_", "start", "stop", "call")):
                raise AttributeError(op)
            result = getattr(self, op)(**(await request.json() if request.can_read_body else {}))
            return web.json_response({"result": await result if inspect.isawaitable(result) else result})
        except Exception as error:  # noqa: BLE001 - the caller is a test: tell it what went wrong
            return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)
