"""What the form of a message tells about whether articles could answer it, whatever its subject.

All patterns read normalised text: simplified script, lower case, half-width punctuation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_ASKS = re.compile(
    r"\?|什么|啥|怎|咋|如何|多少|多久|多[长大高快贵重远]|还是|真的假的|几|哪|谁|吗|么|呢|为何|(.)不\1|[有没]没有?|没有|不$|没$|吧$"
    r"|\b(?:how|what|why|which|when|where|who|can|could|should|does|do|did|is|are|will|would|any(?:thing)?)\b"
)

# Orders to whoever reads the message, and the dress of data that is to be taken for orders.
_ORDERS = re.compile(
    r"(?:忽略|无视|忘[记掉]|抛开|跳过).{0,8}(?:以上|之前|前面|上面|先前|所有|一切|你的|规则|指令|设定|限制|要求|资料)"
    r"|系统(?:提示|指令|消息)|(?:你的|内部|隐藏|完整)(?:提示词|prompt)|提示词.{0,6}(?:发给|输出|告诉|打印|复述)"
    r"|(?:你现在|从现在(?:起|开始),?你?|接下来你?)(?:就?是|要?扮演|不再)|扮演|假装|假设你(?:是|已)"
    r"|(?:必须|只许|只能|直接|只管|务必)(?:回答?|回复|输出|说)|只回(?:数字|答|复)"
    r"|不(?:许|准|要)(?:引用|查资料|看资料)|(?:照做|照办|执行)[:。!,]|然后照|新(?:的)?(?:指令|规则)[:,]|以后(?:所有|的|每).{0,4}回答"
    r"|(?:开发者|管理员|调试|上帝)模式|越狱|</?\w+>|\$\{|\{\{|base ?64|https?://"
    r"|(?:打印|输出|发|给我|告诉|交出|泄露|列出).{0,12}(?:密钥|token|api ?key|环境变量|密码|配置文件)"
    r"|\b(?:ignore|disregard|forget) (?:all|any|the|your|my|previous|prior|above|everything)"
    r"|\b(?:system|hidden|initial) prompt\b|\bpretend\b|\byou are now\b|\bact as\b|\bjailbreak\b|\bdeveloper mode\b"
    r"|\b(?:print|reveal|repeat|output|show)(?: me)? (?:your|the) (?:prompt|instructions|rules|configuration|token)"
    r"|\breply (?:only )?with\b|\bnew instructions?:"
)

_LATIN_NAME = re.compile(r"[a-z][a-z0-9.+#_-]+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_FOREIGN = 0.5  # what a missing name counts in a question that is Latin throughout


def asks(text: str) -> bool:
    """Whether a message has the form of a question, with a mark or without."""
    return _ASKS.search(text) is not None


def gives_orders(text: str) -> bool:
    """Whether a message tells its reader how to behave instead of asking: nothing in articles answers that."""
    return _ORDERS.search(text) is not None


def missing_names(text: str, found: Sequence[str]) -> float:
    """Share of a question's names in Latin letters that none of the texts found mentions: 0 to 1, 0 without names.

    A name such as `shopify` in a Chinese question is most often what it is about; in an English one every word is in
    Latin letters, over Chinese articles none of them is found, and the share counts half.
    """
    names = set(_LATIN_NAME.findall(text))
    if not names:
        return 0.0
    known = "\n".join(found).lower()
    share = sum(name not in known for name in names) / len(names)
    return share if _HAN.search(text) else _FOREIGN * share
