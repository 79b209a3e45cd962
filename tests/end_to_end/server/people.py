"""What people do: write, edit, press buttons, block, migrate; the tests speak through this."""

from __future__ import annotations

import time
from typing import Any

from tests.end_to_end.server.errors import Json
from tests.end_to_end.server.formatting import formatted, found_entities, u16
from tests.end_to_end.server.world import ANONYMOUS_ADMIN, CHANNEL_USER, TELEGRAM_USER, Chat, World


class People(World):
    """Every method is one act of one person."""

    def say(
        self,
        chat_id: int,
        user_id: int | None = None,
        text: str | None = None,
        *,
        reply_to: int | None = None,
        thread: int | None = None,
        document: str | None = None,
        quote: str | None = None,
        entities: list[Json] | None = None,
        anonymous: bool = False,
        as_channel: int | None = None,
        extra: Json | None = None,
    ) -> Json:
        """A message or (in a channel) a post. `document` is a file id of `upload`; text is then its caption."""
        chat = self.chats[chat_id]
        content: Json = {}
        if text is not None:
            text_key, entity_key = ("caption", "caption_entities") if document else ("text", "entities")
            content[text_key] = text
            if marks := sorted((entities or []) + found_entities(text, entities or []), key=lambda e: e["offset"]):
                content[entity_key] = marks
        if document:
            content["document"] = self.document(document)
        reply = chat.messages[reply_to] if reply_to else None
        if quote and reply:
            content["quote"] = {
                "text": quote,
                "position": u16(reply["text"][: reply["text"].index(quote)]),
                "is_manual": True,
            }
        sender, sender_chat = (self.users[user_id] if user_id else None), None
        if chat.type == "channel":
            sender, sender_chat = None, chat
        elif anonymous:
            sender, sender_chat = ANONYMOUS_ADMIN, chat
        elif as_channel:
            sender, sender_chat = CHANNEL_USER, self.chats[as_channel]
        if chat.type == "private":
            chat.started, chat.members[self.me["id"]] = True, {"status": "member"}
        message = self.store(chat, content | (extra or {}), sender, sender_chat=sender_chat, thread=thread, reply=reply)
        if sender and sender["is_bot"] and not sender_chat:
            chat.last_bot = sender["id"]
        if self.visible(chat, message):
            self.push("channel_post" if chat.type == "channel" else "message", message)
        self.forward_post(chat, message, content | (extra or {}))
        return message

    def forward_post(self, chat: Chat, message: Json, content: Json) -> None:
        """What Telegram does with a post of a channel that has a discussion group, whoever posted it."""
        if chat.type != "channel" or not chat.linked:
            return
        group = self.chats[chat.linked]
        origin = {
            "type": "channel",
            "date": message["date"],
            "chat": chat.json(),
            "message_id": message["message_id"],
        }
        forward = self.store(
            group,
            content | {"is_automatic_forward": True, "forward_origin": origin},
            TELEGRAM_USER,
            sender_chat=chat,
        )
        if self.visible(group, forward):
            self.push("message", forward)

    def edit(self, chat_id: int, message_id: int, text: str) -> Json:
        """A person edits a message."""
        chat = self.chats[chat_id]
        message = chat.messages[message_id]
        message |= {"text": text, "entities": found_entities(text), "edit_date": int(time.time())}
        if self.visible(chat, message):
            self.push("edited_channel_post" if chat.type == "channel" else "edited_message", message)
        return message

    def delete(self, chat_id: int, message_id: int) -> None:
        """A person deletes a message: bots are never told."""
        del self.chats[chat_id].messages[message_id]

    def press(self, chat_id: int, user_id: int, message_id: int, button: str) -> str:
        """Press the inline button with this text or callback data; returns the callback query id."""
        message = self.chats[chat_id].messages[message_id]
        row = [b for line in message.get("reply_markup", {}).get("inline_keyboard", []) for b in line]
        data = next(
            b["callback_data"] for b in row if "callback_data" in b and button in (b["text"], b["callback_data"])
        )
        number = self.query()
        self.push(
            "callback_query",
            {
                "id": number,
                "from": self.users[user_id],
                "message": message,
                "data": data,
                "chat_instance": str(chat_id),
            },
        )
        return number

    def inline(self, user_id: int, query: str, offset: str = "", chat_type: str = "private") -> str:
        """Type an inline query; returns its id."""
        number = self.query()
        self.push(
            "inline_query",
            {"id": number, "from": self.users[user_id], "query": query, "offset": offset, "chat_type": chat_type},
        )
        return number

    def choose_inline(self, user_id: int, query_id: str, result_id: str, chat_id: int, query: str = "") -> Json:
        """Pick a result of an answered inline query: it is posted in the chat as the person's message."""
        result = next(r for r in self.queries[query_id]["answer"]["results"] if r["id"] == result_id)
        self.push("chosen_inline_result", {"result_id": result_id, "from": self.users[user_id], "query": query})
        content = result["input_message_content"]
        text, marks = formatted(
            content["message_text"], content.get("parse_mode"), content.get("entities"), 4096, "MESSAGE_TOO_LONG"
        )
        return self.say(
            chat_id,
            user_id,
            text,
            entities=[m for m in marks if m not in found_entities(text)],
            extra={"via_bot": self.me},
        )

    def guest(self, user_id: int, text: str, chat_title: str = "Elsewhere") -> str:
        """Mention the bot in a group it is not in (guest mode, Bot API 10.0): only answerGuestQuery may reply."""
        query_id = self.query()
        chat = {"id": -1_009_999_999_999, "type": "supergroup", "title": chat_title}
        self.push(
            "guest_message",
            {
                "message_id": self._next("guest"),
                "date": int(time.time()),
                "chat": chat,
                "from": self.users[user_id],
                "text": text,
                "entities": found_entities(text),
                "guest_query_id": query_id,
            },
        )
        return query_id

    def set_member(self, chat_id: int, user_id: int, status: str, by: int | None = None, **rights: Any) -> None:
        """Change anyone's status (left, member, restricted, administrator, creator, kicked); the bot's own too."""
        chat, old = self.chats[chat_id], self.member(chat_id, user_id)
        chat.members[user_id] = {"status": status, **rights}
        change = {
            "chat": chat.json(),
            "from": self.users[by or user_id],
            "date": int(time.time()),
            "old_chat_member": old,
            "new_chat_member": self.member(chat_id, user_id),
        }
        self.push("my_chat_member" if user_id == self.me["id"] else "chat_member", change)

    def add_bot(self, chat_id: int, by: int, status: str = "member") -> None:
        """Somebody adds the bot to a chat."""
        self.set_member(chat_id, self.me["id"], status, by)
        if self.chats[chat_id].type != "channel":
            self.service(chat_id, by, new_chat_members=[self.me])

    def block(self, user_id: int, *, blocked: bool = True) -> None:
        """A person blocks the bot, or takes it back."""
        self.set_member(user_id, self.me["id"], "kicked" if blocked else "member", user_id)

    def migrate(self, group_id: int) -> int:
        """A basic group becomes a supergroup: new chat id, service messages in both, the old id refuses sends."""
        old = self.chats[group_id]
        new_id = self.add_chat("supergroup", old.title or "", username=old.username)
        self.chats[new_id].members, admin = dict(old.members), next(iter(old.members))
        self.service(group_id, admin, migrate_to_chat_id=new_id)
        old.migrated_to = new_id
        self.service(new_id, admin, migrate_from_chat_id=group_id)
        return new_id

    def react(self, chat_id: int, user_id: int, message_id: int, emoji: str | None) -> None:
        """A person sets a reaction, None takes it away."""
        chat = self.chats[chat_id]
        if chat.type == "private" or chat.status(self.me["id"]) == "administrator":
            self.push(
                "message_reaction",
                {
                    "chat": chat.json(),
                    "message_id": message_id,
                    "user": self.users[user_id],
                    "date": int(time.time()),
                    "old_reaction": [],
                    "new_reaction": [{"type": "emoji", "emoji": emoji}] if emoji else [],
                },
            )
