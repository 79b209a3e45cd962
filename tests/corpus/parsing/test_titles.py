"""What an article is called, and the day that its file's name tells."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from tests.corpus.samples import paths, read

BODY = "\n\n每周清理一次重复的标签，离职员工的客户当天交给接手的人。\n\n"


@pytest.mark.parametrize(
    "text",
    [
        f"# 第一章 加盟{BODY}# 第二章 供货\n\n按四折。\n\n# 第三章 退换\n\n三十天内。",
        f"# 加盟{BODY}# 供货\n\n按四折。",
        f"先说一句。\n\n# 加盟{BODY}# 供货\n\n按四折。",
    ],
)
def test_several_main_headings_are_chapters_of_the_file(tmp_path: Path, text: str) -> None:
    article = read(tmp_path, "代理手册.md", text)
    assert article.title == "代理手册"
    assert [path for path in paths(article) if path] == [
        (line.removeprefix("# "),) for line in text.splitlines() if line.startswith("# ")
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"# 青禾手册\n\n# 加盟{BODY}# 供货{BODY}",
        f"# 青禾手册{BODY}# 第一章 加盟{BODY}# 第二章 供货{BODY}",
        f"# 青禾手册{BODY}## 加盟{BODY}",
        f"---\ntitle: 青禾手册\n---\n# 加盟{BODY}# 供货{BODY}",
    ],
)
def test_a_heading_above_all_others_is_the_title(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, "a.md", text).title == "青禾手册"


def test_the_name_of_a_file_tells_the_day_where_the_text_does_not(tmp_path: Path) -> None:
    text = f"# 打标签{BODY}"
    assert read(tmp_path, "2026-05-01-labels.md", text).date == datetime.date(2026, 5, 1)
    assert read(tmp_path, "20260501 标签.md", f"---\ndate: 2025-01-02\n---\n{text}").date == datetime.date(2025, 1, 2)
