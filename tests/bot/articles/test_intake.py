"""From a file to a draft to an article in the store and back, without Telegram."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.answering.answer_queue import AnswerQueue
from bot.articles.article_store import ArticleStore, ChangedSince, VersionMissing
from bot.articles.file_names import file_name
from bot.articles.inspector import Inspector, Unreadable
from bot.articles.intake import Intake, NotRecorded
from bot.articles.page_fetcher import Fetcher
from bot.articles.text_overlap import neighbours
from bot.articles.upload_drafts import KEPT, UploadDraft, UploadDrafts
from bot.articles.upload_log import Uploads
from bot.config import load_settings
from bot.state.database import open_state
from corpus.parsing.files import note_of
from tests.corpus.samples import epub, saved, workbook
from tests.end_to_end.bot_process import FakeService

OLGA, OTTO = 11, 12
SKIPPED = repr('ready\n{"path": "a.md", "reason": "%s"}')
KITE = (
    "---\ntitle: 风筝线怎么打蜡\ndate: 2026-02-03\n---\n\n风筝线每十七天打一次蜡，打完晾半天，不能用火烤。"
    "收线的时候戴上手套，免得割手。蜡要用蜂蜡，石蜡在冬天会发脆，一拉就掉渣。{}\n"
)


PRICES: list[list[object]] = [["店名", "月费", "备注"], ["青禾店", "199元", "含停车"], ["绿野店", "299元", None]]


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


class Drafts(UploadDrafts):
    """Remembers whether its files were dropped by the event loop itself."""

    dropped_by: threading.Thread | None = None

    def drop(self, draft_id: str) -> None:
        self.dropped_by = threading.current_thread()
        super().drop(draft_id)


class Workshop:
    """An intake with a corpus of one article."""

    def __init__(self, home: Path) -> None:
        (home / "articles").mkdir()
        (home / "articles" / "drum.md").write_text(
            KITE.format("").replace("风筝线", "鼓面").replace("打一次蜡", "紧一次鼓"), encoding="utf-8"
        )
        (home / "config.yaml").write_text("corpus: {articles: articles}\ndata_dir: data\n", encoding="utf-8")
        settings = load_settings(home / "config.yaml")
        self.service = FakeService(settings)
        self.service.reindex()
        self.answer_queue = AnswerQueue(self.service)
        self.state = open_state(settings.data_dir)
        self.clock = Clock()
        self.drafts = Drafts(settings.data_dir / "drafts", clock=self.clock)
        self.store = ArticleStore(settings.uploads)
        self.uploads = Uploads(self.state, clock=self.clock)
        self.intake = Intake(
            self.answer_queue,
            drafts=self.drafts,
            store=self.store,
            uploads=self.uploads,
            inspector=Inspector(passage_length=350),
            fetcher=Fetcher(most=1000),
            today=lambda: date(2026, 5, 6),
        )

    @property
    def names(self) -> list[str]:
        """What stands in the store."""
        return sorted(file.name for file in self.store.directory.glob("[!.]*"))

    def text(self) -> str:
        """The only article there."""
        (name,) = self.names
        return (self.store.directory / name).read_text(encoding="utf-8")

    async def propose(self, text: str, operator: int = OLGA, name: str = "kite.md") -> UploadDraft:
        return await self.intake.propose_file(operator, name, text.encode(), Path(name).suffix)

    async def accept(self, text: str, operator: int = OLGA, name: str = "kite.md") -> None:
        await self.intake.accept(await self.propose(text, operator, name))


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    made = Workshop(tmp_path)
    yield made
    made.answer_queue.close()
    made.state.close()


async def test_an_article_comes_and_goes(workshop: Workshop) -> None:
    draft = await workshop.propose(KITE.format(""))
    assert draft.preview.title == "风筝线怎么打蜡"
    assert draft.preview.near[0].title == "鼓面怎么打蜡"
    assert await workshop.intake.find(draft.id, OTTO) is None
    assert await workshop.intake.find(draft.id, OLGA) == draft
    upload = await workshop.intake.accept(draft)
    assert workshop.text() == KITE.format("")
    assert await workshop.intake.find(draft.id, OLGA) is None
    assert workshop.service.reindex().articles.added == 1
    assert "每十七天" in str(workshop.service.ask("风筝线多少天打一次蜡？").quotes)
    assert await workshop.intake.take_back(OTTO) is None
    taken = await workshop.intake.take_back(OLGA)
    assert taken is not None
    assert (taken.upload.id, taken.restored) == (upload.id, False)
    assert workshop.names == []
    assert workshop.service.reindex().articles.removed == 1
    assert await workshop.intake.take_back(OLGA) is None


async def test_a_later_version_takes_the_place_and_gives_it_back(workshop: Workshop) -> None:
    for version, operator, name in (("一", OLGA, "a.md"), ("二", OTTO, "b.txt"), ("三", OLGA, "c.md")):
        draft = await workshop.propose(KITE.format(version), operator, name)
        assert draft.preview.replaces == (None if version == "一" else "风筝线怎么打蜡")
        await workshop.intake.accept(draft)
        assert workshop.text().endswith(f"掉渣。{version}\n")
    for operator, left in ((OLGA, "二"), (OTTO, "一"), (OLGA, None)):
        taken = await workshop.intake.take_back(operator)
        assert taken is not None
        assert taken.restored == (left is not None)
        assert [workshop.text()[-2]] == [left] if left else workshop.names == []


async def test_what_another_operator_replaced_is_not_taken_back(workshop: Workshop) -> None:
    await workshop.accept(KITE.format("一"), OLGA)
    await workshop.accept(KITE.format("二"), OTTO)
    assert await workshop.intake.take_back(OLGA) is None
    assert workshop.text().endswith("二\n")


async def test_a_file_that_was_changed_by_hand_is_left_alone(workshop: Workshop) -> None:
    await workshop.accept(KITE.format(""))
    (name,) = workshop.names
    (workshop.store.directory / name).write_text("by hand", encoding="utf-8")
    with pytest.raises(ChangedSince):
        await workshop.intake.take_back(OLGA)
    assert workshop.text() == "by hand"
    await workshop.accept(KITE.format("新"))  # replaced all the same, and what stood there comes back
    await workshop.intake.take_back(OLGA)
    assert workshop.text() == "by hand"


async def test_an_earlier_version_that_is_lost_is_told(workshop: Workshop) -> None:
    await workshop.accept(KITE.format("一"))
    await workshop.accept(KITE.format("二"))
    for kept in (workshop.store.directory / ".versions").rglob("*.md"):
        kept.write_text("damaged", encoding="utf-8")
    with pytest.raises(VersionMissing):
        await workshop.intake.take_back(OLGA)
    assert workshop.text().endswith("二\n")


async def test_only_the_last_versions_stay(workshop: Workshop) -> None:
    for number in range(9):
        await workshop.accept(KITE.format(number))
    versions = workshop.store.directory / ".versions"
    assert sorted(file.read_text(encoding="utf-8")[-2] for file in versions.rglob("*.md")) == list("34567")
    assert len(list(versions.iterdir())) == 5
    for left in "7654":  # of the five, each step back keeps the one that it takes down
        await workshop.intake.take_back(OLGA)
        assert workshop.text()[-2] == left
        assert len(list(versions.rglob("*.md"))) == 5
    with pytest.raises(VersionMissing):
        await workshop.intake.take_back(OLGA)


async def test_what_a_killed_process_left_in_the_store_goes(workshop: Workshop) -> None:
    await workshop.accept(KITE.format("一"))
    (workshop.store.directory / ".kite.md.new").write_text("half", encoding="utf-8")
    await workshop.intake.tidy()
    assert [file.name for file in workshop.store.directory.glob(".*.new")] == []
    assert workshop.text().endswith("一\n")


async def test_an_article_that_cannot_be_recorded_is_not_kept(workshop: Workshop) -> None:
    await workshop.accept(KITE.format("一"))
    draft = await workshop.propose(KITE.format("二"))
    workshop.state.execute("CREATE TRIGGER full BEFORE INSERT ON uploads BEGIN SELECT RAISE(ABORT, 'full'); END")
    with pytest.raises(NotRecorded):
        await workshop.intake.accept(draft)
    assert workshop.text().endswith("一\n")


async def test_an_untitled_file_is_titled_by_its_name(workshop: Workshop) -> None:
    body = KITE.format("").partition("---\n\n")[2]
    await workshop.accept(body, name="../../旧 稿#1.txt")
    name, note = workshop.names
    assert name.startswith("旧-稿-1-")
    assert note_of(Path(name)).name == note
    workshop.service.reindex()
    assert "旧 稿#1" in {article.title for article in workshop.service.serving().articles.values()}
    await workshop.intake.take_back(OLGA)
    assert workshop.names == []


async def test_one_sentence_with_a_fact_is_an_article(workshop: Workshop) -> None:
    draft = await workshop.propose("鹭岛快闪店的摊位费是 5.27 万元，含水电。")
    assert draft.preview.acceptable
    assert draft.preview.passages == 1


async def test_what_is_known_or_says_too_little_is_not_acceptable(workshop: Workshop) -> None:
    known = await workshop.propose((workshop.service.settings.corpus.articles[0] / "drum.md").read_text("utf-8"))
    assert known.preview.known == "鼓面怎么打蜡"
    short = await workshop.propose("# 题\n\n一句。")
    assert "正文太短" in str(short.preview.lacking)
    assert not known.preview.acceptable
    assert not short.preview.acceptable


async def test_a_file_that_cannot_be_read_leaves_nothing(workshop: Workshop) -> None:
    with pytest.raises(Unreadable, match="不是有效的 PDF"):
        await workshop.propose("no", name="a.pdf")
    assert list((workshop.service.settings.data_dir / "drafts").iterdir()) == []


def test_the_store_is_indexed_beside_the_other_articles_and_never_hides_them(workshop: Workshop) -> None:
    roots = workshop.service.indexer.roots
    assert len(roots) == 1
    workshop.store.directory.mkdir()
    (workshop.store.directory / "drum.md").write_text(KITE.format(""), encoding="utf-8")
    assert workshop.service.indexer.roots == (*roots, workshop.store.directory)
    workshop.service.reindex()
    assert set(workshop.service.serving().articles) == {"drum.md", "articles-from-chat/drum.md"}


# -- the parts


def test_a_draft_lives_for_a_day_and_there_are_never_many(workshop: Workshop) -> None:
    async def fill() -> UploadDraft:
        return await workshop.propose(KITE.format(""))

    draft = asyncio.run(fill())
    directory = workshop.service.settings.data_dir / "drafts"
    assert workshop.drafts.find(draft.id, OLGA) == draft
    workshop.drafts.file(draft).write_text("tampered", encoding="utf-8")
    assert workshop.drafts.find(draft.id, OLGA) is None
    for nonsense in ("", "../../etc/passwd", "0" * 16, draft.id.upper() + "x"):
        assert workshop.drafts.find(nonsense, OLGA) is None
    (directory / f"{draft.id}.json").write_text("{}", encoding="utf-8")
    assert workshop.drafts.find(draft.id, OLGA) is None
    clock = UploadDrafts(directory, clock=lambda: (directory / f"{draft.id}.json").stat().st_mtime + KEPT + 1)
    clock.prune()
    assert list(directory.iterdir()) == []
    for number in range(60):
        workshop.drafts.stage(b"%d" % number, ".md")
    assert len(list(directory.iterdir())) <= 50


@pytest.mark.parametrize(
    ("title", "begins"),
    [
        ("小红书 2026 新规（全文）", "小红书-2026-新规-全文-"),
        ("../../etc/passwd", "etc-passwd-"),
        ("..", "article-"),
        ("", "article-"),
        ("🎉🎉", "article-"),
        (".hidden", "hidden-"),
        ("~$lock", "lock-"),
        ("CON", "CON-"),
        ("a\0b\u202ec\n/d\\e", "a-b-c-d-e-"),
        ("ＦＵＬＬ　ｗｉｄｔｈ", "FULL-width-"),
        ("长" * 300, "长" * 40 + "-"),
    ],
)
def test_file_names_are_made_of_letters_and_digits(title: str, begins: str) -> None:
    name = file_name(title, None, ".md")
    assert name.startswith(begins)
    assert len(name.encode()) < 250
    assert Path(name).name == name
    assert name != file_name(title, "https://example.com/", ".md")


def test_likeness_is_the_share_of_the_new_text() -> None:
    text = "风筝线每十七天打一次蜡，打完晾半天，不能用火烤。"
    other = "完全不相干的另一段话，讲的是怎样在雨季里保存木头家具。"
    titles = {"a": "A", "b": "B", "c": "C"}
    found = neighbours([text, other], [("a", [text.replace("，", "、")]), ("b", [other]), ("c", ["短"])], titles)
    assert [neighbour.title for neighbour in found] == ["B", "A"]
    assert sum(neighbour.share for neighbour in found) == pytest.approx(1)
    assert neighbours([], [("a", [text])], titles) == ()
    assert neighbours(["。"], [("a", [text])], titles) == ()


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("import time; time.sleep(60)", "读了很久也没读完"),
        ("import sys; sys.exit(1)", "文件可能已损坏"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "文件可能已损坏"),
        ("print('ready')", "文件可能已损坏"),
        ("print('ready\\nno json')", "文件可能已损坏"),
        ("print('ready\\n[]')", "文件可能已损坏"),
        ("print('ready\\n{\"title\": 1}')", "文件可能已损坏"),
        (f"import os; told = [k for k in os.environ if 'TOKEN' in k]; print({SKIPPED} % told)", r"^\[\]$"),
    ],
)
async def test_a_sandbox_that_hangs_or_dies_harms_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, says: str
) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:secret")
    file = tmp_path / "a.md"
    file.write_text("x", encoding="utf-8")
    seconds = 0.5 if "sleep" in script else 20
    with pytest.raises(Unreadable, match=says):
        await Inspector(passage_length=350, seconds=seconds, program=(sys.executable, "-c", script)).inspect(file)


def test_two_pages_of_one_title_are_two_articles(tmp_path: Path) -> None:
    database = open_state(tmp_path)
    uploads = Uploads(database, clock=Clock())

    def put(title: str, url: str | None) -> int:
        earlier = uploads.same_article(title, url)
        digest = "e" if earlier else None
        return uploads.record(
            OLGA, file="f", digest="d", title=title, url=url, origin="o", earlier=earlier, earlier_digest=digest
        ).id

    first, second = put("常见问题", "https://a.example/"), put("常见问题", "https://b.example/")
    assert uploads.same_article("别的标题", "https://a.example/") == uploads.find(first)
    assert uploads.same_article("常见问题", None) == uploads.find(second)
    assert uploads.same_article("常见问题", "https://c.example/") is None
    third = put("常见问题", None)
    assert uploads.same_article("常见问题", None) == uploads.find(third)
    upload = uploads.find(third)
    assert upload is not None
    assert upload.earlier == second
    uploads.take_back(upload)
    assert uploads.same_article("常见问题", None) == uploads.find(second)
    database.close()


async def test_what_cannot_be_read_is_dropped_beside_the_event_loop(workshop: Workshop) -> None:
    with pytest.raises(Unreadable):
        await workshop.propose("\x00" * 100, name="broken.pdf")
    assert workshop.drafts.dropped_by not in (None, threading.current_thread())
    assert list((workshop.service.settings.data_dir / "drafts").glob("*.pdf")) == []


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("价目.xlsx", saved(workbook(("价目", PRICES))), "店名：青禾店；月费：199元；备注：含停车"),
        (
            "价目.csv",
            "店名,月费,备注\n青禾店,199元,含停车\n绿野店,299元,\n".encode("gb18030"),
            "店名：青禾店；月费：199元",
        ),
        ("问答.csv", "问题,答案\n青禾店月费多少？,青禾店每个月收 199元。\n".encode(), "青禾店每个月收 199元"),
        (
            "手册.epub",
            epub("<h1>选址</h1><p>先看人流。</p>", "<h1>定价</h1><p>青禾店月费 199元。</p>"),
            "青禾店月费 199元",
        ),
    ],
)
async def test_tables_and_books_come_and_go(workshop: Workshop, name: str, data: bytes, says: str) -> None:
    draft = await workshop.intake.propose_file(OLGA, name, data, Path(name).suffix)
    assert draft.preview.acceptable
    await workshop.intake.accept(draft)
    assert workshop.service.reindex().articles.added == 1
    assert says in str(workshop.service.ask("青禾店月费多少").quotes)
    assert await workshop.intake.take_back(OLGA) is not None
    assert workshop.names == []
