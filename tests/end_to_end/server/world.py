"""The world a bot lives in: users, chats, messages; every change it may see becomes an update."""

from __future__ import annotations

import asyncio
import base64
import dataclasses
import json
import secrets
import time
from collections import defaultdict, deque
from collections.abc import Sequence
from typing import Any

from tests.end_to_end.server.errors import Json

DEFAULT_OFF = {"chat_member", "message_reaction", "message_reaction_count"}
ADMIN_RIGHTS = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_post_messages",
    "can_edit_messages",
    "can_pin_messages",
    "can_manage_topics",
)
MEMBER_RIGHTS = (
    "can_change_info",
    "can_edit_tag",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
)
TELEGRAM_USER = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
ANONYMOUS_ADMIN = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
CHANNEL_USER = {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}


@dataclasses.dataclass
class Chat:
    """A chat and what the server remembers of it.

    `reactions` are the bot's, by message; `started` is whether a person ever wrote to the bot there.
    """

    id: int
    type: str
    title: str | None = None
    username: str | None = None
    first_name: str | None = None
    is_forum: bool = False
    linked: int | None = None
    members: dict[int, Json] = dataclasses.field(default_factory=dict)
    topics: dict[int, Json] = dataclasses.field(default_factory=dict)
    messages: dict[int, Json] = dataclasses.field(default_factory=dict)
    reactions: dict[int, list[str]] = dataclasses.field(default_factory=dict)
    last_id: int = 0
    last_bot: int | None = None
    migrated_to: int | None = None
    started: bool = True

    def json(self) -> Json:
        """As it stands in updates."""
        data = {
            "id": self.id,
            "type": self.type,
            "title": self.title,
            "username": self.username,
            "first_name": self.first_name,
            "is_forum": self.is_forum or None,
        }
        return {k: v for k, v in data.items() if v is not None}

    def status(self, user_id: int) -> str:
        """A member's status."""
        return str(self.members.get(user_id, {}).get("status", "left"))


