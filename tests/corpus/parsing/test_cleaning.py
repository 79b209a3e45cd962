"""Boilerplate out, article kept."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.model import BlockKind
from corpus.parsing.cleaning import Removal, clean, facts_on_page
from corpus.parsing.lines import Line
from corpus.parsing.metadata import Metadata
from tests.corpus.samples import BODY

TRACE = Line("本文由 @小满 原创发布于某某社区，未经许可，禁止转载")


def cleaned(lines: list[Line], title: str = "题", metadata: Metadata | None = None) -> tuple[Line, ...]:
    """What is left of lines."""
    return clean(lines, title, metadata or Metadata()).lines


def left(*lines: Line | str, around: bool = True, web: bool = True) -> list[str]:
    """What is left of lines in the middle of an article, or of them alone; `web` puts a platform's line at its end."""
    made = [line if isinstance(line, Line) else Line(line) for line in lines]
    page = [*BODY, *made, *BODY] if around else made
    kept = cleaned([*page, TRACE] if web else page)
    return [line.text for line in kept if line not in BODY]


@pytest.mark.parametrize(
    "line",
    [
        "给作者打赏，鼓励TA抓紧创作！",
        "赞赏",
        "3人打赏",
        "赞赏 收藏已收藏85 点赞已赞11",
        "更多精彩内容，请关注某某社区微信公众号或下载App",
        "本文由 @小满 原创发布于某某社区，未经许可，禁止转载",
        "本文由@小满 授权发布于某某社区。未经作者许可，禁止转载。",
        "本文原创发布于某某社区。未经许可，禁止转载",
        "本文由某某社区作者【小满】，微信公众号：【小满的店】，原创/授权 发布于某某社区，未经许可，禁止转载。",
        "未经授权，禁止转载",
        "题图来自 Unsplash，基于 CC0 协议",
        "题图来自某软件官网截图",
        "图源：某App截图",
        "专栏作家",
        "#专栏作家#",
        "0 评论 2531 浏览 13 收藏 13 分钟",
        "👁️ 2531 views | 💬 0 comments | ⭐ 5 collects",
        "阅读量：1.2万",
        "该文观点仅代表作者本人，某某社区平台仅提供信息存储空间服务。",
        "分享到微博",
        "微信扫一扫",
        "扫码立即添加运营顾问，获取报名链接",
        "扫描下方二维码，添加顾问老师",
        "▼▼▼",
        "* * *",
        "（完）",
        "— END —",
        "原文链接：https://example.com/a",
        "点击上方蓝字关注我们",
        "某某运营大会早鸟票今日开售，点击报名立减 300",
    ],
)
def test_boilerplate(line: str) -> None:
    assert left(line) == []
    assert left("正文在前。", "a" * 50, line, around=False) == ["正文在前。", "a" * 50]


@pytest.mark.parametrize(
    "line",
    [
        "扫码进群的顾客，第二天打开率最高。",
        "打赏是最容易引流的方式之一。",
        "3. 引导用户扫码添加企业微信，备注门店名",
        "公众号：在菜单栏放“加入会员群”的入口",
        "作者：我们访谈的第三位店主说，不要在群里发广告。",
        "封面图：3:4 竖版，标题不超过 12 个字",
        "2023-05-01 起新规生效",
        "社群欢迎语里写清楚：训练营和公开课的报名入口放在哪",
        "未经用户同意拉群，容易被投诉。",
        "点击关注后，自动回复里只放一个链接。",
        "本文把会员日拆成三步。",
        "相关阅读量从 300 涨到 1200。",
        "分享到朋友圈可以领一张 5 元券，领券率 12%。",
        "阅读量1.2万的笔记，私信只有 30 条。",
    ],
)
def test_content_of_the_trade_is_kept(line: str) -> None:
    assert left(line) == [line]
    assert left(line, web=False) == [line]


