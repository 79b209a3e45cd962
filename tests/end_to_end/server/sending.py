"""What sending and editing need: chats, texts, keyboards and limits, checked as strictly as Telegram does."""

from __future__ import annotations

import math
import re
import time
from collections import defaultdict, deque
from typing import Any

from aiohttp import web

from tests.end_to_end.server.errors import ApiError, Json, bad, refuse
from tests.end_to_end.server.formatting import formatted, u16
from tests.end_to_end.server.parameters import Params
from tests.end_to_end.server.people import People
from tests.end_to_end.server.world import Chat

BUTTON_ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
KIND = {"group": "group chat", "supergroup": "supergroup chat", "channel": "channel chat"}


class Sending(People):
    """Rate limits are off until `rate_limits` is set."""

    def __init__(self, token: str, username: str, *, privacy: bool, mentions_pass_privacy: bool) -> None:
        super().__init__(token, username, privacy=privacy, mentions_pass_privacy=mentions_pass_privacy)
        self.rate_limits = False
        self.limits = {"private": (1, 1.0), "group": (20, 60.0), "overall": (30, 1.0)}
        self._sent: dict[Any, deque[float]] = defaultdict(deque)

    def chat(self, p: Params, *, write: bool = True) -> Chat:
        """The chat that a call names, if the bot may write there."""
        wanted = str(p.get("chat_id") or "").lower()
        refuse(not wanted, "chat_id is empty")
        chat = next((c for c in self.chats.values() if wanted in _names(c)), None)
        if chat is None:
            raise bad("chat not found")
        if not write:
            return chat
        if chat.migrated_to:
            raise ApiError(400, "group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.migrated_to)
        status = chat.status(self.me["id"])
        if chat.type == "private":
            refuse(not chat.started, "bot can't initiate conversation with a user", 403)
            refuse(status == "kicked", "bot was blocked by the user", 403)
        elif status in ("kicked", "left"):
            raise ApiError(
                403, f"bot {'was kicked from' if status == 'kicked' else 'is not a member of'} the {KIND[chat.type]}"
            )
        elif chat.type == "channel" and not self.member(chat.id, self.me["id"]).get("can_post_messages"):
            raise bad("need administrator rights in the channel chat")
        elif status == "restricted" and not chat.members[self.me["id"]].get("can_send_messages"):
            raise bad("not enough rights to send text messages to the chat")
        return chat

    def _throttle(self, chat: Chat) -> None:
        """Refuse what comes faster than the fixed windows allow."""
        if not self.rate_limits:
            return
        now, waits = time.monotonic(), list[int]()
        keys: list[tuple[int | str, tuple[int, float]]] = [
            (chat.id, self.limits["private" if chat.type == "private" else "group"]),
            ("overall", self.limits["overall"]),
        ]
        for key, (count, window) in keys:
            sent = self._sent[key]
            while sent and now - sent[0] >= window:
                sent.popleft()
            if len(sent) >= count:
                waits.append(math.ceil(window - (now - sent[0])))
        if waits:
            raise ApiError(429, f"retry after {max(waits)}", retry_after=max(waits))
        for key, _ in keys:
            self._sent[key].append(now)

    def markup(self, p: Params, *, inline_only: bool = False) -> Json | None:
        """A call's inline keyboard; other kinds of reply markup are not looked at."""
        markup = p.parsed("reply_markup", dict, "reply markup")
        if not markup:
            return None
        if "inline_keyboard" not in markup:
            refuse(inline_only, "inline keyboard expected")
            return None
        rows = markup["inline_keyboard"]
        refuse(
            not isinstance(rows, list) or not all(isinstance(row, list) for row in rows),
            'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
        )
        refuse(sum(map(len, rows)) > 100, "reply markup is too long")
        for row in rows:
            for button in row:
                _check_button(button)
        return {"inline_keyboard": rows} if any(rows) else None

    def send(self, p: Params, content: Json) -> Json:
        """Put a message of the bot into a chat."""
        markup, link = self.markup(p), p.parsed("link_preview_options", dict, "link preview options")
        target = p.parsed("reply_parameters", dict, "reply parameters") or {}
        chat, thread = self.chat(p), p.integer("message_thread_id")
        reply: Json | None = None
        if thread and chat.is_forum and thread not in chat.topics:
            raise bad("message thread not found")  # 1, the General topic, is refused too
        if target.get("message_id"):
            reply = self._replied(chat, target, content)
        topic = chat.topics.get((thread or (reply or {}).get("message_thread_id", 0)) if chat.is_forum else 0, {})
        refuse(topic.get("closed") and chat.status(self.me["id"]) != "administrator", "TOPIC_CLOSED")
        self._throttle(chat)
        if markup:
            content["reply_markup"] = markup
        if link:
            content["link_preview_options"] = link
        channel = chat.type == "channel"
        message = self.store(
            chat,
            content,
            None if channel else self.me,
            sender_chat=chat if channel else None,
            thread=thread if chat.is_forum else None,
            reply=reply,
        )
        self.mine.add((chat.id, message["message_id"]))
        chat.last_bot = self.me["id"]
        self.forward_post(chat, message, content)
        return message

    def _replied(self, chat: Chat, target: Json, content: Json) -> Json | None:
        source = self.chat(Params(chat_id=target["chat_id"]), write=False) if target.get("chat_id") else chat
        reply = source.messages.get(int(target["message_id"]))
        refuse(reply is None and not target.get("allow_sending_without_reply"), "message to be replied not found")
        if reply and target.get("quote"):
            entities, mode = target.get("quote_entities"), target.get("quote_parse_mode")
            quote, _ = formatted(target["quote"], mode, entities, 1024, "QUOTE_TEXT_INVALID")
            refuse(quote not in (reply.get("text") or reply.get("caption") or ""), "QUOTE_TEXT_INVALID")
            content["quote"] = {"text": quote, "position": int(target.get("quote_position") or 0)}
        return reply

    def text(
        self,
        p: Params,
        too_long: str,
        key: str = "text",
        *,
        limit: int = 4096,
        empty: str | None = "text must be non-empty",
    ) -> Json:
        """A call's text or caption with its entities."""
        refuse(empty and not p.get(key), "message text is empty")
        text, marks = formatted(
            str(p.get(key) or ""),
            p.get("parse_mode"),
            p.parsed("caption_entities" if key == "caption" else "entities", list, "entities"),
            limit,
            too_long,
            empty=empty,
        )
        marks_key = "entities" if key == "text" else "caption_entities"
        return ({key: text} if text else {}) | ({marks_key: marks} if marks else {})

    def incoming_file(self, p: Params, key: str, limit: int) -> str:
        """The id of the file that a call brings or names."""
        value = p.get(key)
        if isinstance(value, str) and value.startswith("attach://"):
            value = p.get(value.removeprefix("attach://"))
        if isinstance(value, web.FileField):
            data = value.file.read()
            refuse(not data, "file must be non-empty")
            refuse(len(data) > limit, "Request Entity Too Large", 413)
            return self.upload(value.filename, data, value.content_type or "application/octet-stream")
        if isinstance(value, str) and value in self.files:
            return value
        raise bad(
            "wrong remote file identifier specified: Wrong string length"
            if value
            else f"there is no {key} in the request"
        )

    def own(self, p: Params) -> tuple[Chat, Json]:
        """The bot's own message that a call names."""
        chat, number = self.chat(p), p.integer("message_id")
        refuse(number not in chat.messages, "message to edit not found")
        refuse((chat.id, number) not in self.mine, "message can't be edited")
        return chat, chat.messages[number]

    def change(self, p: Params, content: Json, drop: tuple[str, ...]) -> Json:
        """Edit a message of the bot; without reply_markup the keyboard goes away, as on Telegram."""
        markup = self.markup(p, inline_only=True)
        chat, message = self.own(p)
        new = (
            {k: v for k, v in message.items() if k not in (*drop, "reply_markup", "edit_date")}
            | content
            | ({"reply_markup": markup} if markup else {})
        )
        if new == {k: v for k, v in message.items() if k != "edit_date"}:
            raise bad(
                "message is not modified: specified new message content and reply markup are exactly the same as a "
                "current content and reply markup of the message"
            )
        self._throttle(chat)
        message.clear()
        message |= new | {"edit_date": int(time.time())}
        return message


def _names(chat: Chat) -> tuple[str, str]:
    return str(chat.id), f"@{chat.username}".lower() if chat.username else ""


def _check_button(button: Json) -> None:
    refuse(
        not isinstance(button, dict),
        "can't parse inline keyboard button: InlineKeyboardButton must be an Object",
    )
    refuse(
        not isinstance(button.get("text"), str) or not button["text"],
        "can't parse inline keyboard button: Can't find field \"text\"",
    )
    refuse(
        not (actions := [a for a in BUTTON_ACTIONS if a in button]),
        "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    )
    refuse(len(actions) > 1, "BUTTON_TYPE_INVALID")
    refuse(not 1 <= len(button.get("callback_data", "-").encode()) <= 64, "BUTTON_DATA_INVALID")
    refuse(
        "url" in button and not re.match(r"(https?|tg)://[^\s/?]+", button["url"]),
        f"inline keyboard button URL '{button.get('url')}' is invalid: Wrong HTTP URL",
    )
    refuse(
        "copy_text" in button and not 1 <= u16(button["copy_text"].get("text", "")) <= 256,
        "BUTTON_COPY_TEXT_INVALID",
    )
