"""Who reads a curated answer sees what it was written for, where that is not what they asked."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.answering.curated.matching import source_title
from bot.answering.curated.store import Author, CuratedAnswer, CuratedText
from bot.local_time import LocalTime

SHANGHAI = LocalTime(ZoneInfo("Asia/Shanghai"))
ANSWER = CuratedAnswer(
    id=1,
    content=CuratedText("仓库在几楼", "在三楼。", "zh", ("仓库怎么走",)),
    author=Author(7, "Olga"),
    written=0.0,
)


def test_the_same_question_needs_no_word_about_it() -> None:
    for asked in ("仓库在几楼", "仓库，在几楼？", "仓库怎么走"):
        assert source_title(ANSWER, "zh", SHANGHAI, asked=asked) == "人工答案 · Olga · 1970-01-01"


def test_another_wording_is_told_what_was_answered() -> None:
    chinese = source_title(ANSWER, "zh", SHANGHAI, asked="货放哪一层")
    assert chinese == "人工答案（问的是：仓库在几楼） · Olga · 1970-01-01"
    english = source_title(ANSWER, "en", SHANGHAI, asked="where is it")
    assert english.startswith("Curated answer (to: 仓库在几楼) · Olga")


def test_days_are_those_of_the_place() -> None:
    honolulu = LocalTime(ZoneInfo("Pacific/Honolulu"))
    assert source_title(ANSWER, "zh", honolulu, asked="仓库在几楼") == "人工答案 · Olga · 1969-12-31"
