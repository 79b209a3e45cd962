"""What the process tells of itself, and what it keeps to itself."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from bot.config import Settings
from bot.observability.process_info import ErrorCount, Uptime, memory, versions
from bot.telegram.handlers.diagnosis import without_folders


def test_errors_are_counted_with_time_and_place_and_without_words() -> None:
    errors, logger = ErrorCount(), logging.getLogger("tests.vitals")
    logger.addHandler(errors)
    try:
        logger.warning("no error")
        assert (errors.count, errors.last) == (0, None)
        logger.error("a secret %s", "123456:AAAAA")
        assert errors.count == 1
        assert errors.last is not None
        assert errors.last[1] == "tests.vitals"
        assert "secret" not in repr(errors.last)
    finally:
        logger.removeHandler(errors)


def test_memory_uptime_and_versions() -> None:
    used = memory()
    assert 0 < used.now <= used.peak
    assert Uptime().split() == (0, 0, 0)
    assert {"Python", "python-telegram-bot", "torch"} <= versions().keys()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/srv/my bot/articles 里有 3 个文件", "articles 里有 3 个文件"),
        ("/srv/my bot/data 可写，剩余 3.0 GiB", "data 可写，剩余 3.0 GiB"),
        ("模型目录 /opt/models/e5/model 不存在", "模型目录 model 不存在"),
        ("（/a/b/c）", "（c）"),
        ("https://api.telegram.org/bot/x 与 1/2 与 私聊/群", "https://api.telegram.org/bot/x 与 1/2 与 私聊/群"),
    ],
)
def test_of_paths_only_the_last_part_is_shown(text: str, shown: str) -> None:
    settings = Settings.model_validate(
        {"corpus": {"articles": ["/srv/my bot/articles"]}, "data_dir": "/srv/my bot/data"}
    )
    assert without_folders(text, settings) == shown
    assert Path("/srv/my bot/data") == settings.data_dir
