"""Mishaps at random while many people ask: `python -m tests.soak.faults --faults 300 --seed 1`.

Telegram fails in every way that the test server knows, before and after the effect; the bot is killed and started
again; the server goes away; the language model that writes the answers fails in every way of its own. In the end every
question must have one answer or one word about a missing one: counted by what stands in the chats, not by what the bot
believes.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.locales import LANGUAGES, texts
from tests.end_to_end.bot_process import BotProcess
from tests.end_to_end.conftest import TOKEN, Library
from tests.end_to_end.server import FakeBotApi, Fault
from tests.support.scripted_model import SCENARIOS, ScriptedModel, copying

_PEOPLE, _GROUPS = 12, 2
_TIMEOUT = 1  # seconds that the bot waits for Telegram, so that slow calls need not be long
_QUESTIONS = ("会员日选在每月哪天？", "优惠券的面额是多少？", "预售定金建议收几成？")
_KINDS = ("500", "502", "drop", "hang", "slow", "html", "garbage", "429", "401")
_METHODS = (*("sendMessage",) * 6, *("getUpdates",) * 2, "sendChatAction", "sendMessageDraft", "*")
_MODEL = tuple(SCENARIOS)
_WRITING = 1.5  # seconds that an answer may take to be written
_KILL, _GONE = 0.25, 0.05  # how often a mishap is a kill -9, or Telegram not listening at all


@dataclass(frozen=True, slots=True)
class FaultReport:
    """What was done to the bot, and what became of the questions.

    Each question counts once: `answered` has one answer, `apologised` one word that the answer may be missing, `signed`
    only the reaction that stands for that word, `lost` nothing at all, `doubled` two answers or two words. `both`, of
    those answered, were told as well: nobody could know that the answer had arrived.
    """

    faults: int
    kills: int
    outages: int
    questions: int
    answered: int
    both: int
    apologised: int
    signed: int
    lost: int
    doubled: int
    seconds: float


@dataclass(frozen=True, slots=True)
class _Asked:
    chat: int
    message: int


class _Crowd:
    """People in private chats and in groups, who ask numbered questions."""

    def __init__(self, server: FakeBotApi, source: random.Random) -> None:
        self.asked: list[_Asked] = []
        self._server = server
        self._source = source
        self._people = [server.add_user(f"P{number}", language_code="zh-hans") for number in range(_PEOPLE)]
        self._groups = [server.add_chat("supergroup", f"G{n}", members=self._people) for n in range(_GROUPS)]

    def ask(self) -> None:
        """Somebody asks somewhere."""
        user, number = self._source.choice(self._people), len(self.asked) + 1
        in_group = self._source.random() < 0.2
        chat = self._source.choice(self._groups) if in_group else user
        question = f"第{number}问：{self._source.choice(_QUESTIONS)}"
        message = self._server.say(
            chat, user, f"/ask@{self._server.me['username']} {question}" if in_group else question
        )
        self.asked.append(_Asked(chat, message["message_id"]))

    def outcomes(self) -> tuple[Counter[_Asked], Counter[_Asked], set[_Asked]]:
        """How many answers and how many words about missing ones each question has, and which have a sign."""
        answers, words = Counter[_Asked](), Counter[_Asked]()
        doubts = {texts(language)("answer_in_doubt") for language in LANGUAGES}
        signs: set[_Asked] = set()
        for chat in (*self._people, *self._groups):
            for message in self._server.bot_messages(chat):
                question = _Asked(chat, message.get("reply_to_message", {}).get("message_id", 0))
                (words if message["text"] in doubts else answers)[question] += 1
            signs |= {_Asked(chat, message) for message, signs_ in self._server.chats[chat].reactions.items() if signs_}
        return answers, words, signs


class _Mishaps:
    """Does one thing after the other to the bot and to the server that it talks to."""

    def __init__(
        self, server: FakeBotApi, model: ScriptedModel, process: BotProcess, crowd: _Crowd, source: random.Random
    ) -> None:
        self._server = server
        self._model = model
        self._process = process
        self._crowd = crowd
        self._source = source
        self._port = int(server.url.rpartition(":")[2])
        self.kills = self.outages = 0

    async def happen(self, most: int) -> int:
        """Something happens while people ask; how many faults that were."""
        chance = self._source.random()
        # As often as not it works, so that there is something to interrupt.
        self._model.scenario = self._source.choice((*_MODEL, *("slow",) * len(_MODEL)))
        self._crowd.ask()
        if chance < _KILL:
            await self._kill()
            return 1
        if chance < _KILL + _GONE:
            await self._go_away()
            return 1
        count = min(most, self._source.randint(1, 3))
        for _ in range(count):
            self._server.faults.append(self._fault())
        return count - await self._met()

    async def _kill(self) -> None:
        self.kills += 1
        await asyncio.sleep(self._source.random() * 0.4)
        await self._process.kill()
        self._crowd.ask()
        await self._process.start(120)

    async def _go_away(self) -> None:
        self.outages += 1
        await asyncio.sleep(self._source.random() * 0.2)
        await self._server.stop()
        await asyncio.sleep(self._source.random() * 2)
        await self._server.start(self._port)

    def _fault(self) -> Fault:
        kind, method = self._source.choice(_KINDS), self._source.choice(_METHODS)
        after = kind not in ("slow", "429", "401") and self._source.random() < 0.5
        return Fault(kind, method, delay=1.0 if kind == "429" else _TIMEOUT + 0.5, after=after)

    async def _met(self, within: float = 5.0) -> int:
        """Wait until the faults have struck, with people asking; how many have not."""
        deadline = time.monotonic() + within
        while self._server.faults and time.monotonic() < deadline:
            await asyncio.sleep(0.3)
            self._crowd.ask()
        left = len(self._server.faults)
        self._server.faults.clear()
        return left


async def run(faults: int, seed: int, progress: Callable[[int], None] = lambda done: None) -> FaultReport:
    """Let so many mishaps strike, then wait until the bot has said all that it has to say.

    `progress` is told after each step how many there were. Raises TimeoutError where the bot does not come to rest, and
    AssertionError where it ends by itself.
    """
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="siyu-faults-") as home:
        library = Library(Path(home) / "articles", Path(home) / "data")
        shutil.copytree(Path(__file__).parents[1] / "end_to_end" / "articles", library.articles)
        async with FakeBotApi(TOKEN) as server, ScriptedModel(copying) as model:
            telegram = {"timeout": _TIMEOUT, "limits": {"per_user_per_minute": 0}}
            llm = {"base_url": model.base_url, "model": "m", "timeout_s": _WRITING}
            config = library.configure(Path(home) / "config.yaml", server, telegram=telegram, answering={"llm": llm})
            library.reindex(config)
            # Two sources, so that the mishaps are the same whatever the pace of the machine makes people ask.
            crowd = _Crowd(server, random.Random(-seed - 1))
            async with BotProcess(server, config) as process:
                mishaps, done = _Mishaps(server, model, process, crowd, random.Random(seed)), 0
                while done < faults:
                    done += await mishaps.happen(faults - done)
                    assert process.returncode is None, process.log[-5000:]
                    progress(done)
                await _rest(server, crowd)
                assert process.returncode is None, process.log[-5000:]
            return _report(crowd, done, mishaps, time.monotonic() - began)


async def _rest(server: FakeBotApi, crowd: _Crowd, within: float = 120.0) -> None:
    """Wait until nothing happens any more; what has no outcome by then never gets one."""

    def settled() -> bool:
        answers, words, signs = crowd.outcomes()
        return all(answers[question] or words[question] or question in signs for question in crowd.asked)

    try:
        await server.wait_for(settled, within)
    except TimeoutError:
        print("some questions have no outcome", file=sys.stderr)
    # A second answer would come now at the latest.
    await server.wait_idle(within, quiet=2.5)


def _report(crowd: _Crowd, faults: int, mishaps: _Mishaps, seconds: float) -> FaultReport:
    answers, words, signs = crowd.outcomes()
    asked = crowd.asked
    return FaultReport(
        faults=faults,
        kills=mishaps.kills,
        outages=mishaps.outages,
        questions=len(asked),
        answered=sum(answers[each] == 1 for each in asked),
        both=sum(answers[each] == 1 and words[each] == 1 for each in asked),
        apologised=sum(not answers[each] and words[each] == 1 for each in asked),
        signed=sum(not answers[each] and not words[each] and each in signs for each in asked),
        lost=sum(not answers[each] and not words[each] and each not in signs for each in asked),
        doubled=sum(answers[each] > 1 or words[each] > 1 for each in asked),
        seconds=round(seconds, 1),
    )


def main() -> None:
    """Run and print what came of it; exit code 1 where a question was lost or answered twice."""
    parser = argparse.ArgumentParser(description="Mishaps at random while many people ask")
    parser.add_argument("--faults", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    report = asyncio.run(run(options.faults, options.seed, lambda done: print(f"\r{done} faults", end="", flush=True)))
    print()
    for name in report.__dataclass_fields__:
        print(f"{name:<12}{getattr(report, name):>8}")
    sys.exit(1 if report.lost or report.doubled else 0)


if __name__ == "__main__":
    main()
