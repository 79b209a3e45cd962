"""What a web page tells of itself."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.parsing.html import parse_html
from corpus.parsing.metadata import Metadata

DAY = datetime.date(2026, 5, 1)
TEXT = "<p>群里每天只发一条广告，违反一次提醒，两次移出，第三次不再拉回。</p>"


def told(head: str = "", body: str = "") -> Metadata:
    markup = f"<html><head><title>群规</title>{head}</head><body><article>{body}{TEXT}</article></body></html>"
    return parse_html(markup).metadata


@pytest.mark.parametrize(
    "name",
    [
        *("article:published_time", "PubDate", "publishdate", "date", "og:release_date", "DC.date.issued"),
        *("parsely-pub-date", "weibo:article:create_at", "datePublished", "bytedance:published_time", "created_at"),
        "dcterms.created",
    ],
)
@pytest.mark.parametrize("attribute", ["name", "property", "itemprop"])
def test_days_in_the_head(name: str, attribute: str) -> None:
    assert told(f"<meta {attribute}='{name}' content='2026-05-01T08:00:00+08:00'>").date == DAY


@pytest.mark.parametrize(
    "meta",
    [
        "<meta property='article:modified_time' content='2026-05-01'>",
        "<meta property='og:updated_time' content='1777600000'>",
        "<meta http-equiv='Last-Modified' content='Fri, 01 May 2026 08:00:00 GMT'>",
    ],
)
def test_days_of_changes_in_the_head(meta: str) -> None:
    assert told(meta).updated == DAY
    assert told(meta).date is None


def test_an_expiry_of_the_browsers_cache_is_none_of_the_article() -> None:
    assert told("<meta http-equiv='expires' content='Thu, 01 Jan 1970 00:00:00 GMT'>").expires is None


@pytest.mark.parametrize(
    "data",
    [
        '{"@type": "Article", "datePublished": "2026-05-01", "author": {"name": "小满"}}',
        '[{"@type": "Organization", "dateCreated": "1999-01-01"}, {"@type": "BlogPosting", "datePublished": '
        '"2026-05-01", "author": [{"name": "小满"}]}]',
        '{"@graph": [{"@type": "WebPage", "datePublished": "2026-05-01", "author": "小满"}]}',
    ],
)
def test_linked_data(data: str) -> None:
    metadata = told(f'<script type="application/ld+json">{data}</script>')
    assert (metadata.date, metadata.author) == (DAY, "小满")


def test_linked_data_that_is_broken() -> None:
    data = '{"title": "群规", "images": [1,], "pubDate": "2026-05-01T08:00:00", "upDate": "2026-05-01T09:00:00",}'
    metadata = told(f'<script type="application/ld+json">{data}</script>')
    assert metadata.date == DAY
    assert told(f'<script type="application/ld+json">{"[" * 9000}</script>').date is None


@pytest.mark.parametrize(
    "markup",
    [
        '<span itemprop="datePublished" content="2026-05-01">上周五</span>',
        '<time itemprop="datePublished" datetime="2026-05-01T08:00">五月</time>',
        '<time pubdate datetime="2026-05-01">五月</time>',
        '<p class="byline">小满 <time datetime="2026-05-01">五月</time></p>',
        '<header>运营 <time datetime="2026-05-01">五月</time></header>',
        "<p>发布于 <time>2026-05-01</time></p>",
        '<article><h1>群规</h1><time datetime="2026-05-01">五月</time><p>'
        + "新客进群先改备注，再打标签。" * 9
        + "</p></article>",
        '<div>小满<br><b><time datetime="2026-05-01">五月</time></b><br>'
        + "新客进群先改备注，再打标签。" * 9
        + "</div>",
        '<div class="ContentItem-time">发布于 2026-05-01 10:00・上海</div>',
    ],
)
def test_days_in_the_text(markup: str) -> None:
    assert told(body=markup).date == DAY


def test_days_of_changes_in_the_text() -> None:
    assert told(body='<div class="ContentItem-time">编辑于 2026-05-01 10:00</div>').updated == DAY
    assert told(body='<time class="updated" datetime="2026-05-01">五月</time>').updated == DAY


@pytest.mark.parametrize(
    "markup",
    [
        '<p>活动时间 <time datetime="2026-05-01">五月一日</time></p>',
        '<p>我们从 <time datetime="2026-05-01">五月一日</time> 起改用新的群规，旧的不再适用。</p>',
        '<div class="comment"><time datetime="2026-05-01">五月</time></div>',
        '<p>从 <b><time datetime="2026-05-01">五月一日</time></b> 起改用新的群规，旧的群规不再适用于老客户群。</p>',
        '<aside><time datetime="2026-05-01">五月</time></aside>',
        '<div id="comments"><span itemprop="dateCreated" content="2026-05-01"></span></div>',
    ],
)
def test_days_that_are_not_the_articles(markup: str) -> None:
    assert told(body=markup).date is None


@pytest.mark.parametrize(
    ("markup", "alone"),
    [
        ("<p>发布于上海市总店的日期 <time>2026-05-01</time></p>", True),
        ("<p>发布于上海市东总店的日期 <time>2026-05-01</time></p>", False),
        ("<p>发布于上海市东总店的日期 <time> 2026-05-01 </time></p>", False),
        (f"<p><time datetime='2026-05-01'>{'五' * 60}</time></p>", True),
        (f"<p><time datetime='2026-05-01'>{'五' * 61}</time></p>", False),
        ("<p>报名 <time>2026-05-01</time></p>", False),
    ],
)
def test_a_day_that_stands_alone_has_a_short_line(markup: str, alone: bool) -> None:
    assert told(body=markup).date == (DAY if alone else None)


@pytest.mark.parametrize(
    ("before", "inside", "updated"),
    [
        (f"更新{'于' * 10}", "", True),
        (f"更新{'于' * 11}", "", False),
        ("", f"{'于' * 38}更新", True),
        ("", f"{'于' * 39}更新", False),
    ],
)
def test_the_day_of_a_change_is_called_so_right_beside_it(before: str, inside: str, updated: bool) -> None:
    metadata = told(body=f"<p>{before}<time class='published' datetime='2026-05-01'>{inside}</time></p>")
    assert (metadata.updated, metadata.date) == ((DAY, None) if updated else (None, DAY))


def test_the_named_day_of_an_event_is_not_the_articles() -> None:
    assert told(body=f"<p class='event-time'><time datetime='2026-05-01'>五月</time>{'起' * 60}</p>").date is None
    assert told(body=f"<p class='post-time'><time datetime='2026-05-01'>五月</time>{'起' * 60}</p>").date == DAY
    assert told(body=f"<p class='post'><time datetime='2026-05-01'>五月</time>{'起' * 60}</p>").date is None


@pytest.mark.parametrize(("before", "date"), [(49, DAY), (50, None)])
@pytest.mark.parametrize(
    ("other", "dated", "around"),
    [
        ('{"@type": "WebPage"}', '{"datePublished": "2026-05-01"}', '<script type="application/ld+json">[%s]</script>'),
        (
            '{"@type": "WebPage"}',
            '{"datePublished": "2026-05-01"}',
            '<script type="application/ld+json">{"@graph": [%s]}</script>',
        ),
    ],
)
def test_so_many_objects_of_linked_data_are_looked_at(
    before: int, date: datetime.date | None, other: str, dated: str, around: str
) -> None:
    assert told(around % ", ".join([*[other] * before, dated])).date == date


@pytest.mark.parametrize(("before", "date"), [(49, DAY), (50, None)])
@pytest.mark.parametrize(
    ("other", "dated"),
    [
        ("<i itemprop='name'>甲</i>", "<i itemprop='datePublished' content='2026-05-01'></i>"),
        ("<p>开业 <time>五月</time></p>", "<p><time pubdate datetime='2026-05-01'></time></p>"),
        (
            '<script type="application/ld+json">{}</script>',
            '<script type="application/ld+json">{"datePublished": "2026-05-01"}</script>',
        ),
    ],
)
def test_so_many_elements_are_looked_at(before: int, date: datetime.date | None, other: str, dated: str) -> None:
    assert told(body=other * before + dated).date == date


@pytest.mark.parametrize(("before", "date"), [(9, DAY), (10, None)])
def test_so_many_lines_of_a_known_site_are_looked_at(before: int, date: datetime.date | None) -> None:
    other, dated = "<p class='post-date'>近日</p>", "<p class='post-date'>2026-05-01</p>"
    assert told(body=other * before + dated).date == date


@pytest.mark.parametrize(("before", "title"), [(19, "群规三条"), (20, "青禾的群规三条")])
def test_so_many_headings_are_looked_at_for_the_title(before: int, title: str) -> None:
    headings = "<h1>其他</h1>" * before + "<h1>群规三条</h1>"
    assert parse_html(f"<title>青禾的群规三条</title>{headings}{TEXT}").metadata.title == title


def test_a_heading_of_one_character_is_no_title() -> None:
    assert parse_html(f"<title>群规三条</title><h1>群</h1><h1>三条</h1>{TEXT}").metadata.title == "三条"


def test_a_page_without_a_head_tells_its_days_and_its_author() -> None:
    data = '<script type="application/ld+json">{"datePublished": "2026-05-01", "author": "小满"}</script>'
    metadata = parse_html(f"<article><h1>群规</h1>{data}{TEXT}</article>").metadata
    assert metadata == Metadata(date=DAY, author="小满")


def test_the_address_is_the_canonical_one_else_that_of_the_card() -> None:
    card = "<meta property='og:url' content='https://example.com/b'>"
    assert told(f"<link rel='canonical' href='https://example.com/a'>{card}").url == "https://example.com/a"
    assert told(f"<link rel='canonical' href='/a'>{card}").url == "https://example.com/b"


def test_the_title_among_several_main_headings() -> None:
    body = f"<h1>青禾学堂</h1><article><h1>群规三条</h1>{TEXT}</article>"
    assert parse_html(f"<title>群规三条 - 青禾学堂</title>{body}").metadata.title == "群规三条"
    assert parse_html(f"<title>运营手册 | 青禾</title>{body}").metadata.title == "运营手册"


@settings(deadline=None)
@given(st.text(alphabet='<>/"= {}[]:,@timeDate2026-05ldjson', max_size=100))
def test_any_head_is_survived(text: str) -> None:
    assert isinstance(told(f'<script type="application/ld+json">{text}</script>{text}', text), Metadata)
