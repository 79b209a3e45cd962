"""Which unit leads an answer, what is shown beside it, and what is folded."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.answering.asked.reading import QuestionReader
from bot.answering.candidates import Question
from bot.answering.extraction import Extract, extract
from corpus.cutting.passages import cut
from corpus.model import Block, BlockKind, Passage, Span
from corpus.vocabulary.glossary import Glossary
from embeddings.index.records import ArticleRecord
from embeddings.search.retriever import LegScores, Ranked
from tests.corpus.samples import article_of

ITEM, ROW = BlockKind.LIST_ITEM, BlockKind.TABLE_ROW
NOTHING = LegScores(0, 0, 0)
STEPS: list[str | Block] = [
    "开店分三步：",
    *(Block(ITEM, text) for text in ("1. 先注册账号。", "2. 再交保证金。", "3. 最后上架商品。")),
]


def ranked(
    blocks: Sequence[str | Block], best: str = "", *, headings: tuple[str, ...] = ("标题",), score: float = 1.0
) -> Ranked:
    """A passage of these blocks; the sentences with the words `best` are the likeliest to answer."""
    (passage,) = cut(article_of((headings, list(blocks))), target=1000)
    scores = tuple(5.5 * (bool(best) and best in passage.text[s.start : s.end]) for s in passage.sentences)
    return Ranked(passage, ArticleRecord("a.md", "题目", "", ""), score, NOTHING, scores)


def asks(text: str) -> Question:
    reader = QuestionReader(Glossary.load())
    return Question(reader.read(text), reader)


def shown(chosen: Extract) -> list[str]:
    return [quote.text for quote in chosen.quotes if not quote.folded]


def lead(*hits: Ranked, question: Question | None = None, length: int = 800) -> str:
    chosen = extract(hits, question, quotes=5, length=length)
    first = [quote for quote in chosen.quotes if quote.source == 1 and not quote.folded]
    return "\n".join(quote.text for quote in first[:1] + [quote for quote in first[1:] if quote.goes_on])


def paragraph(word: str, length: int = 100) -> str:
    """A sentence that has no two characters in a row in common with that of another word."""
    start = 0x4E00 + sum(map(ord, word)) * 131 % 15_000
    return word + "".join(chr(start + 2 * n) for n in range(length - len(word) - 1)) + "。"


@pytest.mark.parametrize("best", ["注册", "保证金", "上架"])
def test_a_short_list_leads_whole_with_its_lead_in_and_nothing_before_it(best: str) -> None:
    text = lead(ranked([paragraph("天气", 200), *STEPS], best))
    assert text == "开店分三步：\n1. 先注册账号。\n2. 再交保证金。\n3. 最后上架商品。"


def test_of_a_long_list_the_items_that_answer_stand_behind_the_line_that_leads_in() -> None:
    items: list[str | Block] = [Block(ITEM, f"- 第{n}条：{paragraph('注意' + n, 90)}") for n in "甲乙丙丁"]
    hit = ranked(["要注意的有四条：", *items], "第丙条")
    chosen = extract([hit], quotes=5, length=800)
    first, second = chosen.quotes[:2]
    assert (first.text, second.goes_on, second.source) == ("要注意的有四条：", True, 1)
    assert "第丙条" in second.text
    assert second.text.startswith("- 第")
    assert sum(len(quote.text) for quote in chosen.quotes[:2]) <= 160


@pytest.mark.parametrize(("best", "begins"), [("乙", "1."), ("戊", "5.")])
def test_a_long_list_begins_with_its_first_item_where_that_fits(best: str, begins: str) -> None:
    items = [Block(ITEM, f"{n}. {word}{'字' * 55}。") for n, word in enumerate("甲乙丙丁戊己", start=1)]
    lines = lead(ranked(["清单如下：", *items], best)).splitlines()
    assert (lines[0], lines[1][:2]) == ("清单如下：", begins)


def test_a_list_without_a_line_that_leads_in_is_shown_below_its_heading() -> None:
    chosen = extract([ranked(STEPS[1:], "保证金", headings=("怎么开店？",))], quotes=5, length=800)
    assert chosen.quotes[0].heading == "怎么开店？"
    assert extract([ranked(STEPS, "保证金")], quotes=5, length=800).quotes[0].heading == ""


def test_where_steps_are_asked_for_more_of_them_are_shown_than_elsewhere() -> None:
    items: list[str | Block] = [
        Block(ITEM, f"{n}. 第{n}步要做的事情有很多，先做这一件，再做那一件，别着急，慢慢来，一件一件做完。")
        for n in range(1, 8)
    ]
    hit = ranked(["照下面做：", *items], "第5步")
    assert lead(hit, question=asks("怎么开店")).count("\n") == 7
    assert lead(hit, question=asks("开店要多少钱")).count("\n") < 7


def test_a_row_is_laid_out_and_its_quote_stays_as_it_stands_in_the_passage() -> None:
    chosen = extract([ranked(["各种群：", Block(ROW, "群：客户群；上限：500 人")], "500")], quotes=5, length=800)
    assert chosen.quotes[0].text == "各种群：\n群：客户群；上限：500 人"
    assert chosen.quotes[0].display == "各种群：\n群：客户群\n　上限：500 人"


def test_a_paragraph_is_never_cut_before_the_sentence_that_says_there_is_no_figure() -> None:
    text = "网上的说法很多，" * 14 + "都只是经验。" + "平台没有公布过官方数字。"
    assert lead(ranked([text], "网上的说法")) == text


def test_the_lead_takes_its_section_along_as_far_as_there_is_room_and_no_other_one() -> None:
    sections = ((("甲", "一"), ["甲说好。", "乙说行。"]), (("甲", "二"), ["丙说可以。"]))
    (passage,) = cut(article_of(*((headings, list(blocks)) for headings, blocks in sections)))
    scores = tuple(6.0 * ("乙" in passage.text[s.start : s.end]) for s in passage.sentences)
    hit = Ranked(passage, ArticleRecord("a.md", "题目", "", ""), 1.0, NOTHING, scores)
    assert lead(hit) == "甲说好。\n乙说行。"
    assert all("二" not in quote.text for quote in extract([hit], quotes=5, length=800).quotes)


def test_what_goes_on_from_the_paragraph_above_is_shown_with_it() -> None:
    hit = ranked([paragraph("满员"), "所以码没过期也进不去，" + "不是码坏了，" * 12 + "换一个群。"], "码没过期")
    assert lead(hit).startswith("满员")
    assert "码没过期" in lead(hit)


def test_a_later_passage_leads_where_it_says_what_is_asked_for() -> None:
    first = ranked(["小红书聚光建议先发笔记再投，别着急。"], "聚光", headings=("先发笔记还是先投聚光？",), score=1.0)
    second = ranked(["小红书聚光首充一般 2000 到 5000 元。"], "聚光", headings=("聚光开户要充多少？",), score=0.95)
    assert "5000 元" in lead(first, second, question=asks("聚光最少充多少钱"))
    assert "先发笔记" in lead(first, second, question=asks("聚光投放和发笔记怎么选"))


def test_what_answered_another_question_of_the_message_leads_only_where_nothing_else_holds_what_is_asked() -> None:
    first = ranked(["小红书聚光首充一般 2000 到 5000 元。"], "聚光", headings=("聚光开户要充多少？",), score=1.0)
    other = ranked(["小红书聚光未用完的钱退款要扣 100 元。"], "聚光", headings=("聚光能退多少？",), score=0.95)
    beside = ranked(["小红书聚光建议先发笔记再投。"], "聚光", headings=("先发笔记还是先投聚光？",), score=0.95)
    question, said = asks("聚光能拿回多少钱"), [first.passage.text]
    assert lead(first, other, question=question).startswith("小红书聚光首充")
    assert extract([first, other], question, quotes=5, length=800, said=said).quotes[0].text.endswith("扣 100 元。")
    for hits in ([first, beside], [first]):
        assert "首充" in extract(hits, question, quotes=5, length=800, said=said).quotes[0].text


def test_another_platform_does_not_lead() -> None:
    first = ranked(["企业微信的客户群最多 500 人。"], "最多", headings=("企业微信客户群上限",), score=1.0)
    second = ranked(["小红书的群聊最多 500 人。"], "最多", headings=("小红书群聊上限",), score=0.9)
    assert lead(first, second, question=asks("小红书的群最多多少人")).startswith("小红书")


def test_pitfalls_lead_only_when_they_are_asked_for() -> None:
    hits = (
        ranked(["最大的坑是代开员工号。"], "员工号", headings=("员工号常见的坑",), score=1.0),
        ranked(["员工号在后台绑定。"], "员工号", headings=("员工号怎么绑定？",), score=0.9),
    )
    assert "绑定" in lead(*hits, question=asks("员工号怎么弄"))
    assert "坑" in lead(*hits, question=asks("员工号有哪些坑"))


@pytest.mark.parametrize(("question", "begins"), [("一个人最多加多少客户", "单个"), ("听说能加 20 万人", "有说法")])
def test_hearsay_leads_only_when_it_is_asked_about(question: str, begins: str) -> None:
    above, rumour, rule = (
        paragraph("开头", 200),
        f"有说法称能加 20 万客户。{'换' * 200}",
        f"单个员工能加 5000 客户。{'满' * 200}",
    )
    assert lead(ranked([above, rumour, rule], "能加"), question=asks(question)).startswith(begins)


def test_a_line_that_only_points_elsewhere_is_never_shown() -> None:
    chosen = extract(
        [ranked(["相关：社群每天发什么、沉默客户怎么唤醒。", "群里每天发一条。"], "社群")], quotes=5, length=800
    )
    assert shown(chosen) == ["群里每天发一条。"]


def test_a_screen_holds_three_pieces_and_350_characters_and_the_rest_is_folded() -> None:
    hits = [ranked([paragraph(word)], word) for word in ("天气", "房租", "股票", "菜价", "车票")]
    chosen = extract(hits, quotes=5, length=800)
    assert len(shown(chosen)) == 3
    assert sum(map(len, shown(chosen))) <= 350
    assert [quote.source for quote in chosen.quotes] == [1, 2, 3, 4, 5]
    assert [quote.folded for quote in chosen.quotes] == [False] * 3 + [True] * 2


def test_nothing_is_said_twice() -> None:
    hits = [
        ranked([paragraph("天气")], "天气"),
        ranked(["今天说说：" + paragraph("天气")], "天气"),
        ranked([paragraph("房租")]),
    ]
    assert [quote.text[:2] for quote in extract(hits, quotes=5, length=800).quotes] == ["天气", "房租"]


def test_what_only_comes_near_is_one_quote_with_its_section() -> None:
    hits = [ranked([paragraph("天气"), paragraph("雨水")], "天气"), ranked([paragraph("房租")], "房租")]
    chosen = extract(hits, quotes=5, length=800, closest=True)
    assert [quote.text for quote in chosen.quotes] == [f"{paragraph('天气')}\n{paragraph('雨水')}"]


def test_weak_passages_give_no_quote() -> None:
    scores = {"天气": 1.0, "房租": 0.6, "股票": 0.59}
    hits = [ranked([paragraph(word)], word, score=score) for word, score in scores.items()]
    assert [quote.text[:2] for quote in extract(hits, quotes=5, length=800).quotes] == ["天气", "房租"]


def test_there_are_no_more_sources_than_asked_for() -> None:
    hits = [ranked([paragraph(word)], word) for word in ("天气", "房租", "股票", "菜价")]
    assert len(extract(hits, quotes=2, length=800).passages) == 2
    assert extract(hits, quotes=0, length=800) == extract([], quotes=5, length=800) == Extract((), ())


def test_a_passage_without_sentences_gives_no_quote() -> None:
    nothing = Ranked(Passage("0" * 16, "a.md", 0, (), "", ()), ArticleRecord("a.md", "A", "", ""), 1.0, NOTHING, ())
    assert extract([nothing], quotes=3, length=100).quotes == ()


def test_a_passage_without_blocks_is_read_as_one_paragraph() -> None:
    text = "甲说好。乙说行。"
    passage = Passage("0" * 16, "a.md", 0, (), text, (Span(0, 4), Span(4, 8)))
    hit = Ranked(passage, ArticleRecord("a.md", "A", "", ""), 1.0, NOTHING, (0.0, 1.0))
    assert lead(hit) == text


def test_what_says_the_same_of_another_number_is_folded_and_not_lost() -> None:
    hits = [ranked([f"第{n}卷说防水指数要到三千毫米，地钉用 {n + 8} 根，绳子两条。"], "防水") for n in range(3)]
    chosen = extract(hits, quotes=5, length=800)
    assert [quote.folded for quote in chosen.quotes] == [False, True, True]


def test_what_opens_the_section_of_the_lead_goes_before_it_where_both_are_short() -> None:
    opening, rumour = paragraph("上限", 90), paragraph("传闻", 90)
    chosen = extract([ranked([opening, rumour], "传闻")], quotes=5, length=800)
    assert [text[:2] for text in shown(chosen)] == ["上限", "传闻"]
    longer = extract([ranked([paragraph("上限", 150), rumour], "传闻")], quotes=5, length=800)
    assert [text[:2] for text in shown(longer)] == ["传闻", "上限"]


def test_what_names_the_terms_of_the_question_leads_before_what_does_not() -> None:
    one, other = ranked(["哪些话不能说，先看这张表。"], "哪些"), ranked(["聊产品、报价和答疑都不算导流。"], score=0.9)
    assert lead(one, other, question=Question()).startswith("哪些话")
    assert lead(one, other, question=asks("哪些话不算导流")).startswith("聊产品")
