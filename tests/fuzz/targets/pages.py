"""What the head and the scripts of a saved web page say of it."""

from __future__ import annotations

from contextlib import ExitStack

from tests.fuzz.target import Check, Target

_SEEDS = (
    b'<html><head><title>T - S</title><meta name="author" content="A">'
    b'<meta property="og:url" content="https://e.example/a">'
    b'<link rel="canonical" href="https://e.example/a"><script type="application/ld+json">'
    b'{"@graph": [{"@type": "Article",'
    b' "datePublished": "2026-05-01", "author": [{"name": "A"}]}]}</script></head><body><h1>T</h1>'
    b'<span itemprop="dateModified" content="2026-05-02">x</span><p><time datetime="2026-05-01">x</time></p>'
    b"</body></html>",
    b'<h1 id="activity-name">T</h1><div id="js_content"></div><script>var ct = "1777600000"; var nickname = "A"; '
    b"window.a = {create_time: JsDecode('2026-05-01 10:00'), content_noencode: '\\x0aabc\\u4e00<p>d</p>'};</script>",
    b'<div class="share_content_page"></div><meta name="description" content="\\x0aabc \\x26amp;"><script>'
    b"text_page_info: {content: 'abc', x: 1}</script>",
    b'<script>window.__INITIAL_STATE__={"noteDetailMap":{"a":{"note":{"title":"T","desc":"D [x]#\\n",'
    b'"time":1777600000000,'
    b'"lastUpdateTime":1777600000001,"user":{"nickname":"A"}}}}}</script><div id="detail-desc">D</div>',
)
_TOKENS = (
    b"<script>|</script>|<script type=application/ld+json>|{|}|[|]|:|,|\"|'|\\|\\x|\\u|\\ud800|\\uffff|\\n"
    b"|ct=|var ct = |"
    b"create_time:|createTime = |JsDecode(|)|content_noencode: '|text_page_info: {content: '|1777600000|1777600000000|"
    b'9999999999|2026-05-01|2026-13-99|"datePublished":|"@graph":|"author":|"@type":"Comment"|noteDetailMap|"desc":|'
    b'"title":"|"nickname":"|"time":|<meta name=|property=|itemprop=|datePublished|dateModified|content='
    b"|<time |datetime=|"
    b"pubdate|<link rel=canonical href=|https://e.example/|javascript:|<div id=js_content>|id=js_article|class=comment|"
    b"class=post-date|<h1>|<title>|</title>| - | | \xef\xbd\x9c|getElementById('publish_time|getXmlValue(|<p>"
    b"|</p>|<br>|<b>|"
    b"\xe6\x9b\xb4\xe6\x96\xb0\xe4\xba\x8e|\xe6\xb4\xbb\xe5\x8a\xa8|<span>|</span>|</div>|/**/|;"
).split(b"|")


def _prepare(stack: ExitStack) -> Check:
    from bs4 import BeautifulSoup

    from corpus.parsing.metadata import web_address
    from corpus.parsing.page_metadata import page_metadata
    from corpus.parsing.platforms import text_in_scripts

    def check(data: bytes) -> None:
        soup = BeautifulSoup(data.decode("utf-8", "replace"), "lxml")
        metadata = page_metadata(soup)
        for text in (metadata.title, metadata.author):
            assert text is None or (text.strip() == text and text and "\n" not in text)
        assert metadata.url is None or web_address(metadata.url) == metadata.url
        for day in (metadata.date, metadata.updated):
            assert day is None or 1970 <= day.year < 2200
        assert isinstance(text_in_scripts(soup), str)

    return check


TARGET = Target("pages", _prepare, _SEEDS, tuple(_TOKENS))
