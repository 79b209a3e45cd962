"""Running heads and page numbers are left out, and nothing else that stands first or last on a page."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.parsing.running_heads import without_running_heads

SHOPS = ("东店开在地铁口。", "西店开在菜场边。", "南店开在学校旁。", "北店开在河边。")


def pages(*tops: str) -> list[list[str]]:
    """A page for each first line, with text of its own below it."""
    return [
        [top, shop, f"这一页说的是{shop}", "请先看租金。"[: 3 + at]]
        for at, (top, shop) in enumerate(zip(tops, SHOPS, strict=False))
    ]


@pytest.mark.parametrize(
    "tops",
    [
        ("套餐 1：月费 199 元", "套餐 2：月费 599 元", "套餐 3：月费 1999 元"),
        ("2024 年目标", "2025 年目标", "2026 年目标"),
        ("目标 2024", "目标 2025", "目标 2026"),
        ("第 1 步", "第 2 步", "第 3 步"),
        ("第1章 选址", "第2章 装修", "第3章 开业"),
        ("方案 1", "方案 2", "方案 3"),
        ("1. 押金", "2. 租金", "3. 水电"),
        ("定金 100", "定金 300", "定金 700"),
        ("满 3 件", "满 4 件", "满 5 件"),
    ],
)
def test_first_lines_that_differ_in_their_numbers_are_kept(tops: tuple[str, ...]) -> None:
    assert without_running_heads(pages(*tops)) == pages(*tops)


@pytest.mark.parametrize(
    "tops",
    [
        ("风筝店开店手册", "风筝店开店手册", "风筝店开店手册", "风筝店开店手册"),
        ("风筝店开店手册 1", "风筝店开店手册 2", "风筝店开店手册 3", "风筝店开店手册 4"),
        ("风筝店开店手册 | 7", "风筝店开店手册 | 8", "风筝店开店手册 | 9", "风筝店开店手册 | 10"),
        ("1 风筝店开店手册", "2 风筝店开店手册", "3 风筝店开店手册", "4 风筝店开店手册"),
        ("手册 第 1 页", "手册 第 2 页", "手册 第 3 页", "手册 第 4 页"),
        ("手册 1/4", "手册 2/4", "手册 3/4", "手册 4/4"),
        (
            "2026 版风筝店开店手册 - 1 -",
            "2026 版风筝店开店手册 - 2 -",
            "2026 版风筝店开店手册 - 3 -",
            "2026 版风筝店开店手册 - 4 -",
        ),
    ],
)
def test_only_a_number_that_counts_with_the_page_may_vary_in_a_head(tops: tuple[str, ...]) -> None:
    assert without_running_heads(pages(*tops)) == [page[1:] for page in pages(*tops)]


@pytest.mark.parametrize(("count", "goes"), [(3, True), (2, False)])
def test_a_head_stands_on_most_pages(count: int, goes: bool) -> None:
    made = pages(*["风筝店开店手册"] * count, *("换了题目", "又换题目")[: 5 - count][:2], "再换")[:4]
    made.append(["末页的题目", "内容一", "内容二", "内容三"])
    left = without_running_heads(made)
    assert (left[0] == made[0][1:]) is goes


@pytest.mark.parametrize(
    ("tops", "goes"),
    [
        (("开店手册店 1", "开店手册店 2", "开店手册店 3", "开店手册店 4"), False),
        (("开店的手册店 1", "开店的手册店 2", "开店的手册店 3", "开店的手册店 4"), True),
        (("风筝店开店手册 1899", "风筝店开店手册 1900", "风筝店开店手册 1901"), False),
        (("风筝店开店手册 1897", "风筝店开店手册 1898", "风筝店开店手册 1899"), True),
        (("风筝店开店手册 2101", "风筝店开店手册 2102", "风筝店开店手册 2103"), True),
        (("风筝店开店手册 2098", "风筝店开店手册 2099", "风筝店开店手册 2100"), False),
    ],
)
def test_what_stands_beside_the_number_of_a_page(tops: tuple[str, ...], goes: bool) -> None:
    made = pages(*tops)
    assert without_running_heads(made) == ([page[1:] for page in made] if goes else made)


def test_two_lines_at_either_edge_may_be_running_heads() -> None:
    made = [["青禾", "手册", shop, f"这是{shop}", "内部", "勿传"] for shop in SHOPS]
    assert without_running_heads(made) == [page[2:4] for page in made]
    three = [["青禾", "手册", "卷一", shop, f"这是{shop}", f"说完{shop}"] for shop in SHOPS]
    assert without_running_heads(three) == [page[2:] for page in three]


def test_two_pages_are_enough() -> None:
    assert without_running_heads([["开店手册", "甲一", "甲二"], ["开店手册", "乙一", "乙二"]]) == [
        ["甲一", "甲二"],
        ["乙一", "乙二"],
    ]
    assert without_running_heads([["甲", "3"], ["乙", "4"]]) == [["甲"], ["乙"]]


def test_page_numbers_in_all_spellings() -> None:
    for number in ("- 3 -", "第 3 页", "第3页 共9页", "3 / 9", "Page 3 of 9"):
        assert without_running_heads([["正文", number]]) == [["正文"]]
    assert without_running_heads([["正文", "3 家店"]]) == [["正文", "3 家店"]]


def test_a_bare_number_is_a_page_number_where_it_counts_with_the_page() -> None:
    assert without_running_heads([["甲", "3"], ["乙", "4"], ["丙", "5"]]) == [["甲"], ["乙"], ["丙"]]
    prices = [["套餐一", "199"], ["套餐二", "599"], ["套餐三", "1999"]]
    assert without_running_heads(prices) == prices
    assert without_running_heads([["正文", "3"]]) == [["正文", "3"]]


def test_lines_that_stand_on_one_page_are_no_running_heads() -> None:
    alone = [["甲", "a", "b", "c", "d"], ["乙", "e", "f", "g", "h"], ["丙", "i", "j", "k", "l"]]
    assert without_running_heads(alone) == alone


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.integers(1, 99_999), min_size=2, max_size=8, unique=True),
    st.sampled_from(("月费", "会员价为每月", "满")),
)
def test_prices_at_the_top_are_never_taken_for_page_numbers(prices: list[int], label: str) -> None:
    tops = [[f"{label} {price} 元", f"说明{at}。"] for at, price in enumerate(prices)]
    assert without_running_heads(tops) == tops
