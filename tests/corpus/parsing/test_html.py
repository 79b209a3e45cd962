"""HTML to lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.model import BlockKind
from corpus.parsing.html import html_lines, parse_html
from corpus.parsing.lines import Line

ITEM, ROW, QUOTE, CODE = BlockKind.LIST_ITEM, BlockKind.TABLE_ROW, BlockKind.QUOTE, BlockKind.CODE


def shown(markup: str) -> list[str]:
    return [line.text for line in html_lines(markup)]


def test_a_jungle_of_styled_sections() -> None:
    markup = (
        "<section data-role='title'><section><section><h2 style='font-size: 18px'>前记</h2></section></section>"
        "<section></section><section><p style='margin: 0'>一段<span>话</span>。</p></section></section>"
    )
    assert html_lines(markup) == (Line("前记", level=2), Line("一段话。"))


def test_headings_keep_one_line_and_long_ones_are_text() -> None:
    assert html_lines("<h2><strong>一、开头<br></strong></h2>") == (Line("一、开头", level=2, bold=True),)
    assert shown("<h3>上半<br>下半</h3>") == ["上半 下半"]
    assert html_lines(f"<h3>{'长' * 90}</h3>")[0].level == 0


def test_a_hard_break_ends_a_paragraph_and_a_soft_one_only_between_sentences() -> None:
    assert shown("<p><strong>第一步</strong><br>先登记。</p>") == ["第一步", "先登记。"]
    wide = "这是一行在右边被折断的文字它比六十列还要宽所以应当与下一行连成一句话来读才对"
    assert shown(f'<p>{wide}<br class="soft">下一行</p>') == [f"{wide}下一行"]
    assert shown('<p>短行<br class="soft">另一行</p>') == ["短行", "另一行"]


@pytest.mark.parametrize(("columns", "lines"), [(58, 2), (60, 1)])
def test_a_line_of_sixty_columns_is_wrapped(columns: int, lines: int) -> None:
    assert len(shown(f'<p>{"宽" * (columns // 2)}<br class="soft">下一行</p>')) == lines


def test_bold_and_links_are_noticed() -> None:
    bold, partly, link = html_lines(
        "<p><b>全部</b> <strong>粗体</strong></p><p>一半<b>粗体</b></p><p><a href='https://x.y/z'>链接</a></p>"
    )
    assert bold.bold
    assert not partly.bold
    assert link.links == ("https://x.y/z",)
    assert link.linked == 1.0
    assert html_lines("<p style='font-weight: bold'>甲</p>")[0].bold


def test_nested_lists_are_flattened() -> None:
    markup = (
        "<ul><li>甲<ul><li>乙<ol start='3'><li>丙</li><li value='9'>丁</li></ol></li></ul></li>"
        "<ul><li>戊</li></ul><li><p>己</p><p>庚</p></li></ul>"
    )
    assert shown(markup) == ["- 甲", "  - 乙", "    3. 丙", "    9. 丁", "  - 戊", "- 己 庚"]
    assert {line.kind for line in html_lines(markup)} == {ITEM}


def test_items_that_bring_their_own_marker_get_no_second_one() -> None:
    assert shown("<ul><li>① 甲</li><li>（1）乙</li><li>丙</li></ul>") == ["① 甲", "（1）乙", "- 丙"]


def test_an_article_inside_an_item_is_not_one_block() -> None:
    lines = html_lines(f"<ol><li><p>小标题</p><p>{'长' * 200}</p><p>{'文' * 200}</p></li></ol>")
    assert [line.kind for line in lines] == [ITEM, BlockKind.PARAGRAPH, BlockKind.PARAGRAPH]
    assert html_lines("<ol><li><h3>题</h3></li></ol>") == (Line("题", level=3),)


def test_quotes_and_code() -> None:
    quote, code = html_lines("<blockquote><p>引言</p></blockquote><pre><code>a  = 1\n\n  b<br>c\n</code></pre>")
    assert quote == Line("引言", QUOTE)
    assert code == Line("a = 1\n\n b\nc", CODE)


def test_what_pages_hide_or_carry_along_is_left_out() -> None:
    markup = """<p>正文</p><script>x()</script><style>p{}</style><!-- 注释 --><p hidden>藏</p><hr>
    <div style="display: none">藏</div><button>按钮</button><svg><path d="M1"/><text>图</text></svg>
    <img alt="说明"><a href="#top">#</a><p><a href="x"></a></p><nav>导航</nav><div class="share-bar">分享</div>"""
    assert shown(markup) == ["正文"]


