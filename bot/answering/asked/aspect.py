"""Which kind of thing a question asks for, and how far a text holds that kind of thing.

A sentence of the right passage may be about the right subject and still say nothing of the price, the number of days or
the yes or no that was asked for. Each kind is told by the words of the question, and found in a text by its form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from corpus.characters import fold


class Aspect(StrEnum):
    """The kind of thing that is asked for."""

    PRICE = "price"
    CALCULATION = "calculation"
    DURATION = "duration"
    FREQUENCY = "frequency"
    NUMBER = "number"
    PLACE = "place"
    TIME = "time"
    PERSON = "person"
    REASON = "reason"
    TEMPLATE = "template"
    PLAN = "plan"
    COMPARISON = "comparison"
    CONSEQUENCE = "consequence"
    DEFINITION = "definition"
    ENUMERATION = "enumeration"
    WAY = "way"
    VERDICT = "verdict"


def aspect_of(question: str) -> Aspect | None:
    """What kind of thing a clause asks for: the most particular one that its words tell, None where none does."""
    folded = fold(question)
    return next((each.aspect for each in _KINDS if each.asked.search(folded)), None)


def holds(aspect: Aspect, text: str, question: str = "") -> float:
    """How far a text holds that kind of thing: 1 in so many words, a half where it may, 0 where nothing points to it.

    The words of the question tell which yes or no answers it: whether it is allowed, counts as something, will happen.
    """
    folded = fold(text)
    if aspect is Aspect.VERDICT:
        return _verdict(fold(question), folded)
    kind = _BY_ASPECT[aspect]
    if kind.found.search(folded):
        return 1.0
    return _MAYBE if kind.hinted is not None and kind.hinted.search(folded) else 0.0


@dataclass(frozen=True, slots=True)
class _Kind:
    """How one kind of thing is asked for, and how it looks where it is said, surely and perhaps."""

    aspect: Aspect
    asked: re.Pattern[str]
    found: re.Pattern[str]
    hinted: re.Pattern[str] | None = None


_MAYBE = 0.5

# ── How amounts are written ───────────────────────────────────────────────────────────────────────────────────────

_DIGITS = r"(?:\d[\d,.]*\s*(?:[-–~—到至]\s*\d[\d,.]*\s*)?|[一二两三四五六七八九十百千半几]+\s*)(?:多|来|左右|以上)?\s*"
_MONEY = rf"{_DIGITS}(?:[万千百亿]\s*)?(?:多|余)?(?:元|块|毛钱|rmb|cny)|[¥$]\s*\d|\d\s*%|百分之"
_SPAN = rf"{_DIGITS}个?(?:分钟|小时|钟头|天|日(?!期)|周|星期|礼拜|月|季度|年(?!轻)|工作日)|\d+\s*h\b"
_MEASURE = (
    r"(?:个|条|人|篇|张|家|种|次|步|类|名|位|部|台|款|份|字|句|群|号|分|倍|层|级|页|段|组|件"
    r"|单|万|千|百|%|元|块|秒|档|遍|轮|样)"
)
_COUNT = rf"(?:\d[\d,.]*\s*(?:[-–~—到至]\s*\d[\d,.]*\s*)?|[一二两三四五六七八九十百千]+)\s*(?:多|来|余)?\s*{_MEASURE}"
# That nothing is fixed or published is an answer to every question for an amount.
_NOTHING = (
    r"(?:没有|没|无|未|不|并未)(?:一个|任何|长期不变的)?(?:统一|固定|公开|官方|公布|写明|明确|规定|设|查到|统计|限制)"
)
_NO_FIGURE = (
    rf"{_NOTHING}[^。;]{{0,14}}(?:数|天|时间|标准|上限|门槛|价|规定|说法|表|比例|频率|限制|金额|期限)"
    r"|不限|无上限|没有上限|不封顶"
)
_HARDLY = rf"{_NOTHING}|因\w{{1,4}}而异|看具体"
_LIST = r"(?:^|\n)\s*(?:[-•·*]|\d{1,2}[.、)](?!\d)|[①-⑳]|第[一二三四五六七八九十\d]+[步天周条点类种])"

# The order tells which kind goes first where a clause could be two.
_KINDS = (
    _Kind(
        Aspect.TEMPLATE,
        re.compile(
            r"(?:帮|给|替|请|想要?|要|求|来|发|写|出|拟|编)\w{0,5}(?:写|想|拟|编|来|出|[一几两三四五六七八九十\d]+[条段份个句套篇])\w{0,12}"
            r"(?:话术|文案|标题|模板|模版|欢迎语|开场白|朋友圈|公告|短信|脚本|自我介绍|简介|回复|通知|邀请)"
            r"|模板|模版|范文|例文|(?:怎么|咋|如何|该|要)(?:回(?!款|本|访|流|收|到|来)|回复"
            r"|开口|跟\w{1,4}说|说(?!明))(?:他|她|客户|对方|才|比较|合适|好)?"
            r"(?:$|[?,。!呢啊呀])|(?:说|回|发)(?:什么|啥)(?:话|好|合适)?|\b(?:template|script|wording)\b"
        ),
        re.compile(r"[“「『\"][^”」』\"]{8,}[”」』\"]|[:：]\s*[“「]|话术|模板|模版|句式|【"),
        re.compile(rf"{_LIST}|例如|比如|可以(?:说|写|回|问)|[“「]"),
    ),
    _Kind(
        Aspect.PLAN,
        re.compile(
            r"(?<!聚光)(?<!投放)(?<!广告)(?<!推广)计划(?![已没不建跑投])|方案|规划|排期|清单"
            r"|时间表|(?:时间|每天|一天|一周)\w{0,6}安排|安排\w{0,4}(?:时间|一天|一周)"
            r"|\d+天\w{0,6}(?:做|怎么|流程)|列(?:个|一)\w{0,3}(?:流程|步骤|清单)|sop|一步步|\bplan\b|\bchecklist\b"
        ),
        re.compile(rf"{_LIST}|第\s*[一二三四五六七\d]+\s*[天周步]|(?:周|星期)[一二三四五六日]|按.{{2,24}}[步走做]"),
        re.compile(r"先.{1,40}再|每[天周月]|早上|晚上|步"),
    ),
    _Kind(
        Aspect.CALCULATION,
        re.compile(
            r"怎么(?:计)?算(?!引流|导流|违规|广告|作|是|不)|如何(?:计)?算|公式|计算方法|怎样计算|how .{0,20}calculat"
        ),
        re.compile(r"[=÷×]|除以|乘以|相乘|相除|减去|加上.{0,12}再"),
        re.compile(r"公式|占|比例|算法|按.{1,16}(?:计|算)"),
    ),
    _Kind(
        Aspect.PRICE,
        re.compile(
            r"多少钱|什么价|多少(?:元|块|预算|费用?|成本|佣金|保证金|金额)|几块|几毛|几个点"
            r"|几折|[充投花交付]多少|多少(?:起|才能)?[充投]"
            r"|(?:收费|要钱|花钱|收钱|要不要钱|付费|免费|交钱)(?:吗|么|不|的?标准|多少|$"
            r"|[?,。])|(?:怎么|如何|咋|怎样)(?:收费|收钱|计费)"
            r"|(?:费用|价格|价位|价钱|费率|佣金|抽成|扣点|花费|开销|报价|成本|保证金)(?:大概"
            r"|一般|现在|一年|每年|一个月)?"
            r"(?:是|有|要|高|贵)?(?:多少|多高|几|怎么|如何|什么|吗|$|[?,。])"
            r"|贵不贵|贵[吗么]|多贵|要多少(?:$|[?,。呢啊])|一年多少|一个月多少(?!次|人|条)"
            r"|how much|\bcost\b|\bprice|\bfees?\b"
        ),
        re.compile(rf"{_MONEY}|{_NO_FIGURE}|免费|不收费|不要钱|不用(?:花钱|交)|费率|不收"),
        re.compile(rf"{_HARDLY}|收费|费用|付费|便宜|[\d万千]\s*起"),
    ),
    _Kind(
        Aspect.DURATION,
        re.compile(
            r"多久(?!一次)|多长时间|多少(?:天|小时|分钟|个月|年|周|日|时间)|几(?:天|个?小时"
            r"|分钟|个?月|年|周|个?星期|日内?)(?:能|可以|才|内|会|后|恢复|解|到|$|[?,。呢啊])"
            r"|(?:什么|啥)时候(?:能|可以|才|会)?(?:好|恢复|解|结束|到账|退|过期|放开)|周期|有效期|how long"
        ),
        re.compile(rf"{_SPAN}|{_NO_FIGURE}|永久|当天|立即|马上|随时|实时|即时"),
        re.compile(rf"{_HARDLY}|解除时间|到期|期限|时长"),
    ),
    _Kind(
        Aspect.FREQUENCY,
        re.compile(
            r"(?:几|多少)[次遍回条篇](?!合同)|多久一次|隔多久|频率|频次|(?:一天|每天|一周"
            r"|每周|一个?月|每个?月)\w{0,8}(?:几|多少)|how often|how many times"
        ),
        re.compile(rf"{_COUNT}|{_NO_FIGURE}|每[天周日月]|一天|一周"),
        re.compile(rf"{_HARDLY}|次"),
    ),
    _Kind(
        Aspect.NUMBER,
        re.compile(
            r"多少|几[个人张家种类步名位部台款份字句群号粉]|上限|最多|最少|至少|数量|门槛"
            r"|限额|限制是|how many|\bmax|\blimit|\bminimum"
        ),
        re.compile(rf"{_COUNT}|{_MONEY}|{_NO_FIGURE}"),
        re.compile(rf"{_HARDLY}|\d|上限|不要求|没有要求"),
    ),
    _Kind(
        Aspect.PLACE,
        re.compile(r"在哪|在那里|哪里|哪儿|去哪|到哪|从哪|入口|哪个(?:页面|位置|地方|菜单)|什么地方|\bwhere\b"),
        re.compile(r"入口|后台|页面|菜单|路径|[>›→]|「|进入|打开|点(?:击|开)|设置里|工作台"),
        re.compile(r"在.{1,20}(?:里|中|处|上|内|下)|位置"),
    ),
    _Kind(
        Aspect.TIME,
        re.compile(r"几点|(?:什么|啥|哪个)时候|哪天|何时|几号|什么时间|哪个时间|哪年|\bwhen\b"),
        re.compile(
            rf"\d{{1,2}}\s*(?:点|:\d\d|月|日|号)|\d{{4}}\s*(?:年|-)|早上|上午|中午|下午|晚上|周末|时间段|{_SPAN}"
        ),
        re.compile(r"之前|之后|以前|以后|再.{0,12}|时候|先|当天|节点"),
    ),
    _Kind(
        Aspect.PERSON,
        re.compile(r"谁|(?:什么|啥|哪些|哪类|什么样的?)(?:人|商家|店|生意|行业|客户|品类)|^who\b"),
        re.compile(
            r"(?:人|者|员|商家|店|客户|用户|博主|团队|行业|生意|主体|企业|机构).{0,20}(?:负责"
            r"|适合|承担|担责|可以|能|不适合|来)|适合|适用|由.{1,12}(?:来|负责|承担)"
        ),
        re.compile(r"人|商家|店|客户|用户|员工|企业"),
    ),
    _Kind(
        Aspect.REASON,
        re.compile(
            r"为什么|为啥|为何|怎么回事|咋回事|怎么一回事|什么(?:原因|情况|道理)|啥(?:原因"
            r"|情况)|原因|凭什么|问题(?:出)?在|(?:怎么|咋)(?:就|老|总|又|都|突然|一直|还)"
            r"|(?:怎么|咋)(?:不能|没有?|不|加不|发不|看不|搜不|打不开|用不)|\bwhy\b"
        ),
        re.compile(
            r"因为|原因|由于|多半|通常是|往往是?|可能是|导致|根子|问题(?:在|出)|卡在|是为了|用完|所致|引起|才会|多是"
        ),
        re.compile(r"所以|因此|会被|没有|不足|不够|太|超过"),
    ),
    _Kind(
        Aspect.COMPARISON,
        re.compile(
            r"哪(?:个|种|一个|家|款|边)|还是|区别|不同|差别|不一样|差异|对比(?!图|照)|相比|怎么选|如何选|选哪|(?:更"
            r"|比较)(?:好|划算|合适|靠谱)|\bvs\b|\bdifferen|\bwhich\b|\bor\b"
        ),
        re.compile(r"而|区别|不同|差别|相比|比.{1,12}(?:更|高|低|多|少|好|贵|稳)|更|优先|前者|后者|分别|用于|适合|各"),
        re.compile(r"选|建议|先|或|、"),
    ),
    _Kind(
        Aspect.CONSEQUENCE,
        re.compile(
            r"会怎(?:么|样)|会咋样|后果|怎么(?:处|惩)?罚|罚多少|什么(?:处罚|下场|责任|影响)"
            r"|处罚|怎么处理我|what happens"
        ),
        re.compile(r"处罚|限流|封|禁言|扣分|警告|下架|屏蔽|罚款|追究|责任|不能再|受限|会被|无法|清退|暂停|停用|失效"),
        re.compile(r"风险|影响|不能|会"),
    ),
    _Kind(
        Aspect.DEFINITION,
        re.compile(
            r"什么是|是(?:什么|啥|个啥)(?!时候|原因|情况|样)|(?:什么|啥)意思|指(?:的是)?(?:什么"
            r"|啥)|什么叫|叫什么|\bwhat (?:is|are|does)\b|\bmeaning\b"
        ),
        re.compile(
            r"是(?:一种|一个|指|把|由|用|让|在|给|按|小红书|微信|企业微信|平台|商家|官方)."
            r"|指的?是|就是|叫做?|即|意思是|是.{2,40}的.{1,12}[,。;]"
        ),
        re.compile(r"是|属于|用来"),
    ),
    _Kind(
        Aspect.ENUMERATION,
        re.compile(
            r"哪些|有(?:什么|啥|哪)|哪几|(?:什么|啥)(?:条件|要求|资料|材料|规则|规定|类目"
            r"|方式|渠道|指标|数据|办法|方法|功能|好处|坏处|风险|用|技巧|东西)|分(?:几|哪)"
        ),
        re.compile(
            rf"{_LIST}|[^、]{{1,14}}、[^、]{{1,14}}(?:、|和|与)|[一二两三四五六七八九十\d]+\s*(?:种"
            r"|类|条|点|项|个|步|样)|包括|分别|分为|分成"
        ),
        re.compile(r"、|和|或|有"),
    ),
    _Kind(
        Aspect.WAY,
        re.compile(
            r"怎|如何|咋|(?:方法|办法|步骤|流程|教程|攻略|技巧|做法|思路|路径|第一步|先(?:做"
            r"|干|发)?(?:哪|什么|啥))|该干嘛|干嘛|求(?:助|教|解)|\bhow\b"
        ),
        re.compile(
            rf"{_LIST}|先.{{1,60}}(?:再|然后|接着|最后)|打开|进入|点(?:击|开)|设置|填写|提交|选择|第一步|步骤"
            rf"|做法|办法|方法|建议|可以(?!说)|换成|改成|用.{{1,16}}(?:把|来|做)|把.{{1,20}}(?:改|放|写"
            r"|发|加|分|换|做|引|设)"
        ),
        re.compile(r"要|应|先|再|需要|别|不要|用|靠|按"),
    ),
    _Kind(
        Aspect.VERDICT,
        re.compile(
            r"能不能|能否|可不可以|可以不|会不会|要不要|算不算|是不是|有没有|该不该|用不用"
            r"|需不需要|行不行|好不好|值不值|违不违规|合不合法|严不严|对不对|(.)不\1|是否"
            r"|[吗么嘛](?:$|[\s,?。!呢啊])|(?:能|可以|会|要|算|行|有用|合法|违规|用)[^,?。]{0,20}(?:不"
            r"|没|没有)(?:$|[?,。])|真的假的|连坐"
            r"|^(?:can|could|is|are|do|does|will|should|may)\b"
        ),
        re.compile(r"可以|不能|能|不会|会|算|需要|必须|允许|禁止|不得"),
    ),
)
_BY_ASPECT = {kind.aspect: kind for kind in _KINDS}

# ── Yes or no ─────────────────────────────────────────────────────────────────────────────────────────────────────

# What is asked after, and what says yes or no to that. Whatever the question, that nobody published a rule answers it.
_VERDICTS = (
    (
        re.compile(r"算|属于|视为|当成|判"),
        re.compile(
            r"(?:不|会|也|都|就|才|一般|通常|可能)?(?:算(?!法|例|出|一)|属于|视为|视同|被?当成"
            r"|被?判(?:定|为)?|认定|归(?:为|入)|正常|违规|不违规|合规)"
        ),
    ),
    (
        re.compile(r"会|被|罚|封|限流|影响|严不严"),
        re.compile(
            r"不会|会(?!员|话|计|议)|有(?:.{0,6})风险|可能|风险|没有.{0,6}风险|封|罚|不影响|影响|处罚|限流|禁言|安全|严"
        ),
    ),
    (
        re.compile(r"合法|违法|犯法|违规|合规|允许|违不违规|犯规|正规"),
        re.compile(r"合法|违法|违规|合规|允许|禁止|不得|可以|不能|不合法|风险|违反|正常|不算"),
    ),
    (
        re.compile(r"要不要|用不用|需|必须|必要|该|也要|得(?!到)|要[^,?]{1,12}[吗么不]"),
        re.compile(
            r"不(?:用|必|需要|要求|建议)|必须|应当|应该|需要|要(?!求|么|是)|建议|不强制|可以不"
            r"|一律|先别|值得|没必要|没有.{0,6}要求|照做"
        ),
    ),
    (
        re.compile(r"能|可以|可不可以|行不行|让|支持|好不好发|有办法"),
        re.compile(
            r"不能|能(?!力|量|见)|可以|不可以|不得|禁止|允许|不允许|不支持|支持|不要|无法"
            r"|没法|不行|不建议|别|没有.{0,8}(?:入口|功能|权限)|只能|一般不|基本不"
        ),
    ),
    (
        re.compile(r"有没有|有用|有.{1,10}[吗么]|管用"),
        re.compile(r"没有|有(?!时)|没用|有用|无(?!论)|作用|效果|不存在|值"),
    ),
    (
        re.compile(r"是不是|是.{1,20}[吗么]|真的|对不对|连坐"),
        re.compile(r"不是|是|并非|没有.{0,6}依据|真|假|传言|误|不对|连带|不一定"),
    ),
)
_ANY_VERDICT = re.compile(
    r"可以|不能|不会|不算|算是|属于|必须|不用|不必|禁止|不得|允许|违规|违法|建议|风险|应当"
    r"|没有.{0,8}(?:规定|依据)|不一定|取决于|看.{1,10}情况"
)
_NO_RULE = re.compile(r"(?:没有|没|未|并未|不|无)(?:查到|公布|公开|官方|明确|统一|写明|说明|规定|逐句公布).{0,12}")


def _verdict(question: str, text: str) -> float:
    if _NO_RULE.search(text):
        return 1.0
    answering = next((answer for asked, answer in _VERDICTS if asked.search(question)), None)
    if answering is not None and answering.search(text):
        return 1.0
    return _MAYBE if _ANY_VERDICT.search(text) else 0.0
