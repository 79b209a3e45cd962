"""Whether an article says enough to answer anything: one complete sentence does, a bare question does not."""

from __future__ import annotations

import re

from corpus.characters import meaningful
from corpus.model import Article

_SURELY_ENOUGH = 40
_FEWEST_OF_A_SENTENCE = 10
_FEWEST_OF_A_FACT = 4
_LONGEST_QUESTION = 120

_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"'，。；、（）【】]+", re.I)
_SENTENCE_END = re.compile(r"[。！!；;.…][”」』）)]?\s*$", re.M)
# What states something, however short: an amount, a time, a number, a label with its value, a rule.
_FACT = re.compile(
    r"\d\s*(?:[元块角万千百%％折天日号点周时分秒人件个只份包箱斤克米楼层店位次张瓶杯]|小时|分钟|km|kg|cm|mm|ml|[gm]\b)"
    r"|[一二两三四五六七八九十百千万]{2,}|[一二两三四五六七八九十半]\s*(?:[元块角折天日点楼层年倍]|个月|小时|分钟)"
    r"|\d[:：]\d|\d{5,}|[￥¥$€]\s*\d|\w\s*[:：]\s*\w|[是不免可须含]|需要|必须|支持|包邮|营业|[满含收付退换发]\s*\d"
)
_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;…~～]*")
_QUESTION = re.compile(r"[?？]\s*$|[吗呢嘛][\s。！!~～…]*$")
_ASKS = re.compile(r"(?:想|来|求|请)(?:问|教)|求助|求指点|有没有(?:人|大佬|懂)|各位.{0,10}(?:前辈|大佬|大神|老师)")
_INTERROGATIVE = re.compile(
    r"怎|什么|哪|多少|几|如何|为何|是否|是不是|能不能|能否|可不可以|要不要|求|指点|指教|请教|吗"
)
_OF_OTHERS = re.compile(r"(?:客[户人]|顾客|买家|用户|粉丝|会员|对方|有人).{0,6}问.*[，,：:]")
_ANSWER_LABEL = re.compile(r"^\W*(?:答案?|A\d*|(?:\w{0,4})回[复答]|客服|话术)\s*[:：.、]\s*\S", re.I)
# What people tell of themselves around a question of theirs.
_BACKGROUND = re.compile(
    r"我(?!们)|我们(?:公司|是|现在|目前|想|也|刚|准备|打算)|本人|^\W*(?:最近|目前|现在|刚|谢谢|感谢|多谢|在线等|急)|"
    r"小白|新手|大佬|大神|(?:谢谢|感谢|在线等)\W*$"
)
_PROMPT = re.compile(r"^\W*(?:问题?|Q\d*|题目|标题|提问)\s*[:：]", re.I)


def too_little(article: Article) -> str | None:
    """Why the article says too little to answer anything, None when it says enough."""
    whole = "\n".join(block.text for section in article.sections for block in section.blocks)
    text = _ADDRESS.sub("", whole)
    count = meaningful(text)
    if count == 0:
        return "只有链接，没有正文" if meaningful(whole) else "没有正文"
    if len(text) < _LONGEST_QUESTION and _only_asks(text):
        return "只有提问，没有回答"
    return None if count >= _SURELY_ENOUGH or _states(text, count) else f"正文太短，只有 {count} 个字"


def _states(text: str, count: int) -> bool:
    """A short text with a whole statement in it."""
    fewest = _FEWEST_OF_A_FACT if _FACT.search(text) else _FEWEST_OF_A_SENTENCE
    return count >= fewest and (fewest == _FEWEST_OF_A_FACT or _SENTENCE_END.search(text) is not None)


def _only_asks(text: str) -> bool:
    """Questions, and nothing beside them that answers."""
    sentences = [sentence for match in _SENTENCE.finditer(text) if meaningful(sentence := match[0].strip())]
    asking = [sentence for sentence in sentences if _asks(sentence)]
    return bool(asking) and all(_asks(sentence) or _BACKGROUND.search(sentence) for sentence in sentences)


def _asks(sentence: str) -> bool:
    if _ANSWER_LABEL.match(sentence):
        return False
    if _QUESTION.search(sentence) or _PROMPT.match(sentence):
        return True
    wonders = _ASKS.search(sentence) and _INTERROGATIVE.search(sentence)
    return bool(wonders) and not _OF_OTHERS.search(sentence)
