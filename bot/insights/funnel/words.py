"""The words for stages, rates and money as merchants use them, and those that may mean two things."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.insights.funnel.figures import CANONICAL_BASE, Figure, Stage, Step, Term, UnitCost


class Doubt(StrEnum):
    """Why something cannot be read without asking. The values end the keys of the questions in `bot/locales`."""

    NUMBER = "number"
    RANGE = "range"
    BASE = "base"
    MARGIN = "margin"
    REPLIED = "replied"
    SHARE = "share"
    TWICE = "twice"
    OPENED_RATE = "opened_rate"
    OPENED = "opened"
    SOLD = "sold"
    KIND = "kind"
    PERIODS = "periods"
    DAILY = "daily"
    SUMS = "sums"


Meaning = Figure | Doubt
"""What a word stands for, or why that must be asked."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the vocabulary in a text, up to `end`."""

    meaning: Meaning
    text: str
    end: int


_STAGES: dict[Stage, str] = {
    Stage.EXPOSURE: "曝光 展现 展示 impressions impression exposure reach",
    Stage.CLICK: "点击 阅读 观看 浏览 小眼睛 点开 点进来 点进 点了 clicks click reads views",
    Stage.MESSAGE: "私信 私信开口 咨询 询单 问询 来问 来咨询 进线 messages message dms inquiries",
    Stage.LEAD: "留资 线索 表单 留了 留电话 留了电话 留了联系方式 留联系方式 留下联系方式 leads lead",
    Stage.FRIEND: "加微 加微信 加微成功 加了微信 加上微信 加到微信 加v 加了 加上 加到 加好友 新增好友 好友 "
    "微信好友 加粉 企微 加企微 加到企微 加了企微 friends friend",
    Stage.REPLY: "加微开口 加微后开口 好友开口 微信开口 replies",
    Stage.ORDER: "首单 成交 下单 下了单 出单 开单 成单 订单 成了 转化 买单 orders order sales",
    Stage.REPEAT: "复购 回购 repeats repeat",
}
_COUNTED = ("", "量", "数", "人数", "次数", "个数")

_RATES: dict[Meaning, str] = {
    Step(Stage.EXPOSURE, Stage.CLICK): "点击率 阅读率 ctr",
    Step(Stage.CLICK, Stage.MESSAGE): "私信率 咨询率",
    Step(Stage.MESSAGE, Stage.LEAD): "留资率 私信留资率",
    Step(Stage.MESSAGE, Stage.FRIEND): "开口加微率 私信加微率",
    Step(Stage.LEAD, Stage.FRIEND): "加微率 加v率 留资加微率",
    Step(Stage.FRIEND, Stage.REPLY): "开口率 加微开口率 加微后开口率",
    Step(Stage.FRIEND, Stage.ORDER): "首单转化率 首单率 加微成交率 加微转化率 好友成交率",
    Step(Stage.LEAD, Stage.ORDER): "留资成交率 线索成交率 留资转化率 线索转化率",
    Step(Stage.MESSAGE, Stage.ORDER): "私信成交率 私信转化率 询单转化率 询单成交率",
    Step(Stage.ORDER, Stage.REPEAT): "复购率 回购率",
}

_TERMS: dict[Meaning, str] = {
    Term.PRICE: "客单价 客单 单价 均价 件单价 售价 卖价 price aov",
    Term.MARGIN: "毛利率 毛利 margin",
    Term.PROFIT: "每单毛利 一单毛利 单均毛利 单笔毛利 毛利额 每单赚 一单赚",
    Term.GOODS: "每单货成本 货成本 进货价 进价 拿货价 拿货 产品成本 单件成本",
    Term.REFUND: "退款率 退货率 退款 退货 退单率 refund refunds",
    Term.ADS: "投放 投放费 投放费用 投放花费 投流 投流费 投流花费 广告费 广告 广告花费 广告消耗 聚光 聚光消耗 聚光花费 "
    "薯条 消耗 推广费 推广 千川 投了 投 ads ad",
    Term.CONTENT: "内容 内容费 内容成本 拍摄 拍摄费 样品 样品和拍摄 博主费 达人费 制作费 content",
    Term.PEOPLE: "人工 人工费 人工成本 人力 工资 客服工资 运营工资 people wages",
    Term.OTHER: "优惠券 软件费 其他花费 其他费用 其他",
    Term.SPENT: "总花费 总成本 总费用 总投入 一共花了 一共花 共花了 总共花了 花了 花费 花 投入 spent cost",
    Term.REVENUE: "成交额 销售额 营业额 gmv 流水 营收 revenue",
    Term.ALL_ORDERS: "总单数 总订单 总订单数 一共成交 总共成交 共成交 总成交",
    Term.REPEAT_ORDERS: "复购单数 复购单 回购单数 又下了 又下 又买了",
    Term.ORDERS_A_YEAR: "每人每年单数 一年买 一年平均买 一年平均 每年买 每年平均买 年购 年均买 年均 年单数 年购买",
    Term.AD_SHARE: "投放份额",
    Term.TARGET: "目标单数 目标 想要 想做 target",
}