def test_text_outside_of_blocks_is_kept() -> None:
    assert shown("前<div>中</div>后<span><p>里</p></span>尾") == ["前", "中", "后", "里", "尾"]


@pytest.mark.parametrize("depth", [50, 400])
def test_deep_nesting(depth: int) -> None:
    assert "底" in "".join(shown("<div>" * depth + "底" + "</div>" * depth))
    assert "底" in "".join(shown("<ul><li>" * depth + "底" + "</li></ul>" * depth))


def test_head_of_a_page() -> None:
    page = parse_html(
        "<html><head><title>写群规 - 某站</title><meta property='og:url' content='https://x.y/1'></head>"
        "<body><p>正文</p></body></html>"
    )
    assert page.metadata.title == "写群规"
    assert page.metadata.url == "https://x.y/1"
    assert parse_html("<p>片段</p>").metadata.title is None


def test_the_article_is_chosen_where_the_page_names_it() -> None:
    text = "这是文章的正文。" * 10
    assert [line.text for line in parse_html(f"<div>栏目</div><article><p>{text}</p></article>").lines] == [text]
    several = parse_html("<article><p>甲</p></article><article><p>乙</p></article>")
    assert [line.text for line in several.lines] == ["甲", "乙"]


@pytest.mark.parametrize(("length", "level"), [(80, 3), (81, 0)])
def test_a_heading_has_a_longest_length(length: int, level: int) -> None:
    assert html_lines(f"<h3>{'长' * length}</h3>")[0].level == level


@pytest.mark.parametrize(("length", "count"), [(299, 1), (300, 2)])
def test_an_item_has_a_longest_length(length: int, count: int) -> None:
    assert len(html_lines(f"<ul><li><p>甲</p><p>{'长' * length}</p></li></ul>")) == count


@pytest.mark.parametrize(
    ("depth", "inner", "lines"),
    [
        (97, "<p>甲</p><p>乙</p>", ["甲", "乙"]),
        (98, "<p>甲</p><p>乙</p>", ["甲 乙"]),
        (95, "<ul><li><h3>甲</h3><h3>乙</h3></li></ul>", ["甲", "乙"]),
        (96, "<ul><li><h3>甲</h3><h3>乙</h3></li></ul>", ["- 甲 乙"]),
    ],
)
def test_a_heap_of_boxes_has_no_layout(depth: int, inner: str, lines: list[str]) -> None:
    assert shown("<div>" * depth + inner + "</div>" * depth) == lines


WIDE = "长" * 30


@pytest.mark.parametrize(
    ("first", "lines"),
    [
        (WIDE, [f"{WIDE}下一行"]),
        ("a" * 60, [f"{'a' * 60} 下一行"]),
        (f"{WIDE[1:]}a", [f"{WIDE[1:]}a", "下一行"]),
        (f"{WIDE}。", [f"{WIDE}。", "下一行"]),
        (f"短<br>{WIDE[1:]}", ["短", WIDE[1:], "下一行"]),
    ],
)
def test_a_line_is_wrapped_where_it_is_wide(first: str, lines: list[str]) -> None:
    assert shown(f"<p>{first}<br class='soft'>下一行</p>") == lines


@pytest.mark.parametrize(
    ("markup", "bold"),
    [
        (f"<b>{'粗' * 9}</b>细", True),
        (f"<b>{'粗' * 8}</b>细", False),
        ("<span style='font-weight: 600'>粗</span>", True),
        ("<span style='font-weight: 500'>粗</span>", False),
        ("<b><ul><li>粗</li></ul></b>", True),
        ("<ul><li><b>粗</b></li></ul>", True),
        ("<ul><li><p><b>粗</b></p><p>细</p></li></ul>", False),
        ("<div style='font-weight: bold'><p>粗</p></div>", True),
        ("<div style='font-weight: bold'></div><p>细</p>", False),
        ("<b></b>细", False),
    ],
)
def test_a_line_in_bold(markup: str, bold: bool) -> None:
    assert [line.bold for line in html_lines(markup)] == [bold]


