"""Starts, stops, kills and restarts of the bot's process."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.end_to_end.bot_in_process import BotInProcess
from tests.end_to_end.bot_process import BotProcess
from tests.end_to_end.conftest import TOKEN, Library
from tests.end_to_end.people import Person, labels
from tests.end_to_end.server import FakeBotApi
from tests.support import command_line

pytestmark = [pytest.mark.telegram, pytest.mark.asyncio(loop_scope="session")]

QUESTION = "会员日选在每月哪天？"


@pytest.fixture
def ann(server: FakeBotApi) -> Person:
    """Somebody on a server of the test's own."""
    return Person(server, server.add_user("Ann", language_code="zh-hans"))


@pytest.fixture
def config(library: Library, server: FakeBotApi, tmp_path: Path) -> Path:
    """A configuration for a bot of the test's own, which has a patience of six seconds."""
    return library.configure(tmp_path / "config.yaml", server, telegram={"start_patience": 6})


async def test_sigterm_finishes_what_is_in_work_and_a_restart_answers_the_rest(
    server: FakeBotApi, config: Path, ann: Person
) -> None:
    """Scenario 38."""
    bob = Person(server, server.add_user("Bob"))
    async with BotProcess(server, config) as process:
        ann.say(QUESTION + " wait1500ms")
        await server.wait_for(lambda: ann.calls("sendchataction"))
        process.signal(signal.SIGTERM)
        assert await process.exit_code() == 0
        (answer,) = ann.seen()
        assert "十八号" in answer["text"]
        bob.say("预售定金建议收几成？")
        ann.say("优惠券的面额是多少？")
        await process.start()
        assert "两成" in (await server.wait_messages(bob.id, 1))[0]["text"]
        assert "一成五" in (await server.wait_messages(ann.id, 2))[1]["text"]
        await ann.press(answer, labels(answer)[0])
        assert "双倍积分" in (await server.wait_messages(ann.id, 3))[2]["text"]
        assert await process.stop() == 0
        assert "Traceback" not in process.log
        assert "DEBUG" not in process.log


async def test_a_bad_start_of_telegram_is_survived(server: FakeBotApi, config: Path, ann: Person) -> None:
    server.fault("502", "getMe")
    server.fault("drop", "getMe")
    server.fault("500", "setMyCommands")
    server.fault("502", "deleteWebhook")
    async with BotProcess(server, config) as process:
        assert "十八号" in (await ann.ask(QUESTION))["text"]
        assert "连不上 Telegram（Bad Gateway (502)），1 秒后再试" in process.log
        assert "the command menu could not be set" in process.log


async def test_telegram_that_is_down_for_some_seconds_is_waited_for(
    library: Library, tmp_path: Path, unused_tcp_port: int
) -> None:
    late = FakeBotApi(TOKEN)
    late.base_url = late.base_file_url = f"http://127.0.0.1:{unused_tcp_port}/bot"
    config = library.configure(tmp_path / "config.yaml", late)
    process = await BotProcess(late, config).launch()
    try:
        await late.wait_for(lambda: "再试" in process.log)
        await late.start(unused_tcp_port)
        await late.wait_for(lambda: late.polls > 0)
        ann = Person(late, late.add_user("Ann"))
        assert "十八号" in (await ann.ask(QUESTION))["text"]
        assert await process.stop() == 0
    finally:
        await process.kill()
        await late.stop()


async def refused(config: Path, code: int, *, token: str = TOKEN, secret: str = "") -> str:
    """The one line that `siyu run` ends with, and this exit code, before it asks for updates."""
    environment = {"TELEGRAM_BOT_TOKEN": token, "SIYU_WEBHOOK_SECRET": secret}
    arguments = ("--config", str(config), "run")
    result = await asyncio.to_thread(lambda: command_line.run(*arguments, environment=environment))
    assert result.exit_code == code
    (line,) = result.output.splitlines()
    return line


async def _trouble(ann: Person, question: str) -> None:
    """What is logged most about: an error of ours and faults of Telegram's while a question is answered."""
    server = ann.server
    await ann.ask("/start")
    await ann.ask("breakdown")
    server.fault("drop", "sendMessage", chat_id=ann.id)
    server.fault("502", "getUpdates")
    ann.say(question)
    await server.wait_for(lambda: len(ann.calls("sendmessage")) == 3)
    await ann.ask("/help")
    assert not any(TOKEN in text for text in server.bot_texts(ann.id))


