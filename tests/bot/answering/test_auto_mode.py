"""What the service answers unasked: only what it is sure of, by its own point or the configured one."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import load_settings
from bot.errors import ConfigurationError
from tests.end_to_end.bot_process import FakeService
from tests.end_to_end.conftest import Library

ARTICLES = Path(__file__).parents[2] / "end_to_end" / "articles"
SURE, LESS_SURE = "优惠券的面额是多少", "满减门槛定在多少"


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("volunteering")
    library = Library(ARTICLES, home / "data")
    file = library.configure(home / "config.yaml", None)
    library.reindex(file)
    return file


def service(config: Path, *overrides: str) -> FakeService:
    return FakeService(load_settings(config, overrides))


def test_it_is_silent_where_it_would_answer_whoever_asks(config: Path) -> None:
    bot = service(config)
    assert bot.ask(LESS_SURE).status.value == "answered"
    assert bot.volunteer(LESS_SURE) is None
    sure = bot.volunteer(SURE)
    assert sure is not None
    assert sure.sources[0].article == "coupon.md"


@pytest.mark.parametrize("question", ["", "你好", "羽毛球拍穿线磅数多少"])
def test_it_never_volunteers_anything_but_an_answer(config: Path, question: str) -> None:
    assert service(config, "answering.auto_at=0").volunteer(question) is None


def test_the_point_can_be_configured(config: Path) -> None:
    assert service(config, "answering.auto_at=1").volunteer(SURE) is None
    assert service(config, "answering.auto_at=0.5").volunteer(LESS_SURE) is not None
    with pytest.raises(ConfigurationError, match=r"answering\.auto_at"):
        load_settings(config, ["answering.auto_at=2"])


def test_channels_have_negative_ids(config: Path) -> None:
    assert load_settings(config, ["telegram.channels=[-1001234567890]"]).telegram.channels == (-1001234567890,)
    with pytest.raises(ConfigurationError, match=r"telegram.channels.*应当小于 0"):
        load_settings(config, ["telegram.channels=[7]"])
