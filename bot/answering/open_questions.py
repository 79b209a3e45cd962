"""Whether a group's message is a question to nobody in particular, told from its text alone, before any search.

A bot that answers unasked must be right about two things: that somebody asks, and that no other person is asked. Both
show in the form of a message. Whether the articles answer it, the search tells; what is sorted out here costs nothing.
"""

from __future__ import annotations

import re

from bot.answering.message_text import clean, language
from bot.answering.small_talk import is_small_talk
from corpus.characters import fold
from corpus.vocabulary.question_words import A_NOT_A, ANNOUNCEMENT, INDEFINITE, INTERROGATIVE, WHAT
from embeddings.refusal.confidence import Calibration

_SHORTEST, _LONGEST = 5, 120  # characters without marks; above, somebody tells a story
_FEWEST_WORDS, _LONGEST_ENGLISH = 4, 240  # words, characters

_STRICTNESS = 32.0
"""By how much the odds of being right must exceed those at which a question put to the bot is answered."""


def auto_at(calibration: Calibration) -> float:
    """The confidence from which a message that nobody put to the bot is answered; stricter than `answer_at`.

    Chosen on a labelled group log: odds, since they mean the same on every calibration.
    """
    right, wrong = _STRICTNESS * calibration.answer_at, 1 - calibration.answer_at
    return right / (right + wrong)


def asks_everybody(text: str) -> bool:
    """Whether a message may be a question for whoever knows, with a question mark or without any."""
    folded = fold(clean(text))
    if is_small_talk(folded) or _ELSEWHERE.search(folded):
        return False
    if language(folded) == "en":
        return _in_english(folded)
    return _in_chinese(folded)


# A link, a picture or a person's name: what is meant lies outside the text, or somebody else is meant.
_ELSEWHERE = re.compile(r"https?://|www\.|@\S|\[(?:链接|图片|视频|语音|文件)\]")
_FACE = re.compile(r"\[[^\[\]]{1,4}\]")  # an emoji as WeChat writes it
_NOT_WORDS = re.compile(r"[\W_]")

_ASKS = re.compile(
    rf"\?|{INTERROGATIVE}|几(?![乎百千万十何])|是否|真的假的|{A_NOT_A}|还是"
    rf"|{ANNOUNCEMENT}|问一句|求(?:推荐|助|问|教|解|指教|科普)"
)
# 恢复不, 犯法不, 有用吗, 要多久呢: a clause ends in a particle, or in 不 and 没 behind what they do not deny.
_ENDS_ASKING = re.compile(r"(?:[吗么嘛呢]|(?<![从并都也要还就决绝])[不没])[呀啊哈呐哦]?(?:[\s,.!~…。]|$)")
# 啥都不好干, 没什么, 前几天, 还是算了: words that ask elsewhere and here say something.
_ASSERTS = re.compile(
    rf"{INDEFINITE}|[没不]有?(?:{WHAT}|怎么|多少)|(?:没\w{{0,3}}|不[了到出])几个|多少(?:有点|会)|哪怕|[着早]呢"
    rf"|(?:随便|无论|不管|不论)\w{{0,4}}{INTERROGATIVE}|[好前这那近后过十]几|还是(?:挺|很|老|没|要|得|算|有点)"
)

# Somebody is meant: 你, a name or a title to call someone by, whoever could do something, whatever was just said.
_PERSON = re.compile(
    r"(?<!迷)[你您妳](?!们?好)|楼上|楼主|咱俩|(?:群主|管理员?)(?:能管|管[一管]?下?|帮|出来|在)|谁(?:有|能|来|去|要|在|帮|家)"
    r"|几点(?:到|集合|出发|下班|吃)"
)
_CALLED = re.compile(
    r"^(?!请|求|问|各位|大家)\w{0,3}(?:姐|哥|叔|姨|总|老板|师傅|老师|兄弟)[\s,!:]|^[小阿老]\w[\s,]\s?(?:我|咱|帮|能)"
)
_POINTS_BACK = re.compile(r"^(?:那(?!种)|这(?!种|[几两]天|个?(?:月|周|星期|季|年)|年头|阵|段)|[她他它])")
# Asked to sigh, to joke or to sell.
_RHETORICAL = re.compile(
    r"谁懂|图啥|老天|有没有一种可能|凭(?:什么|啥)|何[必苦忧惧况]|怎么可能|怎么说呢|[能可]不[能可]以?别|谁说不是|什么鬼|[吃喝](?:啥|什么)"
    r"|还在为|开班|扫码(?:立减|领取)|名额(?:只剩|有限|仅剩)|限时(?:优惠|抢|特)|要的[私滴]|私聊我|点击(?:链接|下方)"
)


def asks_in_chinese(folded: str) -> bool:
    """Whether folded text asks something, with a question mark or without; words that only sound like it aside."""
    asking = _ASSERTS.sub("", folded)
    return _ASKS.search(asking) is not None or _ENDS_ASKING.search(asking) is not None


def _in_chinese(folded: str) -> bool:
    length = len(_NOT_WORDS.sub("", _FACE.sub("", folded)))
    if not _SHORTEST <= length <= _LONGEST:
        return False
    if not asks_in_chinese(folded):
        return False
    return not any(sign.search(folded) for sign in (_PERSON, _CALLED, _POINTS_BACK, _RHETORICAL))


_ENGLISH_ASKS = re.compile(
    r"\?|\bany(?:one|body) knows?\b|\bwondering\b"
    r"|(?:^|[.,!;:] *|\b(?:and|but|so|hi|hello|hey|all|guys|everyone|question) )"
    r"(?:what(?:'?s)?|how|which|when|where|why|who|is|are|can|could|do|does|did|should|will|would|has|have|may|any)\b"
)
_ENGLISH_PERSON = re.compile(
    r"\b(?:did|have|are|were|will|would|could|can) you\b|\byour\b|\byou guys\b|^(?:you|u|this|that|he|she|it|they)\b"
)


def _in_english(folded: str) -> bool:
    if len(folded.split()) < _FEWEST_WORDS or len(folded) > _LONGEST_ENGLISH:
        return False
    return _ENGLISH_ASKS.search(folded) is not None and _ENGLISH_PERSON.search(folded) is None
