"""Which passage is the newer word on the same thing, and when age does not matter."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from embeddings.index.records import ArticleRecord
from embeddings.index.window_similarity import WindowSimilarityStats
from embeddings.search.freshness import Dated, Freshness, FreshnessPolicy
from embeddings.search.retriever import Retriever
from tests.embeddings.helpers import Bench, write_articles
from tests.support import dictionaries

TODAY = datetime.date(2026, 11, 20)


def freshness(policy: FreshnessPolicy | None = None, today: datetime.date = TODAY) -> Freshness:
    return Freshness(policy, today=lambda: today)


def article(topic: str | None = None, title: str = "标题", **dates: str) -> ArticleRecord:
    days = {name: datetime.date.fromisoformat(day) for name, day in dates.items()}
    return ArticleRecord("a.md", title, "", "", topic=topic, **days)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "question",
    [
        "2022 年提现收多少手续费",
        "22 年竹叶短信一条多少钱",
        "以前能放链接吗",
        "小蓝书以前是怎么规定的",
        "老规则怎么说",
        "当时要不要交押金",
        "那会儿多少粉丝能开播",
        "去年群发几次",
        "what was the old rule",
        "how many posts back in 2023",
    ],
)
def test_a_question_about_the_past_is_known(question: str) -> None:
    assert freshness().asks_for_past(question)


@pytest.mark.parametrize(
    "question",
    [
        "提现收多少手续费",
        "2026 年提现收多少手续费",
        "2000 元保证金退不退",
        "满 2000 元包邮吗",
        "开了 20 年店还要做私域吗",
        "发货之前要做什么",
        "认证一年多少钱",
        "how much is the deposit",
    ],
)
def test_a_question_about_today_is_not_taken_for_one_about_the_past(question: str) -> None:
    assert not freshness().asks_for_past(question)


def test_rules_are_past_their_age_after_a_year_and_methods_never() -> None:
    judge = freshness()
    assert judge.is_outdated(article("平台规则", date="2025-11-01"))
    assert judge.is_outdated(article("平台规则", date="2025-11-19"))
    assert not judge.is_outdated(article("平台规则", date="2025-11-20"))
    assert not judge.is_outdated(article("平台规则", date="2020-01-01", updated="2026-01-01"))
    assert not judge.is_outdated(article("方法", date="2015-01-01"))
    assert not judge.is_outdated(article("平台规则"))


def test_expired_is_past_its_age_whatever_the_subject() -> None:
    assert freshness().is_outdated(article("方法", date="2026-01-01", expires="2026-11-19"))
    assert not freshness().is_outdated(article("方法", date="2026-01-01", expires="2026-11-20"))


def test_the_subject_is_the_topic_or_else_tags_and_title() -> None:
    judge = freshness()
    assert judge.is_rules(article("小红书规则"))
    assert judge.is_rules(article(None, title="企业微信群发新规"))
    assert not judge.is_rules(article("方法", title="收费规则怎么读"))
    assert judge.is_rules(article("快变")) is False
    assert freshness(FreshnessPolicy(rules=("快变",))).is_rules(article("快变"))


STATS = WindowSimilarityStats(mean=0.0, spread=0.1)
LATER, EARLIER = "2026-05-01", "2026-01-01"  # 120 days apart


def hit(
    path: str,
    day: str,
    *windows: tuple[float, float],
    score: float = 1.0,
    answers: float = 0.0,
    names: str = "",
    known: str = "",
    topic: str | None = "平台规则",
    **dates: str,
) -> Dated:
    """A hit whose windows are directions in a plane."""
    record = replace(article(topic, date=day, **dates), path=path)
    vectors = np.asarray(windows, dtype=np.float32).reshape(-1, 2)
    return Dated(record, score, answers, vectors, frozenset(names), frozenset(known))


def at(cosine: float) -> tuple[float, float]:
    """A direction so near to (1, 0)."""
    return cosine, (1 - cosine**2) ** 0.5


OLDER = hit("a.md", EARLIER, (1, 0))


def order(*hits: Dated, years: frozenset[int] = frozenset()) -> tuple[int, ...]:
    return freshness().order(hits, STATS, years)


@pytest.mark.parametrize(
    ("older", "newer", "moves"),
    [
        (OLDER, hit("b.md", LATER, at(0.39)), True),
        (OLDER, hit("b.md", LATER, at(0.37)), False),
        (OLDER, hit("b.md", LATER, at(0.37), answers=0.5), True),
        (OLDER, hit("b.md", LATER, (0, 1), answers=7.6), True),
        (OLDER, hit("b.md", LATER, (0, 1), at(0.39)), True),
        (OLDER, hit("b.md", LATER), False),
        (OLDER, hit("a.md", LATER, at(0.39)), False),
        (OLDER, hit("b.md", LATER, (1, 0), score=0.51), True),
        (OLDER, hit("b.md", LATER, (1, 0), score=0.5), False),
        (OLDER, hit("b.md", EARLIER, (1, 0), score=0.999), False),
        (OLDER, hit("b.md", "2025-12-01", (1, 0), score=0.999), False),
        (OLDER, hit("b.md", LATER, (1, 0), topic="方法"), False),
        (hit("a.md", EARLIER, (1, 0), topic="方法"), hit("b.md", LATER, (1, 0)), False),
        (hit("a.md", EARLIER, (1, 0), names="甲"), hit("b.md", LATER, (1, 0)), False),
        (hit("a.md", EARLIER, (1, 0), names="甲"), hit("b.md", LATER, (1, 0), known="甲乙"), True),
        (hit("a.md", EARLIER, (1, 0), topic="选品"), hit("b.md", LATER, at(0.45), topic="选品"), True),
        (hit("a.md", EARLIER, (1, 0), topic="选品"), hit("b.md", LATER, at(0.43), topic="选品"), False),
        (hit("a.md", "2024-05-11", (1, 0), topic="选品"), hit("b.md", LATER, (1, 0), topic="选品", score=0.51), True),
        (hit("a.md", "2024-05-11", (1, 0), topic="选品"), hit("b.md", LATER, (1, 0), topic="选品", score=0.5), False),
        (hit("a.md", LATER, (1, 0), expires="2026-11-19"), hit("b.md", EARLIER, (1, 0), score=0.11), True),
        (hit("a.md", LATER, (1, 0), expires="2026-11-19"), hit("b.md", EARLIER, (1, 0), score=0.1), False),
        (OLDER, hit("b.md", LATER, (1, 0), expires="2026-11-19"), False),
    ],
)
def test_which_hit_supersedes_the_one_before_it(older: Dated, newer: Dated, moves: bool) -> None:
    assert order(older, newer) == ((1, 0) if moves else (0, 1))


def test_a_hit_supersedes_only_what_hardly_any_other_is_more_like() -> None:
    nearer = hit("c.md", EARLIER, at(0.9))
    assert order(OLDER, hit("b.md", LATER, at(0.86)), nearer)[:2] == (1, 0)
    assert order(OLDER, hit("b.md", LATER, at(0.84)), nearer)[:2] == (0, 1)


def test_a_hit_goes_before_the_first_that_it_supersedes() -> None:
    other = hit("c.md", EARLIER, (0, 1))
    assert order(other, OLDER, hit("b.md", LATER, at(0.99))) == (0, 2, 1)


@pytest.mark.parametrize(
    ("old", "new", "moves"),
    [
        ("2025-01-01", "2022-01-01", True),
        ("2022-06-01", "2022-01-01", False),
        ("2025-01-01", "2023-01-01", False),
    ],
)
def test_where_a_year_is_named_the_hit_of_that_year_supersedes(old: str, new: str, moves: bool) -> None:
    first, second = hit("a.md", old, (1, 0)), hit("b.md", new, at(0.9))
    assert order(first, second, years=frozenset({2022})) == ((1, 0) if moves else (0, 1))
    undated = replace(first, article=replace(first.article, date=None))
    assert order(undated, second, years=frozenset({2022})) == (0, 1)
    assert order(first, replace(second, windows=first.windows[:0]), years=frozenset({2022})) == (0, 1)


def test_only_years_before_this_one_are_past() -> None:
    assert freshness().past_years("2025 年和 2026 年，还有 2027 年") == {2025}
    assert freshness().past_years("24 年的规则") == {2024}


@pytest.mark.parametrize(
    ("others", "matters"),
    [
        ({"date": EARLIER}, False),
        ({"date": LATER}, True),
        ({}, False),
        ({"date": EARLIER, "expires": "2026-11-19"}, True),
        ({"date": LATER, "topic": "方法"}, False),
    ],
)
def test_whether_dates_could_change_anything(others: dict[str, str], matters: bool) -> None:
    articles = [article("平台规则", date=EARLIER), article(**{"topic": "平台规则", **others})]
    assert freshness().may_matter(articles) is matters


def test_how_alike_windows_are_is_measured_over_those_of_a_sample() -> None:
    def of(*windows: tuple[float, float]) -> WindowSimilarityStats:
        return WindowSimilarityStats.of(np.asarray(windows, dtype=np.float32))

    assert of((1, 0)) == WindowSimilarityStats(0.0, 1.0)
    assert of((1, 0), (1, 0)) == WindowSimilarityStats(1.0, 1e-3)
    assert of((1, 0), (0, 1)) == WindowSimilarityStats(0.0, 1e-3)
    three = of((1, 0), (0, 1), (0, 1))
    assert (three.mean, three.spread) == pytest.approx((1 / 3, (2 / 9) ** 0.5))
    assert of(*((1, 0), (0, 1)) * 399, (1, 0)).mean == pytest.approx(1.0)  # 799 of which every second is looked at


RULE = """---
title: {title}
{front}
topic: {topic}
---

