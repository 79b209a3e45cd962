"""What reading the likeliest texts with the question changes of an answer, and what it does not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.answering.answerer import Answerer
from bot.answering.reading_candidates import UNITS_READ
from bot.model import Answer, Status
from embeddings.reader.reader import Reader
from embeddings.refusal.confidence import Calibration, Signals
from embeddings.search.retriever import Retriever
from tests.embeddings.helpers import Bench

QUESTION = "客户太多怎么群发"
ALWAYS = Calibration(0, {}, answer_at=0, unsure_at=0)
BY_READING = Calibration(0, {"read": 1.0}, answer_at=0.5, unsure_at=0.2)


class Preferring:
    """A Reader that finds an answer wherever a word stands, and keeps what it was shown."""

    def __init__(self, word: str, *, time_for: int = 100, neutral: float | None = None) -> None:
        self._word, self._time_for = word, time_for
        self.neutral = neutral
        self.engine = "words"
        self.seen: list[str] = []

    def read(self, question: str, texts: Sequence[str]) -> list[float]:
        self.seen = list(texts)
        return [4.0 if self._word in text else -4.0 for text in texts[: self._time_for]]


class Broken:
    """A Reader that gives no numbers."""

    neutral = -1.0
    engine = "words"

    def read(self, question: str, texts: Sequence[str]) -> list[float]:
        return [float("nan")] * len(texts)


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    bench = Bench(tmp_path_factory.mktemp("reading"))
    bench.indexer().reindex()
    return bench.retriever()


def ask(retriever: Retriever, reader: Reader | None, calibration: Calibration = ALWAYS) -> Answer:
    return Answerer(retriever, calibration, text_reader=reader).answer(QUESTION)


def signals(retriever: Retriever, reader: Reader | None) -> Signals:
    return Answerer(retriever, ALWAYS, text_reader=reader).signals(QUESTION)


def test_what_the_reader_finds_an_answer_in_leads(retriever: Retriever) -> None:
    plain, read = ask(retriever, None), ask(retriever, Preferring("五千名"))
    assert "五千名" not in plain.quotes[0].text
    assert "五千名" in read.quotes[0].text
    assert [hit.passage for hit in read.passages] == [hit.passage for hit in plain.passages]


def test_units_are_read_whole_below_their_title_and_heading_and_not_too_many(retriever: Retriever) -> None:
    ask(retriever, reader := Preferring("群发"))
    assert any(text.startswith("企业微信客户上限\n群发次数\n企业微信每个客户") for text in reader.seen)
    assert 0 < len(reader.seen) <= UNITS_READ


def test_how_far_the_likeliest_text_is_above_the_neutral_point_decides_whether_it_is_answered(
    retriever: Retriever,
) -> None:
    assert signals(retriever, None).read == 0
    assert signals(retriever, Preferring("五千名", neutral=-1.0)).read == 5.0
    assert signals(retriever, Preferring("没有这个词", neutral=-1.0)).read == -3.0
    assert ask(retriever, Preferring("五千名", neutral=-1.0), BY_READING).status is Status.ANSWERED
    assert ask(retriever, Preferring("没有这个词", neutral=-1.0), BY_READING).status is Status.REFUSED


@pytest.mark.parametrize("reader", [Preferring("五千名", time_for=0), Preferring("五千名", time_for=2), Broken()])
def test_without_time_or_numbers_all_is_as_without_a_reader(retriever: Retriever, reader: Reader) -> None:
    plain, read = ask(retriever, None), ask(retriever, reader)
    assert (read.quotes, read.sources, read.confidence) == (plain.quotes, plain.sources, plain.confidence)
    assert signals(retriever, reader) == signals(retriever, None)


def test_a_reader_without_neutral_point_orders_and_does_not_decide(retriever: Retriever) -> None:
    assert signals(retriever, Preferring("五千名")) == signals(retriever, None)


def test_a_text_for_which_there_was_no_time_is_no_worse_than_the_worst(retriever: Retriever) -> None:
    everything = Preferring("每个客户每天只能收到一条")
    assert ask(retriever, everything).quotes[0] == ask(retriever, Preferring("每个客户每天", time_for=3)).quotes[0]


def test_what_is_declined_whatever_reading_would_tell_is_not_read(retriever: Retriever) -> None:
    hopeless = Calibration(-12, {"read": 1.0}, answer_at=0.5, unsure_at=0.2)
    assert ask(retriever, reader := Preferring("五千名", neutral=-1.0), hopeless).status is Status.REFUSED
    assert not reader.seen
    assert ask(retriever, reader, BY_READING).status is Status.ANSWERED
    assert reader.seen


def test_who_calibrates_is_told_what_reading_tells_of_declined_questions_too(retriever: Retriever) -> None:
    hopeless = Calibration(-12, {"read": 1.0}, answer_at=0.5, unsure_at=0.2)
    reader = Preferring("五千名", neutral=-1.0)
    assert Answerer(retriever, hopeless, text_reader=reader).signals(QUESTION).read == 5.0
