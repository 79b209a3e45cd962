"""The mode auto with the real model on a labelled group log over the starter articles, on which nothing was tuned.

The log for development is measured by `python -m tests.evaluation.group_log`.
"""

from __future__ import annotations

import pytest

from bot.answering.service import Service
from tests.evaluation.group_log import listen, measure, read_log

pytestmark = [pytest.mark.model, pytest.mark.xdist_group("starter")]


@pytest.mark.timeout(1800)
def test_the_bot_speaks_up_when_it_knows(starter_service: Service) -> None:
    figures = measure(listen(starter_service, read_log("group_test")))
    assert figures.messages >= 250
    assert figures.precision >= 0.9, figures
    assert figures.recall >= 0.6, figures
    assert figures.well_cited >= 0.85, figures
    assert figures.searched <= 0.5, figures
