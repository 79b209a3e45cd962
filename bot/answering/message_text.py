"""What can be told about a message before anything is searched: its language, whether it is small talk at all."""

from __future__ import annotations

import re
import unicodedata

MAX_LENGTH = 1000

_LONGEST_SMALL_TALK = 40

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LATIN = re.compile(r"[A-Za-z]")
_WORDLIKE = re.compile(r"\w")
_SPACE = re.compile(r"\s+")

# A message is small talk only when nothing else is left of it: 你好，加微率怎么算 is a question.
_PHRASES = (
    r"好+|早+|早上好|上午好|中午好|下午好|晚上好|晚安|午安|早安|安|辛苦(?:了|啦)?",
    r"hi|hello|hey|yo|嗨|哈[喽啰罗]|哈+|嘿+|呵+|嘻+|喂|在吗|在不在|在么|有人吗|有人在吗",
    r"收到|好的?|好滴|好嘞|好吧|行|行吧|可以|ok(?:ay)?|okk+|嗯+|哦+|噢+|啊+|对|是的|没错|明白(?:了)?|懂了|知道了",
    r"了解(?:了)?|赞|牛|厉害|\d{1,3}|6+|谢+谢*|感谢|多谢|谢了|谢啦|thanks?|thank you|thx|3q|不客气|没事|客气(?:了)?",
    r"再见|拜+|拜拜|bye(?:bye)?|goodbye|下次聊|回见|晚点聊|睡了|下班(?:了|啦)?|吃饭(?:了|啦|去)?(?:吗|没)?",
    r"good (?:morning|afternoon|evening|night)|how are you|what'?s up|see you|lol|nice|cool|great|yes|no|yep",
    r"你是谁|你叫什么(?:名字)?|你是机器人吗|你是(?:不是)?(?:ai|真人|人工)(?:吗)?",
    r"who are you|are you an? (?:bot|robot|human)",
    # what may stand beside them
    r"大家|各位|你们?|您|老师|老板|亲爱的|亲|小伙伴们?|朋友们?|群友们?|呀|哟|吧|呢|啦|了|的|有|吗|们",
    r"all|everyone|guys|there|team|you|so much|very much|a lot",
)
_PHRASE = re.compile(rf"\s*(?:{'|'.join(_PHRASES)})")


def clean(text: str) -> str:
    """A message as one line without control and format characters, cut to `MAX_LENGTH` characters."""
    kept = (c if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co"} else " " for c in text)
    return _SPACE.sub(" ", "".join(kept)).strip()[:MAX_LENGTH]


def language(text: str) -> str:
    """`en` for a message in Latin letters without any Han character, `zh` otherwise."""
    return "en" if _LATIN.search(text) and not _HAN.search(text) else "zh"


def is_small_talk(text: str) -> bool:
    """Whether a message asks nothing: a greeting, thanks, an acknowledgement, only emoji or punctuation."""
    folded = unicodedata.normalize("NFKC", text).lower()
    words = _SPACE.sub(" ", re.sub(r"[^\w\s']", " ", folded)).strip()
    if not _WORDLIKE.search(words):
        return True
    return len(words) <= _LONGEST_SMALL_TALK and _is_made_of_phrases(words)


def _is_made_of_phrases(words: str) -> bool:
    """Whether phrases make up the whole of a text.

    Phrase after phrase, since one pattern for all of it tries every way to cut 666…6 before it gives up.
    """
    reached = {0}
    for start in range(len(words)):
        if start in reached:
            reached |= {end for end in range(start + 1, len(words) + 1) if _PHRASE.fullmatch(words, start, end)}
    return len(words) in reached
