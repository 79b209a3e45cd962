"""The bot over a Milvus server: what it switches to is there before, what is lost comes back, who asks is told so."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest
from pymilvus import MilvusClient

from bot.answering.answer_queue import AnswerQueue
from bot.answering.ask_question import AskQuestion, Notice
from bot.answering.service import Service
from bot.config import Settings, load_settings
from bot.operations.doctor import examine_running
from bot.operations.index_status import status_document, status_lines
from bot.state.question_log import QuestionLog
from embeddings.errors import EngineUnavailable
from embeddings.index.milvus_collections import names
from embeddings.index.milvus_engine import MilvusEngine
from embeddings.index.milvus_server import MilvusSettings
from tests.embeddings.helpers import ARTICLES, write_articles
from tests.support.fakes import FakeEncoder, in_process
from tests.support.milvus_lite import MilvusProcess, milvus
from tests.support.patience import patience

QUESTION = "复购率怎么算？"


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MilvusProcess]:
    with milvus(tmp_path_factory.mktemp("milvus")) as process:
        yield process


@pytest.fixture
def process(lasting: MilvusProcess) -> MilvusProcess:
    """A server that runs when a test begins."""
    lasting.start()
    return lasting


@pytest.fixture
def server(process: MilvusProcess) -> MilvusClient:
    """Somebody else with the same server."""
    return MilvusClient(process.uri)


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory, lasting: MilvusProcess) -> Path:
    """A home with an index, not to be changed."""
    home = tmp_path_factory.mktemp("shop")
    write_articles(home / "articles")
    (home / "config.yaml").write_text(
        "corpus: {articles: articles}\ndata_dir: data\n"
        f"index: {{engine: milvus, keep: 1, milvus: {{uri: '{lasting.uri}', prefix: shop}}}}\n",
        encoding="utf-8",
    )
    service_of(load_settings(home / "config.yaml")).reindex()
    return home


@pytest.fixture
def settings(indexed: Path, tmp_path: Path) -> Settings:
    return load_settings(Path(shutil.copytree(indexed, tmp_path / "shop")) / "config.yaml")


def service_of(settings: Settings) -> Service:
    """What the settings ask for, but that it waits for nothing between two tries."""
    engine = None
    if settings.index.engine == "milvus":
        chosen = settings.index.milvus
        server = MilvusSettings(str(chosen.uri), prefix=chosen.prefix, seconds=10)
        engine = MilvusEngine(server, settings.data_dir, sleep=lambda seconds: None)
    return Service(
        settings, encoder_factory=FakeEncoder, identity=FakeEncoder.identity, parser=in_process, engine=engine
    )


def in_process_service(settings: Settings) -> Service:
    """The same bot, but that it searches in its own process."""
    index = settings.index.model_copy(update={"engine": "faiss"})
    return service_of(settings.model_copy(update={"index": index}))


@pytest.fixture
def service(settings: Settings, process: MilvusProcess) -> Service:
    return service_of(settings)


def edit(settings: Settings, text: str) -> None:
    (settings.corpus.articles[0] / "fugou.md").write_text(f"{ARTICLES['fugou.md']}\n{text}\n", encoding="utf-8")


def there(server: MilvusClient, generation_id: str) -> bool:
    """Whether both collections of a generation are there."""
    return set(names(generation_id, "shop")) <= set(server.list_collections())


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + patience(30)
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


def mended(service: Service) -> Callable[[], bool]:
    """Whether a bot that looks after its engines is well."""

    def look() -> bool:
        service.attend_engines()
        return not service.engine_troubles()

    return look


def test_it_answers_as_a_bot_that_searches_in_its_own_process_does(service: Service, settings: Settings) -> None:
    for question in (QUESTION, "私信里发微信号会怎样", "一个人能加多少客户"):
        mine, its = service.ask(question), in_process_service(settings).ask(question)
        assert [passage.passage for passage in mine.passages] == [passage.passage for passage in its.passages]
        assert mine.quotes == its.quotes
        assert mine.confidence == pytest.approx(its.confidence, abs=1e-3)


def test_whoever_asks_while_it_is_away_is_told_so_and_later_answered(service: Service, process: MilvusProcess) -> None:
    before = service.ask(QUESTION)
    process.kill()
    with pytest.raises(EngineUnavailable, match="连不上"):
        service.ask(QUESTION)
    (trouble,) = service.engine_troubles()
    assert "index.milvus.uri" in trouble
    document = status_document(service)
    assert document["index_engine"]["state"] == "unavailable"
    assert "连不上" in "\n".join(status_lines(document, service.local_time))
    (check,) = [check for check in examine_running(service) if check.name == "向量检索"]
    assert not check.ok
    process.start()
    until(mended(service))
    assert service.ask(QUESTION).passages == before.passages
    (check,) = [check for check in examine_running(service) if check.name == "向量检索"]
    assert check.ok
    shown = "\n".join(status_lines(status_document(service), service.local_time))
    assert check.finding.split("，来回")[0] in shown


@pytest.mark.asyncio
async def test_every_surface_is_told_why_there_is_no_answer(service: Service, process: MilvusProcess) -> None:
    queue = AnswerQueue(service)
    await queue.open()
    process.kill()
    said = await AskQuestion(queue, cast("QuestionLog", None)).search(QUESTION)
    queue.close()
    assert said is Notice.UNAVAILABLE


def test_a_bot_that_starts_while_it_is_away_starts(settings: Settings, process: MilvusProcess) -> None:
    process.kill()
    service = service_of(settings)
    service.warm()
    assert service.engine_troubles()
    process.start()
    until(mended(service))
    assert service.ask(QUESTION).passages


def test_a_reindex_writes_before_it_switches_and_drops_what_is_not_kept(
    service: Service, settings: Settings, server: MilvusClient
) -> None:
    service.warm()
    generations = [str(service.indexer.store.current_id())]
    for number in range(3):
        edit(settings, f"第{number}次改动：这里补充一句足够长的说明。")
        generations.append(service.reindex().generation)
        assert service.ask(QUESTION).generation == generations[-1]
    first, second, third, fourth = generations
    assert service.indexer.store.ids() == (third, fourth)
    assert there(server, third)
    assert there(server, fourth)
    assert not there(server, second)
    assert there(server, first)  # written by the bot that this one was copied from, whose own it is


def test_a_reindex_that_cannot_write_leaves_the_old_index_serving(
    service: Service, settings: Settings, process: MilvusProcess
) -> None:
    before = service.ask(QUESTION)
    edit(settings, "这一句进不了索引，直到服务器回来。")
    process.kill()
    with pytest.raises(EngineUnavailable, match="连不上"):
        service.reindex()
    assert service.indexer.store.ids() == (before.generation,)
    process.start()
    until(mended(service))
    assert service.ask(QUESTION).generation == before.generation
    assert service.reindex().switched
    assert service.ask(QUESTION).generation != before.generation


def test_one_goes_back_to_an_index_that_is_written_again_where_it_is_lost(
    service: Service, settings: Settings, server: MilvusClient
) -> None:
    first = service.ask(QUESTION).generation
    edit(settings, "会员日是每月八号。")
    second = service.reindex().generation
    for name in names(first, "shop"):
        server.drop_collection(name)
    assert service.roll_back() == (second, first)
    assert there(server, first)
    assert service.ask(QUESTION).generation == first
    assert not service.engine_troubles()


def test_an_index_that_another_process_built_without_it_is_written_before_it_answers(
    service: Service, settings: Settings, server: MilvusClient
) -> None:
    service.warm()
    edit(settings, "会员日是每月八号。")
    built = in_process_service(settings).reindex().generation
    assert not there(server, built)
    service.refresh()
    assert there(server, built)
    assert service.ask(QUESTION).generation == built


def test_an_index_from_before_it_was_used_is_written_by_itself_or_by_a_reindex(
    settings: Settings, process: MilvusProcess, server: MilvusClient
) -> None:
    edit(settings, "会员日是每月八号。")
    built = in_process_service(settings).reindex().generation
    service = service_of(settings)
    with pytest.raises(EngineUnavailable, match="siyu reindex"):
        service.ask(QUESTION)
    until(mended(service))
    assert service.ask(QUESTION).generation == built
    for name in names(built, "shop"):
        server.drop_collection(name)
    assert not service_of(settings).reindex().switched
    assert there(server, built)
    assert service_of(settings).ask(QUESTION).passages
