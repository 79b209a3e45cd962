"""Who reads a curated answer sees what it was written for, where that is not what they asked."""

from __future__ import annotations

from bot.answering.curated.matching import source_title
from bot.answering.curated.store import Author, CuratedAnswer, CuratedText

ANSWER = CuratedAnswer(
    id=1,
    content=CuratedText("仓库在几楼", "在三楼。", "zh", ("仓库怎么走",)),
    author=Author(7, "Olga"),
    written=0.0,
)


def test_the_same_question_needs_no_word_about_it() -> None:
    for asked in ("仓库在几楼", "仓库，在几楼？", "仓库怎么走"):
        assert source_title(ANSWER, "zh", asked=asked) == "人工答案 · Olga · 1970-01-01"


def test_another_wording_is_told_what_was_answered() -> None:
    assert source_title(ANSWER, "zh", asked="货放哪一层") == "人工答案（问的是：仓库在几楼） · Olga · 1970-01-01"
    assert source_title(ANSWER, "en", asked="where is it").startswith("Curated answer (to: 仓库在几楼) · Olga")