_UNIT_COSTS: dict[Stage, str] = {
    Stage.CLICK: "点击成本 单次点击 单次点击成本 点击单价 cpc",
    Stage.MESSAGE: "开口成本 私信成本 私信开口成本 单个开口 一个开口 每个开口",
    Stage.LEAD: "留资成本 线索成本 单条留资 一条留资 每条留资 一个留资 单条线索 一条线索 每条线索 cpl",
    Stage.FRIEND: "加微成本 加粉成本 获粉成本 一个好友 单个好友 每个好友",
    Stage.ORDER: "获客成本 成交成本 单客成本 单客获客成本 cac",
}

_DOUBTS: dict[Meaning, str] = {
    Doubt.BASE: "转化率 成交率 下单率 总转化率",
    Doubt.REPLIED: "开口 开口数 开口人数 开口量 说话",
    Doubt.OPENED_RATE: "私信开口率 通过率 好友通过率",
    Doubt.OPENED: "私信咨询量 私信咨询 打开私信页",
    Doubt.SOLD: "卖了 卖出",
    Doubt.KIND: "成本 利润 利润率 净利 净利率 净利润 粉丝",
}

FILLER = re.compile(
    r"(?:大概|大约|差不多|左右|上下|约|其中|最后|最终|总共|一共|共|合计|来了|来|有|是|为|的|了|到|就|只|才|都|也|在|"
    r"小红书|微信|人数|数量|全部|每条|平均|算|按|得|又|再|个|人|目前|现在|新增|and|is|of|about|spend|rate|[\s:=≈~\"'“”*_+])"
)
"""One piece of what stands between a word and its number and means nothing for either."""


def _literals() -> dict[str, Meaning]:
    found: dict[str, Meaning] = {}
    for stage, words in _STAGES.items():
        found |= {word + suffix: stage for word in words.split() for suffix in (_COUNTED if _is_noun(word) else ("",))}
    costs: dict[Meaning, str] = {UnitCost(stage): words for stage, words in _UNIT_COSTS.items()}
    for group in (_RATES, _TERMS, costs, _DOUBTS):
        found |= {word: meaning for meaning, words in group.items() for word in words.split()}
    return found


def _is_noun(word: str) -> bool:
    return "了" not in word and not word.isascii()


_MEANINGS = _literals()
_LITERAL = re.compile(
    "|".join(
        re.escape(word) + (r"(?![a-z])" if word[-1].isascii() else "")
        for word in sorted(_MEANINGS, key=len, reverse=True)
    )
)
_STAGE_WORDS = {word: stage for stage, words in _STAGES.items() for word in words.split() if _is_noun(word)}
_STAGE_WORD = "|".join(sorted([*_STAGE_WORDS, "开口"], key=len, reverse=True))
_STEP = re.compile(rf"({_STAGE_WORD})(?:到|→|->|转|至)({_STAGE_WORD})(?:的?(?:转化率|比例|率))?")
_A_YEAR = re.compile(r"(?<![\d一二三两])年(?=\s?\d+(?:\.\d+)?\s?[单次])")
_WANTED = re.compile(r"想?要(?=\s?\d+\s?(?:单|个首单|个客))")
_EACH = re.compile(r"[一每]单(?=\s?¥?\d)")
_PATTERNS: tuple[tuple[re.Pattern[str], Meaning], ...] = (
    (_A_YEAR, Term.ORDERS_A_YEAR),
    (_WANTED, Term.TARGET),
    (_EACH, Term.PRICE),
)


def word_at(text: str, place: int) -> Word | None:
    """The longest word of the vocabulary that begins at a place of a folded text, None where none does."""
    if step := _STEP.match(text, place):
        return Word(_step(step[1], step[2]), step[0], step.end())
    if literal := _LITERAL.match(text, place):
        return Word(_MEANINGS[literal[0]], literal[0], literal.end())
    for pattern, meaning in _PATTERNS:
        if match := pattern.match(text, place):
            return Word(meaning, match[0], match.end())
    return None


def _step(base: str, stage: str) -> Meaning:
    """A rate by the names of its two stages; 开口 is what comes first in private messages, or what friends do."""
    later = Stage.MESSAGE if base in _EARLY else Stage.REPLY
    second = _STAGE_WORDS.get(stage, later)
    first = _STAGE_WORDS.get(base, Stage.MESSAGE if second in (Stage.LEAD, Stage.FRIEND) else Stage.REPLY)
    return Step(first, second) if first.place < second.place else Doubt.BASE


_EARLY = frozenset(_STAGES[Stage.EXPOSURE].split()) | frozenset(_STAGES[Stage.CLICK].split())


def canonical_step(stage: Stage) -> Step | None:
    """The rate that a share beside the bare name of a stage says, None where several are usual."""
    return None if stage in (Stage.EXPOSURE, Stage.ORDER) else Step(CANONICAL_BASE[stage], stage)
