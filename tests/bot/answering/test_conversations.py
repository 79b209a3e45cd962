"""What is remembered of whom, and for how long."""

from __future__ import annotations

from dataclasses import replace

from bot.answering.conversations import Conversations, Speaker
from bot.model import Answer, Status

ANSWER = Answer("", Status.ANSWERED, "zh", 1.0, (), (), (), (), "g", 1.0)
ANNA = Speaker(chat=1, thread=None, user=10)


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def asked(question: str, understood: str | None = None) -> Answer:
    return replace(ANSWER, question=question, understood=understood)


def test_the_last_questions_are_kept_as_they_were_understood() -> None:
    conversations = Conversations(keep=3)
    for question in "一二三四":
        conversations.remember(ANNA, asked(question))
    assert conversations.history(ANNA) == ("二", "三", "四")
    conversations.remember(ANNA, asked("那个人号呢", "个人号要多少钱"))
    assert conversations.history(ANNA)[-1] == "个人号要多少钱"


def test_nothing_passes_between_people_chats_and_topics() -> None:
    conversations = Conversations()
    conversations.remember(ANNA, asked("企业号要多少钱"))
    for other in (replace(ANNA, user=11), replace(ANNA, chat=2), replace(ANNA, thread=7)):
        assert conversations.history(other) == ()
    assert conversations.history(ANNA) == ("企业号要多少钱",)


def test_a_conversation_ends_some_time_after_its_last_question() -> None:
    clock = Clock()
    conversations = Conversations(expiry=900, clock=clock)
    conversations.remember(ANNA, asked("一"))
    clock.now = 899
    conversations.remember(ANNA, asked("二"))
    clock.now = 1798
    assert conversations.history(ANNA) == ("一", "二")
    clock.now = 1799
    assert conversations.history(ANNA) == ()
    assert len(conversations) == 0


def test_three_questions_of_a_quarter_of_an_hour_where_nothing_is_said() -> None:
    clock = Clock()
    conversations = Conversations(clock=clock)
    for question in "一二三四":
        conversations.remember(ANNA, asked(question))
    clock.now = 899
    assert conversations.history(ANNA) == ("二", "三", "四")
    clock.now = 900
    assert conversations.history(ANNA) == ()


def test_ten_thousand_speakers_are_held() -> None:
    conversations = Conversations()
    for user in range(10_001):
        conversations.expect(replace(ANNA, user=user))
    assert len(conversations) == 10_000


def test_small_talk_changes_nothing() -> None:
    conversations = Conversations()
    conversations.remember(ANNA, replace(asked("谢谢"), status=Status.SMALLTALK))
    assert len(conversations) == 0


def test_memory_is_bounded_and_the_longest_silent_goes_first() -> None:
    conversations = Conversations(bound=2)
    first, second, third = (Speaker(n, None, n) for n in range(3))
    for speaker in (first, second, first, third):
        conversations.remember(speaker, asked("问"))
    assert len(conversations) == 2
    assert conversations.history(second) == ()
    assert conversations.history(first) == ("问", "问")


def test_a_conversation_can_be_forgotten() -> None:
    conversations = Conversations()
    conversations.remember(ANNA, asked("问"))
    conversations.forget(ANNA)
    conversations.forget(ANNA)
    assert conversations.history(ANNA) == ()


def test_forgetting_tells_whether_anything_was_under_way() -> None:
    conversations = Conversations()
    assert not conversations.forget(ANNA)
    conversations.expect(ANNA)
    assert conversations.history(ANNA) == ()
    assert conversations.forget(ANNA)
    conversations.remember(ANNA, asked("问"))
    conversations.expect(ANNA)
    assert conversations.history(ANNA) == ("问",)


def test_an_answer_knows_the_questions_that_led_to_it() -> None:
    clock = Clock()
    conversations = Conversations(expiry=900, clock=clock)
    conversations.remember(ANNA, asked("一"))
    conversations.answered(ANNA, [5, 6])
    conversations.remember(ANNA, asked("二"))
    conversations.answered(ANNA, [8])
    assert conversations.behind(ANNA, 6) == ("一",)
    assert conversations.behind(ANNA, 8) == ("一", "二")
    assert conversations.behind(ANNA, 7) is None
    assert conversations.behind(replace(ANNA, chat=2), 8) is None
    assert conversations.behind(replace(ANNA, user=11), 8) == ("二",)
    clock.now = 900
    assert conversations.behind(ANNA, 8) is None


def test_the_memory_of_answers_is_bounded_and_goes_with_the_conversation() -> None:
    conversations = Conversations(bound=2)
    conversations.remember(ANNA, asked("一"))
    conversations.answered(ANNA, [5, 6, 7])
    assert conversations.behind(ANNA, 5) is None
    assert conversations.behind(ANNA, 7) == ("一",)
    conversations.forget(ANNA)
    assert conversations.behind(ANNA, 7) is None


def test_a_person_is_forgotten_everywhere() -> None:
    conversations = Conversations()
    elsewhere, other = replace(ANNA, chat=2), replace(ANNA, user=11)
    for speaker in (ANNA, elsewhere, other):
        conversations.remember(speaker, asked("问"))
        conversations.answered(speaker, [speaker.user])
    conversations.forget_user(ANNA.user)
    assert conversations.history(ANNA) == conversations.history(elsewhere) == ()
    assert conversations.history(other) == ("问",)
    conversations.remember(ANNA, asked("新的"))
    assert conversations.behind(ANNA, ANNA.user) is None


def test_a_question_that_was_understood_otherwise_after_all_takes_the_place_of_what_it_was() -> None:
    conversations = Conversations()
    for text in ("一", "二", "三"):
        conversations.remember(ANNA, asked(text))
    whole = replace(asked("二"), understood="二，整句")
    assert conversations.correct(ANNA, asked("二"), whole) == ("一", "二，整句")
    assert conversations.history(ANNA) == ("一", "二，整句", "三")
    # What has gone meanwhile does not come back.
    assert conversations.correct(ANNA, asked("零"), whole) == ("二，整句",)
    assert conversations.history(ANNA) == ("一", "二，整句", "三")