def test_a_link_ends_with_its_element() -> None:
    (line,) = html_lines("<p><a href='https://x.y'>甲<b>乙</b></a>丙丁 <a href='https://x.y'>戊</a><a>己</a></p>")
    assert line.links == ("https://x.y",)
    assert line.linked == 0.5
    (item,) = html_lines("<a href='https://x.y'><ul><li>甲</li></ul></a>")
    assert item.links == ("https://x.y",)
    (item,) = html_lines("<ul><li><p><a href='https://x.y'>甲</a></p><p><a href='https://z'>乙</a></p></li></ul>")
    assert item.links == ("https://x.y", "https://z")


@pytest.mark.parametrize(
    ("markup", "lines"),
    [
        ("<ol start='99999'><li>甲</li></ol>", ["99999. 甲"]),
        ("<ol start='100000'><li>甲</li></ol>", ["1. 甲"]),
        ("<ol start='-3'><li>甲</li><li>乙</li></ol>", ["1. 甲", "2. 乙"]),
        ("<ul><p>散</p><li>甲</li></ul>", ["散", "- 甲"]),
        ("<ul>散<li>甲</li></ul>", ["- 甲"]),
        ("<ul><li>甲<h3>乙</h3></li></ul>", ["- 甲", "乙"]),
        ("<ul><li></li><li>甲</li></ul>", ["- 甲"]),
        ("<ul><li><ul><li>甲</li></ul></li></ul>", ["  - 甲"]),
        ("<ol><li>① 甲</li></ol>", ["1. ① 甲"]),
        ("<h3>上<br class='soft'>下</h3>", ["上 下"]),
        ("<p>甲<a href='#x'>¶</a></p>", ["甲"]),
        ("<blockquote>引</blockquote>文", ["引", "文"]),
        ("<pre>\n\n甲  \n\n</pre>", ["甲"]),
        ("<pre> </pre>", []),
        ("<table><tr><td>甲</td></tr><tr><td></td></tr></table>", ["甲"]),
        ("<table><caption>题</caption><tr><td>甲</td></tr></table>", ["甲"]),
        ("<table><tr><td>甲</td></tr><tr><td>乙</td></tr></table>", ["甲", "乙"]),
        (
            "<table><tr><td>甲</td><td><table><caption>里</caption><tr><td>乙</td><td>丙</td></tr></table></td></tr></table>",
            ["甲：里 乙：丙"],
        ),
        ("<p>甲<a href='#x'> ¶ </a></p>", ["甲"]),
        ("<ul><b>散</b><li>甲</li></ul>", ["散", "- 甲"]),
        ("<ul><ul><li>甲</li></ul><ul><li>乙</li></ul><li>丙</li></ul>", ["  - 甲", "  - 乙", "- 丙"]),
    ],
)
def test_how_lists_and_blocks_are_laid_out(markup: str, lines: list[str]) -> None:
    assert shown(markup) == lines


@pytest.mark.parametrize(("length", "spoken"), [(39, True), (40, False)])
def test_pictures_speak_on_a_page_of_few_words(length: int, spoken: bool) -> None:
    page = parse_html(f"<p>{'字' * length}</p><img alt='满百包邮哦'><img alt='满百包邮'>")
    assert [line.text for line in page.lines[1:]] == (["满百包邮哦"] if spoken else [])


@pytest.mark.parametrize(
    ("opening", "closing", "around", "chosen"),
    [
        ("<article>", "</article>", 19, True),
        ("<article>", "</article>", 20, False),
        ("<div id='js_content'>", "</div>", 489, True),
        ("<div id='js_content'>", "</div>", 490, False),
    ],
)
def test_a_named_article_holds_enough_of_the_page(opening: str, closing: str, around: int, chosen: bool) -> None:
    lines = parse_html(f"<div>{'栏' * around}</div>{opening}{'文' * 10}{closing}").lines
    assert (len(lines) == 1) is chosen


