"""Heads of files as they really are."""

from __future__ import annotations

import datetime
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.model import Source
from corpus.parsing.front_matter import parse_head, split_front_matter
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
        "checked: 2024-06-30",
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
        checked=datetime.date(2024, 6, 30),
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
    begun = time.process_time()
    assert head("title: 甲", *lines, "tags: *a11", *merges).title == "甲"
    assert time.process_time() - begun < 5


def test_yaml_builds_no_objects() -> None:
    assert head("title: 甲", "author: !!python/object/apply:os.system ['true']").title == "甲"
    assert head("title: 甲", f"tags: {'[' * 3000}").title == "甲"


def test_lists_and_values_have_a_limit() -> None:
    metadata = head(f"title: {'长' * 5000}", f"tags: [{', '.join(f't{n}' for n in range(500))}]")
    assert len(metadata.title or "") <= 500
    assert len(metadata.tags) <= 50
    joined = "，".join(f"{n:02}{'长' * 47}" for n in range(45))
    assert len(head(f"tags: {joined}").tags) == 40


def test_addresses() -> None:
    assert web_address("https://example.com/路径") == "https://example.com/路径"
    assert web_address("https://a b") is None
    longest = f"https://example.com/{'a' * 1980}"
    assert web_address(longest) == longest
    assert web_address(f"{longest}a") is None
    assert web_address("ftp://example.com/a") is None
    assert web_address("https:///a") is None
    assert address_in("见 https://example.com/a。后文") == "https://example.com/a"
    assert address_in("没有") is None


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_any_head_is_survived(text: str) -> None:
    metadata, body = split_front_matter(f"---\n{text}\n---\n正文")
    assert isinstance(metadata, Metadata)
    assert "正文" in body


def nested(depth: int) -> st.SearchStrategy[object]:
    """Texts in lists and mappings; `st.recursive` reads its argument's source, which may change while tests run."""
    if depth == 0:
        return st.text()
    inner = nested(depth - 1)
    return st.text() | st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=3)


@given(st.dictionaries(st.sampled_from(["title", "tags", "sources", "date", "url"]), nested(3)))
def test_any_values_are_survived(values: dict[str, object]) -> None:
    metadata_from(values)  # type: ignore[arg-type]


# --- other forms of heads


@pytest.mark.parametrize(
    "text",
    [
        '+++\ntitle = "群规"\ndate = 2026-05-01T10:00:00+08:00\nauthor = "小满"\ntags = ["社群"]\n+++\n正文',
        '+++\ntitle = "群规"\n[taxonomies]\ntags = ["社群"]\n[extra]\nauthor = "小满"\ndate = "2026-05-01"\n+++\n正文',
        "+++\ntitle = 群规\npublishDate = 2026-05-01\nauthor = '小满'\ntags = ['社群']\n+++\n正文",
        '{\n  "title": "群规", "author": "小满",\n  "date": "2026-05-01",\n  "tags": ["社群"]\n}\n正文',
        '"title": "群规",\n"author": "小满",\n"date": "2026-05-01",\n"tags": ["社群"]\n;;;\n正文',
        '---json\n{"title": "群规", "author": "小满", "pubDate": "2026-05-01", "tags": ["社群"]}\n---\n正文',
        "title: 群规\nauthor: 小满\ndate: 2026-05-01 10:00:00\ntags:\n- 社群\ncomments: true\n---\n正文",
        "标题：群规\n作者：小满\n发布日期：2026年5月1日\n标签：社群\n---\n正文",
        "Title: 群规\nDate: 2026-05-01\nAuthor: 小满\nTags: 社群\nSlug: rules\n\n正文",
    ],
)
def test_every_form_of_a_head(text: str) -> None:
    metadata, body = split_front_matter(text)
    assert body.strip() == "正文"
    assert metadata == Metadata(title="群规", author="小满", date=datetime.date(2026, 5, 1), tags=("社群",))


@pytest.mark.parametrize(
    "properties",
    [
        "Created: May 1, 2026 10:00 AM\nTags: 社群, 运营\nStatus: Done",
        "Created time: May 1, 2026 10:00 AM\nTags: 社群, 运营\nCreated by: 小满",
        "创建时间: 2026年5月1日 10:00\n标签: 社群, 运营",
        "**发布时间：** 2026-05-01\n**标签：** 社群, 运营",
    ],
)
def test_properties_below_the_heading(properties: str) -> None:
    metadata, body = split_front_matter(f"# 群规\n\n{properties}\n\n正文")
    assert (metadata.date, metadata.tags) == (datetime.date(2026, 5, 1), ("社群", "运营"))
    assert body.split() == ["#", "群规", "正文"]


