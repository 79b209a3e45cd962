"""Pages from addresses that people write in a chat, fetched without lending them the bot's place in its network.

Every host is resolved here, every address it has is vetted, and the connection goes to a vetted address: a name that
changes its answer between two look-ups gains nothing. The same holds after each redirect.
"""

from __future__ import annotations

import asyncio
import codecs
import logging
import re
import socket
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import PurePosixPath
from urllib.parse import unquote

import httpx

from bot.articles.public_addresses import Policy, is_public, may_name
from bot.errors import BotError
from corpus.parsing.formats import HTML, MARKDOWN, TEXT, format_of_media_type, page_formats

logger = logging.getLogger(__name__)

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""From a host and a port to addresses."""

_PORTS = frozenset({80, 443})
_REDIRECTS = 3
_REDIRECTING = frozenset({301, 302, 303, 307, 308})
_ADDRESSES_TRIED = 3
_LONGEST_URL = 2000
_HEADERS = {
    "User-Agent": "Mozilla/5.0 (compatible; Siyu/0.1; reads one page for an operator)",
    "Accept-Language": "zh-CN, zh;q=0.9, en;q=0.5",
    "Accept-Encoding": "gzip, deflate",
}
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.I)
# What the readers do not tell by themselves. A list, because some of Python's codecs take very long for hostile bytes.
_OTHER_CHARSETS = re.compile(
    r"big5(?:hkscs)?|cp(?:949|950|932|125\d)|euc_(?:jp|kr)|shift_jis|iso8859-\d{1,2}|utf-16(?:-[bl]e)?"
)


class FetchFailed(BotError):
    """A page that was not fetched; the message says why and what helps."""


class AddressRefused(FetchFailed):
    """An address that must not or cannot be fetched from."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page: where it was found in the end, its bytes (text that readers would not recognise as UTF-8), its kind."""

    url: str
    data: bytes
    suffix: str


