"""Struck and hidden text, and boxes around an article."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.parsing.html import html_lines, parse_html
from corpus.parsing.markdown import parse_markdown


def shown(markup: str) -> list[str]:
    return [line.text for line in html_lines(markup)]


def shown_markdown(text: str) -> list[str]:
    return [line.text for line in parse_markdown(text).lines]


@pytest.mark.parametrize(
    "struck",
    [
        "<del>88 元</del>",
        "<s>88 元</s>",
        "<strike>88 元</strike>",
        "<span style='color: red; text-decoration: line-through'>88 元</span>",
        "<b style='text-decoration-line: underline line-through'>88 元</b>",
        "<span class='line-through'>88 元</span>",
        "<i class='was'>88 元</i>",
        "<span id='gone'>88 元</span>",
    ],
)
def test_struck_text_is_not_quoted(struck: str) -> None:
    style = "<style>/* 旧价 */ i.was, #gone { color: grey; text-decoration: line-through }</style>"
    assert shown(f"{style}<p>月费 {struck} <ins>66 元</ins></p>") == ["月费 66 元"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("月费 ~~88 元~~ 66 元", "月费 66 元"),
        ("期限：~~收货后七天，~~收货后十天", "期限：收货后十天"),
        ("~~“旧规则”~~新规则", "新规则"),
        ("期限：~~七天~~，改为十天", "期限：改为十天"),
        ("月费 <del>88</del> 66 元", "月费 66 元"),
        ("`~~码~~`", "~~码~~"),
        (r"\~~不是~~", "~~不是~~"),
        ("好的~~", "好的~~"),
        ("发货 3~~5 天，运费 10~~20 元", "发货 3~~5 天，运费 10~~20 元"),
        ("月费 88~~99~~ 元", "月费 88 元"),
    ],
)
def test_strike_marks(text: str, line: str) -> None:
    assert shown_markdown(text) == [line]


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>底价 5 折</p>",
        "<p style='display : none'>底价 5 折</p>",
        "<div style='visibility:hidden'><p>底价 5 折</p></div>",
        "<span style='mso-hide:all'>底价 5 折</span>",
        "<div class='inner'>底价 5 折</div>",
        "<p class='d-none'>底价 5 折</p>",
        "<div aria-hidden='true'>底价 5 折</div>",
        "<template><p>底价 5 折</p></template>",
        "<dialog><p>底价 5 折</p></dialog>",
        "<!-- <p>底价 5 折</p>\n<p>也藏</p> -->",
    ],
)
def test_hidden_text_is_not_quoted(hidden: str) -> None:
    style = "<style>.inner{display:none}</style>"
    assert shown(f"{style}<p>首批按八折供货。</p>{hidden}<p>以合同为准。</p>") == ["首批按八折供货。", "以合同为准。"]


@pytest.mark.parametrize(
    "seen",
    [
        "<dialog open><p>公告一则</p></dialog>",
        "<p class='d-none d-md-block'>公告一则</p>",
        "<div class='pane'>公告一则</div>",
        "<div class='leaflet'>公告一则</div>",
        "<p style='visibility: hidden; animation-name: none'>公告一则</p>",
    ],
)
def test_what_is_shown_at_some_time_is_kept(seen: str) -> None:
    style = "<style>.pane{display:none} .pane.active{display:block} @media print{.leaflet{display:none}}</style>"
    assert shown(f"{style}{seen}<p>以合同为准。</p>") == ["公告一则", "以合同为准。"]


@pytest.mark.timeout(30)  # looked through once for every repetition it took longer
def test_a_style_that_repeats_itself_is_looked_through_once() -> None:
    style = "text-decoration:" * 30_000
    assert shown(f'<p style="{style}">首批按八折供货。</p>') == ["首批按八折供货。"]
    assert shown(f'<p>以合同为准。<span style="{style} line-through">七折</span></p>') == ["以合同为准。"]


def test_a_page_that_hides_its_text_until_a_script_has_run() -> None:
    text = "每周清理一次标签。" * 5
    page = (
        f"<body style='opacity:0;visibility:hidden'><div id='js_content' style='visibility:hidden'>{text}</div></body>"
    )
    assert [line.text for line in parse_html(page).lines] == [text]


@pytest.mark.parametrize(
    "box", ["<body class='page sidebar'>", "<body><div class='related'>", "<div aria-hidden=true>"]
)
def test_a_box_that_holds_the_article_is_none(box: str) -> None:
    assert shown(f"{box}<h1>运费</h1><p>满 80 元包邮，不满的收 6 元。</p>") == ["运费", "满 80 元包邮，不满的收 6 元。"]


@pytest.mark.parametrize(("inside", "outside", "kept"), [(11, 10, True), (10, 10, False)])
@pytest.mark.parametrize("box", ["<div class='related'>", "<div role='navigation'>", "<article hidden>"])
def test_a_box_holds_the_article_where_it_has_more_than_half_the_text(
    inside: int, outside: int, kept: bool, box: str
) -> None:
    assert ("内" * inside in shown(f"{box}{'内' * inside}</div></article><p>{'外' * outside}</p>")) is kept


@pytest.mark.parametrize(
    ("markup", "lines"),
    [
        ("<article hidden><p>甲</p></article><article><p>乙</p></article>", ["乙"]),
        ("<div itemprop='articleBody' hidden>甲甲</div><p>乙</p>", ["甲甲", "乙"]),
        ("<dialog hidden open>甲</dialog><p>乙</p>", ["乙"]),
        ("<p class='hidden sm:block'>甲</p><p>乙</p>", ["甲", "乙"]),
        ("<p aria-hidden='false'>甲</p><p>乙</p>", ["甲", "乙"]),
        ("<p id='toc'>甲</p><p>乙</p>", ["乙"]),
        ("<p style='display: block'>甲</p>", ["甲"]),
    ],
)
def test_what_hides_an_element(markup: str, lines: list[str]) -> None:
    assert shown(markup) == lines


@pytest.mark.parametrize(
    ("sheet", "lines"),
    [
        (".x, .other{display:none}", ["乙"]),
        ("p.x{display:none}", ["乙"]),
        ("div.x{display:none}", ["甲", "乙"]),
        (".y .x{display:none}", ["甲", "乙"]),
        (".x{display:none} @media print{.x{display:block}}", ["乙"]),
        (".x{display:none} .x{display:block}", ["甲", "乙"]),
        (".x{display:none;text-decoration:line-through}", ["乙"]),
        ("@import 'a.css'; .x{display:none}", ["乙"]),
        ("} .x{display:none}", ["乙"]),
        ("/* .x{display:none} */", ["甲", "乙"]),
    ],
)
def test_what_a_style_sheet_hides(sheet: str, lines: list[str]) -> None:
    assert shown(f"<style>{sheet}</style><p class='x'>甲</p><p>乙</p>") == lines


@pytest.mark.parametrize(("before", "lines"), [(0, ["乙"]), (1, ["甲", "乙"])])
def test_style_sheets_are_read_up_to_a_length(before: int, lines: list[str]) -> None:
    rule = ".x{display:none}"
    filler = " " * (500_000 - len(rule) + before)
    assert shown(f"<style>{filler}{rule}</style><p class='x'>甲</p><p>乙</p>") == lines


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("<del>七天</del>，十天", "十天"),
        ("期限七天，<del>十天</del>。", "期限七天。"),
        ("期限<del>七天</del>，十天", "期限，十天"),
        ("期限，<del>七天</del>十天", "期限，十天"),
        ("期限<del>七天</del>。", "期限。"),
        ("<b>期限：</b><del>七天</del>，十天", "期限：，十天"),
        ("期限：<del>七天</del><b>，十天</b>", "期限：，十天"),
        ("<b>期限，</b><del>七天</del>。", "期限，。"),
    ],
)
def test_the_comma_of_a_struck_piece_goes_with_it(text: str, line: str) -> None:
    assert shown(f"<p>{text}</p>") == [line]


@pytest.mark.parametrize(("siblings", "line"), [(497, "十天"), (498, "，十天")])
def test_among_very_many_siblings_the_comma_stays(siblings: int, line: str) -> None:
    assert shown(f"<p><del>七天</del>，十天{'<i></i>' * (siblings + 1)}</p>") == [line]


def test_navigation_of_a_wiki_is_no_text() -> None:
    markup = (
        "<div id='toc'><ul><li><a href='#a'>1 群规</a></li></ul></div>"
        "<h2>群规<span class='mw-editsection'>[编辑]</span></h2>"
        "<p>群里每天只发一条广告，违反一次提醒，两次移出。</p><div class='navbox'>私域 · 社群</div>"
        "<div role='navigation'>首页</div>"
    )
    assert shown(markup) == ["群规", "群里每天只发一条广告，违反一次提醒，两次移出。"]


LINKS = [("群规", "/wiki/1"), ("群发", "2.html"), ("引流", "../a/b"), ("成交", "#deal")]


def test_a_list_that_only_leads_on_within_its_site_is_no_text() -> None:
    text = "群里每天只发一条广告，违反一次提醒，两次移出。"
    items = "".join(f"<li><a href='{address}'>{name}</a></li>" for name, address in LINKS)
    assert shown(f"<ul>{items}</ul><p>{text}</p>") == [text]
    said = items.replace("</a>", "</a>：见下", 1)
    assert len(shown(f"<ul>{said}</ul><p>{text}</p>")) == 5
    abroad = items.replace("/wiki/1", "https://e.example/")
    assert len(shown(f"<ul>{abroad}</ul><p>{text}</p>")) == 5
    assert len(shown(f"<ul>{items}</ul>")) == 4
    three = items.rpartition("<li>")[0]
    assert len(shown(f"<ul>{three}</ul><p>{text}</p>")) == 4
    nested = f"<ul><li><ul>{three}</ul></li>{items.rpartition('<li>')[1]}{items.rpartition('<li>')[2]}</ul>"
    assert shown(f"{nested}<p>{text}</p>") == [text]


@pytest.mark.parametrize(
    "text",
    [
        "八折供货。%%底价五折%%以合同为准。",
        "八折供货。<!-- 底价\n\n- 五折\n\n```\n码\n```\n-->以合同为准。",
        "八折供货。{/* 底价五折 */}以合同为准。",
        "八折供货。%%\n底价五折\n\n# 别外传\n%%以合同为准。",
    ],
)
def test_comments_of_a_markdown_author(text: str) -> None:
    assert "".join(shown_markdown(text)) == "八折供货。以合同为准。"


def test_comment_marks_in_code_and_marks_that_close_nothing() -> None:
    text = "```html\n<!-- 甲\n```\n\n中间的话。\n\n~~~~\n乙 -->\n~~~\n%%\n~~~~\n\n`%%` 末尾的话，涨了 50%%。\n"
    assert shown_markdown(text) == ["<!-- 甲", "中间的话。", "乙 -->\n~~~\n%%", "%% 末尾的话，涨了 50%%。"]
    assert shown_markdown("涨 50%%，\n跌 20%% 了") == ["涨 50%%，", "跌 20%% 了"]
    assert shown_markdown("{% comment %}藏{% endcomment %}见") == ["见"]


def test_marks_of_an_obsidian_vault() -> None:
    text = (
        "首批是[[价目表#代理|三折]]，见 [[合同]]。\n\n> [!warning]- 收入\n> 不承诺收入。\n\n![[海报.png]]\n\n"
        "先交 ==5000 元== 保证金。 ^deposit\n\n:::tip 提示\n当天到账。\n:::"
    )
    assert shown_markdown(text) == [
        "首批是三折，见 合同。",
        "收入",
        "不承诺收入。",
        "先交 5000 元 保证金。",
        "提示",
        "当天到账。",
    ]


def test_comments_longer_than_the_article_are_none_of_it() -> None:
    comments = "<p>说得对，我们店也是这样做的。</p>" * 9
    markup = f"<h1>运费</h1><p>满 80 元包邮，不满的收 6 元。</p><div class='comments'>{comments}</div>"
    assert shown(markup) == ["运费", "满 80 元包邮，不满的收 6 元。"]


def test_comments_of_other_markdown_readers() -> None:
    text = (
        "八折供货。\n[//]: # (底价五折)\n以合同为准。\n\n[comment]: <> (底价五折)\n{::comment}\n底价五折\n{:/comment}"
    )
    assert shown_markdown(text) == ["八折供货。", "以合同为准。"]


@settings(deadline=None)
@given(st.text(alphabet="甲乙。 \n%<!->`~", max_size=60))
def test_what_stands_between_closed_marks_never_shows(inner: str) -> None:
    hidden = "".join(character for character in inner if character not in "%<>`~-")
    assert "藏" not in "".join(shown_markdown(f"前\n\n%%藏{hidden}藏%%\n\n<!--藏{hidden}藏-->后"))
