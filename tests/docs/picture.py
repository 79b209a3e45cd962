"""`python -m tests.docs.picture` makes docs/images/answer.png: a real answer of the real bot, drawn as on a phone.

The bot runs as an operator starts it, with the default model over the starter articles, against the local Bot API
server; what is drawn is the message that this server received. The index lies in --data-dir, so that only the first run
is slow.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

import yaml

from bot.answering.service import Service
from bot.config import load_settings
from tests.docs.bubbles import draw
from tests.docs.fonts import FontMissing, Fonts
from tests.end_to_end.bot_process import BotProcess
from tests.end_to_end.people import Person
from tests.end_to_end.server import FakeBotApi

ROOT = Path(__file__).parents[2]
QUESTION = "企业微信一个人最多能加多少客户？"
_TOKEN = "123456789:AApicture-token_of-the_test-bot"


async def ask(question: str, data_dir: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """A question put to the bot in a private chat and its answer, as the server has them."""
    async with FakeBotApi(_TOKEN) as server:
        document = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
        document["corpus"]["articles"] = str(ROOT / "corpus/articles")
        document["data_dir"] = str(data_dir)
        document["telegram"] |= {"base_url": server.base_url, "base_file_url": server.base_file_url}
        config = data_dir / "picture.yaml"
        config.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
        Service(load_settings(config)).reindex()
        async with BotProcess(server, config, command=["bot", "--config", str(config), "run"]) as bot:
            asker = Person(server, server.add_user("Ann", language_code="zh-hans"))
            answer = await asker.ask(question, within=120)
            await bot.stop()
    return {"text": question}, answer


def main() -> None:
    """Ask, draw, save."""
    parser = argparse.ArgumentParser(prog="python -m tests.docs.picture", description=__doc__)
    parser.add_argument("--question", default=QUESTION)
    parser.add_argument("--data-dir", type=Path, default=ROOT / "build/picture")
    parser.add_argument("--out", type=Path, default=ROOT / "docs/images/answer.png")
    options = parser.parse_args()
    options.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        Fonts.load(10)  # before minutes go into an index
    except FontMissing as missing:
        sys.exit(str(missing))
    question, answer = asyncio.run(ask(options.question, options.data_dir.resolve()))
    draw(question, answer).save(options.out, optimize=True)
    print(f"{options.out}: {options.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
