"""An operator asks what is left out of a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.operations.explain_file import explain_file, explanation_lines
from corpus.errors import UnreadableFile
from tests.corpus.samples import chinese_pdf

TEXT = "这家店每周三给会员群发一次新品清单，只发一条，附上到店自提的时间。"
CREDIT = "本文由 @小满 原创发布于某某社区，未经许可，禁止转载"


def test_a_file_from_a_web_page(tmp_path: Path) -> None:
    (tmp_path / "群").mkdir()
    (tmp_path / "群/a.md").write_text(f"# 群规\n\n{TEXT}\n\n微信号：xiaoman01\n\n{CREDIT}\n", encoding="utf-8")
    explained = explain_file([tmp_path], "群/a.md")
    assert explained == {
        "file": "群/a.md",
        "skipped": None,
        "removed": [
            {"text": "群规", "rule": "与文章标题相同"},
            {"text": "微信号：xiaoman01", "rule": "账号和来源署名"},
            {"text": CREDIT, "rule": "页面结尾之后的内容"},
        ],
        "warnings": [],
    }
    assert explanation_lines(explained) == [
        "群/a.md：收录",
        "去掉 3 行：",
        "  - [与文章标题相同] 群规",
        "  - [账号和来源署名] 微信号：xiaoman01",
        f"  - [页面结尾之后的内容] {CREDIT}",
    ]


def test_a_document_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "b.txt"
    file.write_text(f"{TEXT}\n\n微信号：xiaoman01\n", encoding="utf-8")
    assert explanation_lines(explain_file([], str(file))) == ["b.txt：收录", "没有去掉任何内容"]


def test_a_file_that_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "c.md").write_text("# 押金\n", encoding="utf-8")
    assert explanation_lines(explain_file([tmp_path], "c.md"))[0] == "c.md：跳过，没有正文"


def test_a_file_that_ends_whoever_parses_it_is_explained_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "d.md").write_text("<div>" * 2_000_000, encoding="utf-8")
    assert explanation_lines(explain_file([tmp_path], "d.md"))[0].startswith("d.md：跳过，")


def test_what_of_a_file_could_not_be_read_is_told(tmp_path: Path) -> None:
    page = [(70.0, 700.0, TEXT)]
    (tmp_path / "e.pdf").write_bytes(chinese_pdf(page, [(70.0, 300.0, "")], [(70.0, 300.0, "")]))
    assert explanation_lines(explain_file([tmp_path], "e.pdf"))[1].startswith("注意：3 页里有 2 页没有文字")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"找不到文件 d\.md"):
        explain_file([tmp_path], "d.md")
