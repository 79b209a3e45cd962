"""What a supervisor sees of the running bot: /health, /metrics and logs as JSON."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from prometheus_client.parser import text_string_to_metric_families

from tests.end_to_end.bot_in_process import BotInProcess
from tests.end_to_end.bot_process import BotProcess
from tests.end_to_end.conftest import TOKEN, Library
from tests.end_to_end.people import Person, labels
from tests.end_to_end.server import FakeBotApi

pytestmark = [pytest.mark.telegram, pytest.mark.asyncio(loop_scope="session")]

QUESTION = "会员日选在每月哪天？"


class Probe:
    """A bot, and whoever watches it."""

    def __init__(self, process: BotInProcess, config: Path, port: int, olga: Person) -> None:
        self.process = process
        self.config = config
        self.olga = olga
        self._port = port

    async def get(self, path: str) -> tuple[int, str]:
        async with ClientSession() as session, session.get(f"http://127.0.0.1:{self._port}{path}") as response:
            return response.status, await response.text()

    async def health(self) -> tuple[int, dict[str, Any]]:
        status, text = await self.get("/health")
        return status, json.loads(text)

    async def value(self, sample: str, **labels: str) -> float:
        """One sample of /metrics; 0 where there is none yet."""
        _, text = await self.get("/metrics")
        found = [s for family in text_string_to_metric_families(text) for s in family.samples if s.name == sample]
        return sum(s.value for s in found if s.labels.items() >= labels.items())

    def records(self) -> list[dict[str, Any]]:
        """The log; each of its lines is an object."""
        return [json.loads(line) for line in self.process.log.splitlines()]


@pytest_asyncio.fixture(loop_scope="session")
async def probe(library: Library, server: FakeBotApi, tmp_path: Path, unused_tcp_port: int) -> AsyncIterator[Probe]:
    olga = Person(server, server.add_user("Olga", language_code="zh-hans"))
    config = library.configure(
        tmp_path / "config.yaml",
        server,
        telegram={"admins": [olga.id]},
        monitoring={"port": unused_tcp_port},
        logging={"format": "json"},
    )
    async with BotInProcess(server, config) as process:
        yield Probe(process, config, unused_tcp_port, olga)
        assert await process.stop() == 0, process.log


async def test_a_supervisor_sees_what_happens_and_nobody_in_it(probe: Probe, server: FakeBotApi) -> None:
    status, before = await probe.health()
    assert (status, before["status"], before["last_update_seconds"], before["queue"]) == (200, "ok", None, 0)
    assert before["generation_age_seconds"] > 0
    ann = Person(server, server.add_user("Ann Smith", language_code="zh-hans"))
    answer = await ann.ask(QUESTION)
    await ann.press(answer, next(label for label in labels(answer) if "👍" in label))
    assert server.inline(ann.id, QUESTION)
    await ann.ask("breakdown")
    failing = server.updates[-1]["update_id"]
    group = server.add_chat("supergroup", "Shop", members=[ann.id])
    server.fault("403", "sendMessage", chat_id=group)
    server.say(group, ann.id, f"/ask@TestQABot {QUESTION}")
    await server.wait_for(lambda: server.transcript("answerinlinequery"))
    await probe.olga.ask("/reindex")
    await server.wait_for(lambda: any("没有变化" in text for text in server.bot_texts(probe.olga.id)))
    await server.wait_idle()

    assert (await probe.health())[1]["last_update_seconds"] < 30
    for surface, outcome in [("private", "answered"), ("private", "failed"), ("inline", "answered")]:
        assert await probe.value("siyu_questions_total", surface=surface, outcome=outcome) == 1, (surface, outcome)
    assert await probe.value("siyu_questions_total", surface="group", outcome="answered") == 1
    assert await probe.value("siyu_question_seconds_count", surface="private") == 2
    assert await probe.value("siyu_telegram_errors_total", kind="Forbidden") == 1
    assert await probe.value("siyu_failures_total") == 1
    assert await probe.value("siyu_votes_total", vote="up") == 1
    assert await probe.value("siyu_reindexes_total", result="done") == 1
    assert await probe.value("siyu_reindex_seconds_count") == 1
    assert await probe.value("siyu_queue") == 0
    assert await probe.value("siyu_generation_age_seconds") > 0
    assert await probe.value("process_resident_memory_bytes") > 10_000_000
    pages = "".join([(await probe.get(path))[1] for path in ("/health", "/metrics")])
    assert not any(secret in pages for secret in (TOKEN, str(ann.id), str(group), "Smith", "会员日", str(probe.config)))
    assert (await probe.get("/"))[0] == 404

    assert TOKEN not in probe.process.log
    records = probe.records()
    assert all(record.keys() >= {"time", "level", "logger", "message", "request"} for record in records)
    (failed,) = [record for record in records if record["level"] == "ERROR"]
    assert failed["request"] == str(failing)
    assert "careless with [REDACTED]" in failed["exception"]


async def test_what_cannot_work_is_told(probe: Probe, library: Library, tmp_path: Path) -> None:
    current = library.data_dir / "current"
    kept = current.read_text(encoding="utf-8")
    current.unlink()
    status, document = await probe.health()
    assert (status, document["status"], document["generation"]) == (503, "failing", None)
    assert "reindex" in document["problems"][0]
    assert (await probe.get("/metrics"))[0] == 200
    current.write_text(kept, encoding="utf-8")
    assert (await probe.health())[0] == 200

    # A second bot with the same port ends in one clear line.
    async with FakeBotApi("987654321:AAanother-token_of-the_test-bot") as other:
        settings = probe.config.read_text(encoding="utf-8").replace(probe.process.server.base_url, other.base_url)
        config = tmp_path / "second.yaml"
        config.write_text(settings.replace("format: json", "format: text"), encoding="utf-8")
        second = await BotProcess(other, config).launch()
        assert await second.exit_code() == 1
        assert "Traceback" not in second.log
        assert "monitoring.port 用不了" in second.log.splitlines()[-1]
