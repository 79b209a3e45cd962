"""Whether a message depends on the one before it, told from its form.

Signs are an opener such as 那, a pronoun, an ordinal, a bare attribute, and what is left of the message once the words
without a subject are taken away. All patterns read folded text: simplified, lower case, half-width punctuation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum

from bot.answering.message_text import language
from corpus.vocabulary.glossary import Glossary, Mention
from corpus.vocabulary.question_words import A_BIT, A_NOT_A, ANNOUNCEMENT, INDEFINITE, INTERROGATIVE
from embeddings.index.lexical import LexicalIndex


class Dependence(IntEnum):
    """How surely a message depends on the one before it.

    POSSIBLE: it is short and has hardly a subject. LIKELY: a word points back, but it has a subject as well.
    CERTAIN: it cannot be read without the one before it.
    """

    NONE = 0
    POSSIBLE = 1
    LIKELY = 2
    CERTAIN = 3


def depends_on_context(message: str, glossary: Glossary, lexical: LexicalIndex) -> Dependence:
    """How surely a message needs an earlier question; `lexical` knows which words the articles have."""
    if glossary.define(message) is not None:
        return Dependence.NONE
    folded = lexical.segmenter.normalise(message).translate(HALF_WIDTH).strip(MARKS)
    subjects = [mention for mention in glossary.find(folded) if mention.term.name not in _ASPECTS]
    if language(message) == "en":
        return _dependence_in_english(folded, subjects)
    return _dependence_in_chinese(folded, subjects, lexical)


def names_nothing(message: str, glossary: Glossary, lexical: LexicalIndex) -> bool:
    """Whether a message asks without a word of what about: 多少钱, 会封号吗, `how much is it`."""
    folded = lexical.segmenter.normalise(message).translate(HALF_WIDTH).strip(MARKS)
    folded = _ENDS_IN_NOT.sub("吗", folded)
    dependence = depends_on_context(folded, glossary, lexical)
    if dependence is Dependence.NONE or (dependence is not Dependence.CERTAIN and len(folded) > _SAYS_LITTLE):
        return False
    if language(message) == "en":
        body = _ENGLISH_PRONOUN.sub("", without(_ENGLISH_OPENER, folded))
        return not [word for word in re.findall(r"[a-z0-9']+", body) if word not in _ENGLISH_GENERIC]
    body = _PRONOUN_INSIDE.sub("", _OF_ANYTHING.sub("", remainder(folded)))
    return not _NOT_WORDS.sub("", _GENERIC.sub("", body))


def remainder(message: str) -> str:
    """A message without politeness and opener: `那个人号呢` to `个人号呢`."""
    return without(_OPENER, without(_POLITE, message))


def ellipsis_subject(message: str) -> str | None:
    """X in `X呢` and `换成X呢`, when the message says no more than that."""
    match = _SWAP.fullmatch(message) or _ELLIPSIS.fullmatch(message)
    if match is None or match.end("subject") + 3 < len(message.rstrip(MARKS)):
        return None
    return match["subject"]


MARKS = " ,.?!;:、。…~·\"'“”‘’「」()[]【】"
HALF_WIDTH = str.maketrans("，？！；：（）", ",?!;:()")

# Terms of the glossary that are asked about something else, rather than being what a question is about.
_ASPECTS = frozenset(
    "违规 封号 限流 降权 禁言 申诉 解封 传销 保证金 营业执照 技术服务费 投放 线索 话题 曝光 封面 标明广告".split()
)

_ENDS_IN_NOT = re.compile(r"[不没]$")  # 违规不 asks 违规吗
_SAYS_LITTLE = 6  # characters
# What may happen to anybody for anything, and what may be said of anything.
_OF_ANYTHING = re.compile(r"违规|封号|限流|降权|禁言|处罚|贵|便宜|难|麻烦|复杂|整|靠谱|值当|真假|灵|管用|好使|靠")

_LONGEST = 20
"""Characters of a Chinese message that may lean on another without a clear sign of it."""

_POLITE = re.compile(
    rf"(?:再?{ANNOUNCEMENT}{A_BIT}?|再问一?个|老师|你好|您好|嗯+|哦+|噢|啊|好的?|谢谢|明白了?|懂了|另外"
    r"|对了|[,.!、 ])+"
)
# 那个人号 is 那 and 个人号, not 那个 and 人号.
_OPENER = re.compile(
    r"(?:那么|那就|那(?=个[人体])|那(?!个|种|样|些|边|里|天|年|时|几|两|次)|所以|然后|但是?|可是|还有(?!没有))[,、 ]*"
)

_ASKS = re.compile(rf"{INTERROGATIVE}|怎|几|[吗么嘛呢]$|[吗么呢],|{A_NOT_A}|行吗|还是")
_ASKS_NOTHING = re.compile(INDEFINITE)
# With one of these a clause asks something by itself, so the 呢 at its end is only a tone.
_PREDICATE = re.compile(rf"{INTERROGATIVE}|吗|{A_NOT_A}|几[个天次点号步条]")

_ELLIPSIS = re.compile(r"(?P<subject>[^,]{1,14}?)[,]?呢(?:[,].*)?")
_SWAP = re.compile(
    r"(?:(?:如果|要是|假如|要)?(?:换成|换作|换做|改成|改为|改用))(?P<subject>[^,]{1,12}?)"
    r"(?:呢|行吗|行不行|可以吗|好吗|怎么样|怎样|会怎样|也一样吗|也行吗|又?怎么办)?"
)
_NUMBER = r"(?:第[一二三四五六七八九十两0-9]{1,3}|[上下]一|最后一?|前[一二两三]|后[一二两三])"
_ORDINAL = re.compile(
    rf"(?:你|刚才|上面|里面|其中)?(?:说|讲|提到)?的?{_NUMBER}(?:个?阶段|点|步|个|条|种|类|项|招|部分|句|层|轮)"
)
_PERIOD = re.compile(rf"{_NUMBER}个?(?:周|星期|天|月|季度?|年)")
_MORE = re.compile(
    r"展开|详细|仔细|细[点说讲]|[说讲]细|具体|举个?例|继续|接着[说讲]|再[说讲]|多[说讲]|[说讲]清楚|还有(?:别的|其他|吗|呢)|然后呢"
    r"|(?:给|来|发)(?:我|个|一个|几个|点)+(?:例子|话术|模板|案例|示例|范文)"
)
_PRONOUN = re.compile(
    r"(?:它|他|她|其中|前者|后者|两者|二者|上面|上述|刚才|刚刚|你刚?才?说的|这样|这么|这边|这里|这里面|这些|这种|这类|这两[个种者]"
    r"|这个(?!月|周|星期)|这[算会要能是得有行步条点招违合犯]|这可以|这需要|这不|那个|那种|那样|那些|那边)"
)
_PRONOUN_INSIDE = re.compile(r"它|他|她|这个(?!月|周)|那个|这样|这种")
_VERB_FIRST = re.compile(
    r"(?:能|可以|可不可以|会|要|需要|需不需要|得|该|应该|必须|有没有|是不是|最多|最少|最低|最高|最长|最晚|一天|一年|每[天年次月])"
)
_ABOUT_ME = re.compile(r"你们?(?:能|会|是|可以|叫|都|有|在|的|好|觉得|谁)")

# Words that name no subject: question words, helpers, and what can be asked of anything (cost, time, steps, risks).
_GENERIC_WORDS = """
什么 啥 甚么 多少 多久 多长 多大 多高 多快 几个 几天 几次 几年 几点 几种 几步 几条 几号 几回 几 怎么样 怎么 怎样
咋样 咋 如何 哪里 哪儿 哪些 哪个 哪种 哪家 哪边 哪天 哪 谁 为什么 为啥 为何 吗 么 嘛 呢 吧 啊 呀 哦 的 了 着 地 得
是不是 有没有 能不能 会不会 要不要 可不可以 行不行 好不好 用不用 需不需要 该不该 需要 应该 可以 必须 要 能 会 可 行
该 想 用 做 弄 搞 办 干 开始 看 说 讲 填 选 找 给 有 没有 没 不 别 是 算 叫 等 花 交 付 收 拿 到 去 上去 上 下 来
出来 进去 起来 起 过 完 好 最好 比较 一般 通常 大概 大约 大致 具体 到底 究竟 真的 真 还 也 都 就算 就 才 再 又 更 最
先 后 然后 以后 之后 之前 以前 现在 容易 适合 合适 值得 值 划算 放 踩 设置 操作 处理 解决 避免 注意 选择 准备 办理
申请 开通 收费 免费 扣 钱 费用 费 价格 价 成本 时间 一年 一个月 一月 一天 一次 一周 年 月 天 周 小时 分钟 次 回 个
人 东西 办法 方法 流程 步骤 条件 要求 材料 资料 入口 位置 地方 坑 风险 后果 好处 坏处 优点 缺点 优势 区别 差别 不同
意思 原因 事项 限制 上限 下限 名额 有效期 期限 比例 标准 效果 作用 用处 门槛 数据 情况 问题 违法 犯法 违规 合法 合规
靠谱 安全 有用 健康 正常 审核 见效 生效 模板 例子 新手 小白 新号 老号 通过 封 罚 负责 续 一样 俩 我们 我 你们 你 您
它们 它 他们 他 她 这个 这样 这种 这些 这 那个 那种 那样 那些 那边 那 在 从 跟 和 与 对 把 被 让 为 一 二 两 每 各
些 里 多 少
"""
# The longest first, so that 什么 is not cut to 什.
_GENERIC = re.compile("|".join(sorted(_GENERIC_WORDS.split(), key=len, reverse=True)))
_NOT_WORDS = re.compile(r"[^\w]|\d")


def _dependence_in_chinese(folded: str, subjects: Sequence[Mention], lexical: LexicalIndex) -> Dependence:
    plain = without(_POLITE, folded)
    body = without(_OPENER, plain)
    opened = body != plain
    if _ABOUT_ME.match(body):
        return Dependence.NONE
    if not body:
        return Dependence.CERTAIN if opened else Dependence.NONE
    rest = _NOT_WORDS.sub("", _GENERIC.sub("", body))
    if _cut_short(body, rest, subjects):
        return Dependence.CERTAIN
    if not _ASKS.search(_ASKS_NOTHING.sub("", folded)):
        return Dependence.NONE
    if opened or _PRONOUN.match(body):
        return _points_back(body, rest, subjects, opened=opened, foreign=_unknown(body, lexical))
    return Dependence.NONE if _unknown(body, lexical) else _says_little(body, rest, subjects)


def _points_back(body: str, rest: str, subjects: Sequence[Mention], *, opened: bool, foreign: bool) -> Dependence:
    """A question that begins with 那 or a pronoun: certain when short, nothing when it explains itself."""
    if opened and not subjects and len(body) <= 12 and (len(rest) <= 3 or not foreign):
        return Dependence.CERTAIN
    if foreign:
        return Dependence.NONE
    if not opened and len(body) <= 14 and len(rest) <= 6 and len(subjects) <= 1:
        return Dependence.CERTAIN
    return Dependence.LIKELY if len(body) <= (14 if opened and subjects else _LONGEST) else Dependence.NONE


def _says_little(body: str, rest: str, subjects: Sequence[Mention]) -> Dependence:
    """A question without any word that points back, judged by how little it is about."""
    if subjects:
        verb_first = len(subjects) == 1 and len(body) <= 12 and _VERB_FIRST.match(body) is not None
        return Dependence.POSSIBLE if verb_first else Dependence.NONE
    if len(body) <= 10 and (len(rest) <= 1 or (len(rest) <= 3 and _PRONOUN_INSIDE.search(body))):
        return Dependence.CERTAIN
    return Dependence.POSSIBLE if len(rest) <= 5 and len(body) <= 14 else Dependence.NONE


def _cut_short(body: str, rest: str, subjects: Sequence[Mention]) -> bool:
    """Whether the form by itself says that something is left out."""
    if (match := _ELLIPSIS.fullmatch(body)) and not _PREDICATE.search(match["subject"]):
        return True
    if _SWAP.fullmatch(body):
        return True
    wants_more = _MORE.search(body) is not None and not subjects and len(body) <= _LONGEST
    if (match := _ORDINAL.match(body)) and len(body) <= _LONGEST:
        return wants_more or not any(mention.start <= match.end() < mention.end for mention in subjects)
    if _PERIOD.match(body) and wants_more:
        return True
    return wants_more and len(_MORE.sub("", rest)) <= 1


def _unknown(body: str, lexical: LexicalIndex) -> bool:
    """Whether it has a word of which no article has even a part: then something else altogether is meant."""
    words = (word for word in lexical.segmenter.words(body) if len(_GENERIC.sub("", word)) > 1)
    return any(not lexical.matches(word) for word in words)


_ENGLISH_ABOUT_ME = re.compile(r"(?:who|what|how) are you\b|(?:(?:what )?can|do|are) you\b")
_ENGLISH_OPENER = re.compile(r"(?:and|but|so|then|also|well|ok(?:ay)?|hmm|thanks|thank you)\b[, ]*")
_ENGLISH_ELLIPSIS = re.compile(
    r"(?:(?:what|how) about|and (?:for|in|on|with|if)|same for|what if|for)\b"
    r"|(?:why(?: not)?|how so|such as|like what|for example)$"
)
_ENGLISH_MORE = re.compile(
    r"(?:(?:can|could) you |please )?"
    r"(?:tell me more|give (?:me )?an? example|explain (?:more|that|this|it)|elaborate|more details?|go on"
    r"|(?:the |your )?(?:first|second|third|fourth|fifth|last|next) (?:one|point|step|item|way|stage|type|kind)\b)"
)
_ENGLISH_PRONOUN = re.compile(
    r"\b(?:it|its|they|them|their|those|these(?! days)|this(?! (?:year|month|week))|that|one$|which one|ones"
    r"|he|she|him|her)\b"
)
# "is it legal to ..." refers to nothing outside the message.
_EXPLETIVE = re.compile(
    r"\b(?:is|was|are|would|does|can) (?:it|this|that)(?: be)?(?: \w+){1,3} (?:to|that|if|when)\b"
    r"|\bit (?:is|takes|costs)\b.* to\b"
)
_ENGLISH_GENERIC = frozenset(
    """
    what how why who when where which much many long often big far a an the is are was do does did can
    could should would will may must i you we my our your there to of in on for with from at by as if or
    and not no any some more cost costs price pay paid need needed needs take takes work works use used
    get gets done start free legal illegal allowed safe risky risk risks steps step day days week month
    year per each fee fees limit limits best good bad valid last lasts apply applies happen happens
    required requirements mean means
    """.split()
)


def _dependence_in_english(folded: str, subjects: Sequence[Mention]) -> Dependence:
    body = without(_ENGLISH_OPENER, folded)
    words = re.findall(r"[a-z0-9']+", body)
    if _ENGLISH_MORE.match(body):
        return Dependence.NONE if subjects else Dependence.CERTAIN
    if not words or _ENGLISH_ABOUT_ME.match(body):
        return Dependence.NONE
    if _ENGLISH_ELLIPSIS.match(folded) or _ENGLISH_ELLIPSIS.match(body):
        return Dependence.CERTAIN if len(words) <= 5 or not subjects else Dependence.LIKELY
    refers = _ENGLISH_PRONOUN.search(body) is not None and _EXPLETIVE.search(body) is None
    if refers or body != folded:
        # A longer message, or one with a subject, may well hold what its pronoun stands for.
        fits = len(words) <= (8 if subjects else 10)
        return Dependence.NONE if not fits else Dependence.LIKELY if subjects else Dependence.CERTAIN
    content = [word for word in words if word not in _ENGLISH_GENERIC]
    if subjects or len(words) > 8 or len(content) > 1:
        return Dependence.NONE
    return Dependence.POSSIBLE if content else Dependence.CERTAIN


def without(lead: re.Pattern[str], text: str) -> str:
    match = lead.match(text)
    return text[match.end() :] if match else text