def test_properties_of_the_authors_own_stay_in_the_text() -> None:
    metadata, body = split_front_matter("# 群规\n\nCreated: May 1, 2026\n适用门店: 东店\n\n正文")
    assert metadata.date == datetime.date(2026, 5, 1)
    assert body.split() == ["#", "群规", "适用门店:", "东店", "正文"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Title: 群规\nDate: 2026-05-01", True),
        ("Date: 2026-05-01", False),
        ("Author: 小满\nTags: 社群", False),
        ("# 群规\n\nDate: 2026-05-01", True),
        ("# 群规\n\nAuthor: 小满\nTags: 社群", True),
        ("# 群规\n\nAuthor: 小满", False),
        ("# 群规\n\nAuthor: 小满\nStatus: Done", False),
        ("# 群规\n\n日期: 2026-05-01\n适用门店: 东店", False),
        ("# 群规\n\nAuthor: 小满\nTags: 社群\n适用门店: 东店", False),
        ("# 群规\n\n更新日期: 2026-05-01\n适用门店: 东店", True),
        ("Date: 2026-05-01\n适用门店: 东店", False),
        ("Created: 2026-05-01\n适用门店: 东店", True),
    ],
)
def test_which_lines_on_top_are_properties(text: str, said: bool) -> None:
    text = f"{text}\n\n正文"
    metadata, body = split_front_matter(text)
    assert (metadata != Metadata()) is said
    assert (body != text) is said


FORMS = (("---\n", "title: 甲\n# {}\n", "---\n"), ("+++\n", "title = '甲'\n# {}\n", "+++\n"))


@pytest.mark.parametrize(("opening", "head", "closing"), FORMS)
def test_a_head_has_a_longest_length(opening: str, head: str, closing: str) -> None:
    room = 20_000 - len(head.format(""))
    longest = f"{opening}{head.format('长' * room)}{closing}正文"
    assert split_front_matter(longest) == (Metadata(title="甲"), "正文")
    longer = f"{opening}{head.format('长' * (room + 1))}{closing}正文"
    assert split_front_matter(longer) == (Metadata(), longer)


@pytest.mark.parametrize("text", ['{{"title": "甲", "note": "{}"}}', '"title": "甲",\n"note": "{}"\n;;;'])
def test_a_head_of_json_has_a_longest_length(text: str) -> None:
    room = 20_000 - len(text.format(""))
    assert split_front_matter(f"{text.format('长' * room)}\n正文")[0].title == "甲"
    longer = f"{text.format('长' * (room + 1))}\n正文"
    assert split_front_matter(longer) == (Metadata(), longer)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("---\nsources:\n- name: [甲]\n  url: https://example.com/a\n---\n文", ["https://example.com/a"]),
        ("---\nsources:\n- name: 甲\n  url: https://example.com/a\n---\n文", ["甲"]),
        ('+++\nsources = [{name = ["甲"], url = "https://example.com/a"}]\n+++\n文', ["https://example.com/a"]),
        ('+++\nsources = [{name = "甲", url = "https://example.com/a"}]\n+++\n文', ["甲"]),
    ],
)
def test_what_lies_deeper_than_a_named_text_means_nothing(text: str, names: list[str]) -> None:
    assert [source.name for source in split_front_matter(text)[0].sources] == names


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ("**作者:** 小满\n**标签:** 社群", True),
        ("**作者:** 小满\n**注意:** 只发一次", False),
        ("**作者:** 小满\n**Author:** 小林", False),
    ],
)
def test_a_hint_says_two_things_of_an_article(entries: str, said: bool) -> None:
    text = f"# 题\n{{% hint %}}\n{entries}\n{{% endhint %}}\n文"
    metadata, body = split_front_matter(text)
    assert (metadata != Metadata()) is said
    assert body == ("# 题\n\n\n\n文" if said else text)


def test_a_hint_further_down_is_content() -> None:
    hint = "{% hint %}**作者:** 小满\n**标签:** 社群{% endhint %}"
    assert split_front_matter("长" * (3000 - len(hint)) + hint)[0].author == "小满"
    further = "长" * (3001 - len(hint)) + hint
    assert split_front_matter(further) == (Metadata(), further)


def test_what_stands_above_a_hint_is_said_first() -> None:
    hint = "{% hint %}**作者:** 小林\n**标签:** 社群{% endhint %}"
    metadata, _ = split_front_matter(f"---\nauthor: 小满\n---\n{hint}")
    assert (metadata.author, metadata.tags) == ("小满", ("社群",))


