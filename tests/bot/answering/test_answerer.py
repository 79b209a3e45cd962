"""Questions to answers over a small corpus with the fake encoder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.answering.answerer import Answerer, AnswerStyle, cite, define, near_topics, section_line
from bot.answering.extraction import extract
from bot.answering.message_text import MAX_LENGTH
from bot.locales import texts
from bot.model import Answer, Quote, Remark, SmallTalk, Status
from bot.terminal.plain_text import as_json, plain_text
from corpus.vocabulary.glossary import Glossary
from corpus.vocabulary.terms import Term
from embeddings.refusal.confidence import Calibration
from embeddings.search.retriever import Retriever
from tests.embeddings.helpers import Bench

ALWAYS = Calibration(0, {}, answer_at=0, unsure_at=0)
CLOSE = Calibration(0, {}, answer_at=0.9, unsure_at=0.1)
NEVER = Calibration(0, {}, answer_at=0.9, unsure_at=0.9)


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    bench = Bench(tmp_path_factory.mktemp("answering"))
    bench.indexer().reindex()
    return bench.retriever()


def ask(retriever: Retriever, question: str, calibration: Calibration = ALWAYS, **style: int) -> Answer:
    return Answerer(retriever, calibration, AnswerStyle(**style)).answer(question)


def test_an_answer_quotes_passages_and_cites_them_in_order(retriever: Retriever) -> None:
    answer = ask(retriever, "企业微信群发每天几条")
    assert answer.status is Status.ANSWERED
    assert "每个客户每天只能收到一条群发消息" in answer.quotes[0].text
    assert [quote.source for quote in answer.quotes] == [source.n for source in answer.sources]
    first = answer.sources[0]
    assert (first.title, first.section, str(first.date)) == ("企业微信客户上限", "群发次数", "2025-11-20")
    passages = {hit.passage: hit.text for hit in answer.passages}
    for quote, source in zip(answer.quotes, answer.sources, strict=True):
        assert quote.text in passages[source.passage]


def test_an_unsure_answer_says_so_and_a_refusal_names_near_topics(retriever: Retriever) -> None:
    unsure = ask(retriever, "群发次数", CLOSE)
    assert unsure.status is Status.UNSURE
    assert plain_text(unsure).startswith("资料里没有直接写到，最接近的是")
    assert len(unsure.sources) == 1
    refused = ask(retriever, "群发次数", NEVER)
    assert refused.status is Status.REFUSED
    assert not refused.quotes
    assert not refused.sources
    assert 0 < len(refused.near_topics) <= 3
    assert "没有找到" in plain_text(refused)
    assert all(topic.title in plain_text(refused) for topic in refused.near_topics)
    assert len(refused.passages) > 0
    far = ask(retriever, "红烧肉怎么炖", NEVER)
    assert (far.status, far.near_topics) == (Status.REFUSED, ())


def test_small_talk_is_not_searched(retriever: Retriever) -> None:
    answer = ask(retriever, "大家早上好")
    assert answer.status is Status.SMALLTALK
    assert not answer.passages


def test_a_question_longer_than_is_read_is_told_so_and_never_cut(retriever: Retriever) -> None:
    asked = "我是卖茶的，" * 200 + "企业微信群发每天几条？"
    answer = ask(retriever, asked)
    assert answer.question == asked
    assert (answer.status, answer.remark, answer.confidence) == (Status.REFUSED, Remark.TOO_LONG, 0.0)
    assert "1000" in plain_text(answer)
    assert not answer.passages
    longest = "企业微信群发每天几条？".rjust(MAX_LENGTH, "茶")
    assert ask(retriever, longest).remark is None
    assert ask(retriever, f"茶{longest}").remark is Remark.TOO_LONG


def test_a_bare_question_without_a_conversation_asks_what_is_meant(retriever: Retriever) -> None:
    answerer = Answerer(retriever, ALWAYS, glossary=Glossary.load())
    for question in ("多少钱", "怎么办", "会封号吗", "how much is it?"):
        answer = answerer.answer(question, ["你好"])
        assert (answer.status, answer.incomplete, answer.remark) == (Status.REFUSED, True, Remark.BARE)
        words = texts(answer.language)
        assert plain_text(answer) == f"{words('which_subject')}\n{words('refused_incomplete')}"
        assert not answer.near_topics
    followed = answerer.answer("多少钱", ["企业微信客户扩容怎么申请"])
    assert followed.status is Status.ANSWERED
    assert followed.understood == "企业微信客户扩容怎么申请，多少钱"
    again = answerer.answer("会封号吗", ["多少钱"])
    assert again.remark is Remark.BARE


def test_a_link_is_not_opened_and_the_words_beside_it_are_answered(retriever: Retriever) -> None:
    link = "https://example.org/a?b=1"
    answer = ask(retriever, f"{link} 企业微信群发每天几条")
    plain = ask(retriever, "企业微信群发每天几条")
    assert (answer.status, answer.remark) == (Status.ANSWERED, Remark.LINK)
    assert (answer.confidence, answer.quotes) == (plain.confidence, plain.quotes)
    assert plain_text(answer).startswith("链接我打不开")
    for only in (link, f"{link} 这篇讲的对吗"):
        alone = ask(retriever, only)
        assert (alone.status, alone.remark, alone.passages) == (Status.REFUSED, Remark.LINK_ONLY, ())
        assert "文字" in plain_text(alone)
    refused = ask(retriever, f"{link} 红烧肉怎么炖", NEVER)
    assert "链接我打不开" in plain_text(refused)
    assert "没有找到" in plain_text(refused)


@pytest.mark.parametrize(
    ("text", "kind"),
    [("我想问一下", SmallTalk.PROMPT), ("转人工", SmallTalk.HUMAN), ("不对", SmallTalk.CORRECTION)],
)
def test_what_asks_the_articles_nothing_gets_its_own_line(retriever: Retriever, text: str, kind: SmallTalk) -> None:
    answer = ask(retriever, text, NEVER)
    assert (answer.status, answer.small_talk, answer.near_topics) == (Status.SMALLTALK, kind, ())
    assert plain_text(answer) == texts("zh")(kind)


def test_the_same_is_searched_whether_a_question_is_asked_politely_or_behind_a_story(retriever: Retriever) -> None:
    plain = ask(retriever, "企业微信群发每天几条")
    story = "我开了一家茶叶店，两个员工，平时都是老客户来买，去年开始在小红书发图，前后也加了三百来个人，"
    story += "有学生也有上班的，买得最多的是白茶。"
    polite = ("请问企业微信群发每天几条", "老师好，想问一下，企业微信群发每天几条，谢谢")
    for wording in (*polite, f"{story}请问企业微信群发每天几条"):
        answer = ask(retriever, wording)
        assert (answer.question, answer.understood) == (wording, None)
        assert (answer.confidence, answer.passages) == (plain.confidence, plain.passages)


@pytest.mark.parametrize(
    ("asks", "about"),
    [
        ("是不是要另外交钱", "企业微信群发每天几条，客户多了发不动"),
        ("这样下去会不会出事啊", "企业微信群发发得太密，客户把我删了"),
        ("我寻思换一个人发行不行", "企业微信群发提示上限"),
    ],
)
def test_of_a_story_is_searched_what_tells_what_its_question_is_about(
    retriever: Retriever, asks: str, about: str
) -> None:
    answerer = Answerer(retriever, ALWAYS, glossary=Glossary.load())
    story = "我开了一家茶叶店，两个员工，房租年年涨，平时都是老客户来买，有学生也有上班的，买得最多的是白茶，"
    plain, told = answerer.answer(f"{about}，{asks}"), answerer.answer(f"{story}{about}，{asks}")
    assert told.passages == plain.passages
    assert told.quotes == plain.quotes


def test_a_question_that_names_its_subject_needs_nothing_of_the_story(retriever: Retriever) -> None:
    answerer = Answerer(retriever, ALWAYS, glossary=Glossary.load())
    story = "我开了一家茶叶店，两个员工，房租年年涨，平时都是老客户来买，有学生也有上班的，买得最多的是白茶，也有普洱，"
    plain, told = answerer.answer("企业微信群发每天几条"), answerer.answer(f"{story}企业微信群发每天几条")
    assert told.passages == plain.passages


def test_a_correction_asks_the_last_question_about_something_else(retriever: Retriever) -> None:
    answerer = Answerer(retriever, ALWAYS, glossary=Glossary.load())
    answer = answerer.answer("不是，我问的是个人微信", ["企业微信一天能加多少人"])
    assert answer.understood == "个人微信一天能加多少人"
    assert answerer.answer("那一个月呢", ["企业微信一天能加多少人", "不对，我问的是个人微信"]).understood == (
        "个人微信一天能加多少人，那一个月呢"
    )


def test_an_english_question_gets_an_english_frame(retriever: Retriever) -> None:
    assert plain_text(ask(retriever, "How to stew pork?", NEVER)).startswith("My articles do not cover")


def test_the_number_and_length_of_quotes_are_bounded(retriever: Retriever) -> None:
    answer = ask(retriever, "企业微信客户", quotes=2, length=120)
    assert 1 <= len(answer.quotes) <= 2
    assert sum(len(quote.text) for quote in answer.quotes) <= 160


def test_every_quote_is_a_range_of_the_passage_it_cites(retriever: Retriever) -> None:
    for question in ("先清理无效客户", "企业微信群发每天几条", "发微信号会怎样"):
        answer = ask(retriever, question)
        texts_by_id = {hit.passage: hit.text for hit in answer.passages}
        cited = {source.n: source.passage for source in answer.sources}
        assert all(quote.text in texts_by_id[cited[quote.source]] for quote in answer.quotes)
        shown = [quote.folded for quote in answer.quotes]
        assert shown == sorted(shown)
        assert sum(len(quote.text) for quote in answer.quotes if not quote.folded) <= 350


def test_the_same_words_are_quoted_once(retriever: Retriever) -> None:
    ranked = retriever.retrieve("群发").ranked
    twice = (ranked[0], replace(ranked[0]), *ranked[1:])
    chosen = extract(twice, quotes=5, length=600)
    quoted = [quote.text for quote in chosen.quotes]
    assert len(quoted) == len(set(quoted))


def test_json_keeps_the_contract(retriever: Retriever) -> None:
    document = as_json(ask(retriever, "发微信号会怎样"))
    assert set(document) == {
        "question",
        "status",
        "answer",
        "confidence",
        "quotes",
        "sources",
        "passages",
        "near_topics",
        "mode",
        "statements",
        "parts",
        "assumed",
        "uncovered",
        "generation",
        "elapsed_ms",
    }
    assert set(document["sources"][0]) == {
        "n",
        "article",
        "title",
        "section",
        "author",
        "date",
        "url",
        "passage",
        "score",
        "checked",
    }
    assert document["sources"][0]["url"] == "https://example.com/daoliu"
    assert document["sources"][0]["checked"] == "2026-03-04"
    assert "· 2026-01-02 · 核对至 2026-03-04" in document["answer"]
    assert set(document["passages"][0]) == {"article", "passage", "text", "score"}
    assert 0 <= document["confidence"] <= 1
    for quote in document["quotes"]:
        assert quote["text"] in document["answer"]


def test_a_definition_comes_first_when_the_glossary_has_it(retriever: Retriever, tmp_path: Path) -> None:
    file = tmp_path / "glossary.yaml"
    file.write_text(
        "- term: 活码\n  definition: 活码是背后员工可以随时更换的二维码，印出去以后不用重新印。\n", encoding="utf-8"
    )
    answerer = Answerer(retriever, NEVER, glossary=Glossary.load(file))
    answer = answerer.answer("什么是活码")
    assert answer.status is Status.ANSWERED
    assert answer.quotes[0].text.startswith("活码是背后员工")
    assert answer.sources[0].title == "术语表：活码"
    assert (answer.sources[0].passage, answer.sources[0].score) == ("", 1.0)
    assert answerer.answer("复购怎么做").status is Status.REFUSED
    assert (len(answer.quotes), len(answer.sources)) == (1, 1)  # what was not sure enough is left out
    followed = Answerer(retriever, ALWAYS, glossary=Glossary.load(file)).answer("什么是活码")
    assert len(followed.quotes) > 1
    assert [quote.source for quote in followed.quotes] == [source.n for source in followed.sources]
    assert followed.sources[0].title == "术语表：活码"


def test_two_questions_in_one_message_are_answered_one_by_one(retriever: Retriever) -> None:
    answerer = Answerer(retriever, ALWAYS, glossary=Glossary.load())
    answer = answerer.answer("企业微信能加多少客户，怎么合规留资")
    assert [part.question for part in answer.parts] == ["企业微信能加多少客户", "企业微信怎么合规留资"]
    assert all(part.status is Status.ANSWERED and part.quotes for part in answer.parts)
    assert [source.n for source in answer.sources] == list(range(1, len(answer.sources) + 1))
    assert as_json(answer)["parts"][0] == {"question": "企业微信能加多少客户", "status": "answered"}
    assert not answerer.answer("企业微信能加多少客户").parts


def test_what_is_only_close_is_not_shown_again_for_the_second_question(retriever: Retriever) -> None:
    answerer = Answerer(retriever, CLOSE, glossary=Glossary.load())
    answer = answerer.answer("企业微信能加多少客户，企业微信客户怎么扩容")
    first, second = answer.parts
    assert (first.status, second.status, second.quotes) == (Status.UNSURE, Status.REFUSED, ())
    assert len({quote.text for quote in answer.quotes}) == len(answer.quotes)


def test_a_platform_that_the_articles_do_not_cover_is_said_to_be_uncovered(retriever: Retriever) -> None:
    answer = Answerer(retriever, ALWAYS, glossary=Glossary.load()).answer("拼多多群发每天几条")
    assert (answer.status, answer.uncovered, answer.near_topics) == (Status.REFUSED, ("拼多多",), ())
    assert "拼多多" in plain_text(answer)


def test_the_platform_that_is_assumed_is_said(retriever: Retriever) -> None:
    answerer = Answerer(retriever, ALWAYS, glossary=Glossary.load())
    answer = answerer.answer("私信里留电话会怎样")
    assert answer.assumed == "小红书"
    assert "小红书" in plain_text(answer).splitlines()[0]
    assert answerer.answer("小红书私信里留电话会怎样").assumed is None


def test_behind_a_definition_stands_the_lead_and_the_rest_is_folded(retriever: Retriever) -> None:
    plain, ranked = ask(retriever, "企业微信群发每天几条"), retriever.retrieve("群发次数").ranked
    quotes = (Quote("甲", 1), Quote("乙", 1, folded=True), Quote("丙", 2))
    answer = replace(
        plain, confidence=0.7, quotes=quotes, outdated=True, sources=(cite(ranked[0], 1), cite(ranked[1], 2))
    )
    defined = define(Term("活码", "活码是二维码。"), answer)
    assert [(quote.text, quote.source, quote.folded) for quote in defined.quotes] == [
        ("活码是二维码。", 1, False),
        ("甲", 2, False),
        ("乙", 2, True),
        ("丙", 3, True),
    ]
    assert [source.n for source in defined.sources] == [1, 2, 3]
    assert (defined.confidence, defined.outdated) == (1.0, False)
    refused = define(Term("活码", "活码是二维码。"), replace(ask(retriever, "群发次数", NEVER), uncovered=("拼多多",)))
    assert (refused.status, refused.near_topics, refused.uncovered) == (Status.ANSWERED, (), ())


def test_near_topics_are_the_nearest_articles_each_once_with_its_best_passage(retriever: Retriever) -> None:
    ranked = retriever.retrieve("群发次数").ranked
    topics = near_topics((ranked[0], *ranked), 2)
    paths = list(dict.fromkeys(hit.article.path for hit in ranked))
    assert [topic.article for topic in topics] == paths[:2]
    assert topics[0].passage == ranked[0].passage.id
    assert len(near_topics(ranked, 9)) == len(paths)


def test_a_citation_has_the_day_of_the_last_update_and_no_title_twice(retriever: Retriever) -> None:
    hit = retriever.retrieve("群发次数").ranked[0]
    day = hit.article.date
    assert day is not None
    later = replace(hit, article=replace(hit.article, updated=day.replace(year=day.year + 1)), score=0.123456)
    assert (cite(hit, 1).date, cite(later, 2).date) == (day, later.article.updated)
    assert (cite(later, 2).n, cite(later, 2).score) == (2, 0.1235)
    assert section_line(("企业微信", "群发", "次数"), "群发") == "企业微信 › 次数"


def test_each_of_two_questions_has_half_of_the_room_but_one_quote_at_least(retriever: Retriever) -> None:
    answer = Answerer(retriever, ALWAYS, AnswerStyle(quotes=1), glossary=Glossary.load()).answer(
        "企业微信能加多少客户，怎么合规留资"
    )
    assert [len(part.quotes) for part in answer.parts] == [1, 1]
