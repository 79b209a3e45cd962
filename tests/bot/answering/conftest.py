"""A data directory with two generations, of which each test gets a copy."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.answering.service import Service
from bot.config import load_settings
from tests.embeddings.helpers import ARTICLES, write_articles
from tests.support.fakes import FakeEncoder, in_process


class Shop:
    """Two generations; the second one, which serves, knows of a change."""

    def __init__(self, home: Path) -> None:
        self.articles = home / "articles"
        self.settings = load_settings(home / "config.yaml")
        self.first, self.second = self.service().indexer.store.ids()

    @classmethod
    def build(cls, home: Path) -> Shop:
        write_articles(home / "articles")
        config = home / "config.yaml"
        config.write_text("corpus: {articles: articles}\ndata_dir: data\n", encoding="utf-8")
        service = Service(
            load_settings(config), encoder_factory=FakeEncoder, identity=FakeEncoder.identity, parser=in_process
        )
        service.reindex()
        text = ARTICLES["fugou.md"] + "\n会员日是每月八号，记得提前三天提醒老客户回来看看。\n"
        (home / "articles" / "fugou.md").write_text(text, encoding="utf-8")
        service.reindex()
        return cls(home)

    def service(self, encoder_factory: Callable[[], FakeEncoder] = FakeEncoder) -> Service:
        return Service(self.settings, encoder_factory=encoder_factory, identity=FakeEncoder.identity, parser=in_process)

    def change(self, text: str) -> None:
        (self.articles / "fugou.md").write_text(ARTICLES["fugou.md"] + f"\n{text}\n", encoding="utf-8")

    def file(self, generation: str, name: str) -> Path:
        return self.settings.data_dir / "generations" / generation / name

    def current(self) -> str:
        return (self.settings.data_dir / "current").read_text(encoding="utf-8").strip()


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a shop, not to be changed."""
    home = tmp_path_factory.mktemp("shop")
    Shop.build(home)
    return home


@pytest.fixture
def shop(built: Path, tmp_path: Path) -> Shop:
    return Shop(Path(shutil.copytree(built, tmp_path / "shop")))
