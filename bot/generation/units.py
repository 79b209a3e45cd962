"""Units of measurement, and the measure words of Chinese: which of them mean the same, and by which factor."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

PERCENT, POINTS, TIMES, CLOCK, ORDINAL, WEEKDAY, RATIO, DISCOUNT = "%", "百分点", "倍", "点钟", "第", "周", "比", "折"
SECONDS, MONTHS, PIECE, BARE = "秒", "月", "个", ""


class Unit(NamedTuple):
    """A kind of unit, and how many of its base unit one is: an hour is 3600 of `SECONDS`."""

    kind: str
    factor: Fraction = Fraction(1)


# Measure words that mean only themselves, with what must not follow: 三处 but not 三处罚.
_MEASURE_WORDS = """
件 张 份(?!额) 项 款 套 户 台 部(?!分|门) 页(?!面) 行(?!业|动|为|政) 步 级 层 轮 场(?!景|地) 节 期(?!间|待) 组 批 句 词
题 段 瓶 盒 包(?!括|含) 袋 杯 支(?!持|付) 颗 粒 片 样 处(?!理|罚) 点(?!击|赞|开|进|到) 档 列 栏 道 枚 辆 箱 桶 碗
门(?!店|槛|诊) 堂 课时
本(?!地|人|身|店|周|月|年|文) 册 集(?!团|中) 封 首(?!单|次|响|先|页) 季(?!度) 版 对 双 副 幅 屏 晚 星 号(?!线)
只(?!能|要|有|是|用|看|做|发|写|会|算|认|在|给|回|许|说|剩|收|买|卖|选|占|为|加|投|问|留|管)
分(?!钟|之|钱|别|享|析|组|成|类|层|销|配|工|开|流|期|行|账|批|步|发|店)
"""
_SPELLINGS: dict[Unit, str] = {
    Unit("元"): "元 块钱 块 圆 人民币 rmb",
    Unit("元", Fraction(1, 10)): "毛钱 毛",
    Unit("元", Fraction(1, 100)): "分钱",
    Unit("美元"): "美元 美金 usd 刀",
    Unit("港元"): "港元 港币 hkd",
    Unit("欧元"): "欧元 eur",
    Unit("日元"): "日元",
    Unit(PERCENT): "% 个点",
    Unit(PERCENT, Fraction(10)): "成",
    Unit(PERCENT, Fraction(1, 10)): "‰",
    Unit(POINTS): "个百分点 百分点",
    Unit(DISCOUNT): "折",
    Unit(TIMES): "倍",
    Unit(SECONDS, Fraction(1)): "秒钟 秒 s sec seconds second",
    Unit(SECONDS, Fraction(60)): "分钟 min mins minutes minute",
    Unit(SECONDS, Fraction(3600)): "个小时 小时 个钟头 钟头 h hour hours",
    Unit(SECONDS, Fraction(86_400)): "个自然日 自然日 天 日 day days",
    Unit(SECONDS, Fraction(604_800)): "个星期 星期 个礼拜 礼拜 周 week weeks",
    Unit("工作日"): "个工作日 工作日 个交易日 交易日",
    Unit(MONTHS, Fraction(1)): "个月 month months",
    Unit(MONTHS, Fraction(3)): "个季度",
    Unit(MONTHS, Fraction(12)): "周年 年 year years",
    Unit("人"): "个人(?!号|微信|账|专业|店|信|资|身份|认证|主体|用户|卖|隐|开|ip) 人(?!次|民币) 名 位 people users",
    Unit("人次"): "人次",
    Unit("次"): "次 遍 回 趟 times",
    Unit("字"): "个字(?!段) 字(?!节|段) 个字符 字符 words characters",
    Unit("条"): "条 篇",
    Unit("单"): "单(?!位|独|个|次|品|篇|条) 笔(?!记)",
    Unit("种"): "种 类",
    Unit("家"): "家 间",
    Unit("岁"): "周岁 岁",
    Unit("米", Fraction(1, 1000)): "毫米 mm",
    Unit("米", Fraction(1, 100)): "厘米 cm",
    Unit("米"): "米 m",
    Unit("米", Fraction(1000)): "公里 千米 km",
    Unit("平米"): "平方米 平米 平方 m2",
    Unit("克"): "克 g",
    Unit("克", Fraction(500)): "斤",
    Unit("克", Fraction(1000)): "公斤 千克 kg",
    Unit("吨"): "吨",
    Unit("升", Fraction(1, 1000)): "毫升 ml",
    Unit("升"): "升(?!级|到|至) l",
    Unit("字节", Fraction(1)): "kb",
    Unit("字节", Fraction(1024)): "mb",
    Unit("字节", Fraction(1024**2)): "gb",
    Unit("字节", Fraction(1024**3)): "tb",
    Unit("像素"): "像素 px",
    Unit("度"): "度 ℃ °c",
    Unit(PIECE): "个(?!性|体)",
    **{Unit(word.partition("(")[0]): word for word in _MEASURE_WORDS.split()},
}
_UNITS = {
    re.sub(r"\(.*", "", spelling): unit for unit, spellings in _SPELLINGS.items() for spelling in spellings.split()
}
_PATTERN = "|".join(
    f"{spelling}(?![a-z0-9])" if spelling[0].isascii() and spelling[0].isalpha() else spelling
    for spelling in sorted(" ".join(_SPELLINGS.values()).split(), key=lambda each: -len(re.sub(r"\(.*", "", each)))
)
UNIT = re.compile(rf"\s?({_PATTERN})")
"""A unit where a number ends."""


def unit(written: str) -> Unit:
    """The unit that is written so; only for what `UNIT` found."""
    return _UNITS[written]


_COUNTED = frozenset(kind for kind, _ in _SPELLINGS) - {
    *("元", "美元", "港元", "欧元", "日元", PERCENT, POINTS, DISCOUNT, TIMES, SECONDS, "工作日", MONTHS, "次", "人次"),
    *("字", "岁", "米", "平米", "克", "吨", "升", "字节", "像素", "度", "分", "点", "号", "星", "晚"),
}
MEASURE_WORDS = _COUNTED | {"次"}
"""Kinds before which 一 is more an article than a number."""


def compatible(first: str, second: str) -> bool:
    """Whether amounts of these kinds may be the same: 个 stands for what is counted in words of its own."""
    if first == second:
        return True
    return PIECE in (first, second) and {first, second} - {PIECE} <= _COUNTED
