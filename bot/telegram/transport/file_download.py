"""Files that people send, from Telegram's server, never more bytes than wanted."""

from __future__ import annotations

import asyncio
import logging

import httpx
from telegram import Document
from telegram.error import BadRequest

from bot.errors import BotError

logger = logging.getLogger(__name__)

_SECONDS = 120.0


class DownloadFailed(BotError):
    """A file that did not arrive; the message says why."""


class FileTooLarge(DownloadFailed):
    """A file of more bytes than are taken."""

    def __init__(self, most: int) -> None:
        super().__init__(f"文件太大（超过 {most / 1024**2:.1f} MB）：请删去图片、拆成几个文件，或只存文字再发")


async def download(document: Document, *, most: int) -> bytes:
    """A document's bytes. Raises DownloadFailed, and FileTooLarge before anything is asked of Telegram if it can.

    Streamed here, because the library's own way keeps whatever comes in memory.
    """
    if document.file_size is not None and document.file_size > most:
        raise FileTooLarge(most)
    try:
        file = await document.get_file()
    except BadRequest as error:
        logger.info("a file is not given out: %s", error.message)
        raise FileTooLarge(most) if "too big" in error.message else _failed() from None
    if file.file_path is None or not file.file_path.startswith(("http://", "https://")):
        raise _failed()
    data = bytearray()
    try:
        # As the library itself does, with the proxy of the environment where there is one.
        async with (
            asyncio.timeout(_SECONDS),
            httpx.AsyncClient(timeout=30.0) as client,
            client.stream("GET", file.file_path, headers={"Accept-Encoding": "identity"}) as response,
        ):
            if response.status_code != 200:
                raise _failed()
            async for part in response.aiter_raw():
                data += part
                if len(data) > most:
                    raise FileTooLarge(most)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        # Not the error's own text: the address holds the token.
        logger.warning("a file could not be downloaded: %s", type(error).__name__)
        raise _failed() from None
    return bytes(data)


def _failed() -> DownloadFailed:
    return DownloadFailed("文件没有下载下来：请再发一次")
