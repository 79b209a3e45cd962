"""Heads of files as they really are."""

from __future__ import annotations

import datetime
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.model import Source
from corpus.parsing.front_matter import split_front_matter
from corpus.parsing.metadata import Metadata, address_in, metadata_from, restore_quotes, web_address


def head(*lines: str) -> Metadata:
    metadata, body = split_front_matter("\n".join(["---", *lines, "---", "正文"]))
    assert body == "正文"
    return metadata


def test_every_key() -> None:
    assert head(
        "title: 私域 SOP",
        "author: 老陈",
        "date: 2024-03-01",
        "updated: 2024年5月6日",
        "expires: 2025-01-01T00:00:00Z",
        "url: https://example.com/a",
        "lang: zh-CN",
        "topic: 合规",
        "confidence: high",
        "categories: [运营, 小红书]",
        "tags:",
        "  - 私域",
        "  - 引流",
        "sources:",
        "  - {name: 官方公告, url: 'https://example.com/rule'}",
        "  - 行业报告 https://example.com/report",
        "  - 店主访谈",
    ) == Metadata(
        title="私域 SOP",
        author="老陈",
        date=datetime.date(2024, 3, 1),
        updated=datetime.date(2024, 5, 6),
        expires=datetime.date(2025, 1, 1),
        url="https://example.com/a",
        lang="zh-CN",
        topic="合规",
        categories=("运营", "小红书"),
        tags=("私域", "引流"),
        sources=(
            Source("官方公告", "https://example.com/rule"),
            Source("行业报告", "https://example.com/report"),
            Source("店主访谈"),
        ),
        confidence="high",
    )


def test_scalars_keep_their_spelling() -> None:
    assert head("title: 010").title == "010"
    assert head("title: 2021-06-17").title == "2021-06-17"
    assert head("title: 'yes'", "author: ~").title == "yes"
    assert head("title: yes", "author: null").author is None


@pytest.mark.parametrize(
    "lines",
    [
        ("title: 加微信：怎么说: 三句话", "tags: [a, b", "author: 老陈"),
        ("title: '没有收尾的引号", "author: 老陈"),
        ("title: @标题", "author: 老陈"),
        ("\ttitle: 缩进", "author: 老陈"),
        ("author: 老陈", "title: a", " title: b"),
        ("author：老陈", "title：全角冒号"),
    ],
)
def test_broken_yaml_is_read_line_by_line(lines: tuple[str, ...]) -> None:
    assert head(*lines).author == "老陈"


def test_broken_yaml_keeps_simple_lists() -> None:
    metadata = head("title: a: b", "tags:", " - 私域", " - '引流'", "categories: [运营, 增长]")
    assert (metadata.title, metadata.tags, metadata.categories) == ("a: b", ("私域", "引流"), ("运营", "增长"))


def test_dates_of_other_programs() -> None:
    assert head("date: Thu, 17 Jun 2021 00:00:00 GMT").date == datetime.date(2021, 6, 17)
    assert head("date: 昨天").date is None


@pytest.mark.parametrize(
    "text", ["正文", "\n\n正文", "---\n一段话\n---\n正文", "--- \n---\n", "", "---\ntitle: 没有收尾"]
)
def test_texts_without_a_head_stay_as_they_are(text: str) -> None:
    metadata, body = split_front_matter(text)
    assert metadata == Metadata()
    assert body == text or not body.strip()


def test_a_blank_line_above_and_an_empty_head() -> None:
    assert split_front_matter("\n \n---\ntitle: 甲\n---\n正文") == (Metadata(title="甲"), "正文")
    assert split_front_matter("---\n---\n正文")[1] == "正文"


def test_only_a_hint_with_known_keys_is_a_head() -> None:
    entries = "**Author:** [小满](https://example.com/u)\n**Tags:** `a b` `c`"
    hint = f"# 题\n{{% hint style='info' %}}\n{entries}\n{{% endhint %}}\n文"
    metadata, body = split_front_matter(hint)
    assert (metadata.author, metadata.tags) == ("小满", ("a b", "c"))
    assert "hint" not in body
    content = "# 题\n{% hint style='info' %}\n**注意:** 不要一天发两次\n{% endhint %}\n"
    assert split_front_matter(content) == (Metadata(), content)


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        ("url: javascript:alert(1)", None),
        ("url: ftp://example.com/a", None),
        ("url: /relative", None),
        ("link: http://example.com", "http://example.com"),
        ("source: https://example.com/a?b=c#d", "https://example.com/a?b=c#d"),
        ("source: '[原文](https://example.com/x)'", "https://example.com/x"),
        ("url: 'https://[::1'", None),
    ],
)
def test_only_web_addresses_are_taken(entry: str, url: str | None) -> None:
    assert head("title: 甲", entry).url == url


def test_a_source_that_is_no_address_is_a_name() -> None:
    assert head("title: 甲", "source: 店主访谈").sources == (Source("店主访谈"),)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("揭秘_社群营销_的核心", "揭秘“社群营销”的核心"),
        ("_a_ 与 _b_", "“a” 与 “b”"),
        ("snake_case_name", "snake_case_name"),
        ("调研_-时间篇", "调研_-时间篇"),
        ("AI_杀手锏_来了", "AI“杀手锏”来了"),
    ],
)
def test_underscores_that_were_quotes(name: str, title: str) -> None:
    assert restore_quotes(name) == title


def test_alias_bombs_expand_nothing() -> None:
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    merges = ["b0: &b0 {title: t}"]
    merges += [f"b{n}: &b{n} {{<<: [{', '.join([f'*b{n - 1}'] * 9)}]}}" for n in range(1, 12)]
    begun = time.perf_counter()
    assert head("title: 甲", *lines, "tags: *a11", *merges).title == "甲"
    assert time.perf_counter() - begun < 5


def test_yaml_builds_no_objects() -> None:
    assert head("title: 甲", "author: !!python/object/apply:os.system ['true']").title == "甲"
    assert head("title: 甲", f"tags: {'[' * 3000}").title == "甲"


def test_lists_and_values_have_a_limit() -> None:
    metadata = head(f"title: {'长' * 5000}", f"tags: [{', '.join(f't{n}' for n in range(500))}]")
    assert len(metadata.title or "") <= 500
    assert len(metadata.tags) <= 50


def test_addresses() -> None:
    assert web_address("https://example.com/路径") == "https://example.com/路径"
    assert web_address("https://a b") is None
    assert address_in("见 https://example.com/a。后文") == "https://example.com/a"
    assert address_in("没有") is None


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_any_head_is_survived(text: str) -> None:
    metadata, body = split_front_matter(f"---\n{text}\n---\n正文")
    assert isinstance(metadata, Metadata)
    assert "正文" in body


@given(
    st.dictionaries(
        st.sampled_from(["title", "tags", "sources", "date", "url"]),
        st.recursive(
            st.text(), lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=3)
        ),
    )
)
def test_any_values_are_survived(values: dict[str, object]) -> None:
    metadata_from(values)  # type: ignore[arg-type]
