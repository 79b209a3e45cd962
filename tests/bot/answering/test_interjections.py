"""Never twice in a row."""

from __future__ import annotations

from bot.answering.interjections import InterjectionLimiter, Place

GROUP, TOPIC = Place(-1), Place(-1, 7)


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_people_have_the_next_word() -> None:
    restraint = InterjectionLimiter()
    assert restraint.heard(GROUP)
    restraint.spoke(GROUP)
    assert not restraint.heard(GROUP)
    assert restraint.heard(GROUP)


def test_several_messages_may_be_wanted() -> None:
    restraint = InterjectionLimiter(messages=3)
    restraint.spoke(GROUP)
    assert [restraint.heard(GROUP) for _ in range(4)] == [False, False, False, True]


def test_after_a_while_it_is_a_new_conversation() -> None:
    clock = Clock()
    restraint = InterjectionLimiter(seconds=60, clock=clock)
    restraint.spoke(GROUP)
    clock.now = 59
    restraint.spoke(TOPIC)
    assert not restraint.heard(GROUP)
    restraint.spoke(GROUP)
    clock.now = 118
    assert not restraint.heard(GROUP)
    restraint.spoke(GROUP)
    clock.now = 119
    assert restraint.heard(TOPIC)
    assert not restraint.heard(GROUP)
    restraint.spoke(GROUP)
    clock.now = 179
    assert restraint.heard(GROUP)


def test_two_minutes_are_a_while_where_nothing_is_said() -> None:
    clock = Clock()
    restraint = InterjectionLimiter(clock=clock)
    restraint.spoke(GROUP)
    clock.now = 119
    assert not restraint.heard(GROUP)
    restraint.spoke(GROUP)
    clock.now = 239
    assert restraint.heard(GROUP)


def test_every_place_has_its_own_turn() -> None:
    restraint = InterjectionLimiter()
    restraint.spoke(TOPIC)
    assert restraint.heard(GROUP)
    assert restraint.heard(Place(-2))
    assert not restraint.heard(TOPIC)


def test_a_message_counts_for_all_its_places_and_is_judged_by_the_first() -> None:
    restraint = InterjectionLimiter()
    restraint.spoke(GROUP)
    assert restraint.heard(TOPIC, GROUP)
    assert restraint.heard(GROUP)
