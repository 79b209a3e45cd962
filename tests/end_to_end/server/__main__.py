"""The server by hand: `python -m tests.end_to_end.server --port 8081`, then POST /_control/say and the like as JSON."""

from __future__ import annotations

import argparse
import asyncio

from tests.end_to_end.server import FakeBotApi


async def serve() -> None:
    """Run until interrupted."""
    parser = argparse.ArgumentParser(description="A fake Telegram Bot API on 127.0.0.1")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--token", default="123456:TEST")
    args = parser.parse_args()
    api = FakeBotApi(args.token)
    await api.start(args.port)
    print(f"Bot API on {api.base_url}, files on {api.base_file_url}, control on {api.url}/_control/", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve())
