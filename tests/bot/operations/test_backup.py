"""`backup` and `restore`: the same answers and state on an empty machine, and what is refused."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from bot.answering.service import Service
from bot.config import load_settings
from bot.model import Answer
from bot.operations import backup_archive as archives
from bot.operations.backup import back_up
from bot.operations.backup_archive import ArchiveDamaged, BackupRefused
from bot.operations.restore import restore
from bot.operations.run_locks import BotRuns
from bot.state.chats import Chats, Mode
from bot.state.database import StateUnavailable, open_state
from bot.state.migrations import MIGRATIONS
from bot.telegram.process import _single_poller
from bot.terminal.plain_text import as_json
from embeddings.index import pending_calibration
from embeddings.index.generation import read_calibration
from embeddings.refusal.confidence import Calibration
from tests.embeddings.helpers import write_articles
from tests.support import command_line
from tests.support.fakes import FakeEncoder, in_process

LEARNT = Calibration(bias=-1.2, weights={"excess": 1.0}, answer_at=0.61, unsure_at=0.31)
QUESTIONS = ("私信里直接发微信号会怎样", "快闪群开几天", "一个人能加多少客户", "红烧肉怎么做")
UPLOADED = "# 快闪群怎么做\n\n快闪群只开三天，活动结束就解散，群里只讲一件商品。进群的人都要提前说好规则。\n"


class Machine:
    """Articles, a data directory and a bot's inside over them, with the fake encoder."""

    def __init__(self, home: Path) -> None:
        write_articles(home / "articles")
        config = home / "config.yaml"
        config.write_text("corpus: {articles: articles}\ndata_dir: data\n", encoding="utf-8")
        self.settings = load_settings(config)
        self.data_dir, self.uploads = self.settings.data_dir, self.settings.uploads

    def service(self) -> Service:
        return Service(self.settings, encoder_factory=FakeEncoder, identity=FakeEncoder.identity, parser=in_process)

    def answers(self) -> list[dict[str, object]]:
        """Without what belongs to the moment."""
        service = self.service()
        return [_lasting(service.ask(question)) for question in QUESTIONS]

    def back_up(self, archive: Path) -> archives.BackupContents:
        return back_up(self.data_dir, self.uploads, archive)

    def restore(self, archive: Path, *, force: bool = False) -> tuple[Path, ...]:
        return restore(archive, self.data_dir, self.uploads, force=force).aside

    def everything(self) -> dict[str, bytes]:
        """What a restore could have changed; a lock file says nothing."""
        files = (file for file in self.data_dir.rglob("*") if file.is_file() and not file.name.startswith(".run-"))
        return {str(file.relative_to(self.data_dir)): file.read_bytes() for file in files}


def _lasting(answer: Answer) -> dict[str, object]:
    return {key: value for key, value in as_json(answer).items() if key not in ("generation", "elapsed_ms")}


def _lived_in(home: Path) -> Machine:
    machine = Machine(home)
    (machine.uploads / ".versions" / "abc").mkdir(parents=True)
    (machine.uploads / "快闪群.md").write_text(UPLOADED, encoding="utf-8")
    (machine.uploads / "快闪群.md.yaml").write_text("title: 快闪群\n", encoding="utf-8")
    (machine.uploads / ".versions" / "abc" / "快闪群.md").write_text("earlier", encoding="utf-8")
    (machine.uploads / ".env").write_text("SECRET=1", encoding="utf-8")
    (machine.uploads / "link.md").symlink_to(home / "config.yaml")
    state = open_state(machine.data_dir)
    Chats(state).set_mode(-1, Mode.COMMAND)
    state.close()
    service = machine.service()
    service.reindex()
    service.learn(LEARNT)
    return machine


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """Not to be changed."""
    return _lived_in(tmp_path_factory.mktemp("old"))


