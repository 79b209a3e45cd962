"""Pages fetched from a server of this machine, and everything that must not be fetched."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv6Address

import pytest
import pytest_asyncio
from aiohttp import web

from bot.articles.page_fetcher import AddressRefused, Fetcher, FetchFailed
from corpus.parsing import formats
from corpus.parsing.encodings import decode
from corpus.parsing.formats import FORMATS, PDF, Format

MOST = 100_000
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def page(body: bytes | str, kind: str = "text/html; charset=utf-8", **headers: str) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        data = body.encode() if isinstance(body, str) else body
        return web.Response(body=data, headers={"Content-Type": kind, **headers})

    return answer


def to(target: str) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": target.replace("PORT", str(request.url.port))})

    return answer


async def drip(request: web.Request) -> web.StreamResponse:
    """A byte now and then, for ever."""
    response = web.StreamResponse(headers={"Content-Type": "text/plain"})
    await response.prepare(request)
    while True:
        await response.write(b"x")
        await asyncio.sleep(0.05)


async def endless(request: web.Request) -> web.StreamResponse:
    """As many bytes as anybody takes, without a length."""
    response = web.StreamResponse(headers={"Content-Type": "text/plain"})
    await response.prepare(request)
    for _ in range(1000):
        await response.write(b"x" * 10_000)
    return response


async def told(request: web.Request) -> web.StreamResponse:
    """What the request said of itself."""
    return web.Response(text="\n".join(f"{key}: {value}" for key, value in request.headers.items()))


PAGES: dict[str, Handler] = {
    "/page": page("<p>页面</p>"),
    "/told": told,
    "/note.md": page("# 题", "text/plain"),
    "/readme": page("# 题", "text/markdown; charset=utf-8"),
    "/paper": page(b"%PDF-1.4", "application/pdf"),
    "/big5": page("<p>蘋果</p>".encode("big5"), "text/html; charset=big5"),
    "/meta": page('<meta charset="shift_jis"><p>りんご</p>'.encode("shift_jis"), "text/html"),
    "/gbk": page("<p>苹果</p>".encode("gbk"), "text/html; charset=gbk"),
    "/odd": page("<p>a</p>", "text/html; charset=punycode"),
    "/gzip": page(gzip.compress(b"packed" * 100), "text/plain", **{"Content-Encoding": "gzip"}),
    "/deflate": page(zlib.compress(b"packed" * 100)[2:-4], "text/plain", **{"Content-Encoding": "deflate"}),
    "/zlib": page(zlib.compress(b"packed" * 100), "text/plain", **{"Content-Encoding": "deflate"}),
    "/bomb": page(gzip.compress(b"\0" * 50_000_000), "text/plain", **{"Content-Encoding": "gzip"}),
    "/twice": page(gzip.compress(gzip.compress(b"x")), "text/plain", **{"Content-Encoding": "gzip, gzip"}),
    "/torn": page(b"\x1f\x8bno", "text/plain", **{"Content-Encoding": "gzip"}),
    "/large": page(b"x" * (MOST + 1), "text/plain"),
    "/endless": endless,
    "/drip": drip,
    "/image": page(b"\x89PNG", "image/png"),
    "/archive": page(b"PK", "application/zip"),
    "/untyped": page(b"x", ""),
    "/once": to("/twice-more"),
    "/twice-more": to("http://other.example.com:PORT/thrice"),
    "/thrice": to("/page"),
    "/loop": to("/loop"),
    "/to-metadata": to("http://169.254.169.254/latest/meta-data/"),
    "/to-loopback": to("http://[::1]:PORT/page"),
    "/to-hidden": to("http://hidden.example.com:PORT/page"),
    "/to-file": to("file:///etc/passwd"),
    "/to-port": to("http://pages.example.com:22/"),
    "/to-secret": to("http://a:b@pages.example.com:PORT/page"),
    "/to-nonsense": to("http://[bad"),
}


class Names:
    """A resolver of the test's own; `asked` are the names that it was asked for. One changes after the first time."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        if host == "hidden.example.com":
            return ["10.0.0.1"]
        if host == "mixed.example.com":
            return ["127.0.0.1", "10.0.0.1"]
        if host == "changing.example.com":
            return ["127.0.0.1"] if self.asked.count(host) == 1 else ["10.0.0.1"]
        if host == "half.example.com":
            return ["127.0.0.2", "127.0.0.1"]
        if host == "zone.example.com":
            return ["fe80::1%eth0"]
        if host == "none.example.com":
            raise OSError(-2, "Name or service not known")
        return ["127.0.0.1"]


