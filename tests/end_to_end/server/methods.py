"""The methods of the Bot API by name."""

from __future__ import annotations

import json
import re
import time
from pathlib import PurePosixPath

from tests.end_to_end.server.errors import Json, bad, refuse
from tests.end_to_end.server.formatting import formatted, u16
from tests.end_to_end.server.parameters import Params
from tests.end_to_end.server.sending import KIND, Sending

CHAT_ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "choose_sticker",
    "upload_document",
    "find_location",
    "record_video_note",
    "upload_video_note",
}
REACTIONS = set(
    "👍👎❤🔥🥰👏😁🤔🤯😱🤬😢🎉🤩🤮💩🙏👌🕊🤡🥱🥴😍🐳🌚🌭💯🤣⚡🍌🏆💔🤨😐🍓🍾💋🖕😈😴😭🤓👻👀🎃🙈😇😨🤝✍🤗🫡🎅🎄☃💅🤪🗿🆒💘🙉🦄😘💊🙊😎👾😡"
) | {"❤️", "👨‍💻", "❤‍🔥"}


class Methods(Sending):
    """`do_sendmessage` answers sendMessage, and so on; `query_ttl` is how many seconds a query may wait."""

    def __init__(self, token: str, username: str, *, privacy: bool, mentions_pass_privacy: bool) -> None:
        super().__init__(token, username, privacy=privacy, mentions_pass_privacy=mentions_pass_privacy)
        self.query_ttl = 15.0
        self.commands: dict[tuple[str, str], list[Json]] = {}

    def do_getme(self, p: Params) -> Json:
        return self.me

    def do_sendmessage(self, p: Params) -> Json:
        return self.send(p, self.text(p, "message is too long"))

    def do_sendmessagedraft(self, p: Params) -> bool:
        self.text(p, "message is too long", empty=None)
        refuse(not p.integer("draft_id"), "TEXTDRAFT_ID_INVALID")
        refuse(self.chat(p).type != "private", "TEXTDRAFT_PEER_INVALID")
        return True

    def do_senddocument(self, p: Params) -> Json:
        caption = self.text(p, "message caption is too long", "caption", limit=1024, empty=None)
        return self.send(p, {"document": self.document(self.incoming_file(p, "document", 50 * 10**6))} | caption)

    def do_sendphoto(self, p: Params) -> Json:
        caption = self.text(p, "message caption is too long", "caption", limit=1024, empty=None)
        file = self.document(self.incoming_file(p, "photo", 10**7))
        return self.send(
            p,
            {"photo": [{k: file[k] for k in ("file_id", "file_unique_id", "file_size")} | {"width": 90, "height": 90}]}
            | caption,
        )

    def do_editmessagetext(self, p: Params) -> Json | bool:
        content = self.text(p, "MESSAGE_TOO_LONG")
        if p.get("inline_message_id"):
            return True
        refuse("text" not in self.own(p)[1], "there is no text in the message to edit")
        link = p.parsed("link_preview_options", dict, "link preview options")
        return self.change(
            p, content | ({"link_preview_options": link} if link else {}), ("text", "entities", "link_preview_options")
        )

    def do_editmessagereplymarkup(self, p: Params) -> Json | bool:
        return True if p.get("inline_message_id") else self.change(p, {}, ())

    def do_deletemessage(self, p: Params) -> bool:
        chat, number = self.chat(p), p.integer("message_id")
        refuse(number not in chat.messages, "message to delete not found")
        refuse(
            (chat.id, number) not in self.mine
            and chat.type != "private"
            and not self.member(chat.id, self.me["id"]).get("can_delete_messages"),
            "message can't be deleted",
        )
        del chat.messages[number]
        return True

    def do_sendchataction(self, p: Params) -> bool:
        refuse(p.get("action") not in CHAT_ACTIONS, "wrong parameter action in request")
        return bool(self.chat(p))

    def do_setmessagereaction(self, p: Params) -> bool:
        chat, wanted = self.chat(p), p.parsed("reaction", list, "reaction types") or []
        refuse(p.integer("message_id") not in chat.messages, "message to react not found")
        refuse(len(wanted) > 1, "REACTIONS_TOO_MANY")
        refuse(any(r.get("type") != "emoji" or r.get("emoji") not in REACTIONS for r in wanted), "REACTION_INVALID")
        chat.reactions[p.integer("message_id")] = [r["emoji"] for r in wanted]
        return True

    def _fresh_query(self, query_id: str, answer: Json) -> bool:
        query = self.queries.get(str(query_id))
        if query is None or query["answer"] is not None or time.monotonic() - query["time"] > self.query_ttl:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        query["answer"] = answer
        return True

    def do_answercallbackquery(self, p: Params) -> bool:
        refuse(u16(p.get("text", "")) > 200, "MESSAGE_TOO_LONG")
        return self._fresh_query(
            p.get("callback_query_id", ""), {k: p[k] for k in ("text", "show_alert", "url", "cache_time") if k in p}
        )

    def _check_result(self, result: Json) -> None:
        refuse(not 1 <= len(str(result.get("id", "")).encode()) <= 64, "RESULT_ID_INVALID")
        if result.get("type") == "article":
            refuse(not result.get("title"), "can't parse inline query result: Can't find field \"title\"")
            content = result.get("input_message_content") or {}
            refuse(not content.get("message_text"), "can't parse inline query result: Message text is empty")
            formatted(
                content["message_text"], content.get("parse_mode"), content.get("entities"), 4096, "MESSAGE_TOO_LONG"
            )
        self.markup(Params(reply_markup=result.get("reply_markup")))

    def do_answerguestquery(self, p: Params) -> Json:
        self._check_result(result := p.parsed("result", dict, "inline query result") or {})
        self._fresh_query(p.get("guest_query_id", ""), {"result": result})
        return {"inline_message_id": f"guest-{p['guest_query_id']}"}

    def do_answerinlinequery(self, p: Params) -> bool:
        results = p.parsed("results", list, "inline query results") or []
        refuse(len(results) > 50, "too many inline query results specified")
        refuse(len(p.get("next_offset", "").encode()) > 64, "NEXT_OFFSET_INVALID")
        for result in results:
            self._check_result(result)
        refuse(len({r["id"] for r in results}) < len(results), "RESULT_ID_DUPLICATE")
        button = p.parsed("button", dict, "inline query results button")
        refuse(button and not re.fullmatch(r"[\w-]{1,64}", button.get("start_parameter", "x")), "START_PARAM_INVALID")
        return self._fresh_query(
            p.get("inline_query_id", ""),
            {
                "results": results,
                "button": button,
                "next_offset": p.get("next_offset", ""),
                "cache_time": p.integer("cache_time", 300),
                "is_personal": p.flag("is_personal"),
            },
        )

    def _command_key(self, p: Params) -> tuple[str, str]:
        scope = p.parsed("scope", dict, "BotCommandScope") or {"type": "default"}
        if "chat_id" in scope:
            scope = scope | {"chat_id": self.chat(Params(chat_id=scope["chat_id"]), write=False).id}
        return json.dumps(scope, sort_keys=True), p.get("language_code") or ""

    def do_setmycommands(self, p: Params) -> bool:
        commands = p.parsed("commands", list, "commands") or []
        refuse(len(commands) > 100, "BOT_COMMANDS_TOO_MUCH")
        for command in commands:
            refuse(not re.fullmatch(r"[a-z0-9_]{1,32}", command.get("command", "")), "BOT_COMMAND_INVALID")
            refuse(not 1 <= len(command.get("description", "")) <= 256, "BOT_COMMAND_DESCRIPTION_INVALID")
        self.commands[self._command_key(p)] = commands
        return True

    def do_getmycommands(self, p: Params) -> list[Json]:
        return self.commands.get(self._command_key(p), [])

    def do_deletemycommands(self, p: Params) -> bool:
        return self.commands.pop(self._command_key(p), True) is not None

    def _accepted(self, p: Params) -> bool:
        return True

    do_setmydescription = _accepted
    do_setmyshortdescription = _accepted
    do_setmyname = _accepted
    do_setchatmenubutton = _accepted
    do_setmydefaultadministratorrights = _accepted

    def do_getfile(self, p: Params) -> Json:
        refuse(
            (file_id := p.get("file_id", "")) not in self.files,
            "invalid file_id" if file_id else "file_id not specified",
        )
        file = self.files[file_id]
        refuse(len(file["data"]) > 20 * 10**6, "file is too big")
        # Telegram names files itself; of the sender's name only a plain ending stays.
        ending = PurePosixPath(file["name"]).suffix
        name = "file" + (ending if ending[1:].isascii() and ending[1:].isalnum() else "")
        return {
            "file_id": file_id,
            "file_unique_id": file["unique"],
            "file_size": len(file["data"]),
            "file_path": f"documents/{file_id}/{name}",
        }

    def do_getchat(self, p: Params) -> Json:
        chat = self.chat(p, write=False)
        full = chat.json() | {"accent_color_id": 0, "max_reaction_count": 11, "linked_chat_id": chat.linked}
        full["accepted_gift_types"] = dict.fromkeys(
            ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
        )
        return {k: v for k, v in full.items() if v is not None}

    def do_getchatmember(self, p: Params) -> Json:
        chat, user_id = self.chat(p, write=False), p.integer("user_id")
        refuse(user_id not in self.users, "PARTICIPANT_ID_INVALID")
        refuse(
            chat.type != "private" and chat.status(self.me["id"]) in ("left", "kicked"),
            f"bot is not a member of the {KIND[chat.type]}",
            403,
        )
        return self.member(chat.id, user_id)

    def do_getchatadministrators(self, p: Params) -> list[Json]:
        chat = self.chat(p)
        refuse(chat.type == "private", "there are no administrators in the private chat")
        return [
            self.member(chat.id, u)
            for u in chat.members
            if chat.status(u) in ("administrator", "creator") and (not self.users[u]["is_bot"] or u == self.me["id"])
        ]

    def do_leavechat(self, p: Params) -> bool:
        refuse((chat := self.chat(p)).type == "private", "chat member status can't be changed in private chats")
        self.set_member(chat.id, self.me["id"], "left")
        return True
