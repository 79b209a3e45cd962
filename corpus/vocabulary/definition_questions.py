"""Questions that ask what a word means: `什么是X`, `X是什么意思`, `what is X` and the like."""

from __future__ import annotations

import re

from corpus.characters import HAN
from corpus.vocabulary.question_words import WHAT

# All patterns match folded text: lower case, half-width punctuation, no space between Chinese and Latin.

_LONGEST_QUESTION = 80
"""Whoever asks what a word means is brief; a longer text is not worth matching against patterns."""

_WHAT = f"(?:{WHAT}|[什甚]麼)"  # the script is as people write it
_OPENING = "请问|请教|想?问|我?想知道|我?想了解|你好|您好|麻烦|老师|那个?|所以|到底|究竟"
_POLITE = f"(?:(?:{_OPENING})(?:一?下子?|个|问)?[,、:!。 ]*)*+"
_ENDING = "[啊呀呢吗嘛哦哈吧诶欸噢咧来着]*+"
_LEAD = (
    f"(?:{_WHAT}(?:是|叫做?|叫作)|何为|何谓|如何理解|怎么理解"
    f"|(?:请|帮我|给我|能)?(?:名词)?(?:解释|科普|介绍)(?:一?下|一哈)?[:]?(?:{_WHAT}[是叫])?)(?:所谓的?|这个)?"
)
_TAIL = (
    "(?:这个词|这词|到底|究竟|具体|又)*"
    f"(?:(?:都?是|指)(?:的是|指|个|一个|一种|代表)?{_WHAT}(?:意思|东西|玩意儿?|鬼|概念|含义|缩写|来的)?"
    f"|(?:代表)?(?:{_WHAT}|几个)意思|代表{_WHAT}|是?{_WHAT}的(?:缩写|简称)"
    f"|的(?:意思|含义|定义|概念)(?:是{_WHAT})?|是?[干做](?:嘛|{_WHAT})用?的|怎么理解)"
)
_ARTICLE = f"(?:(?:an?|the)(?: |(?=[{HAN}])))?"
_QUESTIONS = tuple(
    re.compile(pattern)
    for pattern in (
        f"{_POLITE}{_LEAD}(?P<asked>.+?)(?:{_TAIL})?{_ENDING}",
        f"{_POLITE}(?P<asked>.+?){_TAIL}{_ENDING}",
        f"(?:what(?: is|['’]?s| are| does)|define|explain|(?:what(?: is|['’]?s) )?the (?:meaning|definition) of) ?"
        f"{_ARTICLE}(?P<asked>.+?)(?: ?(?:means?|stands? for))?",
        "(?P<asked>.+?) ?(?:meaning|definition)",
    )
)
_MARKS = " ,.?!;:、。…~·\"'“”‘’「」『』《》〈〉()[]【】"
NARROWING = re.compile("(?:平台|站内)?(?:里面?|上面?|中|内)?(?:常?所?[说讲]的)?的?")


def asked_about(question: str) -> str | None:
    """X in a folded question of the form `什么是X`, None for any other question."""
    question = question.strip(_MARKS)
    if len(question) > _LONGEST_QUESTION:
        return None
    for pattern in _QUESTIONS:
        if match := pattern.fullmatch(question):
            return match["asked"].strip(_MARKS)
    return None
