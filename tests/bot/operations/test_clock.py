"""What is kept is dated by a clock that nobody can set."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from bot.model import Answer, Asker, Status, Surface
from bot.operations.clock import Clock
from bot.state.database import open_state
from bot.state.question_log import QuestionLog

YEARS = 10 * 365 * 86_400.0


class Machine:
    """The two clocks of a machine."""

    def __init__(self) -> None:
        self.wall = 1_800_000_000.0
        self.steady = 500.0

    def clock(self, ahead: float = 0.0) -> Clock:
        return Clock(ahead, wall=lambda: self.wall, steady=lambda: self.steady)

    def wait(self, seconds: float) -> None:
        self.wall += seconds
        self.steady += seconds


@pytest.mark.parametrize("jump", [YEARS, -YEARS, 3600.0, -3600.0])
def test_a_wall_clock_that_jumps_moves_nothing(jump: float) -> None:
    machine = Machine()
    clock = machine.clock()
    began = clock()
    machine.wait(90)
    machine.wall += jump
    assert clock() == began + 90


@pytest.mark.parametrize("jump", [YEARS, -YEARS])
def test_a_jump_deletes_no_question_and_age_still_does(tmp_path: Path, jump: float) -> None:
    machine = Machine()
    clock = machine.clock()
    asker = Asker(7, None, 7, 1, Surface.PRIVATE)
    answer = Answer("几点开门", Status.REFUSED, "zh", 0.1, (), (), (), (), "g1", 12.5)
    with closing(open_state(tmp_path)) as state:
        log = QuestionLog(state, keep_days=180, clock=clock)
        log.record(asker, answer)
        machine.wall += jump
        log.record(asker, answer)
        machine.wall -= jump
        log.record(asker, answer)
        log.prune()
        assert len(log.of_user(7)) == 3
        machine.wait(181 * 86_400)
        log.prune()
        assert log.of_user(7) == ()


def test_a_clock_that_was_wrong_from_the_start_is_corrected() -> None:
    machine = Machine()
    right = machine.wall
    machine.wall += YEARS
    assert machine.clock(ahead=YEARS)() == right


def test_telegram_can_only_tell_that_it_is_later() -> None:
    machine = Machine()
    clock = machine.clock()
    began = clock()
    clock.hear(began - YEARS)
    clock.hear(began + 30)
    assert clock() == began
    clock.hear(began + 86_400)  # the machine was frozen for a day, and its clocks with it
    assert clock() == began + 86_400
