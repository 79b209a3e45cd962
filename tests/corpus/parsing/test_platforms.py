"""Saved pages of platforms."""

from __future__ import annotations

import datetime
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.parsing.html import parse_html

TEXT = "老客户每周一条，新客户隔天一条，连续两次没有回复的停一个月。"


def wechat(script: str, text: str = "", head: str = "") -> str:
    return (
        f"<html><head><meta property='og:title' content='群发频率'>{head}<title></title></head><body>"
        f"<h1 id='activity-name'>群发频率</h1><em id='publish_time'></em>"
        f"<div id='js_content' style='visibility: hidden;'>{text}</div><p>微信扫一扫可打开此内容，使用完整服务</p>"
        f"<script>{script}</script></body></html>"
    )


@pytest.mark.parametrize(
    "script",
    [
        'var ct = "1777600000";',
        "var createTime = '2026-05-01 10:00';",
        "window.ct='1777600000'",
        "d.ct = xml ? getXmlValue('ori_create_time.DATA') : '1777600000';",
        "var oriCreateTime = '1777600000'; var svrDate = '1790000000';",
        "window.cgiDataNew = { create_time: JsDecode('2026-05-01 10:00') }",
        "window.cgiDataNew = { ori_create_time: '1777600000' * 1 }",
        '{"create_timestamp": 1777600000}',
        'var t="1777600000",n="2026-05-01";e(t,n,document.getElementById("publish_time"));',
    ],
)
def test_the_day_of_a_public_account_page(script: str) -> None:
    page = parse_html(wechat(script, f"<p>{TEXT}</p>"))
    assert page.metadata.date == datetime.date(2026, 5, 1)
    assert [line.text for line in page.lines] == [TEXT]


def test_times_in_scripts_of_other_pages_say_nothing() -> None:
    assert parse_html(f"<title>甲</title><p>{TEXT}</p><script>var ct = '1777600000'</script>").metadata.date is None


@pytest.mark.parametrize(
    "script",
    [
        rf"window.cgiDataNew = {{ content_noencode: JsDecode('第一段。\x0a\x0a{TEXT}') }}",
        rf"var a = {{ content_noencode: '第一段。\n\x3ca href=\x22https://e.example/\x22\x3e{TEXT}\x3c/a\x3e' }}",
        rf"var a = {{ text_page_info: {{ is_user: 0, content: '第一段。\x0a{TEXT}' }} }}",
        rf"var a = {{ content_noencode: JsDecode('\x3cp\x3e第一段。\x3c/p\x3e\x3cp\x3e{TEXT}\x3c/p\x3e') }}",
    ],
)
def test_a_post_whose_text_stands_in_a_script(script: str) -> None:
    assert [line.text for line in parse_html(wechat(script)).lines] == ["第一段。", TEXT]


@pytest.mark.parametrize(("shown", "text"), [(10, "乙" * 10), (9, "甲" * 20)])
def test_the_page_counts_where_it_shows_half_of_the_text(shown: int, text: str) -> None:
    script = f"var a = {{ content_noencode: '{'甲' * 20}' }}"
    assert [line.text for line in parse_html(wechat(script, f"<p>{'乙' * shown}</p>")).lines] == [text]


def test_a_picture_post_whose_text_is_its_description() -> None:
    head = rf'<meta name="description" content="第一段&lt;3。\x0a{TEXT}">'
    assert [line.text for line in parse_html(wechat("", head=head)).lines] == ["第一段<3。", TEXT]


def test_a_picture_post_without_any_other_mark() -> None:
    head = f'<meta name="description" content="{TEXT}">'
    page = f'{head}<div id="js_image_content"></div><script>var ct="1777600000"</script>'
    read = parse_html(page)
    assert [line.text for line in read.lines] == [TEXT]
    assert read.metadata.date is not None


def test_marks_in_a_description_are_its_characters() -> None:
    head = f'<meta name="description" content="&lt;p&gt;第一段。\\x0a{TEXT}">'
    assert [line.text for line in parse_html(wechat("", head=head)).lines] == ["<p>第一段。", TEXT]


def test_a_description_does_not_stand_for_the_text_of_a_page() -> None:
    head = f'<meta name="description" content="{TEXT * 3}">'
    assert [line.text for line in parse_html(wechat("", f"<p>{TEXT * 2}</p>", head)).lines] == [TEXT * 2]
    other = f"<title>甲</title>{head}<p>短文。</p>"
    assert [line.text for line in parse_html(other).lines] == ["短文。"]


def test_a_note_that_stands_in_the_state_of_its_page() -> None:
    note = {
        "desc": f"第一段。\n{TEXT}\n#群发[话题]#",
        "time": 1777600000123,
        "user": {"nickname": "小满"},
        "title": "群发频率",
    }
    state = json.dumps({"note": {"noteDetailMap": {"n1": {"note": note}}}}, ensure_ascii=False)
    feed = "<div class='feed'>别人的笔记</div>" * 20
    page = parse_html(f"<title>群发频率 - 小红书</title>{feed}<script>window.__INITIAL_STATE__={state}</script>")
    assert [line.text for line in page.lines] == ["第一段。", TEXT, "#群发"]
    assert page.metadata.date == datetime.date(2026, 5, 1)
    assert page.metadata.author == "小满"
    shown = parse_html(f"<title>甲</title>{feed}<div id='detail-desc'><span>{TEXT}</span></div>")
    assert [line.text for line in shown.lines] == [TEXT]


def test_an_article_among_the_furniture_of_its_site() -> None:
    feed = "<div class='card'>相关回答</div>" * 20
    markup = f"<title>群发 - 知乎</title>{feed}<div class='Post-RichText'><p>{TEXT}</p></div>{feed}"
    assert [line.text for line in parse_html(markup).lines] == [TEXT]


@settings(deadline=None)
@given(st.text(alphabet="\\'\"x0au{}:(JsDecode)content_noencode ct=17", max_size=120))
def test_any_script_is_survived(script: str) -> None:
    parse_html(wechat(script))
