"""Which sentences of a passage become the quote, and which passages give one."""

from __future__ import annotations

import pytest

from bot.answering.extraction import best_run, extract
from corpus.model import Passage, Span
from embeddings.index.generation import ArticleRecord
from embeddings.search.retriever import LegScores, Ranked

STEPS = ("开店分三步：\n", "1. 先注册账号。\n", "2. 再交保证金。\n", "3. 最后上架商品。\n", "做完等审核。")


def ranked(sentences: tuple[str, ...], scores: tuple[float, ...], *, score: float = 1.0) -> Ranked:
    """A passage of these sentences, with how likely each is the one that answers."""
    starts = [sum(map(len, sentences[:n])) for n in range(len(sentences))]
    spans = tuple(Span(at, at + len(text.rstrip())) for at, text in zip(starts, sentences, strict=True))
    passage = Passage("0" * 16, "a.md", 0, (), "".join(sentences), spans)
    return Ranked(passage, ArticleRecord("a.md", "A", "", ""), score, LegScores(0, 0, 0), scores)


@pytest.mark.parametrize("best", [1, 2, 3])
def test_a_list_is_shown_whole_with_its_lead_in_and_nothing_after_it(best: int) -> None:
    hit = ranked(STEPS, tuple(float(n == best) for n in range(5)))
    assert best_run(hit, len("".join(STEPS[:4]))) == "".join(STEPS[:4]).rstrip()


def test_a_list_may_take_half_as_much_again_and_no_more() -> None:
    hit = ranked(STEPS, (0, 0, 1, 0, 0))
    whole = "".join(STEPS[:4]).rstrip()
    assert best_run(hit, -(-2 * len(whole) // 3)) == whole
    assert best_run(hit, len(whole) // 2) != whole


def test_a_sentence_before_a_list_that_leads_into_nothing_is_left_out() -> None:
    hit = ranked(("开店不难。\n", *STEPS[1:]), (0, 1, 0, 0, 0))
    assert best_run(hit, 30) == "".join(STEPS[1:4]).rstrip()


def test_a_run_grows_to_the_better_side_until_the_room_is_full() -> None:
    sentences = ("甲说好。", "乙说行。", "丙说可以。", "丁说再看。")
    assert best_run(ranked(sentences, (0, 0.5, 1, 0.2)), 9) == "乙说行。丙说可以。"
    assert best_run(ranked(sentences, (0, 0.2, 1, 0.5)), 10) == "丙说可以。丁说再看。"
    assert best_run(ranked(sentences, (0, 0.5, 1, 0.2)), 8) == "丙说可以。"
    assert best_run(ranked(sentences, (0, 0.5, 1, 0.2)), 99) == "".join(sentences)


def test_of_equally_good_sentences_the_first_is_quoted() -> None:
    assert best_run(ranked(("甲说好。", "乙说行。"), (1, 1)), 4) == "甲说好。"


def test_a_passage_without_sentences_gives_no_quote() -> None:
    assert best_run(ranked((), ()), 100) == ""
    assert extract([ranked((), ())], quotes=3, length=100).quotes == ()


def test_weak_passages_give_no_quote() -> None:
    hits = [ranked((f"{name}说好。",), (1,), score=score) for name, score in (("甲", 1), ("乙", 0.6), ("丙", 0.59))]
    chosen = extract(hits, quotes=5, length=100)
    assert [(quote.text, quote.source) for quote in chosen.quotes] == [("甲说好。", 1), ("乙说好。", 2)]
    assert chosen.passages == tuple(hits[:2])


def test_there_are_no_more_quotes_than_asked_for_and_none_without_room() -> None:
    hits = [ranked((f"{name}说可以这样做。",), (1,)) for name in "甲乙丙丁"]
    assert len(extract(hits, quotes=2, length=100).quotes) == 2
    assert len(extract(hits, quotes=9, length=10).quotes) == 2  # 8 of 10 characters, then 8 of the 2 that are left


def test_the_first_passage_fills_two_fifths_of_the_room() -> None:
    sentences = tuple(f"第{n}句话很短。" for n in "一二三四五六七八九十")
    chosen = extract([ranked(sentences, (1.0, *[0.5] * 9))], quotes=2, length=50)
    assert len(chosen.quotes[0].text) == 14
