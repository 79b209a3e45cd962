"""Every target takes its own seeds, and every input that ever failed for it."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from tests.fuzz.target import NAMES, bounded, saved, target


@pytest.mark.parametrize("name", NAMES)
def test_what_once_failed_fails_no_more(name: str) -> None:
    chosen = target(name)
    with ExitStack() as stack:
        check = chosen.prepare(stack)
        for data in (*chosen.seeds, *(file.read_bytes() for file in saved(name))):
            with bounded():
                check(data)