OWN_WORDS = [
    "微信号：qinghe_kefu01",
    "公众号：青禾生活馆",
    "策划：小林，周三前交稿",
    "审核：法务部，两个工作日内给意见",
    "排版：统一用 15 号字",
    "来源：滨江仓，次日达",
    "编辑：阿青，周末值班",
    "ID：888123",
    "阅读量：1.2万",
    "120 评论 3000 浏览 80 收藏",
    "收藏 点赞",
    "赞赏",
    "限时免费",
    "扫码立即添加顾问老师，领取门票",
    "未经授权，禁止转载",
    "图片来源：门店实拍",
    "2026-05-01",
    "分享",
    "留言",
    "（联系店长可加 qinghe01，备注门店名）",
]


@pytest.mark.parametrize("line", OWN_WORDS)
@pytest.mark.parametrize("body", [BODY, BODY[:1], BODY[:8]])
def test_what_a_shop_writes_stays_wherever_it_stands(line: str, body: list[Line]) -> None:
    for lines in ([Line(line), *body], [*body, Line(line)], [*body, Line(line), *body]):
        assert cleaned(lines) == tuple(lines)


@pytest.mark.parametrize("line", ["微信号：xiaoman01", "策划：小林", "赞赏", "2026-05-01"])
def test_the_same_lines_go_from_a_platforms_page(line: str) -> None:
    assert cleaned([Line(line), *BODY, TRACE]) == tuple(BODY)


def test_a_platform_that_is_named_is_evidence() -> None:
    page = [Line("2026-05-01"), Line("文｜王一"), *BODY, Line("策划：小林"), Line("在看")]
    for metadata in (Metadata(url="https://mp.weixin.qq.com/s/abc"), Metadata(author="知乎")):
        assert cleaned(page, metadata=metadata) == (*BODY, page[-2])
    for metadata in (Metadata(url="https://shop.example.com/contact"), Metadata(author="小满")):
        assert cleaned(page, metadata=metadata) == tuple(page)


def test_several_lines_of_boilerplate_are_evidence_where_they_are_few_among_the_text() -> None:
    buttons = [Line("微信扫一扫"), Line("返回顶部"), Line("分享到微博")]
    assert cleaned([*BODY, *buttons]) == tuple(BODY)
    assert cleaned([*BODY, *buttons[:2]]) == (*BODY, *buttons[:2])
    note = [Line("菜单三项："), *buttons]
    assert cleaned(note) == tuple(note)


HEADINGS = ["分享到朋友圈", "收藏 点赞", "赞赏", "相关推荐", "精选内容", "查看详情", "专栏作家"]


@pytest.mark.parametrize("web", [True, False])
@pytest.mark.parametrize("name", HEADINGS)
def test_a_heading_with_text_below_is_kept(name: str, web: bool) -> None:
    lines = [Line(name, level=2), Line("每周不超过三条，每条写清楚买了什么，发之前给店长看一眼，看过再发。")]
    assert left(*lines, web=web) == [line.text for line in lines]
    deeper = [Line(name, level=2), Line("步骤", level=3), lines[1]]
    assert left(*deeper, web=web) == [line.text for line in deeper]


def test_a_heading_that_only_led_to_buttons_goes_with_them() -> None:
    assert left(Line("赞赏", level=2), "3人打赏", Line("下一节", level=2)) == ["下一节"]


def test_text_behind_a_closing_line_is_kept() -> None:
    after = [
        Line("退货地址", level=2),
        Line("滨江店，收件人写售后部，包裹里放一张写有订单号的纸条，否则登记不了，也退不了款。"),
    ]
    assert cleaned([*BODY, Line("本文首发于某某社区。"), *after, TRACE])[-2:] == tuple(after)


def test_the_same_text_below_two_headings_stays_below_both() -> None:
    same = "联系客服登记，写清楚订单号，三个工作日内会有人回复。"
    page = [Line("退款", level=3), Line(same), Line("换货", level=3), Line(same)]
    assert cleaned(page) == tuple(page)


def test_links_at_the_end_are_kept_in_a_document_of_ones_own() -> None:
    link = Line("退货登记表", links=("https://example.com/form",), linked=1.0)
    assert cleaned([*BODY, link]) == (*BODY, link)
    assert cleaned([link, link]) == ()


