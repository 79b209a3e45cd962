"""The real command line on a disk that is full: one line that says so, the old index serves, nothing half is left."""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from bot.config import load_settings
from bot.state.chats import Chats, Mode
from bot.state.database import open_state
from embeddings.index.generation import load
from embeddings.index.segmentation import Segmenter
from tests.embeddings.helpers import ARTICLES, write_articles
from tests.support.fake_cli import PacedService
from tests.support.small_disk import SmallDisk

ROOT = Path(__file__).parents[1]


class Shop:
    """Articles on a big disk, a data directory on a small one; `seen` is where this process finds the latter."""

    def __init__(self, home: Path, data: Path, seen: Path, enter: Sequence[str] = ()) -> None:
        self.articles = write_articles(home / "articles")
        self.config = home / "config.yaml"
        self.seen = seen
        self._enter = enter
        self.config.write_text(f"corpus: {{articles: articles}}\ndata_dir: {json.dumps(str(data))}\n", encoding="utf-8")
        ready = home / "ready"
        PacedService(load_settings(self.config, [f"data_dir={ready}"])).reindex()
        with closing(open_state(ready)) as state:
            Chats(state).set_mode(-1, Mode.AUTO)
        shutil.copytree(ready, seen)

    def grow(self, items: int = 2000) -> None:
        """More text, by default more than a full disk has room for."""
        text = ARTICLES["fugou.md"] + "".join(f"\n第{n}条：老客户满{n}单送一张券，过期不补。\n" for n in range(items))
        (self.articles / "fugou.md").write_text(text, encoding="utf-8")

    def run(
        self, *arguments: str, module: str = "tests.support.fake_cli", largest_file: int | None = None
    ) -> subprocess.CompletedProcess[str]:
        def bound() -> None:
            if largest_file is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

        command = [*self._enter, sys.executable, "-m", module, "--config", str(self.config), *arguments]
        return subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False, preexec_fn=bound
        )

    def serving(self) -> str:
        return (self.seen / "current").read_text(encoding="utf-8").strip()

    def generations(self) -> list[str]:
        return sorted(entry.name for entry in (self.seen / "generations").iterdir())


def complaint(ended: subprocess.CompletedProcess[str]) -> str:
    """The one line on standard error of a command that failed."""
    assert ended.returncode == 1, ended.stderr
    lines = [line for line in ended.stderr.splitlines() if line.startswith("siyu: ")]
    assert len(lines) == 1
    assert "Traceback" not in ended.stderr
    return lines[0]


def test_a_reindex_without_room_leaves_the_old_index(tmp_path: Path, disk: SmallDisk) -> None:
    shop = Shop(tmp_path, disk.path / "data", disk.seen / "data", disk.enter)
    before = shop.serving()
    shop.grow()
    ballast = disk.fill(leave=600_000)
    said = complaint(shop.run("reindex"))
    assert "磁盘" in said
    assert "空间" in said
    assert (shop.serving(), shop.generations()) == (before, [before])
    assert load(shop.seen / "generations" / before, Segmenter()).passages
    ballast.unlink()
    shop.grow(100)
    assert shop.run("reindex").returncode == 0
    assert shop.serving() > before


def test_a_backup_without_room_is_no_backup(tmp_path: Path, disk: SmallDisk) -> None:
    shop = Shop(tmp_path, tmp_path / "data", tmp_path / "data", disk.enter)
    disk.fill()
    said = complaint(shop.run("backup", str(disk.path / "siyu.zip")))
    assert "磁盘" in said
    assert "空间" in said
    assert [entry.name for entry in disk.seen.iterdir()] == ["ballast"]


def test_a_model_without_room_says_how_much_it_needs(tmp_path: Path, disk: SmallDisk) -> None:
    shop = Shop(tmp_path, disk.path / "data", disk.seen / "data", disk.enter)
    said = complaint(shop.run("reindex", "--full", module="bot"))
    assert "500 MB" in said
    models = disk.seen / "data" / "models"
    assert [entry.name for entry in models.iterdir() if not entry.name.endswith(".lock")] == []
    assert len(shop.generations()) == 1


def test_a_limit_on_the_size_of_files_is_met_alike(tmp_path: Path) -> None:
    """Where nobody may mount a disk: the same code, by EFBIG."""
    shop = Shop(tmp_path, tmp_path / "data", tmp_path / "data")
    before = shop.serving()
    shop.grow()
    said = complaint(shop.run("reindex", largest_file=300_000))
    assert "磁盘" in said
    assert (shop.serving(), shop.generations()) == (before, [before])
    said = complaint(shop.run("backup", str(tmp_path / "b.zip"), largest_file=4096))
    assert "磁盘" in said
    assert not list(tmp_path.glob("*.zip*"))
    assert not list(tmp_path.glob(".*"))