@pytest.fixture(scope="module")
def saved(lived_in: Machine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its backup, made while a bot has the state open; not to be changed."""
    archive = tmp_path_factory.mktemp("saved") / "backup.zip"
    state = open_state(lived_in.data_dir)
    state.execute("BEGIN IMMEDIATE")
    lived_in.back_up(archive)
    state.execute("ROLLBACK")
    state.close()
    return archive


@pytest.fixture
def empty(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "new")


@pytest.fixture(autouse=True)
def _no_home_yet(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()


def _rewritten(saved: Path, file: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The archive with other members, its zip file itself in order."""
    with zipfile.ZipFile(saved) as old:
        members = {name: old.read(name) for name in old.namelist()}
    change(members)
    with zipfile.ZipFile(file, "w") as new:
        for name, data in members.items():
            new.writestr(name, data)
    return file


def _in_manifest(**values: object) -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        members["manifest.json"] = json.dumps(json.loads(members["manifest.json"]) | values).encode()

    return change


def test_an_empty_machine_gives_the_same_answers_and_has_the_same_state(
    lived_in: Machine, saved: Path, empty: Machine
) -> None:
    assert empty.restore(saved) == ()
    service = empty.service()
    service.reindex()
    answers = lived_in.answers()
    assert {"answered", "refused"} <= {answer["status"] for answer in answers}
    assert empty.answers() == answers
    assert read_calibration(service.indexer.store.directory()) == LEARNT
    assert not (empty.data_dir / pending_calibration.WAITING).exists()
    for name in ("快闪群.md", "快闪群.md.yaml", ".versions/abc/快闪群.md"):
        assert (empty.uploads / name).read_bytes() == (lived_in.uploads / name).read_bytes()
    with zipfile.ZipFile(saved) as members:
        assert (empty.data_dir / "state.db").read_bytes() == members.read("state.db")
    state = open_state(empty.data_dir)
    assert Chats(state).mode(-1) is Mode.COMMAND
    state.close()
    assert not [file for file in empty.data_dir.iterdir() if file.name.startswith(".restore-")]


def test_an_archive_holds_what_cannot_be_built_again_and_no_more(saved: Path) -> None:
    with zipfile.ZipFile(saved) as members:
        assert sorted(members.namelist()) == sorted(
            ["calibration.json", "manifest.json", "state.db"]
            + [f"uploads/{name}" for name in (".versions/abc/快闪群.md", "快闪群.md", "快闪群.md.yaml")]
        )
        manifest = json.loads(members.read("manifest.json"))
    assert manifest["migrations"] == sorted(step.__name__ for step in MIGRATIONS)
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert [file.name for file in saved.parent.iterdir()] == ["backup.zip"]


def test_a_restored_state_of_an_earlier_program_migrates_at_the_next_start(saved: Path, empty: Machine) -> None:
    empty.data_dir.mkdir()
    with sqlite3.connect(empty.data_dir / "state.db", isolation_level=None) as old:
        old.execute("CREATE TABLE migrations (name TEXT PRIMARY KEY, applied TEXT NOT NULL)")
    old.close()
    archive = saved.with_name("early.zip")
    assert empty.back_up(archive).migrations == ()
    (empty.data_dir / "state.db").unlink()
    empty.restore(archive)
    archive.unlink()
    state = open_state(empty.data_dir)
    assert len(state.execute("SELECT name FROM migrations").fetchall()) == len(MIGRATIONS)
    state.close()


def test_what_stands_there_is_replaced_only_by_force_and_kept_aside(saved: Path, empty: Machine) -> None:
    empty.uploads.mkdir(parents=True)
    (empty.uploads / "mine.md").write_text("mine", encoding="utf-8")
    with pytest.raises(BackupRefused, match=r"1 个文件，例如 mine\.md.*--force"):
        empty.restore(saved)
    state = open_state(empty.data_dir)
    Chats(state).set_mode(-2, Mode.COMMAND)
    before = empty.everything()
    with pytest.raises(BackupRefused, match=r"state\.db 已经存在.*--force"):
        empty.restore(saved)
    assert empty.everything() == before
    state.close()

    articles, state_aside = empty.restore(saved, force=True)
    assert (articles / "mine.md").read_text(encoding="utf-8") == "mine"
    assert state_aside.name.startswith("state.db.before-restore-")
    with sqlite3.connect(state_aside) as old:
        assert Chats(old).mode(-2) is Mode.COMMAND
    old.close()
    assert not (empty.uploads / "mine.md").exists()
    restored = open_state(empty.data_dir)
    assert (Chats(restored).mode(-1), Chats(restored).mode(-2)) == (Mode.COMMAND, Mode.ADDRESSED)
    restored.close()
    assert len(empty.restore(saved, force=True)) == 1  # the articles are the same ones now


def test_a_damaged_state_is_no_obstacle_to_a_restore(saved: Path, empty: Machine) -> None:
    empty.data_dir.mkdir()
    (empty.data_dir / "state.db").write_bytes(b"junk" * 5000)
    (empty.data_dir / "state.db-wal").write_bytes(b"junk")
    with pytest.raises(StateUnavailable, match=r"state\.db"):
        empty.back_up(saved.with_name("never.zip"))
    assert not saved.with_name("never.zip").exists()
    (aside,) = empty.restore(saved, force=True)
    assert aside.read_bytes() == b"junk" * 5000
    open_state(empty.data_dir).close()


def test_a_calibration_goes_beside_a_generation_of_the_same_recipe(saved: Path, empty: Machine) -> None:
    service = empty.service()
    service.reindex()
    empty.restore(saved)
    assert read_calibration(service.indexer.store.directory()) == LEARNT
    assert not (empty.data_dir / pending_calibration.WAITING).exists()


def test_a_calibration_waits_for_its_recipe_and_is_in_the_next_backup_too(saved: Path, empty: Machine) -> None:
    empty.restore(saved)
    other = FakeEncoder()
    other.identity = "another"
    Service(empty.settings, encoder_factory=lambda: other, identity="another", parser=in_process).reindex()
    known = pending_calibration.learnt(empty.data_dir)
    assert known is not None
    assert known.calibration == LEARNT
    service = empty.service()
    service.reindex()
    assert read_calibration(service.indexer.store.directory()) == LEARNT


def test_nothing_to_save_is_said(empty: Machine, tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match="还没有可备份的东西"):
        empty.back_up(tmp_path / "b.zip")
    assert not (tmp_path / "b.zip").exists()


def test_a_running_bot_is_not_restored_over(saved: Path, empty: Machine) -> None:
    with _single_poller(empty.data_dir, "123:abc"), pytest.raises(BotRuns, match="先停掉"):
        empty.restore(saved)
    empty.restore(saved)


def _add(name: str) -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        manifest = json.loads(members["manifest.json"])
        one = next(member for member in manifest["members"] if member["name"] == "uploads/快闪群.md")
        manifest["members"].append({**one, "name": name})
        members[name] = members["uploads/快闪群.md"]
        members["manifest.json"] = json.dumps(manifest).encode()

    return change


def _claims(size: int) -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        manifest = json.loads(members["manifest.json"])
        manifest["members"][0]["size"] = size
        members["manifest.json"] = json.dumps(manifest).encode()

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_claims(10**15), "磁盘放不下"),
        (_claims(10), "已经损坏"),
        (lambda members: members.update({"uploads/快闪群.md": bytes(50_000_000)}), "快闪群.md 已经损坏"),
        (lambda members: members.update({"manifest.json": b" " * 70_000_000}), "清单大得离谱"),
        (_in_manifest(format=2), "另一种格式"),
        (_in_manifest(migrations=["m001_chats", "m999_tomorrow"]), "m999_tomorrow.*先升级"),
        (_in_manifest(members="x"), "清单读不了"),
        (_in_manifest(members=[]), "对不上"),
        (lambda members: members.update({"manifest.json": b"{"}), "清单读不了"),
        (lambda members: members.pop("manifest.json"), "不是 siyu backup"),
        (lambda members: members.pop("state.db"), "对不上"),
        (lambda members: members.update({"uploads/extra.md": b"x"}), "对不上"),
        (lambda members: members.update({"state.db": b"other"}), r"state\.db 已经损坏"),
        (_add("../evil.md"), "不该出现"),
        (_add("uploads/../../evil.md"), "不该出现"),
        (_add("/etc/evil.md"), "不该出现"),
        (_add("uploads/.bashrc"), "不该出现"),
        (_add("uploads//x.md"), "不该出现"),
        (_add("uploads"), "不该出现"),
        (_add("current"), "不该出现"),
        (_add("uploads/快闪群.md/x.md"), "不该出现"),
    ],
)
def test_what_is_no_sound_backup_is_refused_in_words_and_changes_nothing(
    saved: Path, empty: Machine, tmp_path: Path, change: Callable[[dict[str, bytes]], None], words: str
) -> None:
    archive = _rewritten(saved, tmp_path / "b.zip", change)
    with pytest.raises(BackupRefused, match=words):
        empty.restore(archive, force=True)
    assert empty.everything() == {}
    assert sorted(file.name for file in tmp_path.rglob("*.md")) == ["daoliu.md", "fugou.md", "qiwei.md"]


