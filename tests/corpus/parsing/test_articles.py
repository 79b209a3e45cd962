"""Whole files to articles, and folders of them to a corpus."""

from __future__ import annotations

import datetime
import logging
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.errors import ArticlesMissing, UnreadableFile
from corpus.model import Block, BlockKind, Section
from corpus.parsing import formats
from corpus.parsing.articles import parse_article, parse_corpus, parse_or_skip, too_much
from corpus.parsing.files import FoundFile
from corpus.parsing.formats import MARKDOWN, TEXT
from corpus.parsing.lines import ParsedPage
from tests.corpus.samples import GITBOOK, HEXO, paths, read, texts

LONG = "这家店每周三给会员群发一次新品清单，只发一条，附上到店自提的时间，群里的人可以直接接龙下单，不用再私聊。"


def test_hexo_page_with_a_blank_line_above_its_head(tmp_path: Path) -> None:
    article = read(tmp_path, "a.md", HEXO)

    assert article.title == "门店怎样用“会员日”带动回头客"
    assert article.author == "某某社区"
    assert article.date == datetime.date(2021, 6, 17)
    assert article.categories == ("运营", "某某社区")
    assert texts(article) == [
        "编辑导语：会员日不是打折日。本文说明小店怎样安排一次会员日。",
        "我们在三家门店试了两个月，回头客占比从31.5%升到47.2%，客单价没有下降。",
        "每月固定一天，写在收银台的立牌上。",
        "提醒只发一次，写清楚时间、地点和能得到什么。",
        "- 老客：发专属券",
        "- 新客：",
        "  1. 先加企业微信",
        "  2. 再进会员群",
    ]
    assert paths(article) == [(), ("一、先定日子",), ("一、先定日子", "1. 提前三天提醒")]


def test_gitbook_page_with_its_boilerplate(tmp_path: Path) -> None:
    article = read(tmp_path, "社群.md", GITBOOK)

    assert article.title == "社群欢迎语怎么写"
    assert article.author == "小满"
    assert article.date == datetime.date(2024, 5, 30)
    assert article.url == "https://www.example.com/operate/42.html"
    assert article.tags == ("社群", "欢迎语")
    assert texts(article) == [
        "欢迎语是新成员看到的第一段话，写得好，当天就有人开口。本文给出三个写法。",
        "很多群主把欢迎语写成公告，结果没有人读。短一点，问一个好回答的问题。",
        "第一步：报身份",
        "先说这个群是谁建的、每周几发什么。",
        "第二步：问问题",
        "问题要一句话能答完，例如“你家店在哪个城市？”",
        "写法：公告式；回复率：3%",
        "写法：提问式；回复率：21%",
    ]
    assert paths(article) == [
        (),
        ("一、三个写法", "第一步：报身份"),
        ("一、三个写法", "第二步：问问题"),
    ]