async def test_the_token_and_what_is_asked_are_never_logged(bot: BotProcess, newcomer: Callable[..., Person]) -> None:
    """Scenario 40; that the token is not in the log the shared bot is asked after every test."""
    await _trouble(newcomer(), QUESTION + "（只问这一次）")
    assert "[REDACTED]" in bot.log
    assert TOKEN.partition(":")[2] not in bot.log
    assert "只问这一次" not in bot.log


async def test_the_token_is_not_in_the_longest_log_either(
    library: Library, server: FakeBotApi, tmp_path: Path, ann: Person
) -> None:
    """Scenario 40."""
    config = library.configure(tmp_path / "config.yaml", server, logging={"level": "DEBUG"})
    async with BotProcess(server, config) as process:
        await _trouble(ann, QUESTION)
        assert await process.stop() == 0
        assert "[REDACTED]" in process.log
        assert TOKEN not in process.log
        assert TOKEN.partition(":")[2] not in process.log


async def test_a_second_poller_ends_it_with_one_clear_line(server: FakeBotApi, config: Path, ann: Person) -> None:
    """Scenario 40."""
    async with BotProcess(server, config) as process:
        await ann.ask(QUESTION)
        other = f"{server.base_url}{TOKEN}/getUpdates?timeout=20"
        async with ClientSession() as session:
            polls = [asyncio.create_task(session.get(other))]
            assert await process.exit_code() == 1
            for poll in polls:
                poll.cancel()
        assert process.log.count("another process polls with the same token") == 1
        assert process.log.splitlines()[-1].startswith("siyu: 另一个进程正在用同一个 token")


async def test_a_second_bot_on_the_same_data_leaves_the_first_alone(
    bot: BotProcess, newcomer: Callable[..., Person]
) -> None:
    ann = newcomer()
    await ann.ask(QUESTION)
    assert (await refused(bot.config, 1)).startswith("siyu: 另一个进程正在用同一个 token")
    assert "一成五" in (await ann.ask("优惠券的面额是多少？"))["text"]


async def test_a_flood_of_one_person_leaves_room_for_others(server: FakeBotApi, config: Path, ann: Person) -> None:
    """Scenario 35; the limit itself is tested in test_limits."""
    server.rate_limits = True
    bob = Person(server, server.add_user("Bob"))
    async with BotInProcess(server, config):
        for number in range(200):
            ann.say(f"第{number}个问题")
        await server.wait_messages(ann.id, 1)
        assert "Asking" in (await bob.ask("/help"))["text"]
        await bob.ask("How many wholesale samples abroad?")
        assert len(ann.seen()) < 10


async def test_a_wrong_token_is_one_clear_line(config: Path) -> None:
    wrong = "987654321:AAwrong-token_of-somebody"
    line = await refused(config, 1, token=wrong)
    assert line.startswith("siyu: Telegram 不认这个 token")
    assert wrong not in line


async def test_an_unreachable_telegram_is_one_clear_line(library: Library, tmp_path: Path) -> None:
    nowhere = {"base_url": "http://127.0.0.1:9/bot", "start_patience": 0}
    config = library.configure(tmp_path / "config.yaml", None, telegram=nowhere)
    assert (await refused(config, 1)).startswith("siyu: 连不上 Telegram")


async def test_a_data_directory_that_cannot_be_written_is_one_clear_line(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "a-file"
    file.write_text("", encoding="utf-8")
    config = Library(library.articles, file).configure(tmp_path / "config.yaml", None)
    assert "写不进去" in await refused(config, 2)


@pytest.mark.skipif(find_spec("tornado") is not None, reason="the library for webhooks is installed")
async def test_a_webhook_without_its_library_is_one_clear_line(library: Library, tmp_path: Path) -> None:
    hook = {"webhook": {"url": "https://bot.example"}}
    config = library.configure(tmp_path / "config.yaml", None, telegram=hook)
    assert "python-telegram-bot[webhooks]" in await refused(config, 2, secret="s" * 20)


async def test_a_webhook_without_a_secret_is_refused(library: Library, tmp_path: Path) -> None:
    hook = {"webhook": {"url": "https://bot.example"}}
    config = library.configure(tmp_path / "config.yaml", None, telegram=hook)
    assert "SIYU_WEBHOOK_SECRET" in await refused(config, 2)
