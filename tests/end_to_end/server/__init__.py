"""A strict, in-memory Telegram Bot API server for end-to-end tests of one bot.

    async with FakeBotApi() as tg:                       # binds 127.0.0.1, a free port
        ann = tg.add_user("Ann")                         # hand tg.base_url and tg.token to the bot
        tg.say(ann, ann, "hello")                        # private chat id == user id
        await tg.wait_messages(ann, 1)

Where Telegram documents no text for an error, the one of github.com/tdlib/telegram-bot-api is used.
Known simplifications: parse_mode HTML only; no albums, polls, payments or business updates; webhooks may be http://
on loopback; ids are small; lengths are counted in UTF-16 units; limits are fixed windows.
"""

from tests.end_to_end.server.api import FakeBotApi, Fault
from tests.end_to_end.server.updates import Call

__all__ = ["Call", "FakeBotApi", "Fault"]