def test_a_state_newer_than_its_manifest_says_is_refused(saved: Path, empty: Machine, tmp_path: Path) -> None:
    empty.data_dir.mkdir()
    state = open_state(empty.data_dir)
    state.execute("INSERT INTO migrations VALUES ('m999_tomorrow', '')")
    state.close()
    empty.back_up(tmp_path / "newer.zip")
    archive = _rewritten(tmp_path / "newer.zip", tmp_path / "b.zip", _in_manifest(migrations=[]))
    (empty.data_dir / "state.db").unlink()
    with pytest.raises(BackupRefused, match="m999_tomorrow"):
        empty.restore(archive)


def test_a_link_is_refused(saved: Path, empty: Machine, tmp_path: Path) -> None:
    archive = tmp_path / "b.zip"
    shutil.copyfile(saved, archive)
    with zipfile.ZipFile(archive, "a") as members:
        link = zipfile.ZipInfo("uploads/passwd.md")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        members.writestr(link, "/etc/passwd")
    with pytest.raises(ArchiveDamaged, match="链接"):
        empty.restore(archive)


def test_a_link_on_the_way_is_not_followed(saved: Path, empty: Machine, tmp_path: Path) -> None:
    archive = _rewritten(saved, tmp_path / "b.zip", _add("uploads/away/x.md"))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    empty.uploads.mkdir(parents=True)
    (empty.uploads / "away").symlink_to(elsewhere, target_is_directory=True)
    with pytest.raises(BackupRefused, match="away"):
        empty.restore(archive)
    empty.restore(archive, force=True)
    assert list(elsewhere.iterdir()) == []
    assert (empty.uploads / "away" / "x.md").is_file()


