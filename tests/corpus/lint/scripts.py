"""Sentences that an article gives a merchant to send inside 小红书: none may lead out of it.

A script is a quotation that the text before it introduces (`可以这样回：“…”`, `- 问价：“…”`); what is quoted as a bad
example stands in a sentence that says so. Whether it is meant for 小红书 is told by its sentence or heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.corpus.lint.finding import Finding
from tests.corpus.lint.page import Page

_SECTION = re.compile(r"^#+ +(?P<heading>.+)\n(?P<body>(?:(?!#).*\n?)*)", re.MULTILINE)
_INTRODUCED = re.compile(
    r"(?P<before>[^。；！？\n]*(?:：|例如|比如|[回说写问][^，。；：]{0,3}))“(?P<script>[^”]{6,})”(?P<after>[^。；！？\n]*)"
)
_CHANNEL = re.compile(r"私信|欢迎语|回复|自动|名片|评论|群聊|群公告|直播|要微信|要联系方式|接待|留资")
_LATER = re.compile(r"加上微信|微信里|企业微信|朋友圈|加上以后|加了微信|短信|电话里|线下|门店|到店|申请|第一句")
_BAD_EXAMPLE = re.compile(
    r"不要|不能|不写|不说|不出现|别写|别说|违规|风险|导流|限流|删掉|禁|判|暗示|诱导|罚|属于|不好的|坑|误区|拒"
)
_OUTSIDE = re.compile(
    r"微信|企微|公众号|小程序|淘宝|天猫|京东|拼多多|抖音|QQ|朋友圈|扫码|二维码"
    r"|加(?:我|您|一下|上|个|好友)|[vV]信|\+[vV]|加[vV]"
)


def lint_scripts(page: Page) -> Iterator[Finding]:
    """Scripts for messages inside 小红书 that name an outside platform or ask to be added."""
    for section in _SECTION.finditer(page.body):
        for line in re.finditer(r".+", section["body"]):
            for quoted in _INTRODUCED.finditer(line[0]):
                outside = _OUTSIDE.search(quoted["script"])
                if outside and _meant_for_inside(section["heading"], line[0], quoted):
                    yield page.finding(
                        f"a script for 小红书 says {outside[0]}: {quoted['script']}",
                        "say it without another platform and without asking to be added",
                        section.start("body") + line.start() + quoted.start("script"),
                    )


def _meant_for_inside(heading: str, line: str, quoted: re.Match[str]) -> bool:
    place = heading + line
    sentence = line if line.startswith("- ") else quoted["before"] + quoted["after"]
    if _BAD_EXAMPLE.search(sentence):
        return False
    if "小红书" not in quoted["before"] and (_LATER.search(heading) or _LATER.search(quoted["before"])):
        return False
    if re.search("站内|小红书", quoted["before"]):
        return True
    return "小红书" in place and _CHANNEL.search(place) is not None