async def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a host as the system tells them. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Fetcher:
    """Fetches single pages of at most `most` bytes, packed or unpacked, in at most `seconds` from the first look-up.

    `allowed`, `ports` and `resolver` are replaced by tests, which have only their own machine to fetch from.
    """

    def __init__(
        self,
        *,
        most: int,
        seconds: float = 30.0,
        allowed: Policy = is_public,
        ports: frozenset[int] = _PORTS,
        resolver: Resolver = resolve,
    ) -> None:
        self._most = most
        self._seconds = seconds
        self._allowed = allowed
        self._ports = ports
        self._resolver = resolver

    async def fetch(self, url: str) -> Fetched:
        """The page at an address, after at most three redirects. Raises FetchFailed."""
        try:
            async with asyncio.timeout(self._seconds), self._client() as client:
                return await self._follow(client, _parse(url))
        except TimeoutError:
            raise FetchFailed(
                f"对方网站太慢，{self._seconds:.0f} 秒没有传完：请稍后再试，或把网页存成文件发来"
            ) from None
        except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, OSError, ValueError) as error:
            logger.info("a page was not fetched: %s", type(error).__name__)
            raise FetchFailed("连不上这个网站：请检查网址，或把网页存成文件发来") from None

    def _client(self) -> httpx.AsyncClient:
        # No proxy, no .netrc, no cookies, and one connection a request: nothing of the surroundings, nothing reused.
        return httpx.AsyncClient(
            trust_env=False,
            follow_redirects=False,
            timeout=self._seconds,
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    async def _follow(self, client: httpx.AsyncClient, url: httpx.URL) -> Fetched:
        for _ in range(_REDIRECTS + 1):
            response = await self._request(client, url)
            try:
                if response.status_code not in _REDIRECTING or "location" not in response.headers:
                    return await self._read(response, url)
                url = _parse(str(url.join(response.headers["location"])))
            finally:
                await response.aclose()
        raise FetchFailed("这个网址转来转去，没有到头：请在浏览器里打开它，把最后的网址发来")

    async def _request(self, client: httpx.AsyncClient, url: httpx.URL) -> httpx.Response:
        """The answer's head, from the first vetted address that can be connected to."""
        host = url.raw_host.decode("ascii")
        for address in (addresses := await self._vetted(url, host))[:_ADDRESSES_TRIED]:
            request = client.build_request(
                "GET",
                url.copy_with(host=address),
                headers={**_HEADERS, "Accept": _accepted(), "Host": url.netloc.decode("ascii")},
                extensions={"sni_hostname": host},
            )
            try:
                return await client.send(request, stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if address == addresses[:_ADDRESSES_TRIED][-1]:
                    raise
        raise FetchFailed("找不到这个网站：请检查网址有没有写错")

    async def _vetted(self, url: httpx.URL, host: str) -> Sequence[str]:
        """The addresses of a URL's host. Raises AddressRefused unless all of them are allowed."""
        port = url.port or (443 if url.scheme == "https" else 80)
        if port not in self._ports:
            raise AddressRefused("只能用网站的标准端口（80、443）：请换一个公开的网址")
        if not may_name(host, self._allowed):
            raise AddressRefused("这个网址不在公开的互联网上，不能读取：请把内容存成文件发来")
        try:
            addresses = await self._resolver(host, port)
        except (OSError, UnicodeError):
            raise FetchFailed("找不到这个网站：请检查网址有没有写错") from None
        if not all(self._allowed(ip_address(address)) for address in addresses):
            raise AddressRefused("这个网址不在公开的互联网上，不能读取：请把内容存成文件发来")
        return addresses

    async def _read(self, response: httpx.Response, url: httpx.URL) -> Fetched:
        if response.status_code != 200:
            raise FetchFailed(_status(response.status_code))
        kind, charset = _content_type(response.headers.get("content-type", ""))
        found = format_of_media_type(kind)
        if found is None or found.page_name is None:
            raise FetchFailed(f"这个网址不是{_page_names()}：请换一个网址，或把文件发来")
        if response.headers.get("content-length", "").isdecimal():
            self._check_size(int(response.headers["content-length"]))
        received, data = 0, bytearray()
        async for part in _unpacked(response, self._most):
            received += part.received
            data += part.data
            self._check_size(max(received, len(data)))
        if found is TEXT and PurePosixPath(unquote(url.path)).suffix.lower() in MARKDOWN.suffixes:
            found = MARKDOWN
        content = _recognisable(bytes(data), charset, html=found is HTML) if found.is_text else bytes(data)
        return Fetched(str(url), content, found.suffix)

    def _check_size(self, size: int) -> None:
        if size > self._most:
            raise FetchFailed(f"网页太大（超过 {self._most / 1024**2:.1f} MB）：请只存下正文，作为文件发来")


@dataclass(frozen=True, slots=True)
class _Part:
    received: int
    data: bytes


async def _unpacked(response: httpx.Response, most: int) -> AsyncIterator[_Part]:
    """The body piece by piece. Unpacked here, since httpx unpacks as many layers as named and each without bound."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower() or "identity"
    if encoding not in {"identity", "gzip", "x-gzip", "deflate"}:
        raise FetchFailed("这个网站用了读不了的压缩方式：请把网页存成文件发来")
    decoder = None if encoding == "identity" else zlib.decompressobj(zlib.MAX_WBITS | 32)
    first = True
    async for raw in response.aiter_raw():
        if decoder is None:
            yield _Part(len(raw), raw)
            continue
        if first and encoding == "deflate" and raw[:1] and raw[0] & 0x0F != 8:
            decoder = zlib.decompressobj(-zlib.MAX_WBITS)  # what many servers mean by deflate
        first = False
        try:
            yield _Part(len(raw), decoder.decompress(raw, most + 1))
        except zlib.error:
            raise FetchFailed("网页没有传完整：请稍后再试，或把网页存成文件发来") from None


def _parse(text: str) -> httpx.URL:
    """A full http(s) address without a name or password in it. Raises AddressRefused."""
    try:
        url = httpx.URL(text.strip())
        host = url.raw_host.decode("ascii")
    except (httpx.InvalidURL, ValueError, TypeError):
        raise AddressRefused("网址不对：请把浏览器地址栏里的网址完整地复制过来") from None
    if len(text) > _LONGEST_URL or url.scheme not in {"http", "https"} or not host:
        raise AddressRefused("只能读 http:// 或 https:// 开头的网址：请把浏览器地址栏里的网址完整地复制过来")
    if url.userinfo:
        raise AddressRefused("网址里带着用户名或密码，不能用：请换一个不用登录的网址")
    return url.copy_with(fragment=None)


def _accepted() -> str:
    """The media types of pages that can be parsed, as a header names them."""
    return ", ".join(media_type for each in page_formats() for media_type in each.media_types)


def _page_names() -> str:
    """What pages may be, in words."""
    *others, last = dict.fromkeys(str(each.page_name) for each in page_formats())
    return f"{'、'.join(others)}或 {last}"


def _content_type(header: str) -> tuple[str, str | None]:
    """The kind and the character set that a header names."""
    kind, *parameters = header.split(";")
    named = dict(parameter.strip().lower().partition("=")[::2] for parameter in parameters)
    return kind.strip().lower(), named.get("charset", "").strip("\"' ") or None


def _recognisable(data: bytes, charset: str | None, *, html: bool) -> bytes:
    """A text in UTF-8 where it is in an encoding that only the page's own declaration tells, Big5 say."""
    if charset is None and html and (declared := _META_CHARSET.search(data, 0, 4096)):
        charset = declared[1].decode("ascii")
    try:
        name = codecs.lookup(charset or "utf-8").name
        return data.decode(name).encode("utf-8") if _OTHER_CHARSETS.fullmatch(name) else data
    except (LookupError, UnicodeError, ValueError):
        return data


def _status(code: int) -> str:
    if code in {404, 410}:
        return "这个网页不存在或已被删除：请检查网址"
    if code in {401, 402, 403, 407, 451}:
        return "这个网站不让读取（可能要登录）：请在浏览器里打开，把网页存成文件发来"
    return f"网站没有给出网页（状态码 {code}）：请稍后再试，或把网页存成文件发来"