class World:
    """Users, chats and what people do in them; every change the bot may see becomes an update."""

    def __init__(self, token: str, username: str, *, privacy: bool, mentions_pass_privacy: bool) -> None:
        self.token, self.privacy, self.mentions_pass_privacy = token, privacy, mentions_pass_privacy
        self.me: Json = {"id": int(token.partition(":")[0]), "is_bot": True, "first_name": "Bot", "username": username}
        self.users: dict[int, Json] = {self.me["id"]: self.me}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, Json] = {}
        self.mine: set[tuple[int, int]] = set()
        self.queries: dict[str, Json] = {}
        self.pending: deque[Json] = deque()
        self.replays: deque[Json] = deque()
        self.updates: list[Json] = []
        self.allowed: set[str] | None = None
        self.wake = asyncio.Event()
        self.last_ids: dict[str, int] = defaultdict(int)
        # Telegram gives no number twice, however often a test starts anew over the same data.
        self._first_update = 700_000_000 + time.time_ns() // 1_000_000 % 1_000_000_000

    def _next(self, name: str, start: int = 1) -> int:
        self.last_ids[name] = max(self.last_ids[name] + 1, start)
        return self.last_ids[name]

    def push(self, kind: str, payload: Json) -> int | None:
        """Queue an update, unless the bot did not ask for its kind; returns its id."""
        if kind in DEFAULT_OFF if self.allowed is None else kind not in self.allowed:
            return None
        number = self._next("update", self._first_update)
        update = {"update_id": number, kind: json.loads(json.dumps(payload))}
        self.updates.append(update)
        self.pending.append(update)
        self.wake.set()
        return number

    def query(self) -> str:
        """The id of a new callback, inline or guest query that waits for its answer."""
        number = str(self._next("query", 10**15))
        self.queries[number] = {"time": time.monotonic(), "answer": None}
        return number

    def redeliver(self, update_id: int) -> None:
        """Deliver an update once more, as after a lost confirmation."""
        self.replays.append(next(u for u in self.updates if u["update_id"] == update_id))
        self.wake.set()

    # -- making people and places

    def add_user(
        self,
        first_name: str,
        username: str | None = None,
        *,
        language_code: str | None = "en",
        started: bool = False,
        is_bot: bool = False,
    ) -> int:
        """A person (or another bot) with a private chat of the same id; returns the id."""
        number = self._next("user", 1001)
        user = {
            "id": number,
            "is_bot": is_bot,
            "first_name": first_name,
            "username": username,
            "language_code": language_code,
        }
        self.users[number] = {k: v for k, v in user.items() if v is not None}
        chat = Chat(number, "private", username=username, first_name=first_name, started=started)
        chat.members = {number: {"status": "member"}, self.me["id"]: {"status": "member"}}
        self.chats[number] = chat
        return number

    def add_chat(
        self,
        kind: str,
        title: str,
        *,
        members: Sequence[int] = (),
        admins: Sequence[int] = (),
        username: str | None = None,
        is_forum: bool = False,
        bot: str = "member",
    ) -> int:
        """A group, supergroup or channel; the first of `admins` created it."""
        chat_id = -self._next("group", 5001) if kind == "group" else -1_000_000_000_000 - self._next("supergroup", 7001)
        chat = self.chats[chat_id] = Chat(chat_id, kind, title, username, is_forum=is_forum)
        chat.members = {u: {"status": "member"} for u in members} | {u: {"status": "administrator"} for u in admins}
        chat.members |= {u: {"status": "creator"} for u in admins[:1]} | (
            {self.me["id"]: {"status": bot}} if bot != "left" else {}
        )
        chat.last_id = 1  # the message about the creation of the chat
        return chat_id

    def link(self, channel_id: int, group_id: int) -> None:
        """Make a group the discussion group of a channel."""
        self.chats[channel_id].linked, self.chats[group_id].linked = group_id, channel_id

    def add_topic(self, chat_id: int, name: str, user_id: int) -> int:
        """A topic of a forum; returns its thread id."""
        message = self.service(chat_id, user_id, forum_topic_created={"name": name, "icon_color": 0x6FB9F0})
        thread: int = message["message_id"]
        self.chats[chat_id].topics[thread] = {"name": name, "closed": False}
        return thread

    def upload(
        self, name: str, content: bytes | str, mime_type: str = "application/octet-stream", *, b64: bool = False
    ) -> str:
        """A file on the server; returns its id."""
        data = base64.b64decode(content) if b64 else content.encode() if isinstance(content, str) else content
        file_id = "F" + secrets.token_urlsafe(24)
        self.files[file_id] = {"name": name, "data": data, "mime_type": mime_type, "unique": "U" + secrets.token_hex(8)}
        return file_id

    def document(self, file_id: str) -> Json:
        """An uploaded file as it stands in messages."""
        file = self.files[file_id]
        return {
            "file_id": file_id,
            "file_unique_id": file["unique"],
            "file_name": file["name"],
            "mime_type": file["mime_type"],
            "file_size": len(file["data"]),
        }

    # -- what people do

    def store(
        self,
        chat: Chat,
        content: Json,
        sender: Json | None = None,
        *,
        sender_chat: Chat | None = None,
        thread: int | None = None,
        reply: Json | None = None,
    ) -> Json:
        """Put a message into a chat, with what Telegram derives for replies and topics."""
        chat.last_id += 1
        message: Json = {"message_id": chat.last_id, "date": int(time.time()), "chat": chat.json()}
        if sender:
            message["from"] = sender
        if sender_chat:
            message["sender_chat"] = sender_chat.json()
        if reply:
            message["reply_to_message"] = {k: v for k, v in reply.items() if k != "reply_to_message"}
            if chat.is_forum:
                thread = thread or reply.get("message_thread_id")
            elif chat.type == "supergroup":
                thread = reply.get("message_thread_id", reply["message_id"])
        if thread:
            message["message_thread_id"] = thread
            if chat.is_forum:
                message["is_topic_message"] = True
        message |= content
        chat.messages[chat.last_id] = message
        return message

    def visible(self, chat: Chat, message: Json) -> bool:
        """Whether the bot gets this message: core.telegram.org/bots/features#privacy-mode (without mentions)."""
        me = self.me["id"]
        if chat.type != "private" and chat.status(me) in ("left", "kicked"):
            return False
        if chat.type in ("private", "channel") or not {"text", "caption", "document", "photo"} & message.keys():
            return True
        if message["from"]["is_bot"] and "sender_chat" not in message:
            return False
        if not self.privacy or chat.status(me) == "administrator":
            return True
        replied = message.get("reply_to_message", {})
        if replied.get("from", {}).get("is_bot") and "sender_chat" not in replied:
            return bool(replied["from"]["id"] == me)
        return message.get("via_bot", {}).get("id") == me or self._addressed(chat, message)

    def _addressed(self, chat: Chat, message: Json) -> bool:
        me, name = self.me["id"], self.me["username"].lower()
        raw = (message.get("text") or message.get("caption") or "").encode("utf-16-le")
        for entity in message.get("entities") or message.get("caption_entities") or []:
            word = raw[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le").lower()
            if entity["type"] == "bot_command" and (
                word.endswith("@" + name) or ("@" not in word and chat.last_bot in (None, me))
            ):
                return True
            if entity["type"] == "mention" and word == "@" + name and self.mentions_pass_privacy:
                return True
        return False

    def service(self, chat_id: int, user_id: int, **fields: Any) -> Json:
        """A service message, e.g. new_chat_members=[...], left_chat_member={...}, forum_topic_created={...}."""
        chat = self.chats[chat_id]
        message = self.store(chat, fields, self.users[user_id])
        if self.visible(chat, message):
            self.push("message", message)
        return message

    def member(self, chat_id: int, user_id: int) -> Json:
        """A ChatMember."""
        record: Json = {"status": "left"} | self.chats[chat_id].members.get(user_id, {})
        data: Json = {"user": self.users[user_id], **record}
        if record["status"] == "creator":
            data |= {"is_anonymous": record.get("is_anonymous", False)}
        elif record["status"] == "administrator":
            data |= {right: record.get(right, right != "is_anonymous") for right in ADMIN_RIGHTS}
        elif record["status"] == "restricted":
            data |= {"is_member": True, "until_date": 0} | {right: record.get(right, False) for right in MEMBER_RIGHTS}
        elif record["status"] == "kicked":
            data |= {"until_date": 0}
        return data
