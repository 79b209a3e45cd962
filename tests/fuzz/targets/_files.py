"""What the targets over article files share: the whole way from bytes to passages, as the index takes it."""

from __future__ import annotations

from collections.abc import Callable

from tests.fuzz.target import Check

FRONT_MATTER = b"---\ntitle: T\ndate: 2026-05-01\nurl: https://e.example/a\ntags: [a, b]\n---\n\n"

PROSE = "定金收三成，尾款发货前付清。第二天还没付的，先发消息问一句。".encode()


def reading(suffix_of: Callable[[bytes], str], file_of: Callable[[bytes], bytes] = lambda data: data) -> Check:
    """A check that reads a file, cuts it, and looks over what comes out; unreadable is a fine answer."""
    from corpus.cutting.passages import cut, windows
    from corpus.errors import UnreadableFile
    from corpus.parsing.articles import article_from
    from corpus.parsing.completeness import too_little
    from corpus.parsing.formats import parse_page
    from corpus.parsing.metadata import web_address

    def check(data: bytes) -> None:
        suffix, file = suffix_of(data), file_of(data)
        try:
            article = article_from(f"a{suffix}", parse_page(suffix, file), file)
        except UnreadableFile as error:
            assert error.reason
            return
        too_little(article)
        assert article.title == article.title.strip()
        assert "\n" not in article.title
        assert article.url is None or web_address(article.url) == article.url
        for passage in cut(article):
            assert passage.text.strip()
            assert passage.sentences
            for window in windows(passage):
                assert window.text

    return check
