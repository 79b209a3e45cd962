"""Which questions a curated answer is given to."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest

from bot.answering.curated.matching import CuratedMatcher
from bot.answering.curated.phrasing import Phrasings
from bot.answering.curated.store import Author, CuratedAnswer
from bot.model import Answer, Status
from tests.evaluation.fit_curated_matching import Held
from tests.support import dictionaries
from tests.support.fakes import FakeEncoder, on

GLOSSARY = dictionaries.glossary()
SEGMENTER = dictionaries.glossary_segmenter()
PHRASINGS = Phrasings(GLOSSARY, SEGMENTER)
TODAY = datetime.date(2026, 6, 1)


def matcher(store: Held, encoder: FakeEncoder | None = None) -> CuratedMatcher:
    return CuratedMatcher(store, encoder or FakeEncoder(), SEGMENTER, PHRASINGS, local_time=on(TODAY.isoformat()))


@pytest.mark.parametrize(
    "typed", ["企业微信认证要多少钱", "企業微信認證要多少錢？？", "qw认证收费多少", "企微认证得花多少钱啊"]
)
def test_the_same_question_in_another_spelling_matches(typed: str) -> None:
    found = matcher(Held.over(["企业微信认证要多少钱", "快递几天能到"])).match(typed)
    assert found is not None
    assert found.id == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("企业微信客户上限是多少", "个人微信好友上限是多少"),
        ("小红书店铺怎么开通", "抖音小店怎么开通"),
        ("群满200人怎么办", "群满500人怎么办"),
        ("二级分销合法吗", "三级分销合法吗"),
        ("企业号认证多少钱", "企业号认证怎么弄"),
        ("视频号怎么绑定企业微信", "视频号怎么解绑企业微信"),
        ("公众号服务号一个月能群发几次", "公众号订阅号一个月能群发几次"),
        ("微信怎么迁移到企业微信", "企业微信怎么迁移到个人微信"),
        ("后台数据怎么导出", "后台数据怎么导入"),
        ("买了课能退款吗", "买了课能开发票吗"),
        ("代理一次最少拿多少货", "代理一次最多拿多少货"),
    ],
)
def test_near_questions_that_ask_something_else_conflict(one: str, other: str) -> None:
    assert PHRASINGS.conflict(PHRASINGS.read(one), PHRASINGS.read(other))
    assert matcher(Held.over([one])).match(other) is None
    assert matcher(Held.over([other])).match(one) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("朋友圈卖货要不要执照", "微信里卖货用不用办营业执照"),
        ("薯店押金多少", "小红书店铺保证金要交多少钱"),
        ("私信禁言几天能放出来", "私信被禁言多久恢复"),
        ("怎么加入会员群", "会员群在哪加"),
    ],
)
def test_other_words_for_the_same_do_not_conflict(one: str, other: str) -> None:
    assert not PHRASINGS.conflict(PHRASINGS.read(one), PHRASINGS.read(other))


def test_other_phrasings_count_and_the_newest_of_two_equals_wins() -> None:
    first, second = Held.over(["几点开门", "几点开门"]).answers
    held = Held((first, replace(second, content=replace(second.content, alternatives=("早上啥时候营业",)))))
    for question in ("几点开门", "早上啥时候营业"):
        found = matcher(held).match(question)
        assert found is not None
        assert found.id == 1


def test_what_has_expired_is_not_used() -> None:
    (curated,) = Held.over(["几点开门"]).answers
    for expires, found in ((TODAY, True), (TODAY - datetime.timedelta(days=1), False)):
        held = Held((replace(curated, content=replace(curated.content, expires=expires)),))
        assert (matcher(held).match("几点开门") is not None) is found


def test_phrasings_are_encoded_once_and_nothing_where_nothing_is_curated() -> None:
    encoder = FakeEncoder()
    empty = matcher(Held(()), encoder)
    empty.warm()
    assert empty.match("几点开门") is None
    assert encoder.calls == 0
    busy = matcher(Held.over(["几点开门", "怎么退款"]), encoder)
    busy.warm()
    warmed = encoder.calls
    assert busy.match("几点开门") is not None
    assert encoder.calls == warmed
    busy.match("周末天气好吗")
    assert encoder.calls - warmed < 10


def test_words_are_remembered_up_to_a_number() -> None:
    encoder = FakeEncoder()
    known = matcher(Held(()), encoder)
    words = [f"词{number}" for number in range(5_001)]
    rows = known.word_vectors(words)
    calls = encoder.calls
    assert (known.word_vectors(words[:2]) == rows[:2]).all()
    assert encoder.calls == calls
    assert known.word_vectors([words[0], "新"]).shape == rows[:2].shape
    known.word_vectors(words[:1])
    assert encoder.calls == calls + 2
    known.word_vectors(words[1:2])
    assert encoder.calls == calls + 3


def answer(language: str = "zh") -> Answer:
    return Answer("几点开门", Status.REFUSED, language, 0.1, (), (), (), (), "g1", 1.0, outdated=True)


def test_a_pinned_answer_tells_who_wrote_it_when_and_from_where() -> None:
    (curated,) = Held.over(["几点开门"]).answers
    written = datetime.datetime(2026, 5, 4, 23, 30, tzinfo=datetime.UTC).timestamp()  # the fifth, where merchants are
    curated = replace(curated, author=Author(7, "Olga <b>"), written=written)
    pin = matcher(Held(())).pin
    shown = pin(curated, answer())
    assert (shown.status, shown.confidence, shown.outdated) == (Status.ANSWERED, 1.0, False)
    assert [(quote.text, quote.source) for quote in shown.quotes] == [("答0", 1)]
    (source,) = shown.sources
    assert (source.n, source.score) == (1, 1.0)
    assert (source.article, source.title, source.url) == ("curated", "人工答案 · Olga <b> · 2026-05-05", None)

    def titled(known: CuratedAnswer, language: str = "zh") -> tuple[str, str | None]:
        cited = pin(known, answer(language)).sources[0]
        return cited.title, cited.url

    content = replace(curated.content, expires=datetime.date(2026, 7, 1), source="https://example.com/a")
    assert titled(replace(curated, content=content)) == (
        "人工答案 · Olga <b> · 2026-05-05 · 有效期至 2026-07-01",
        "https://example.com/a",
    )
    told = replace(curated, content=replace(curated.content, source="店长说的"), edited=written + 86_400)
    assert titled(told) == ("人工答案 · Olga <b> · 2026-05-05 · 改于 2026-05-06 · 店长说的", None)
    assert titled(replace(curated, content=replace(curated.content, source="javascript:alert(1)")))[1] is None
    assert titled(curated, "en")[0].startswith("Curated answer · Olga")
