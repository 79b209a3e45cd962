"""The soak itself, with few people, the fake encoder and a few seconds."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from pathlib import Path

import pytest
from telegram import ReplyParameters
from telegram.ext import ExtBot

from bot.config import load_settings
from tests.end_to_end.bot_process import ROOT, FakeService
from tests.end_to_end.conftest import Library
from tests.soak.load import Latency, LoadReport, Plan, run
from tests.soak.loop_monitor import Stall
from tests.soak.report import Bar, Machine, Section, load_sections, missed, skipped, write
from tests.soak.server import Question, StopwatchApi
from tests.soak.vitals import growth, look

PLAN = Plan(people=6, seconds=2.0, warm_up=0.5, think=(0.1, 0.4), bursts=1, writing=1.0)


@pytest.mark.telegram
async def test_a_small_crowd_is_answered_and_measured(tmp_path: Path) -> None:
    library = Library(tmp_path / "articles", tmp_path / "library")
    shutil.copytree(ROOT / "tests" / "end_to_end" / "articles", library.articles)
    FakeService(load_settings(library.configure(tmp_path / "library.yaml", None))).reindex()
    seen: list[float] = []
    report = await run(PLAN, tmp_path / "soak", library, seen.append, command=["tests.end_to_end.bot_process"])
    assert report.asked > 6
    assert (report.unanswered, report.burst_unanswered, report.doubled, report.refusals) == (0, 0, 0, 0)
    assert report.errors == ()
    assert (report.latency.count, report.burst.count) == (report.asked, 6)
    assert 0 < report.latency.p50 <= report.latency.p95 <= report.latency.worst
    assert report.memory.before > 50
    assert report.processor > 0
    assert 0 <= report.stall.computed < 5
    assert seen == sorted(seen)
    sections = load_sections(report)
    markdown, figures = write(tmp_path / "report", Machine.here(), [*sections, skipped("Kills", "not asked for")])
    assert "| every question is answered | 0 without | yes |" in markdown.read_text(encoding="utf-8")
    assert json.loads(figures.read_text(encoding="utf-8"))["load"]["figures"]["asked"] == report.asked


async def ask(server: StopwatchApi, bot: ExtBot[None], *, answers: int) -> None:
    """A person asks, and the bot answers so often."""
    person = server.add_user("Ann", started=True)
    asked = asyncio.create_task(server.put(person, person, "几点开门", within=60.0))
    await server.wait_for(lambda: server.messages(person))
    (question,) = server.messages(person)
    for _ in range(answers):
        await bot.send_message(person, "九点", reply_parameters=ReplyParameters(question["message_id"]))
    assert (await asked).answer == "九点"


async def test_a_question_that_has_two_answers_is_counted() -> None:
    async with StopwatchApi("123456789:AAtest") as server, ExtBot(server.token, base_url=server.base_url) as bot:
        server.rate_limits = False
        await ask(server, bot, answers=1)
        assert server.doubled == 0
        await ask(server, bot, answers=2)
        assert server.doubled == 1


def test_latency_is_of_what_was_answered() -> None:
    questions = [Question(0.0, float(n), n + n / 100) for n in range(1, 101)]
    latency = Latency.of([*questions, Question(0.0), Question(0.0, 1.0)])
    assert latency.count == 100
    assert (latency.p50, latency.p95, latency.worst) == pytest.approx((0.51, 0.96, 1.0))
    assert Latency.of([]) == Latency(0, 0.0, 0.0, 0.0)


def test_growth_is_from_the_first_looks_to_the_last() -> None:
    assert growth([100.0] * 5 + [500.0] * 9 + [104.0] * 5).percent == pytest.approx(4)
    assert growth([]).percent == 0


def test_a_look_finds_this_process() -> None:
    sample = look(os.getpid())
    assert sample.rss > 10
    assert sample.threads >= 1
    assert sample.files >= 3
    assert look(2**22 + 1).rss == 0


def test_a_missed_bar_is_told() -> None:
    slow = Latency(1, 4.5, 4.5, 4.5)
    quiet, log, stall = growth([1.0]), ("2026 ERROR x",), Stall(1.0, 0.2, 0.06, "x.py:1 y")
    report = LoadReport(PLAN, 1, 1, 0, 2, 0.1, slow, slow, 1, 1, 1, 3, 0.1, 0.0, quiet, quiet, quiet, 0, log, stall)
    names = [bar.name for bar in missed(load_sections(report))]
    assert names == [
        "every question is answered",
        "none is answered twice",
        "event loop ≤ 50 ms at a time",
        "no errors in the log",
        "nothing refused as too fast",
        "every question is answered",
    ]
    assert missed([Section("Kills", (), (Bar("none lost", "0", True),), None)]) == []