def only_here(address: IPv4Address | IPv6Address) -> bool:
    """For these tests the public internet is 127.0.0.1 under a name, and what nobody listens on."""
    return str(address) in {"127.0.0.1", "127.0.0.2"}


@pytest_asyncio.fixture
async def port() -> AsyncIterator[int]:
    application = web.Application()
    for path, handler in PAGES.items():
        application.router.add_get(path, handler)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.05)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield int(runner.addresses[0][1])
    await runner.cleanup()


@pytest.fixture
def names() -> Names:
    return Names()


@pytest.fixture
def fetcher(port: int, names: Names) -> Fetcher:
    return Fetcher(most=MOST, seconds=5, allowed=only_here, ports=frozenset({port}), resolver=names)


@pytest.mark.parametrize(
    ("path", "suffix", "text"),
    [
        ("/page", ".html", "<p>页面</p>"),
        ("/note.md", ".md", "# 题"),
        ("/readme", ".md", "# 题"),
        ("/paper", ".pdf", "%PDF-1.4"),
        ("/big5", ".html", "<p>蘋果</p>"),
        ("/meta", ".html", '<meta charset="shift_jis"><p>りんご</p>'),
        ("/gbk", ".html", "<p>苹果</p>"),
        ("/odd", ".html", "<p>a</p>"),
        ("/gzip", ".txt", "packed" * 100),
        ("/deflate", ".txt", "packed" * 100),
        ("/zlib", ".txt", "packed" * 100),
    ],
)
async def test_pages_of_each_kind(fetcher: Fetcher, port: int, path: str, suffix: str, text: str) -> None:
    found = await fetcher.fetch(f"http://pages.example.com:{port}{path}#part")
    assert found.url == f"http://pages.example.com:{port}{path}"
    assert found.suffix == suffix
    assert decode(found.data) == text


