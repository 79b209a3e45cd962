"""The head of an article, and the note beside a file."""

from __future__ import annotations

from contextlib import ExitStack

from tests.fuzz.target import Check, Target
from tests.fuzz.targets._files import FRONT_MATTER

_HINT = b'{% hint style="info" %}\n**title**: T\n**date**: 2026-05-01\n{% endhint %}\n\nx'
_TOKENS = (
    b"---\n|...\n|title: |date: |url: |tags: |sources:|expires: |- |  |\n|: |[|]|{|}|, |\"|'|&a |*a|<<: *a|"
    b"!!python/object:os."
    b"system |!!binary |!x |? |# |%YAML 1.1\n|%TAG |2026-05-01|0x1F|1e999|~|null|.inf|\t|\0|\xef\xbb\xbf|{% hint %}"
    b"|{% endhint %}|http://|https://e.example/|[a](https://e.example/)|>-\n|>\n|\xe2\x80\xa8|\xc2\x85|\\x|"
    b'\\u0000|yesterday|+++\n|title = |[extra]\n|{"title": |}\n|;;;\n|# T\n\n|Created: May 1, 2026\n|\n\n|1777600000'
).split(b"|")


def _prepare(stack: ExitStack) -> Check:
    from corpus.parsing.front_matter import parse_head, split_front_matter
    from corpus.parsing.metadata import Metadata, web_address

    def look_over(metadata: Metadata) -> None:
        for text in (metadata.title, metadata.author, metadata.topic, metadata.lang):
            assert text is None or (text and "\n" not in text)
        for url in (metadata.url, *(source.url for source in metadata.sources)):
            assert url is None or web_address(url) == url

    def check(data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        metadata, body = split_front_matter(text)
        look_over(metadata)
        assert len(body) <= len(text) + 2
        look_over(parse_head(text))

    return check


TARGET = Target("frontmatter", _prepare, (FRONT_MATTER + b"x", _HINT, FRONT_MATTER[4:-5]), (*_TOKENS, b"| ", b"|-\n"))