def test_html_page_of_a_public_account(tmp_path: Path) -> None:
    page = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>群规怎么写 - 某站</title>
    <meta property="og:title" content="群规怎么写"><meta name="author" content="阿木">
    <meta property="article:published_time" content="2023-03-01T08:00:00+08:00">
    <link rel="canonical" href="https://mp.example.com/s/abc"><script>var a = 1;</script></head>
    <body><nav>首页 登录</nav><h1>群规怎么写</h1>
    <div id="js_content" style="visibility: hidden;"><section><section><p><span>{LONG}</span></p></section></section>
    <p style="display:none">看不见的字</p><p>群规只写三条。<br>多了没有人看。</p></div>
    <footer>关于我们</footer></body></html>"""
    article = read(tmp_path, "a.html", page)

    assert (article.title, article.author) == ("群规怎么写", "阿木")
    assert article.date == datetime.date(2023, 3, 1)
    assert article.url == "https://mp.example.com/s/abc"
    assert texts(article) == [LONG, "群规只写三条。", "多了没有人看。"]


def test_bare_text_takes_its_title_from_the_file_name(tmp_path: Path) -> None:
    article = read(tmp_path, "群公告_怎么写_.txt", f"一、先说清楚\n{LONG}\n\n二、再留人\n- 有福利\n- 有回应\n")

    assert article.title == "群公告“怎么写”"
    assert (article.author, article.date, article.url) == (None, None, None)
    assert paths(article) == [("一、先说清楚",), ("二、再留人",)]
    assert article.sections[1].blocks[1].kind is BlockKind.LIST_ITEM


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    article = read(tmp_path, "a.md", f"---\ntitle: 群规\n---\n{LONG}".encode(encoding))
    assert article.title == "群规"
    assert texts(article) == [LONG]


def test_the_address_of_the_original_is_taken_from_the_page(tmp_path: Path) -> None:
    stated = read(tmp_path, "a.md", f"{LONG}\n\n原文链接：https://example.com/a/1\n")
    linked = read(tmp_path, "b.md", f"{LONG}\n\n本文链接：[点这里](https://example.com/a/2)\n")
    front = read(
        tmp_path, "c.md", f"---\nurl: https://example.com/own\n---\n{LONG}\n\n原文链接：https://example.com/a/1\n"
    )

    assert stated.url == "https://example.com/a/1"
    assert linked.url == "https://example.com/a/2"
    assert front.url == "https://example.com/own"
    assert texts(stated) == texts(linked) == [LONG]


def test_the_byline_names_the_author_where_the_head_does_not(tmp_path: Path) -> None:
    assert read(tmp_path, "a.md", f"作者：老陈\n\n{LONG}").author == "老陈"
    assert read(tmp_path, "b.md", f"{LONG}\n\n本文由 @GET-小满 原创发布于示例社区。").author == "GET-小满"


def test_equal_text_has_an_equal_digest_whatever_the_layout(tmp_path: Path) -> None:
    one = read(tmp_path, "a.md", f"---\ntitle: 甲\n---\n\n## 一、开头\n\n{LONG}\n")
    other = read(tmp_path, "b.html", f"<h2>一、开头</h2>\n<p>{LONG[:10]}\n{LONG[10:]}</p>")
    assert one.text_digest == other.text_digest
    assert one.file_digest != other.file_digest
    assert one.text_digest != read(tmp_path, "c.md", f"## 一、结尾\n\n{LONG}\n").text_digest


def test_more_than_anybody_searches_in_is_too_much(tmp_path: Path) -> None:
    article = read(tmp_path, "a.md", LONG)
    most = Section((), (Block(BlockKind.PARAGRAPH, "字" * 4_999_999), Block(BlockKind.PARAGRAPH, "字")))
    assert too_much(replace(article, sections=(most,))) is None
    beyond = too_much(replace(article, sections=(most, Section((), (Block(BlockKind.PARAGRAPH, "字"),)))))
    assert beyond is not None
    assert "500 万字" in beyond


def test_corpus_reports_what_it_leaves_out(tmp_path: Path) -> None:
    read(tmp_path, "a.md", LONG)
    read(tmp_path, "b/again.txt", LONG)
    read(tmp_path, "few.md", "---\ntitle: '123'\n---\n<div>\n123\n</div>")
    read(tmp_path, "short.md", "群里说的，先记一下。")
    read(
        tmp_path,
        "question.md",
        "# 现在开社群还来得及吗？\n\n最近看到很多同行都在开社群卖货，"
        "想问问各位有经验的前辈，现在开始还来得及吗？我是卖水果的，客人都是附近的",
    )
    (tmp_path / "broken.docx").write_bytes(b"no zip")
    (tmp_path / "picture.md").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4)

    steps: list[tuple[int, int]] = []
    corpus = parse_corpus([tmp_path], progress=lambda done, total: steps.append((done, total)))

    assert [article.path for article in corpus.articles] == ["a.md"]
    reasons = {skipped.path: skipped.reason for skipped in corpus.skipped}
    assert reasons["b/again.txt"] == "与 a.md 内容相同"
    assert reasons["few.md"] == "没有正文"
    assert reasons["short.md"].startswith("正文太短，只有 ")
    assert reasons["question.md"] == "只有提问，没有回答"
    assert "Word" in reasons["broken.docx"]
    assert "编码" in reasons["picture.md"] or "不是文字" in reasons["picture.md"]
    assert steps[0] == (0, 7)
    assert steps[-1] == (7, 7)


def test_an_unexpected_error_of_a_parser_skips_only_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(data: bytes) -> ParsedPage:
        raise RuntimeError("a bug in a library")

    read(tmp_path, "a.md", LONG)
    (tmp_path / "b.txt").write_text("x")
    monkeypatch.setattr(formats, "FORMATS", (MARKDOWN, replace(TEXT, parse=fails)))

    with caplog.at_level(logging.ERROR):
        corpus = parse_corpus([tmp_path])
    assert len(corpus.articles) == 1
    assert corpus.skipped[0].reason.startswith("读取时出错")
    assert "b.txt" in caplog.text


def test_a_file_that_needs_too_much_memory_is_the_callers_to_judge(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(data: bytes) -> ParsedPage:
        raise MemoryError

    (tmp_path / "b.txt").write_text("x")
    monkeypatch.setattr(formats, "FORMATS", (replace(TEXT, parse=fails),))
    with pytest.raises(MemoryError):
        parse_or_skip(FoundFile("b.txt", tmp_path / "b.txt"))


def test_a_missing_root_says_which_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ArticlesMissing, match=r"nowhere.*corpus\.articles"):
        parse_corpus([tmp_path / "nowhere"])


def test_a_vanished_file_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="打不开"):
        parse_article(FoundFile("gone.md", tmp_path / "gone.md"))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=300), suffix=st.sampled_from([".md", ".html", ".txt"]))
def test_no_bytes_break_the_corpus(tmp_path: Path, data: bytes, suffix: str) -> None:
    file = tmp_path / f"a{suffix}"
    file.write_bytes(data)
    corpus = parse_corpus([tmp_path])
    assert len(corpus.articles) + len(corpus.skipped) == 1
    assert all(skipped.reason and "读取时出错" not in skipped.reason for skipped in corpus.skipped)
    file.unlink()