def test_a_sentence_that_is_title_and_text_in_one_is_kept() -> None:
    line = Line("鹭岛快闪店的摊位费是 5.27 万元，含水电。", level=1)
    assert cleaned([line], line.text) == (line,)


def test_what_goes_is_told_with_its_rule() -> None:
    page = [Line("2024-05-30"), *BODY, Line("作者：小满"), TRACE, Line("热榜")]
    assert clean(page, "题").removals == (
        Removal("2024-05-30", "页首的按钮和日期"),
        Removal("作者：小满", "作者和编辑署名"),
        Removal(TRACE.text, "页面结尾之后的内容"),
        Removal("热榜", "页面结尾之后的内容"),
    )


def test_orders_to_scan_are_kept_in_lists_and_tables() -> None:
    item = Line("- 扫描下方二维码添加店长", BlockKind.LIST_ITEM)
    row = Line("扫码立即添加：是", BlockKind.TABLE_ROW)
    assert left(item, row) == [item.text, row.text]


def test_the_title_is_not_repeated() -> None:
    lines = [Line("群规，怎么写？", level=1), Line("正文一。"), Line("群规怎么写", level=2), Line("正文二。")]
    assert [line.text for line in cleaned(lines, "群规怎么写？")] == ["正文一。", "正文二。"]


def test_a_section_named_like_the_article_keeps_its_heading() -> None:
    heading = Line("群规怎么写？", level=2)
    assert heading in cleaned([*BODY, heading, *BODY], "群规怎么写？")


def test_a_summary_shown_twice_is_kept_once() -> None:
    summary = Line("这里用一句话说清楚文章讲什么，读者看完决定读不读。", BlockKind.QUOTE)
    again = replace(summary)
    assert left(summary, "小满 关注", "2024-05-30", again, "正文。", *BODY, around=False) == [summary.text, "正文。"]


def test_course_and_tag_links_go_and_links_of_the_text_stay() -> None:
    course = Line("系统学习运营，看这门课", links=("https://ke.qidianla.com/courses/x",), linked=1.0)
    marked = Line("🔗 想系统学习运营", links=("https://example.com/c",), linked=0.95)
    tags = Line("社群欢迎语", links=("https://example.com/tag/a", "https://example.com/tag/b"), linked=1.0)
    report = Line("完整报告", links=("https://example.com/report",), linked=1.0)
    assert left(course, marked, tags, report) == ["完整报告"]


def test_related_reading_goes_with_its_links() -> None:
    related = [
        Line("相关阅读", level=3),
        Line("另一篇文章", links=("https://example.com/1",), linked=1.0),
        Line("- 再一篇", BlockKind.LIST_ITEM, links=("https://example.com/2",), linked=0.9),
    ]
    assert left(*related, Line("回到正文。")) == ["回到正文。"]
    assert [line.text for line in cleaned([*BODY, *related, TRACE])] == [line.text for line in BODY]


def test_everything_after_the_closing_line_goes() -> None:
    page = [*BODY, Line("本文由 @小满 原创发布于某某社区。"), Line("小满的其他文章"), Line("热榜"), Line("回到首页")]
    assert cleaned(page) == tuple(BODY)


def test_a_closing_line_at_the_top_cuts_nothing() -> None:
    assert cleaned([Line("本文由 @小满 原创发布于某某社区。"), *BODY]) == tuple(BODY)


def test_the_columnists_card_goes() -> None:
    card = Line("老陈，微信公众号：老陈开店，某某社区专栏作家。开店十年，关注社区生意。")
    page = [*BODY, Line("专栏作家", bold=True), card, Line("本文原创发布于某某社区。")]
    assert cleaned(page) == tuple(BODY)


def test_bylines_near_the_ends() -> None:
    page = [
        Line("文｜王一 编辑｜李二"),
        *BODY,
        Line("作者：小满，公众号：小满的店"),
        Line("微信公众号：小满的店"),
        TRACE,
    ]
    assert cleaned(page) == tuple(BODY)


