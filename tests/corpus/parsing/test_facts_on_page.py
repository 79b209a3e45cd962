"""Day, author and address that a page shows of itself."""

from __future__ import annotations

import pytest

from corpus.parsing.cleaning import facts_on_page
from corpus.parsing.lines import Line
from tests.corpus.samples import BODY


def test_facts_on_the_page() -> None:
    page = [Line("2024-05-30"), *BODY, Line("来源：https://example.com/x"), Line("本文由 @小满 原创发布于某处")]
    facts = facts_on_page(page)
    assert (str(facts.date), facts.author, facts.url) == ("2024-05-30", "小满", "https://example.com/x")


@pytest.mark.parametrize(("at", "author"), [(11, "小满"), (12, None)])
def test_facts_are_looked_for_at_the_top(at: int, author: str | None) -> None:
    facts = facts_on_page([*BODY[:at], Line("作者：小满"), *BODY])
    assert facts.author == author


@pytest.mark.parametrize(("after", "url"), [(27, "https://example.com/x"), (28, None)])
def test_facts_are_looked_for_at_the_end(after: int, url: str | None) -> None:
    facts = facts_on_page([*BODY, Line("原文链接：https://example.com/x"), *BODY[:after]])
    assert facts.url == url


def test_a_day_in_the_text_is_not_that_of_the_page() -> None:
    assert facts_on_page([Line("2024-05-30 起新规生效"), *BODY]).date is None


def test_the_first_of_several_facts_counts() -> None:
    page = [Line("2024-05-30"), Line("2023-01-02"), Line("作者：小满"), Line("作者：小林"), *BODY]
    facts = facts_on_page(page)
    assert (str(facts.date), facts.author) == ("2024-05-30", "小满")


def test_an_author_may_be_quoted() -> None:
    assert facts_on_page([*BODY, Line("本文由某某社区作者【小满】原创发布")]).author == "小满"
