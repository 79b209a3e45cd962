"""A small web site of this machine, for pages that the bot fetches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from aiohttp import web


class Site:
    """Serves bodies by path: (content type, body), or an address to be sent on to. `seen` are the requests' hosts."""

    def __init__(self, pages: Mapping[str, tuple[str, bytes] | str]) -> None:
        self._pages = pages
        self._runner: web.AppRunner | None = None
        self.seen: list[str] = []
        self.port = 0

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.router.add_get("/{path:.*}", self._answer)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = int(self._runner.addresses[0][1])
        return self

    async def __aexit__(self, *exc: object) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        self.seen.append(request.host)
        page = self._pages.get(request.path)
        if page is None:
            return web.Response(status=404, text="nothing here")
        if isinstance(page, str):
            return web.Response(status=302, headers={"Location": page})
        kind, body = page
        return web.Response(body=body, headers={"Content-Type": kind})
