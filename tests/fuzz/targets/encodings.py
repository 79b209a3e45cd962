"""Text files of any encoding to text."""

from __future__ import annotations

from contextlib import ExitStack

from tests.fuzz.target import Check, Target
from tests.fuzz.targets._files import PROSE

_TEXT = PROSE.decode()
_TRADITIONAL = "會員生日當月可以享有八折優惠，逾期不補發，也不可以合併使用。"
_SEEDS = (
    *(_TEXT.encode(name) for name in ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be")),
    *(_TRADITIONAL.encode(name) for name in ("big5", "big5hkscs", "gb18030")),
    b'<meta charset="big5"><p>' + _TRADITIONAL.encode("big5"),
    b'<?xml version="1.0" encoding="gbk"?><p>' + _TEXT.encode("gbk"),
)
_TOKENS = (
    b"\xff\xfe|\xfe\xff|\xef\xbb\xbf|\0\0\xfe\xff|+/v8|\0|\x1a|\x80|\xa1\xa1|\xa4\x40|\xf9\xfe|\xff|\xed\xa0\x80|\xc0\x80"
    b'|<meta charset=|"utf-7"|big5|gbk|rot13|idna|undefined|unicode_escape|utf-16|"|>|<meta http-equiv="Content-Type" '
    b'content="text/html; charset=|<?xml version="1.0" encoding="|"?>|\n|a| |%PDF-|PK\x03\x04|\x81\x30\x81\x30'
).split(b"|")


def _prepare(stack: ExitStack) -> Check:
    from corpus.errors import UnreadableFile
    from corpus.parsing.encodings import decode

    def check(data: bytes) -> None:
        try:
            text = decode(data)
        except UnreadableFile as error:
            assert error.reason
            return
        text.encode()
        assert len(text) <= len(data)
        assert "\0" not in text

    return check


TARGET = Target("encodings", _prepare, _SEEDS, tuple(_TOKENS))