def test_buttons_are_known_by_their_place() -> None:
    assert cleaned([*BODY, TRACE, Line("分享"), Line("在看")]) == tuple(BODY)
    assert left("分享") == ["分享"]


def headed(at: int, line: str) -> list[Line]:
    """A long page of a platform with a line at this place from its top."""
    return [*BODY[:at], Line(line), *BODY, *BODY[:20], TRACE]


@pytest.mark.parametrize(("line", "last"), [("2024-05-30", 11), ("首页", 11), ("作者：小满", 5), ("策划：小林", 5)])
def test_the_top_of_a_page_has_so_many_lines(line: str, last: int) -> None:
    assert Line(line) not in cleaned(headed(last, line))
    assert Line(line) in cleaned(headed(last + 1, line))


def test_the_top_of_a_short_page_is_less_than_its_first_half() -> None:
    date = Line("2024-05-30")
    page = [*BODY[:3], date, *BODY[3:6], Line("给作者打赏")]
    assert date in cleaned([*BODY[:4], date, *BODY[4:7], Line("给作者打赏")])
    assert date not in cleaned(page)


@pytest.mark.parametrize("line", ["留言", "作者：小满", "策划：小林", "（想聊的可加 xiaoman01，备注店名）"])
def test_the_last_eight_lines_are_the_end_of_a_page(line: str) -> None:
    top = [TRACE, *BODY]
    assert Line(line) not in cleaned([*top, Line(line), *BODY[:7]])
    assert Line(line) in cleaned([*top, Line(line), *BODY[:8]])


def test_a_line_longer_than_boilerplate_is_ever_is_text() -> None:
    button = "赞赏 收藏" + "已" * 295
    assert left(button) == []
    assert left(f"{button}已") == [f"{button}已"]


def test_a_platforms_line_that_is_too_long_for_one_is_no_evidence() -> None:
    date = Line("2024-05-30")
    evidence = "赞赏 收藏 已收藏" + "八" * 291
    assert date not in cleaned([date, *BODY, Line(evidence)])
    assert date in cleaned([date, *BODY, Line(f"{evidence}八")])


@pytest.mark.parametrize("label", ["编辑：", "策划："])
def test_a_credit_is_short_unless_it_tells_of_the_author(label: str) -> None:
    credit = label + "人" * 57
    assert cleaned([Line(credit), *BODY, TRACE]) == tuple(BODY)
    longer = Line(f"{credit}人")
    assert cleaned([longer, *BODY, TRACE]) == (longer, *BODY)
    assert cleaned([Line("作者：" + "人" * 100), *BODY, TRACE]) == tuple(BODY)


def test_little_text_behind_the_closing_line_goes_and_much_stays() -> None:
    most = [Line("热" * 39) for _ in range(19)]
    last = Line("榜" * (800 - 19 * 39 - len(TRACE.text)))
    assert cleaned([*BODY, TRACE, *most, last]) == tuple(BODY)
    longer = Line(f"{last.text}榜")
    assert cleaned([*BODY, TRACE, *most, longer]) == (*BODY, *most, longer)


def test_a_line_as_long_as_prose_behind_the_closing_line_stays() -> None:
    assert cleaned([*BODY, TRACE, Line("热" * 39)]) == tuple(BODY)
    assert cleaned([*BODY, TRACE, Line("热" * 40)]) == (*BODY, Line("热" * 40))


def test_nothing_is_cut_in_the_first_half_of_a_page() -> None:
    link = Line("热榜")
    assert cleaned([*BODY[:3], TRACE, link, link]) == tuple(BODY[:3])
    assert cleaned([*BODY[:2], TRACE, link, link, link]) == (*BODY[:2], link, link, link)


@pytest.mark.parametrize(
    "line",
    [
        Line("日期：周三；份数：三", BlockKind.TABLE_ROW),
        Line("send(answer)", BlockKind.CODE),
    ],
)
def test_rows_and_code_behind_the_closing_line_stay(line: Line) -> None:
    assert cleaned([*BODY, TRACE, line]) == (*BODY, line)