@pytest.mark.parametrize(
    "text",
    [
        "作者：小满\n这里是一句话\n---\n正文",
        "注意: 一天一次\ntitle: 群规\n---\n正文",
        '{"title": "群规"}',
        '{% hint %}{"title": "群规"}',
        '["title"]\n正文',
        "---json\n[1]\n---\n正文",
        '"title": \n;;;\n正文',
    ],
)
def test_what_only_looks_like_a_head_stays(text: str) -> None:
    assert split_front_matter(text) == (Metadata(), text)


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("title: 'it''s'", "it's"),
        ("title: \"a''b\"", "a''b"),
        ("title: '开头", "开头"),
        ('title: "开头', "开头"),
        ("title: '", None),
        ("title: 开'头'", "开'头'"),
    ],
)
def test_quotes_of_a_head_that_is_no_yaml(line: str, title: str | None) -> None:
    assert parse_head(f"{line}\nauthor: [小满\n{{").title == title


def test_json_that_is_none_is_read_line_by_line() -> None:
    assert split_front_matter("---json\ntitle: 甲\n---\n正文") == (Metadata(title="甲"), "正文")
    assert split_front_matter('---json\n"甲"\ntitle: 乙\n---\n正文') == (Metadata(title="乙"), "正文")


def test_json_may_have_line_ends_in_its_texts() -> None:
    assert split_front_matter('{"title": "群\n规"}\n正文')[0].title == "群规"


def test_a_list_where_one_text_is_meant_is_joined() -> None:
    metadata = head("title: [甲, {乙: 丙}, '', 丁]", "author: {name: 小满}", "topic: []")
    assert (metadata.title, metadata.author, metadata.topic) == ("甲、丁", None, None)


@pytest.mark.parametrize("title", ["[甲", "甲]"])
def test_a_bracket_alone_makes_no_list(title: str) -> None:
    assert parse_head(f"title: {title}\nauthor: {{").title == title


def test_lists_of_a_head_that_is_no_yaml() -> None:
    metadata = parse_head("- 无主\ntags: ['社群', 裂变]\ncategories:\n- '运营'\n  更多\ntitle: 有\n- 没有\nauthor: {")
    assert (metadata.tags, metadata.categories, metadata.title) == (("社群", "裂变"), ("运营", "更多"), "有")


@pytest.mark.parametrize(
    "text",
    [
        "# 价格\n\n标准版: 199 元\n专业版: 299 元\n\n正文",
        "日期: 2026-10-01\n地点: 上海\n\n正文",
        "注意：不要一天发两次\n---\n正文",
        "title: 活动\n价格: 199 元\n---\n正文",
        '{"价格": 199}\n正文',
        "+++\n一段话\n+++\n正文",
        "{{变量}} 正文",
    ],
)
def test_lines_of_a_text_are_no_head(text: str) -> None:
    assert split_front_matter(text) == (Metadata(), text)


@pytest.mark.parametrize(
    ("key", "field"),
    [
        *((key, "date") for key in ("pubDate", "publishDate", "published_at", "created", "created_at", "createTime")),
        *((key, "date") for key in ("datePublished", "date-created", "Publish Date", "发表时间", "创建日期")),
        *(
            (key, "updated")
            for key in ("updated_at", "lastmod", "last_modified", "modified", "dateModified", "lastUpdated")
        ),
        *((key, "updated") for key in ("最后更新", "修改时间")),
        *((key, "expires") for key in ("expiryDate", "valid_until", "有效期至")),
        *((key, "checked") for key in ("Checked", "核对日期")),
    ],
)
def test_every_name_of_a_date(key: str, field: str) -> None:
    assert getattr(head("title: 甲", f"{key}: 2026-05-01"), field) == datetime.date(2026, 5, 1)


@pytest.mark.parametrize(
    "line", ["a:" * 5000 + "\n", " " * 19_000, "\n" * 19_000, "#\n" * 9000, '"' * 9000, "{" * 9000, "a\n" * 9000]
)
def test_heads_that_lead_nowhere_cost_little(line: str) -> None:
    begun = time.process_time()
    split_front_matter(line * 3)
    assert time.process_time() - begun < 1


@settings(deadline=None)
@given(st.text(alphabet='+-{};"=:：\n# 题titledate2026', max_size=80))
def test_any_beginning_is_survived(text: str) -> None:
    metadata, body = split_front_matter(text)
    assert isinstance(metadata, Metadata)
    assert len(body) <= len(text) + 2