def test_no_damage_of_any_byte_goes_unnoticed_or_crashes(saved: Path, tmp_path: Path) -> None:
    """Cut and flipped at seeded places: refused in words, or what comes out is what went in."""
    whole, archive, chance = saved.read_bytes(), tmp_path / "b.zip", random.Random(6)
    with zipfile.ZipFile(saved) as members:
        expected = {name: members.read(name) for name in members.namelist() if name != archives.MANIFEST}
    refused = 0
    for number in range(150):
        data = bytearray(whole)
        if number % 3:
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        else:
            del data[chance.randrange(len(data)) :]
        archive.write_bytes(data)
        staged = tmp_path / str(number)
        staged.mkdir()
        try:
            archives.unpack(archive, staged)
        except BackupRefused:
            refused += 1
        else:
            found = {f.relative_to(staged).as_posix(): f.read_bytes() for f in staged.rglob("*") if f.is_file()}
            assert found == expected
        shutil.rmtree(staged)
    assert refused > 75  # the rest hit a date or a permission


def test_a_file_that_is_no_archive_is_refused(empty: Machine, tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_bytes(b"hello")
    with pytest.raises(ArchiveDamaged, match="不是 siyu backup 做的备份"):
        empty.restore(tmp_path / "b.zip")


def test_the_command_line_says_what_was_done_and_what_stands_in_the_way(lived_in: Machine, tmp_path: Path) -> None:
    archive, config = tmp_path / "b.zip", lived_in.data_dir.parent / "config.yaml"

    def run(*arguments: str) -> Result:
        return command_line.run("--config", str(config), *arguments)

    saved = run("backup", str(archive))
    assert saved.exit_code == 0, saved.stderr
    assert "对话与设置、校准、聊天里收的文章 2 个文件" in saved.stdout
    refused = run("restore", str(archive))
    assert refused.exit_code == 1
    assert "--force" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    restored = run("--set", f"data_dir={tmp_path / 'data'}", "restore", str(archive))
    assert restored.exit_code == 0, restored.stderr
    assert "siyu reindex" in restored.stdout
    assert (tmp_path / "data" / "articles-from-chat" / "快闪群.md").is_file()