@pytest.mark.parametrize(
    "line",
    [
        Line("看" * 50, linked=0.5),
        Line("看" * 50 + "http://example.com"),
        Line("公众号" + "看" * 50),
        Line("文：" + "看" * 50),
    ],
)
def test_links_cards_and_credits_behind_the_closing_line_go(line: Line) -> None:
    assert cleaned([*BODY, TRACE, line]) == tuple(BODY)


@pytest.mark.parametrize(
    ("below", "stays"),
    [
        ([Line("写短。")], True),
        ([Line("写短。", level=3)], True),
        ([Line("写短。", level=2)], False),
        ([Line("写短。", level=1)], False),
        ([Line("写短。", linked=0.7)], False),
        ([Line("写短。", linked=0.6)], True),
        ([Line("返回顶部")], False),
        ([Line("公众号写短。")], False),
        ([], False),
    ],
)
def test_a_heading_behind_the_closing_line_stays_with_its_text(below: list[Line], stays: bool) -> None:
    heading = Line("退货地址", level=2)
    assert (heading in cleaned([*BODY, TRACE, heading, *below])) is stays


def test_a_columnists_card_ends_the_page() -> None:
    card = [Line("专栏作家"), *(Line(f"第{n}家店的公众号") for n in range(5))]
    assert cleaned([*BODY, *card[:5], TRACE]) == tuple(BODY)
    told = cleaned([*BODY, *card, TRACE])
    assert told[: len(BODY)] == tuple(BODY)
    assert len(told) > len(BODY)
    assert cleaned([*BODY, *card[:3], Line("下周见。"), TRACE])[-1] == Line("下周见。")


def test_a_card_without_its_headline_goes_where_the_page_was_cut() -> None:
    card = Line("作者：小满，公众号：小满的店，" + "开店十年" * 20)
    assert cleaned([*BODY, card, TRACE]) == tuple(BODY)


@pytest.mark.parametrize(
    ("line", "goes"),
    [
        (Line("另一篇", linked=0.61), True),
        (Line("另一篇", linked=0.6), False),
        (Line("往期回顾"), True),
    ],
)
def test_links_below_related_reading_go(line: Line, goes: bool) -> None:
    assert left("相关阅读", line, "正文。") == (["正文。"] if goes else [line.text, "正文。"])


def test_bare_links_at_the_end_of_a_platforms_page_go() -> None:
    bare, partly = Line("另一篇", linked=0.91), Line("另一篇", linked=0.9)
    assert cleaned([*BODY, bare, Line("给作者打赏")]) == tuple(BODY)
    assert cleaned([*BODY, partly, Line("给作者打赏")]) == (*BODY, partly)


def test_a_line_that_names_related_reading_is_short() -> None:
    assert left("相关推荐" + "！" * 15) == []
    assert left("相关推荐" + "！" * 16) == ["相关推荐" + "！" * 16]


@pytest.mark.parametrize(
    ("line", "goes"),
    [
        (Line("🔗 运营课", links=("https://example.com",), linked=0.9), True),
        (Line("运营课 🔗", links=("https://example.com",), linked=0.9), True),
        (Line("🔗 运营课", links=("https://example.com",), linked=0.89), False),
        (Line("🔗 运营课", linked=1.0), False),
        (Line("运营课", links=("https://example.com/tag/a", "https://example.com/b"), linked=1.0), False),
        (Line("运营课", links=("https://ke.qidianla.com/a", "https://example.com/b"), linked=1.0), False),
    ],
)
def test_what_makes_a_link_an_advert(line: Line, goes: bool) -> None:
    assert left(line) == ([] if goes else [line.text])


