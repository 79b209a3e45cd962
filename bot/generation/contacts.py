"""Where a text tells how to reach somebody: addresses, telephone numbers, handles, groups, invitation codes.

None of them is shown in a written answer, whether a source has it or not: sources are linked by code, and whom the
author of an article wants to be added is not what a merchant asked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from corpus.characters import fold

_ENDS = "com|cn|net|org|io|me|cc|co|xyz|top|vip|info|app|dev|link|shop|site|club|tv|hk|tw|ru|example|test|onion"
_ADDRESS = (
    r"(?:https?|tg|ftp|weixin|mailto)\s?:\s?/{0,2}\s?[^\s,。;)]+"
    r"|www\s?\.\s?[a-z0-9-]+"
    r"|[a-z0-9._%+-]+\s?(?:@|\(at\)|\[at\])\s?[a-z0-9-]+(?:\.[a-z0-9-]+)*"
    r"|(?<![\w@])@[a-z][a-z0-9_]{2,}"
    rf"|(?<![a-z0-9.])(?:[a-z0-9][a-z0-9-]{{0,40}}\s?(?:\.|\(dot\))\s?){{1,4}}(?:{_ENDS})(?![a-z0-9-])(?:/[^\s,。;]*)?"
    r"|(?<![\w/.)])/[a-z][a-z_]{2,}(?![\w/])"  # a command of a bot
)
_IS = r"\s?(?:号码?|是|为|[:=#])?\s?[“\"「【(]?"
_NUMBER = (
    r"(?<!\d)1[\s-]?[3-9](?:[\s-]?\d){9}(?!\d)"
    r"|(?<![\d-])[48]00[\s-]?\d{3,4}[\s-]?\d{3,4}(?!\d)"
    r"|(?<![\d-])0\d{2,3}[\s-]\d{7,8}(?!\d)"
    r"|\+\s?\d{1,3}[\s-]?\d[\d\s-]{5,}\d"
    r"|(?<![\d.,])(?!(?:19|20)\d{6}(?!\d))\d{7,}(?![\d.,]|\s?[万亿元人次条%个件单篇])"
    r"|[零〇一二三四五六七八九幺]{7,}"
    rf"|(?P<number>(?:(?:q|qq|微信)?群(?:号码?|聊号)|q群|qq群?|扣扣群?|电话|热线|手机号?|座机|拨打|致电){_IS})[\d零〇一二三四五六七八九幺][\d\s-]{{1,14}}\d(?![\d%])"
)
_TELLTALE = (
    r"(?<![a-z0-9_.-])(?:[a-z][a-z0-9]*_[a-z0-9_]+|(?!iso|rfc|gpt|iphone|ces|win)[a-z]{2,}\d{3,})(?![a-z0-9_.-])"
)
_TRADE = r"(?!(?:app|api|bot|scrm|crm|sop|work|vip|pay|kol|koc|kpi|roi|gmv|link|html?5?|saas)(?![a-z0-9]))"
_REACH = "(?:加|搜索?|找|联系|关注)"
_APP = "(?<![a-z0-9])(?:wechat|telegram|tg|whatsapp)"  # words of English sentences, too: WeChat groups
_HANDLE = (
    rf"(?P<handle>(?:微信|威信|薇信|v信|qq|抖音|小红书)号{_IS}|(?:微信|威信|薇信|v信|vx|wx|电报|加v|加微信?|{_REACH}\s?{_APP}){_IS}"
    rf"|{_APP}(?:\s?id)?(?:\s?[:=#]\s?[“\"]?|\s?(?:is|号码?|是|为)?\s?[“\"「]?(?=[a-z-]*[\d_])))"
    rf"{_TRADE}[a-z][a-z0-9_-]{{4,}}"
    r"|(?P<code>(?:邀请码|推荐码|口令|暗号|提取码|验证码)\s?(?:是|为|填|[:=])\s?[“\"「]?)[a-z0-9]{3,}"
    rf"|(?P<add>(?:{_REACH}|咨询)\s?[“\"「]?)(?=[a-z_-]*\d)[a-z][a-z0-9_-]{{5,}}"
)
_CONTACT = re.compile(f"{_ADDRESS}|{_NUMBER}|{_HANDLE}|{_TELLTALE}")
_LABELS = ("number", "handle", "code", "add")


def has_contact(text: str) -> bool:
    """Whether a text holds an address, a telephone number, a handle, the number of a group or a bot's command."""
    return next(_contacts(text), None) is not None


def masked(text: str) -> str:
    """A text in which `…` stands for such contacts: what may be sent to a third party."""
    pieces, at = [], 0
    for contact in _contacts(text):
        start = max((contact.end(label) for label in _LABELS if contact[label]), default=contact.start())
        pieces += [text[at:start], "…"]
        at = contact.end()
    return "".join([*pieces, text[at:]])


def _contacts(text: str) -> Iterator[re.Match[str]]:
    folded = fold(text)
    return _CONTACT.finditer(folded if len(folded) == len(text) else "".join(map(_folded, text)))


def _folded(character: str) -> str:
    """As `fold`, but one character for one, so that places stay."""
    folded = unicodedata.normalize("NFKC", character).lower()
    return folded if len(folded) == 1 else character
