"""Where the clauses of a message end, and which of them ask something."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.answering.message_text import language
from bot.answering.open_questions import asks_in_chinese
from bot.answering.small_talk import is_small_talk
from corpus.characters import fold
from corpus.vocabulary.question_words import ANNOUNCEMENT

_CLAUSE = re.compile(r"(?:[^,，。.!！?？;；…~\s]|(?<=\d)[.,](?=\d)|(?<=[!-~])\s(?=[!-~]))+[,，。.!！?？;；…~\s]*")
_ENGLISH_CLAUSE = re.compile(r"\S.*?(?:[.!?;]+(?=\s|$)\s*|$)")
_SURE = re.compile(rf"[?？]|{ANNOUNCEMENT}|想知道|咨询一?下|求助|求问")
# 有人问能不能定制 tells what others asked.
_REPORTED = re.compile(
    r"(?:有人|客[户人]|他们?|她们?|朋友|同行|顾客|大家|老[婆公]|别人|[爸妈])\w{0,6}(?:问|说|讲|觉得|抱怨)|不知道"
)


def clauses_of(text: str) -> list[str]:
    """The clauses of a message in order, each with the marks and spaces behind it."""
    return (_ENGLISH_CLAUSE if language(text) == "en" else _CLAUSE).findall(text)


def asking_places(clauses: Sequence[str]) -> list[int]:
    """Which clauses ask: those that say so by a mark or a word, else the last ones in a row that have the form."""
    spoken = [place for place, clause in enumerate(clauses) if not is_small_talk(clause)]
    forms = [place for place in spoken if has_form(clauses[place])]
    if sure := [place for place in spoken if _SURE.search(clauses[place]) and place in forms]:
        return sure
    last: list[int] = []
    for place in reversed(forms):
        if last and place != last[0] - 1:
            break
        last.insert(0, place)
    return last


def what_asks(text: str) -> str:
    """The clauses of a message that ask, empty where none does."""
    clauses = clauses_of(text)
    return "".join(clauses[place] for place in asking_places(clauses))


def has_form(clause: str) -> bool:
    """Whether a clause has the form of a question, with a mark or without."""
    folded = fold(clause)
    if language(clause) == "en":
        return (
            "?" in clause
            or re.match(r"\W*(?:how|what|why|which|when|where|who|can|could|should|is|are|does|do)\b", folded)
            is not None
        )
    return "?" in folded or (asks_in_chinese(folded) and _REPORTED.search(folded) is None)
