"""The bot over an embedding service: what it says while that is away, and that it trusts no other model."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from rich.console import Console

from bot.answering.answer_queue import AnswerQueue
from bot.answering.ask_question import AskQuestion, Notice
from bot.answering.service import Service
from bot.config import Settings, load_settings
from bot.operations.doctor import examine_running
from bot.operations.index_status import status_document, status_lines
from bot.state.question_log import QuestionLog
from bot.terminal.asking import Asking
from bot.terminal.chat import converse
from embeddings.errors import EngineUnavailable, ServiceChanged
from embeddings.index.generation import read_sample
from tests.embeddings.helpers import ARTICLES, write_articles
from tests.support.fakes import in_process
from tests.support.scripted_embeddings import ScriptedEmbeddings, ok, scripted_embeddings, status

QUESTION = "复购率怎么算？"


@pytest.fixture(scope="module")
def lasting() -> Iterator[ScriptedEmbeddings]:
    with scripted_embeddings() as server:
        yield server


@pytest.fixture
def server(lasting: ScriptedEmbeddings) -> Iterator[ScriptedEmbeddings]:
    """A service that is up when a test begins, and always on the same port."""
    yield lasting
    lasting.stop()
    lasting.model, lasting.then = "first", ok
    lasting.start()


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory, lasting: ScriptedEmbeddings) -> Path:
    """A home with an index, not to be changed."""
    home = tmp_path_factory.mktemp("shop")
    write_articles(home / "articles")
    (home / "config.yaml").write_text(
        "corpus: {articles: articles}\ndata_dir: data\n"
        f"embeddings: {{engine: http, model: shop-model, companion: none, service: {{url: '{lasting.url}'}}}}\n",
        encoding="utf-8",
    )
    service_of(load_settings(home / "config.yaml")).reindex()
    return home


@pytest.fixture
def settings(indexed: Path, tmp_path: Path) -> Settings:
    return load_settings(Path(shutil.copytree(indexed, tmp_path / "shop")) / "config.yaml")


def service_of(settings: Settings) -> Service:
    return Service(settings, parser=in_process)


@pytest.fixture
def service(settings: Settings, server: ScriptedEmbeddings) -> Service:
    return service_of(settings)


def test_questions_are_answered_over_a_service_and_nothing_of_a_model_is_loaded(
    service: Service, server: ScriptedEmbeddings
) -> None:
    answer = service.ask(QUESTION)
    assert answer.passages
    document = status_document(service)
    assert "shop-model" in document["recipe"]["encoder"]
    assert f"shop-model（向量服务 127.0.0.1:{server.port}）" in "\n".join(status_lines(document, service.local_time))
    (check,) = [check for check in examine_running(service) if check.name == "模型"]
    assert check.ok
    assert "16 维" in check.finding
    assert not (service.settings.data_dir / "models").exists()


def test_while_it_is_away_whoever_asks_is_told_so_and_afterwards_is_answered(
    service: Service, server: ScriptedEmbeddings
) -> None:
    service.warm()
    server.stop()
    with pytest.raises(EngineUnavailable):
        service.ask(QUESTION)
    (trouble,) = service.engine_troubles()
    assert "连不上" in trouble
    (check,) = [check for check in examine_running(service) if check.name == "模型"]
    assert not check.ok
    server.start()
    until = time.monotonic() + 10
    while service.engine_troubles() and time.monotonic() < until:
        time.sleep(0.05)
        service.attend_engines()
    assert service.ask(QUESTION).passages


def test_a_bot_that_starts_while_it_is_away_starts(settings: Settings, server: ScriptedEmbeddings) -> None:
    server.stop()
    service = service_of(settings)
    service.warm()
    assert service.engine_troubles()


@pytest.mark.asyncio
async def test_every_surface_is_told_why_there_is_no_answer(service: Service, server: ScriptedEmbeddings) -> None:
    queue = AnswerQueue(service)
    await queue.open()
    server.stop()
    said = await AskQuestion(queue, cast("QuestionLog", None)).search(QUESTION)
    queue.close()
    assert said is Notice.UNAVAILABLE


def test_a_conversation_at_the_terminal_goes_on(
    service: Service, server: ScriptedEmbeddings, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.warm()
    server.stop()
    lines = iter([QUESTION, "/q"])
    console = Console(record=True, width=200)
    monkeypatch.setattr(console, "input", lambda prompt: next(lines))
    with Asking(service) as asking:
        converse(service, asking, console)
    assert "连不上" in console.export_text()


def test_a_reindex_that_it_turns_away_leaves_the_old_index_serving(
    service: Service, settings: Settings, server: ScriptedEmbeddings
) -> None:
    before = service.indexer.store.current_id()
    (settings.corpus.articles[0] / "new.md").write_text("# 新\n\n新来的一段话，讲什么都可以。\n", encoding="utf-8")
    server.then = status(401)
    with pytest.raises(EngineUnavailable, match="密钥"):
        service.reindex()
    assert service.indexer.store.ids() == (before,)


def test_a_generation_knows_by_which_model_it_was_made_and_hands_that_on(
    service: Service, settings: Settings, server: ScriptedEmbeddings
) -> None:
    store = service.indexer.store
    first = read_sample(store.directory())
    assert first is not None
    (settings.corpus.articles[0] / "fugou.md").write_text(ARTICLES["fugou.md"] + "\n再补一句。\n", encoding="utf-8")
    service_of(settings).reindex()
    second = read_sample(store.directory())
    assert second is not None
    np.testing.assert_array_equal(first, second)


def test_another_model_under_the_same_name_neither_answers_nor_gets_into_an_index(
    service: Service, settings: Settings, server: ScriptedEmbeddings
) -> None:
    server.model = "second"
    other = service_of(settings)
    with pytest.raises(ServiceChanged):
        other.ask(QUESTION)
    (settings.corpus.articles[0] / "fugou.md").write_text(ARTICLES["fugou.md"] + "\n再补一句。\n", encoding="utf-8")
    with pytest.raises(ServiceChanged):
        service_of(settings).reindex()
    renamed = settings.embeddings.model_copy(update={"model": "shop-model@2"})
    new = service_of(settings.model_copy(update={"embeddings": renamed}))
    new.reindex()
    assert new.ask(QUESTION).passages