# --- tables


def test_the_header_stands_in_every_row() -> None:
    lines = html_lines(
        "<table><caption>表一</caption><thead><tr><th>平台</th><th>上限：</th></tr></thead>"
        "<tbody><tr><td>个人号</td><td>5000 人</td></tr><tr><td>企业微信</td><td></td></tr></tbody></table>"
    )
    assert [line.text for line in lines] == ["表一", "平台：个人号；上限：5000 人", "平台：企业微信"]
    assert lines[1].kind is ROW


def test_a_bold_first_row_is_a_header_and_other_tables_have_none() -> None:
    assert shown("<table><tr><td><b>甲</b></td><td><b>乙</b></td></tr><tr><td>1</td><td>2</td></tr></table>") == [
        "甲：1；乙：2"
    ]
    assert shown("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></table>") == ["1；2", "3；4"]


def test_named_rows_and_tables_of_names_only() -> None:
    assert shown("<table><tr><th>人数</th><td>500</td></tr><tr><th>群数</th><td>3</td></tr></table>") == [
        "人数：500",
        "群数：3",
    ]
    assert shown("<table><tr><th>甲</th><th>乙</th></tr></table>") == ["甲；乙"]


def test_spans_stand_in_each_row() -> None:
    markup = (
        "<table><tr><th>店</th><th>月</th><th>单</th></tr><tr><td rowspan='2'>东店</td><td>1</td><td>10</td></tr>"
        "<tr><td>2</td><td>20</td></tr><tr><td colspan='2'>合计</td><td>30</td></tr></table>"
    )
    assert shown(markup) == ["店：东店；月：1；单：10", "店：东店；月：2；单：20", "店：合计；单：30"]


def test_a_bold_row_above_a_shorter_bold_one_names_the_columns() -> None:
    assert shown("<table><tr><td><b>甲</b></td><td><b>乙</b></td></tr><tr><td><b>1</b></td></tr></table>") == ["甲：1"]


@pytest.mark.parametrize("cells", ["<td>甲</td>" * 70, "<td colspan='70'>甲</td>" + "<td>甲</td>" * 70])
def test_a_row_has_sixty_columns(cells: str) -> None:
    assert "".join(shown(f"<table><tr>{cells}</tr></table>")).count("甲") == (60 if "colspan" not in cells else 1)


def test_layout_tables_and_absurd_spans() -> None:
    assert shown("<table><tr><td><p>甲</p><p>乙</p></td></tr></table>") == ["甲", "乙"]
    assert shown("<table><tr><td rowspan='99999999' colspan='99999999'>甲</td><td>乙</td></tr></table>")
    assert shown("<table></table>") == []


@pytest.mark.parametrize(
    "markup", ['<?xml version="1.0"?><page><p>甲乙</p></page>', "https://e.example/甲乙", "a/甲乙.html"]
)
def test_what_the_parser_would_warn_of_is_read_as_it_comes(markup: str) -> None:
    assert "甲乙" in "".join(line.text for line in html_lines(markup))


