"""A few mishaps in every test run; hundreds are `python -m tests.soak.faults`."""

from __future__ import annotations

import pytest

from tests.soak.faults import run

pytestmark = [pytest.mark.telegram, pytest.mark.asyncio(loop_scope="session")]


async def test_no_question_is_lost_or_answered_twice() -> None:
    seen = list[int]()
    report = await run(12, 26, seen.append)
    assert seen[-1] == report.faults == 12
    assert report.questions > 12
    assert report.answered + report.apologised + report.signed == report.questions, report
    assert (report.lost, report.doubled) == (0, 0), report