@pytest.mark.parametrize(("level", "last"), [(2, 5), (0, 2)])
def test_the_title_stands_again_only_at_the_top(level: int, last: int) -> None:
    again = Line("群规怎么写", level=level)
    assert again not in cleaned([*BODY[:last], again, *BODY], "群规怎么写？")
    assert again in cleaned([*BODY[: last + 1], again, *BODY], "群规怎么写？")


@pytest.mark.parametrize(
    ("repeated", "at", "goes"), [("读" * 20, 11, True), ("读" * 19, 11, False), ("读" * 20, 12, False)]
)
def test_a_repeated_paragraph_goes_from_the_top_where_it_is_long(repeated: str, at: int, goes: bool) -> None:
    page = [Line(repeated), *BODY[: at - 1], Line(repeated), *BODY]
    assert cleaned(page).count(Line(repeated)) == (1 if goes else 2)


@pytest.mark.parametrize(("level", "times"), [(2, 1), (3, 2)])
def test_a_small_heading_parts_equal_paragraphs(level: int, times: int) -> None:
    same = Line("联系客服登记，写清楚订单号，三个工作日内会有人回复。")
    assert cleaned([same, Line("换货", level=level), replace(same), *BODY]).count(same) == times


def test_the_address_of_the_original_goes_where_it_is_known() -> None:
    line, linked = Line("原文链接：https://example.com/a"), Line("原文链接", links=("https://example.com/a",))
    colon = replace(linked, text="原文链接：点这里")
    url = Metadata(url="https://example.com/a")
    assert cleaned([*BODY, line, colon], metadata=url) == tuple(BODY)
    other = Metadata(url="https://example.com/b")
    assert cleaned([*BODY, line, colon], metadata=other) == (*BODY, line, colon)
    assert cleaned([*BODY, line, colon]) == (*BODY, line, colon)


def test_boilerplate_that_makes_up_much_of_a_text_is_no_evidence() -> None:
    buttons = [Line("微信扫一扫"), Line("返回顶部"), Line("分享到微博")]
    text = Line("正" * 56)
    assert cleaned([text, *buttons]) == (text,)
    shorter = Line("正" * 55)
    assert cleaned([shorter, *buttons]) == (shorter, *buttons)


def test_counts_and_headings_are_no_evidence() -> None:
    buttons = [Line("微信扫一扫"), Line("返回顶部")]
    for more in (Line("120 评论"), Line("分享到微博", level=2), Line("分享到微博", BlockKind.TABLE_ROW)):
        assert cleaned([*BODY, *buttons, more, BODY[0]])[len(BODY) : len(BODY) + 2] == tuple(buttons)


def test_a_heading_of_boilerplate_goes_with_nothing_or_a_higher_one_below() -> None:
    assert left(Line("赞赏", level=2), Line("下一节", level=1), "正文。") == ["下一节", "正文。"]
    assert left(Line("赞赏", level=2), Line("怎样赞赏", level=3), "正文。") == ["赞赏", "怎样赞赏", "正文。"]
    assert cleaned([*BODY, TRACE, Line("赞赏", level=2)]) == tuple(BODY)
    assert left(Line("规则", level=2), Line("下一节", level=2), "正文。") == ["规则", "下一节", "正文。"]


def test_signs_alone_go_but_code_stays() -> None:
    assert cleaned([Line("▼▼"), *BODY]) == tuple(BODY)
    assert cleaned([Line("{}", BlockKind.CODE), *BODY]) == (Line("{}", BlockKind.CODE), *BODY)


LINES = st.lists(
    st.builds(
        Line,
        st.text(
            alphabet="本文由@原创发布于。题图来自打赏分享扫码公众号：专栏作家 123评论浏览<>\n", min_size=1, max_size=40
        ),
        st.sampled_from(BlockKind),
        st.integers(0, 6),
    ),
    max_size=30,
)


@given(LINES, st.text(max_size=20))
def test_cleaning_only_takes_away_and_ends(lines: list[Line], title: str) -> None:
    found = clean(lines, title)
    rest = iter(lines)
    assert all(any(line is other for other in rest) for line in found.lines)
    assert clean(lines, title) == found
    facts_on_page(lines)
