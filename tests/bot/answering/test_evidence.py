"""What the likeliest sentences add to the signals of a search."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.answering.asked.reading import QuestionReader
from bot.answering.evidence import signals_with_evidence
from corpus.vocabulary.glossary import Glossary
from embeddings.index.lexical import LexicalIndex
from embeddings.refusal.confidence import Signals
from embeddings.search.retriever import Ranked, Retrieved
from tests.bot.answering.hits import hit
from tests.embeddings.helpers import Bench

READER = QuestionReader(Glossary.load())
NONE = Signals(0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.5)


@pytest.fixture(scope="module")
def lexical(tmp_path_factory: pytest.TempPathFactory) -> LexicalIndex:
    root: Path = tmp_path_factory.mktemp("evidence")
    bench = Bench(root)
    bench.indexer().reindex()
    return bench.retriever().generation.lexical


def read(lexical: LexicalIndex, question: str, *ranked: Ranked) -> Signals:
    return signals_with_evidence(Retrieved(question, question, ranked, NONE), lexical, READER.read(question), READER)


def test_the_likeliest_sentence_holds_the_words_of_the_question_or_not(lexical: LexicalIndex) -> None:
    beside, right = hit("天发券。", score=5), hit("客户群最多五百人。", title="客户群", score=5, likely=2.0)
    assert read(lexical, "客户群最多多少人", beside, right).words > 0.5
    assert read(lexical, "客户群最多多少人", beside).words == 0
    assert read(lexical, "客户群最多多少人", hit("最多五百人。", headings=("客户群",))).words > 0.5


def test_the_kind_of_thing_counts_where_it_is_about_the_same_platform(lexical: LexicalIndex) -> None:
    question = "企业微信认证多少钱"
    assert read(lexical, question, hit("认证费 300 元。", title="企业微信认证")).holds == 1
    assert read(lexical, question, hit("交执照。", title="企业微信认证")).holds == 0
    elsewhere = read(lexical, question, hit("认证费 600 元。", title="小红书专业号"))
    assert (elsewhere.holds, elsewhere.elsewhere) == (0, 1)


def test_without_passages_or_reader_the_signals_stay(lexical: LexicalIndex) -> None:
    assert read(lexical, "客户群最多多少人") == NONE
    found = Retrieved("客户群", "客户群", (hit("客户群。"),), NONE)
    assert signals_with_evidence(found, lexical).holds == NONE.holds