@given(st.text(alphabet="<>/ab=\"' \n甲乙。tdrlihpu1&;", max_size=120))
def test_any_markup_is_survived(markup: str) -> None:
    for line in html_lines(markup):
        assert line.text.strip()


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        (
            ["套餐|月费|群数", "基础|99 元|3", "专业|199 元|10"],
            ["套餐：基础；月费：99 元；群数：3", "套餐：专业；月费：199 元；群数：10"],
        ),
        (["地区|运费", "江浙沪|6 元", "新疆|15 元"], ["地区：江浙沪；运费：6 元", "地区：新疆；运费：15 元"]),
        (["|月费|群数", "基础|99 元|3"], ["基础；月费：99 元；群数：3"]),
        (["价目表||", "套餐|月费|群数", "基础|99|3"], ["价目表", "套餐：基础；月费：99；群数：3"]),
        (["品牌|青禾", "成立|2019 年", "门店|45 家"], ["品牌：青禾；成立：2019 年；门店：45 家"]),
        (["店名|青禾", "面积|30", "人数|5"], ["店名：青禾；面积：30；人数：5"]),
        (["店名|青禾", "营业时间|9:00-21:00"], ["店名：青禾；营业时间：9:00-21:00"]),
        (["店名|青禾|面积|30", "电话|5550|负责人|小满"], ["店名：青禾；面积：30；电话：5550；负责人：小满"]),
        (["项目|价格", "月费|199", "年费|1999 起"], ["项目：月费；价格：199", "项目：年费；价格：1999 起"]),
        (["<b>老板</b>|小满", "<b>口号</b>|慢慢来"], ["老板：小满", "口号：慢慢来"]),
        (["面积|" + "很大" * 50, "备注|" + "要看" * 40], ["面积：" + "很大" * 50, "备注：" + "要看" * 40]),
        (["基础版|99 元|3", "专业版|199 元|10"], ["基础版；99 元；3", "专业版；199 元；10"]),
        (["东店|小满|在岗", "西店|老陈|休假"], ["东店；小满；在岗", "西店；老陈；休假"]),
        (
            ["我们按月收费，随时可退。|说明|无", "基础|99 元|3"],
            ["我们按月收费，随时可退。；说明；无", "基础；99 元；3"],
        ),
    ],
)
def test_words_above_figures_name_the_columns(rows: list[str], lines: list[str]) -> None:
    body = "".join(f"<tr>{''.join(f'<td><p>{cell}</p></td>' for cell in row.split('|'))}</tr>" for row in rows)
    assert shown(f"<table>{body}</table>") == lines


def test_cells_of_a_head_name_the_columns_whatever_their_tag() -> None:
    markup = (
        "<table><thead><tr><td>店</td><td>人</td></tr></thead><tbody><tr><td>东</td><td>小满</td></tr></tbody></table>"
    )
    assert shown(markup) == ["店：东；人：小满"]


def test_a_picture_speaks_where_there_are_no_other_words() -> None:
    cells = "<tr><th>套餐</th><th>群发</th></tr><tr><td>基础</td><td><img alt='支持'></td></tr>"
    assert shown(f"<table>{cells}</table>") == ["套餐：基础；群发：支持"]
    pictures = "<p><img alt='首批进货不低于两万元'><img alt='image.png'><img alt='图片1'><img alt='logo'></p>"
    assert [line.text for line in parse_html(pictures).lines] == ["首批进货不低于两万元"]
    text = "群里每天只发一条广告，违反一次提醒，两次移出，第三次不再拉回，申诉找群主本人处理，三天内答复。"
    assert [line.text for line in parse_html(f"<p>{text}</p>{pictures}").lines] == [text]


def test_the_name_of_a_group_of_columns_stands_in_each_of_them() -> None:
    markup = (
        "<table><tr><td rowspan=2>区域</td><td colspan=2>价格</td></tr><tr><td>月付</td><td>年付</td></tr>"
        "<tr><td>东区</td><td>10</td><td>100</td></tr><tr><td colspan=3>以上含税</td></tr></table>"
    )
    assert shown(markup.replace("td", "th", 10).replace("</td><td>年付</td>", "</th><th>年付</th>")) == shown(markup)
    assert shown(markup) == ["区域：东区；价格 月付：10；价格 年付：100", "以上含税"]


CELLS = st.lists(
    st.lists(
        st.builds(
            lambda tag, text, rows, columns: f"<{tag} rowspan={rows} colspan={columns}>{text}</{tag}>",
            st.sampled_from(["td", "th"]),
            st.sampled_from(["甲", "乙", ""]),
            st.integers(0, 4),
            st.integers(0, 4),
        ),
        max_size=4,
    ),
    max_size=5,
)


@given(CELLS)
def test_no_value_of_any_table_is_lost(rows: list[list[str]]) -> None:
    markup = "<table>" + "".join(f"<tr>{''.join(row)}</tr>" for row in rows) + "</table>"
    shown(markup)
    plain = markup.replace("<th", "<td").replace("th>", "td>")
    text = "".join(shown(plain))
    assert all((value in plain) == (value in text) for value in "甲乙")
