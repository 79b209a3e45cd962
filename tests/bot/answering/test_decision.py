"""What is done with a question, from signals and passages."""

from __future__ import annotations

import pytest

from bot.answering.asked.reading import Asked, QuestionReader
from bot.answering.decision import assumed, decide
from bot.model import Status
from corpus.vocabulary.glossary import Glossary
from embeddings.refusal.confidence import Calibration, Signals
from tests.bot.answering.hits import hit

READER = QuestionReader(Glossary.load())
CALIBRATION = Calibration(0.0, {"excess": 1.0, "covered": 1.0}, answer_at=0.6, unsure_at=0.3)


def signals(excess: float, covered: float = 0.0, orders: float = 0.0, terms: float = 1.0) -> Signals:
    return Signals(excess, 0.0, 0.0, 0.0, 1.0, orders, terms, 0.5, covered)


def asked(question: str) -> Asked:
    return READER.read(question)


@pytest.mark.parametrize(("excess", "status"), [(2.0, Status.ANSWERED), (0.0, Status.UNSURE), (-2.0, Status.REFUSED)])
def test_confidence_decides_by_two_points(excess: float, status: Status) -> None:
    decision = decide(CALIBRATION, signals(excess), [hit("话")])
    assert decision.status is status
    assert decision.confidence == pytest.approx(CALIBRATION.confidence(signals(excess)))


def test_a_strong_hit_is_not_refused_for_its_wording_alone() -> None:
    decision = decide(CALIBRATION, signals(2.0, covered=-5.0), [hit("话")])
    assert decision.status is Status.UNSURE
    assert decision.confidence == CALIBRATION.unsure_at
    assert decide(CALIBRATION, signals(-2.0, covered=-5.0), [hit("话")]).status is Status.REFUSED


def test_what_is_only_close_is_shown_to_a_question_of_the_trade_or_where_something_is_near() -> None:
    assert decide(CALIBRATION, signals(0.0), [hit("话")]).status is Status.UNSURE
    far = decide(CALIBRATION, signals(0.0, terms=0.0), [hit("话")])
    assert far.status is Status.REFUSED
    assert far.confidence < CALIBRATION.unsure_at
    assert decide(CALIBRATION, signals(1.2, covered=-1.2, terms=0.0), [hit("话")]).status is Status.UNSURE


def test_an_order_to_the_bot_is_declined_however_near_it_is_and_never_shown_what_is_close() -> None:
    assert decide(CALIBRATION, signals(3.0, orders=0.95), [hit("话")]).status is Status.REFUSED
    assert decide(CALIBRATION, signals(3.0, orders=0.8), [hit("话")]).status is Status.ANSWERED
    assert decide(CALIBRATION, signals(0.0, orders=0.8), [hit("话")]).status is Status.REFUSED
    assert decide(CALIBRATION, signals(0.0, orders=0.6), [hit("话")]).status is Status.UNSURE


def test_a_platform_that_nothing_found_is_about_is_declined_by_name() -> None:
    question = asked("拼多多保证金多久退")
    others = [hit("保证金按类目收。", title="小红书店铺"), hit("关店后退。", title="微信小店")]
    decision = decide(CALIBRATION, signals(3.0), others, question, READER)
    assert (decision.status, decision.uncovered) == (Status.REFUSED, ("拼多多",))
    assert decision.confidence < CALIBRATION.unsure_at
    one = [*others, hit("拼多多的保证金一个月退。", title="开店")]
    assert decide(CALIBRATION, signals(3.0), one, question, READER).status is Status.ANSWERED
    general = [*others, hit("关店以后按规则退。", title="保证金")]
    assert decide(CALIBRATION, signals(3.0), general, question, READER).uncovered == ("拼多多",)
    covered = decide(CALIBRATION, signals(3.0), general, question, READER, covered=["拼多多"])
    assert covered.status is Status.ANSWERED


def test_only_what_is_written_is_declined_by_name() -> None:
    found = [hit("群发一天一条。", title="企业微信群发")]
    assert decide(CALIBRATION, signals(3.0), found, asked("私信一天几条"), READER).status is Status.ANSWERED


def test_what_is_assumed_is_told_where_something_else_was_found_too() -> None:
    here, elsewhere = hit("私信里不能发。", title="小红书私信"), hit("群发一天一条。", title="企业微信群发")
    assert assumed(asked("私信能发链接吗"), [here, elsewhere], READER) == "小红书"
    assert assumed(asked("私信能发链接吗"), [here], READER) is None
    assert assumed(asked("小红书私信能发链接吗"), [here, elsewhere], READER) is None
