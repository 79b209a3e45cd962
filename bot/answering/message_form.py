"""What a message asks once its form is taken off: links, politeness, the words of a request, a story told before.

What is left is what is searched and scored. Pure text work: nothing is looked up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.answering.clauses import asking_places, clauses_of, has_form
from bot.answering.message_text import language
from bot.answering.open_questions import asks_in_chinese
from bot.answering.small_talk import is_small_talk
from corpus.characters import fold
from corpus.vocabulary.question_words import A_BIT, PLEASE, WHAT
from embeddings.refusal.question_form import asks, gives_orders

_SHORT, _SHORT_ENGLISH = 60, 160
"""Characters up to which a message is no story and is read whole."""

_ROOM = 80
"""Characters of a story that are searched: the clauses that ask, and as many before them as these need."""


@dataclass(frozen=True, slots=True)
class MessageForm:
    """`core` is what a message asks, as it is searched: never more than was said, save for the words that make a
    question of a request. It is empty where nothing but a link, or words that point to it, was sent.

    `said` is the same before a request became a question, as it may go on from an earlier one. `has_link` tells that
    the message holds a link, `corrects` that it puts right how the one before was understood. `asks` is, of a story
    of which more is searched than the clauses that ask, these clauses; else empty.
    """

    core: str
    said: str
    has_link: bool = False
    corrects: bool = False
    asks: str = ""

    @property
    def is_request(self) -> bool:
        """Whether the question is ours, made of a request or of the name of a thing."""
        return self.core != self.said

    @property
    def follow_up(self) -> str:
        """What follows an earlier question: a mere name that corrects one asks the same about that."""
        return f"{self.said}呢" if self.corrects and not has_form(self.said) else self.said


def read(text: str, stands_alone: Callable[[str], bool] = lambda clause: True) -> MessageForm:
    """The form of a cleaned message; `stands_alone` tells whether a clause can be read without the one before it.

    What orders the bot about stays whole, so that it is recognised.
    """
    plain = without_links(text)
    has_link = _LINK.search(text) is not None
    if has_link and (_POINTS_TO_LINK.fullmatch(fold(plain)) or _FETCHES.search(fold(plain)) or is_small_talk(plain)):
        return MessageForm("", "", has_link=True)
    if gives_orders(fold(plain)):
        return MessageForm(text, text, has_link=has_link)
    corrected = _corrected(plain)
    if corrected is not None:
        said = _polite_off(corrected)
        return MessageForm(said, said, has_link=has_link, corrects=True)
    asking = _asking(plain, stands_alone)
    said = _polite_off(asking) or text
    bare = _polite_off(_asking(plain, lambda clause: True)) or text
    asks = "" if bare == said else bare
    return MessageForm(_question(said, wanted=said != asking), said, has_link=has_link, asks=asks)


def without_links(text: str) -> str:
    """A message without the addresses in it."""
    return " ".join(_LINK.sub(" ", text).split())


# ── Links ─────────────────────────────────────────────────────────────────────────────────────────────────────────

# Addresses are ASCII; what follows without a space in Chinese is the message again.
_LINK = re.compile(
    r"(?:https?://|www\.)[!-~]+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|cn|net|org|io|me)/[!-~]*", re.IGNORECASE
)

_THIS = (
    r"(?:这|那|它|该|上面的?|以上|里面的?|里|此)?(?:一)?(?:个|篇|条|份|则)?"
    r"(?:链接|网址|网页|文章|视频|笔记|帖子|公众号|内容|东西|新闻|图|页面|说法|网站|小程序)?(?:里面?|上面?"
    r"|中)?(?:的|讲的?"
    r"|说的?|写的?|提到的?)*"
)
_POINTS_TO_LINK = re.compile(
    rf"[\W_]*(?:(?:{PLEASE}|帮|你|您|能|来)*"
    rf"(?:看看|看一?下|看|打开看看|打开|总结一?下|总结|概括一?下|解读一?下|分析一?下|读一?下|点评一?下"
    rf"|参考一?下|讲讲|说说)?"
    rf"(?:一下)?[\W_]*)?{_THIS}(?:都|是)?(?:内容|观点|方法|做法)?"
    r"(?:对吗|对不对|对么|真的吗|真的假的|是真的[吗么]?|真的不|靠谱[吗么]|靠不靠谱|可信[吗么]|可靠[吗么]"
    r"|有用[吗么]|能信[吗么]|准[吗么]|违规[吗么]"
    rf"|违不违规|合规[吗么]|能打开[吗么]|打得开[吗么]|打不开|怎么样|如何|怎么看|{WHAT}意思|{WHAT}"
    rf"|[讲说]的?(?:是)?{WHAT}|可以[吗么]|行[吗么]|好[吗么])?[\W_]*",
)
_FETCHES = re.compile(
    r"打开|访问|下载|抓|解压|运行|读取|当[作成]|带上|照着|并按|执行|替换|\b(?:fetch|open|visit|download|load"
    r"|obey|follow|execute|run|summari[sz]e)\b"
)


# ── Corrections ───────────────────────────────────────────────────────────────────────────────────────────────────

_NO = r"(?:不对|不是的?|不|错了|错啦|(?:你|我)?(?:理解|搞|弄|说|打|问|答|看)错了?|不好意思|no|sorry)"
_I_MEAN = r"(?:想|要|是想|是要|其实)*(?:问|说|指|讲)(?:的)?(?:其实)?(?:的是|是说|是(?!不是)|的(?!不是))"
_CORRECTIONS = (
    re.compile(rf"(?:{_NO}[\s,.!;:]*)*(?:我?不是(?:问|说|指|要)?[^,]{{1,12}}[,\s]+)?我{_I_MEAN}[\s,:]*(?P<meant>.+)"),
    re.compile(rf"(?:{_NO}[\s,.!;:]+)+{_I_MEAN}[\s,:]*(?P<meant>.+)"),
    re.compile(rf"(?:{_NO}[\s,.!;:]+)+(?:我)?是(?:说|指|问|想问)[\s,:]*(?P<meant>.+)"),
    re.compile(rf"(?:{_NO}[\s,.!;:]+)+(?:应该)?是(?!不是)(?P<meant>.+)"),
    re.compile(rf"(?:{_NO}[\s,.!;:]*)*我的?意思是(?:说)?[\s,:]*(?P<meant>.+)"),
    re.compile(r"我是(?:说|指|问)[\s,:]*(?P<meant>.+)"),
    re.compile(r"不是(?!不|说|我)[^,?]{1,12}[,\s]+(?:而|应该)?是(?!不是)(?P<meant>[^?,吗了过被]{2,10})"),
    re.compile(
        r"(?:no[\s,.!]+|sorry[\s,.!]+)*i (?:mean|meant|was asking about|am asking about"
        r"|asked about)[\s,:]+(?P<meant>.+)"
    ),
)


def _corrected(plain: str) -> str | None:
    """What was meant, in a message that says so; None in any other."""
    folded = fold(plain)
    if len(folded) != len(plain):
        plain = folded  # a ligature or the like: the places must be the same in both
    for correction in _CORRECTIONS:
        if match := correction.fullmatch(folded):
            return plain[match.start("meant") :].strip()
    return None


# ── The clause that asks ──────────────────────────────────────────────────────────────────────────────────────────

# What speaks to the bot, or is marked up, is no story.
_TO_THE_BOT = re.compile(
    r"(?:[你您]的|[你您](?:必须|要|只|现在|不要|别|是|再|把)|[把让给][你您]|机器人|助手)|\byour?\b"
    r"|\b(?:assistant|system|user|rules?|prompt|also|instead)\b|---|###|\]\("
)


def _asking(plain: str, stands_alone: Callable[[str], bool]) -> str:
    """The clauses of a story that ask, each after those that it cannot be read without; a short message as it is."""
    if len(plain) <= (_SHORT_ENGLISH if language(plain) == "en" else _SHORT):
        return plain
    clauses = clauses_of(plain)
    asking = asking_places(clauses)
    kept: set[int] = set()
    for place in reversed(asking):
        wanted = _with_context(clauses, place, stands_alone)
        if kept and sum(len(clauses[each]) for each in kept | wanted) > _ROOM:
            break
        kept |= wanted
    if not kept or _TO_THE_BOT.search(fold(plain)):
        return plain
    return "".join(clauses[place] for place in sorted(kept)).rstrip(" ,，、;；~…")


def _with_context(clauses: Sequence[str], place: int, stands_alone: Callable[[str], bool]) -> set[int]:
    """A clause with as many before it as it needs to be understood, as far as there is room."""
    first = place
    while first > 0 and not stands_alone(_polite_off("".join(clauses[first : place + 1]))):
        if len("".join(clauses[first - 1 : place + 1])) > _ROOM:
            break
        first -= 1
    return set(range(first, place + 1))


# ── Politeness and requests ───────────────────────────────────────────────────────────────────────────────────────

_EDGE = r"[\s,，.。!！:：、~…]*"
_PAUSE = r"[\s,，.。!！:：、~…]"
_TO = rf"(?:{A_BIT}|您|你|大家|各位|老师|个问题)"
_GREETING = (
    r"(?:(?:你|您|大家|老师们?|各位|老板)好|hi|hello|老师|亲|各位(?:大佬|老师|朋友)?|在吗|打扰(?:了|一下)?"
    r"|不好意思|新手)"
)
_POLITE_LEAD = re.compile(
    rf"(?:{_GREETING}(?={_PAUSE}|请|想|问){_EDGE}|(?:我)?(?:就)?(?:想要?|要)?请问{_TO}*{_EDGE}"
    rf"|(?:我)?(?:就)?(?:想要?|要)?(?:请教|咨询|问问|求问|求助|麻烦问|问)(?:{_TO}+{_EDGE}|{_PAUSE}+)"
    rf"|(?:我)?(?:就)?想(?:要)?(?:问问?|知道|了解){_TO}*{_EDGE}|有(?:个|一个)(?:问题|事)(?:想)?(?:请教|咨询"
    rf"|问)?{_TO}*{_PAUSE}+"
    rf"|麻烦(?:您|你)?(?:了)?{_EDGE}(?=请|帮|给|说|讲|介))+",
    re.IGNORECASE,
)
_POLITE_TAIL = re.compile(
    rf"{_EDGE}(?:先)?(?:谢谢(?:啦|了|您|你|大家|老师)?|多谢|感谢|谢了|(?<=[\s,，。!！?？])(?:求解答?|求指教"
    rf"|求助|求告知|急|在线等)"
    rf"|thanks?|thank you)+{_EDGE}$",
    re.IGNORECASE,
)


def _polite_off(text: str) -> str:
    """A text without what is only said to be polite; the text itself where nothing else is left."""
    lead = _POLITE_LEAD.match(text)
    body = text[lead.end() :] if lead else text
    tail = _POLITE_TAIL.search(body)
    body = body[: tail.start()] if tail else body
    return body.strip() or text


_FOR_ME = rf"(?:{PLEASE}|帮|给(?!你)|我想要?|我要|我需要|想要?|需要|求|简单|详细)"
_TELL = (
    r"(?:总结|概括|归纳|整理|梳理|汇总|列出来?|列举|列|罗列|介绍|讲讲|讲解|讲|说说|说一说|说明|说|解释|科普|分享|聊聊"
    r"|谈谈|推荐|了解|看看|查查|查|分析)"
)
_MAKE = r"(?:写|发|来|给|出|拟|起草|提供|制定|设计|生成)"
_MAKE_FOR_ME = rf"(?:{_MAKE}|做|想|整|弄|找|策划)"
_SOME = (
    r"(?:一?(?:份|个(?!人)|条|套|篇|段|张|版)|几(?:条|个(?!人)|种|句|套)|[两三四五六七八九十\d]{1,3}(?:条|个(?!人)"
    r"|种|句|套)|(?<=给)[点些](?![什赞])|(?<=给我)[点些](?![什赞]))"
)
_OF_KIND = r"(?:关于|可用的|能用的|好用的|现成的)?(?P<what>(?![遍话赞人的]).+)"
# What asks anyway loses only the words of a request; the others become questions.
_WORDED = (
    re.compile(rf"(?:{PLEASE}+(?:简单|详细)?{_TELL}|讲讲|说说|聊聊|谈谈|科普)(?:给我|我)?{A_BIT}?{_OF_KIND}"),
    re.compile(rf"{_TELL}{A_BIT}{_OF_KIND}"),
)
_REQUESTS = (
    re.compile(rf"{_FOR_ME}*(?:{_TELL}|{_MAKE})(?:给我|我)?出?{A_BIT}{_OF_KIND}"),
    re.compile(rf"(?:{_FOR_ME}*(?:{_TELL}|{_MAKE})|{_FOR_ME}+{_MAKE_FOR_ME}?)(?:给我|我)?出?{_SOME}{_OF_KIND}"),
    re.compile(rf"{_FOR_ME}+{_TELL}{_OF_KIND}"),
    re.compile(rf"(?:给我们?|求|发给?我){_OF_KIND}"),
    re.compile(rf"{_TELL}{_OF_KIND}"),
)
_MAY_YOU = re.compile(r"[,，\s]*(?:可以|好|行)[吗么][?？]?$")
_REQUEST_TAIL = re.compile(r"(?:给我|发我|出来|看看|一下|参考|呗|吧|啊|哈|呀|谢谢|[\s,，。.!！~])+$")
# The noun of something asked for by its mere name.
_ASKED_NOUN = re.compile(
    r"(?:规则|规定|规范|政策|细则|红线|区别|差别|不同|原因|方法|办法|方式|做法|技巧|思路|流程|步骤|路径|模板"
    r"|话术|文案|方案"
    r"|计划|规划|攻略|教程|上限|限制|限额|次数|频率|数量|人数|要求|条件|门槛|标准|注意事项|价格|费用|收费|sop"
    r"|玩法|打法|案例"
    r"|例子|指标|公式|认证|用法|用途|功能|定义|概念|含义|搭建|分类|作用|好处|风险|后果|处罚|清单|表格?|脚本"
    r"|策略|渠道|体系|工具"
    r"|入口|位置|时间|周期|经验|重点|要点|关系|优缺点|设置|欢迎语|公告|活码|标签|海报|开场白|资质|材料|数据"
    r"|成本|预算|选题|标题"
    r"|说明|介绍|总结|汇总|建议|名单|大全|排期|朋友圈|群发|引流|获客|复购|[^几]率|运营|管理|维护|推广|投放)$"
)
_STATES = re.compile(r"[我你您他她]|[了过着吧啦嘛]|被|把|今天|昨天|刚|已经|^正?在|没|不(?!同)|太|真|都")
_OF_SOMETHING = re.compile(r"的\w{2,4}$")  # 没人说话的办法 names something all the same
_SEVERAL = re.compile(r"(?<=[的想写来发给出做])几(?=[种个条点项类句套])")
_LONGEST_NAME = 24
_PUNCTUATED = re.compile(r"[,.?!;:\"“”<>()\[\]]")
# What lies inside the bot, or is other people's: no article is asked for.
_INSIDE = re.compile(
    r"对话|聊天记录|上文|前文|提示词?|指令|设定|机器人|知识库|资料库|数据库|日志|密钥|密码|口令|token|prompt"
    r"|代码|后台|管理员"
    r"|别人|其他(?:人|商家|用户)|\b(?:other|last|users?|asked|conversation|messages?|files?|keys?|passwords?"
    r"|settings|config\w*|instructions?)\b"
)
_IS_WHAT = "是什么"
_ENGLISH_REQUEST = re.compile(
    r"(?:please |can you |could you |would you )*(?:summari[sz]e|list|explain|describe|outline|provide"
    r"|(?:give|send|show|write|tell)(?: me| us)?+(?: about)?+) (?:an? |the |some |all )*+"
    r"(?P<what>(?!how|what|why|when|which|who|where|if|your?\b)[^,.;:?!]{3,50})[ .!]*"
)


def _question(text: str, *, wanted: bool) -> str:
    """A request, or the mere name of a thing, as the question it stands for; any other text as it is.

    `wanted` tells that words around it said already that something is asked for.
    """
    folded = fold(text)
    if len(folded) != len(text):
        return text
    if begun := re.match(PLEASE, folded):
        text = begun.group() + _MAY_YOU.sub("", text[begun.end() :])
        folded = fold(text)
    if language(text) == "en":
        request = _ENGLISH_REQUEST.fullmatch(folded)
        return f"what is {request['what']}" if request and not _INSIDE.search(folded) else text
    if asks_in_chinese(_REQUEST_TAIL.sub("", folded)) and not _SEVERAL.search(folded):
        what = next((text[match.start("what") :] for each in _WORDED if (match := each.fullmatch(folded))), text)
        return what if has_form(what) else _named(what) or what
    for each in _REQUESTS:
        if (match := each.fullmatch(folded)) and (named := _named(text[match.start("what") :])):
            return named
    sought = wanted or _ASKED_NOUN.search(_REQUEST_TAIL.sub("", folded)) is not None
    return (_named(text) if sought else None) or text


def _named(text: str) -> str | None:
    """The question about a thing that a text names, None where it names none."""
    name = _REQUEST_TAIL.sub("", text)
    folded = fold(name)
    states = _STATES.search(folded) is not None and _OF_SOMETHING.search(folded) is None
    if not 1 < len(name) <= _LONGEST_NAME or states or _PUNCTUATED.search(folded) or _INSIDE.search(folded):
        return None
    return name if asks(_SEVERAL.sub("", folded)) else name + _IS_WHAT
