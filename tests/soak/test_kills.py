"""A few moments of the long run."""

from __future__ import annotations

from tests.soak.kills import run


def test_a_killed_reindex_leaves_the_old_index_and_no_litter() -> None:
    seen: list[int] = []
    report = run(2, 5, seen.append)
    assert report.faults == ()
    assert seen == [1, 2]
    assert report.killed >= 1
    assert report.killed + report.done == 2
