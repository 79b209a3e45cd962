"""Which addresses may be fetched from, against what the system's own resolver would take a host for."""

from __future__ import annotations

from contextlib import ExitStack

from tests.fuzz.target import Check, Target

_SEEDS = (
    b"https://example.com/a?b=c#d",
    b"http://8.8.8.8:80/",
    b"http://[2606:4700::1111]/x",
    b"http://me:pw@a.example/",
)
_TOKENS = (
    "http://~https://~//~/~\\~@~:~?~#~%~%2e~%00~.~..~[~]~::1~::ffff:127.0.0.1~127.0.0.1~0x7f.1~0177.0.0.1~"
    "2130706433~127.1"
    "~169.254.169.254~0~localhost~.local~xn--~example.com~１２７~。~．~①~ⓛ~℀~\u00ad~\u200b~\t~\r\n~ ~:80~:443~"
    ":65536~:-1~%25eth0"
    "~64:ff9b::7f00:1~0x~08~+~,~;~'~\"~<~(~user~ſ~K~ß"
)


def _prepare(stack: ExitStack) -> Check:
    import socket
    from ipaddress import ip_address

    from bot.articles.page_fetcher import _LONGEST_URL, AddressRefused, _parse
    from bot.articles.public_addresses import is_public, may_name
    from corpus.parsing.metadata import address_in, web_address

    def check(data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        for found in (web_address(text), address_in(text)):
            assert found is None or not set(found) & set('\r\n\t <>"')
        try:
            url = _parse(text)
        except AddressRefused as error:
            assert str(error)
            return
        host = url.raw_host.decode("ascii")
        assert url.scheme in {"http", "https"}
        assert not url.userinfo
        if not may_name(host, is_public):
            return
        # What goes into the request's first lines.
        assert not set(url.netloc) & set(b"\r\n\t /\\@")
        assert not set(url.raw_path) & set(b"\r\n\t ")
        if len(str(url)) <= _LONGEST_URL:
            assert _parse(str(url)).raw_host == url.raw_host
        assert url.copy_with(host="192.0.2.7").raw_host == b"192.0.2.7"
        try:
            # What C takes for an address in one of its spellings, as a resolver may.
            address = ip_address(socket.inet_ntoa(socket.inet_aton(host)))
        except OSError:
            return
        assert is_public(address), host

    return check


TARGET = Target("addresses", _prepare, _SEEDS, tuple(token.encode() for token in _TOKENS.split("~")))