## 群里一天能发几次全员提醒

{text}

## 别的事

{other}
"""
OLD = "咕咚群的群主每天可以发一次全员提醒，多发的会被系统拦下来。"
NEW = "咕咚群的群主每天可以发三次全员提醒，多发的会被系统拦下来。"
ELSE = "咕咚群新注册的账号要等十四天才能建群，企业账号不用等。"
QUESTION = "咕咚群群主每天可以发一次全员提醒吗"


def rule(title: str, front: str, text: str, other: str, topic: str = "平台规则") -> str:
    return RULE.format(title=title, front=front, text=text, other=other, topic=topic)


def ranked(root: Path, articles: dict[str, str], question: str = QUESTION, judge: Freshness | None = None) -> list[str]:
    """The articles in the order in which they are found."""
    bench = Bench(root)
    write_articles(bench.articles, articles)
    bench.indexer().reindex()
    retriever = Retriever(bench.retriever().generation, bench.encoder, freshness=judge)
    found = retriever.retrieve(question).ranked
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
    return list(dict.fromkeys(hit.article.path for hit in found))


def pair(old: str = "date: 2022-03-01", new: str = "date: 2025-06-01", topic: str = "平台规则") -> dict[str, str]:
    return {
        "old.md": rule("咕咚群全员提醒次数", old, OLD, "提醒的内容写清楚活动时间和地点，别在夜里发。", topic),
        "new.md": rule("咕咚群提醒功能调整", new, NEW, "提醒会显示在群的最上面，成员可以选择不看。", topic),
        "else.md": rule("咕咚群建群条件", "date: 2026-06-01", ELSE, "建群以后先写群公告，再请客人进来。", topic),
    }


def test_of_two_that_disagree_the_newer_comes_first(tmp_path: Path) -> None:
    assert ranked(tmp_path / "a", pair())[:2] == ["old.md", "new.md"]
    assert ranked(tmp_path / "b", pair(), judge=freshness())[:2] == ["new.md", "old.md"]


def test_a_newer_passage_about_something_else_stays_where_it_is(tmp_path: Path) -> None:
    before, after = (ranked(tmp_path / name, pair(), judge=judge) for name, judge in (("a", None), ("b", freshness())))
    assert before.index("else.md") == after.index("else.md") >= 2


def test_a_method_does_not_age(tmp_path: Path) -> None:
    assert ranked(tmp_path, pair(topic="方法"), judge=freshness())[:2] == ["old.md", "new.md"]


def test_the_update_counts_and_not_the_first_day(tmp_path: Path) -> None:
    articles = pair(old="date: 2022-03-01\nupdated: 2026-02-01")
    assert ranked(tmp_path, articles, judge=freshness())[:2] == ["old.md", "new.md"]


def test_what_has_expired_stands_behind_what_has_not_however_new(tmp_path: Path) -> None:
    articles = pair(old="date: 2025-07-01\nexpires: 2025-12-31", new="date: 2025-06-01")
    assert ranked(tmp_path / "a", articles, judge=freshness())[:2] == ["new.md", "old.md"]
    earlier = freshness(today=datetime.date(2025, 12, 1))
    assert ranked(tmp_path / "b", articles, judge=earlier)[:2] == ["old.md", "new.md"]


def test_who_asks_for_the_old_rule_gets_it(tmp_path: Path) -> None:
    question = f"2022 年{QUESTION}"
    assert ranked(tmp_path, pair(), question, freshness())[:2] == ["old.md", "new.md"]


def test_who_asks_how_it_was_gets_what_is_found(tmp_path: Path) -> None:
    assert ranked(tmp_path, pair(), f"以前{QUESTION}", freshness())[:2] == ["old.md", "new.md"]


def test_undated_passages_stay_where_they_are(tmp_path: Path) -> None:
    assert ranked(tmp_path, pair(old="author: 甲"), judge=freshness())[:2] == ["old.md", "new.md"]


def test_another_platforms_newer_rule_does_not_come_first(tmp_path: Path) -> None:
    articles = pair()
    articles = {
        name: text.replace("咕咚群", "小红书" if name == "old.md" else "抖音") for name, text in articles.items()
    }
    bench = Bench(tmp_path)
    write_articles(bench.articles, articles)
    bench.indexer().reindex()
    generation = bench.retriever().generation
    question = QUESTION.replace("咕咚群", "小红书")
    guarded = Retriever(generation, bench.encoder, glossary=dictionaries.glossary(), freshness=freshness())
    assert guarded.retrieve(question).ranked[0].article.path == "old.md"
