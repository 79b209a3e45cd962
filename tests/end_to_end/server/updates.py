"""How updates reach the bot: long polling with offsets, or a webhook with its secret."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import re
import time
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from tests.end_to_end.server.errors import ApiError, Json, refuse
from tests.end_to_end.server.methods import Methods
from tests.end_to_end.server.parameters import Params


@dataclasses.dataclass
class Call:
    """One call of the bot, as the transcript keeps it."""

    time: float
    method: str
    params: Json
    result: Any = None
    error: str | None = None


class Updates(Methods):
    """`calls` is the transcript of every call but getUpdates."""

    def __init__(self, token: str, username: str, *, privacy: bool, mentions_pass_privacy: bool) -> None:
        super().__init__(token, username, privacy=privacy, mentions_pass_privacy=mentions_pass_privacy)
        self.webhook: Json | None = None
        self.calls: list[Call] = []
        self._poll = 0

    @property
    def polls(self) -> int:
        """How often the bot asked for updates: it runs once this grows."""
        return self._poll

    def call(self, method: str, params: Params) -> Any:
        """One API method, with its entry in the transcript."""
        plain = {k: v if not isinstance(v, web.FileField) else f"<{v.filename}>" for k, v in params.items()}
        record = Call(time.time(), method, plain)
        self.calls.append(record)
        try:
            handler = getattr(self, f"do_{method}", None)
            if handler is None:
                raise ApiError(404, "method not found")
            result = handler(params)
            record.result = json.loads(json.dumps(result))  # a copy: the message may be edited later
        except ApiError as error:
            record.error = error.description
            raise
        return result

    def _set_allowed(self, p: Params) -> None:
        if (allowed := p.parsed("allowed_updates", list, "allowed updates")) is not None:
            self.allowed = set(allowed) or None

    async def do_getupdates(self, p: Params) -> list[Json]:
        refuse(
            self.webhook,
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            409,
        )
        self._set_allowed(p)
        offset, limit = p.integer("offset"), min(max(p.integer("limit", 100), 1), 100)
        while (offset < 0 and len(self.pending) > -offset) or (
            offset > 0 and self.pending and self.pending[0]["update_id"] < offset
        ):
            self.pending.popleft()
        self._poll += 1
        turn, deadline = self._poll, time.monotonic() + min(p.integer("timeout"), 50)
        self.wake.set()
        while not (batch := list(self.replays) + list(self.pending)) and (left := deadline - time.monotonic()) > 0:
            self.wake.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.wake.wait(), left)
            if self._poll < 0:
                return []  # the server stops
            refuse(
                turn != self._poll,
                "terminated by other getUpdates request; make sure that only one bot instance is running",
                409,
            )
        self.replays.clear()
        return batch[:limit]

    def do_setwebhook(self, p: Params) -> bool:
        url = p.get("url", "")
        refuse(
            url and not re.match(r"https://|http://(127\.0\.0\.1|localhost)[:/]", url), "invalid webhook URL specified"
        )
        refuse(
            not re.fullmatch(r"[\w-]{0,256}", p.get("secret_token", "")), "secret token contains unallowed characters"
        )
        self._set_allowed(p)
        if p.flag("drop_pending_updates"):
            self.pending.clear()
        self.webhook = (
            {
                "url": url,
                "secret": p.get("secret_token"),
                "max_connections": p.integer("max_connections", 40),
                "error": None,
            }
            if url
            else None
        )
        self._poll += 1
        self.wake.set()
        return True

    def do_deletewebhook(self, p: Params) -> bool:
        return self.do_setwebhook(Params(p, url=""))

    def do_getwebhookinfo(self, p: Params) -> Json:
        hook, error = self.webhook or {}, (self.webhook or {}).get("error")
        info = {"url": hook.get("url", ""), "has_custom_certificate": False, "pending_update_count": len(self.pending)}
        return info | ({"last_error_date": error[0], "last_error_message": error[1]} if error else {})

    async def deliver_to_webhook(self) -> None:
        """Post updates for as long as a webhook is set; repeat each until it is taken."""
        async with ClientSession(timeout=ClientTimeout(total=10)) as session:
            failures = 0
            while True:
                queue = self.replays or self.pending
                if not (self.webhook and queue):
                    await asyncio.sleep(0.02)
                    continue
                try:
                    await self._post(session, queue[0])
                    queue.popleft()
                    failures = 0
                except (ClientError, TimeoutError, ApiError) as error:
                    failures += 1
                    if self.webhook:
                        self.webhook["error"] = (int(time.time()), str(error))
                    await asyncio.sleep(min(0.1 * 2**failures, 5))

    async def _post(self, session: ClientSession, update: Json) -> None:
        assert self.webhook is not None
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook["secret"]} if self.webhook["secret"] else {}
        async with session.post(self.webhook["url"], json=update, headers=headers) as response:
            if response.status // 100 != 2:
                raise ClientError(f"Wrong response from the webhook: {response.status} {response.reason}")
            if response.content_type == "application/json" and (reply := await response.json()):
                self.call(reply.pop("method").lower(), Params(reply))
