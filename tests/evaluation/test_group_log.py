"""The mode auto with the real model on labelled group logs over the starter articles.

The development log may be tuned on; the test log only decides.
"""

from __future__ import annotations

import pytest

from bot.answering.service import Service
from tests.evaluation.group_log import listen, measure, read_log

pytestmark = pytest.mark.model


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", ["group_development", "group_test"])
def test_the_bot_speaks_up_when_it_knows(starter_service: Service, name: str) -> None:
    figures = measure(listen(starter_service, read_log(name)))
    assert figures.messages >= 250
    assert figures.precision >= 0.9, figures
    assert figures.recall >= 0.6, figures
    assert figures.well_cited >= 0.85, figures
    assert figures.searched <= 0.5, figures