async def test_a_new_format_may_be_fetched(fetcher: Fetcher, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = Format((".png",), ("image/png",), PDF.parse, page_name="图片")
    monkeypatch.setattr(formats, "FORMATS", (*FORMATS, picture))
    assert (await fetcher.fetch(f"http://pages.example.com:{port}/image")).suffix == ".png"
    with pytest.raises(FetchFailed, match="不是网页、文字、PDF或 图片"):
        await fetcher.fetch(f"http://pages.example.com:{port}/archive")
    assert "application/pdf, image/png" in (await fetcher.fetch(f"http://pages.example.com:{port}/told")).data.decode()


async def test_the_site_sees_its_own_name_and_nothing_of_ours(
    fetcher: Fetcher, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    said = (await fetcher.fetch(f"http://pages.example.com:{port}/told")).data.decode()
    assert f"Host: pages.example.com:{port}" in said
    assert "Accept: text/html, text/markdown, text/plain, application/pdf\n" in f"{said}\n".replace("\r", "")
    assert not {"cookie", "authorization", "referer"} & {line.partition(":")[0].lower() for line in said.splitlines()}


async def test_three_redirects_are_followed_each_looked_up_anew(fetcher: Fetcher, port: int, names: Names) -> None:
    found = await fetcher.fetch(f"http://pages.example.com:{port}/once")
    assert found.url == f"http://other.example.com:{port}/page"
    assert names.asked == ["pages.example.com", "pages.example.com", "other.example.com", "other.example.com"]
    with pytest.raises(FetchFailed, match="没有到头"):
        await fetcher.fetch(f"http://pages.example.com:{port}/loop")


@pytest.mark.parametrize(
    "path",
    ["/to-metadata", "/to-loopback", "/to-hidden", "/to-file", "/to-port", "/to-secret", "/to-nonsense"],
)
async def test_redirects_lead_nowhere_private(fetcher: Fetcher, port: int, path: str) -> None:
    with pytest.raises(AddressRefused):
        await fetcher.fetch(f"http://pages.example.com:{port}{path}")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://hidden.example.com:PORT/page", "不在公开的互联网上"),
        ("http://mixed.example.com:PORT/page", "不在公开的互联网上"),
        ("http://zone.example.com:PORT/page", "不在公开的互联网上"),
        ("http://localhost.:PORT/page", "不在公开的互联网上"),
        ("http://2130706433:PORT/page", "不在公开的互联网上"),
        ("http://0x7f.1:PORT/page", "不在公开的互联网上"),
        ("http://0177.0.0.1:PORT/page", "网址不对"),
        ("http://[fe80::1%25lo]:PORT/page", "不在公开的互联网上"),
        ("http://[::ffff:127.0.0.1]:PORT/page", "不在公开的互联网上"),
        ("http://１２７.0.0.1:PORT/page", "网址不对"),
        ("http://127。0。0。9:PORT/page", "不在公开的互联网上"),
        ("http://pages.example.com:1/page", "标准端口"),
        ("http://pages.example.com/page", "标准端口"),
        ("http://me:pw@pages.example.com:PORT/page", "用户名或密码"),
        ("http://me@pages.example.com:PORT/page", "用户名或密码"),
        ("http://pages.example.com\\@127.0.0.1:PORT/page", "用户名或密码"),
        ("ftp://pages.example.com:PORT/page", "只能读 http"),
        ("file:///etc/passwd", "只能读 http"),
        ("gopher://pages.example.com:PORT/", "只能读 http"),
        ("javascript:alert(1)", "只能读 http"),
        ("//pages.example.com:PORT/page", "只能读 http"),
        ("http:///page", "只能读 http"),
        ("http://pages.example.com:PORT/" + "x" * 2000, "只能读 http"),
        ("http://none.example.com:PORT/page", "找不到这个网站"),
        ("http://pages.example.com:PORT/none", "不存在或已被删除"),
        ("http://pages.example.com:PORT/image", "不是网页、文字或 PDF"),
        ("http://pages.example.com:PORT/archive", "不是网页、文字或 PDF"),
        ("http://pages.example.com:PORT/untyped", "不是网页、文字或 PDF"),
        ("http://pages.example.com:PORT/large", "网页太大"),
        ("http://pages.example.com:PORT/endless", "网页太大"),
        ("http://pages.example.com:PORT/bomb", "网页太大"),
        ("http://pages.example.com:PORT/twice", "压缩方式"),
        ("http://pages.example.com:PORT/torn", "没有传完整"),
    ],
)
async def test_what_is_not_fetched(fetcher: Fetcher, port: int, url: str, says: str) -> None:
    with pytest.raises(FetchFailed, match=says):
        await fetcher.fetch(url.replace("PORT", str(port)))


async def test_a_name_is_looked_up_once_and_its_address_kept(fetcher: Fetcher, port: int, names: Names) -> None:
    found = await fetcher.fetch(f"http://changing.example.com:{port}/page")
    assert found.data.decode() == "<p>页面</p>"
    assert names.asked == ["changing.example.com"]
    with pytest.raises(AddressRefused):
        await fetcher.fetch(f"http://changing.example.com:{port}/page")


async def test_another_address_is_tried_when_one_does_not_answer(fetcher: Fetcher, port: int) -> None:
    assert (await fetcher.fetch(f"http://half.example.com:{port}/page")).suffix == ".html"


async def test_time_is_limited_as_a_whole(port: int, names: Names) -> None:
    fetcher = Fetcher(most=MOST, seconds=0.3, allowed=only_here, ports=frozenset({port}), resolver=names)
    with pytest.raises(FetchFailed, match="网站太慢"):
        await fetcher.fetch(f"http://pages.example.com:{port}/drip")


async def test_nothing_listens(names: Names) -> None:
    fetcher = Fetcher(most=MOST, allowed=only_here, ports=frozenset({1}), resolver=names)
    with pytest.raises(FetchFailed, match="连不上这个网站"):
        await fetcher.fetch("http://pages.example.com:1/")


async def test_a_secure_site_is_greeted_by_its_name(names: Names) -> None:
    hello: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hello.append(await reader.read(4096))
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        fetcher = Fetcher(most=MOST, allowed=only_here, ports=frozenset({port}), resolver=names)
        with pytest.raises(FetchFailed, match="连不上这个网站"):
            await fetcher.fetch(f"https://pages.example.com:{port}/page")
    assert b"pages.example.com" in hello[0]


async def test_by_default_this_machine_is_no_public_page() -> None:
    for url in ("http://127.0.0.1/", "http://localhost/", "https://[::1]/", "http://169.254.169.254/latest/"):
        with pytest.raises(AddressRefused):
            await Fetcher(most=MOST).fetch(url)
