"""A complete sentence is enough for an article, a bare question is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.parsing.completeness import too_little
from tests.corpus.samples import read

ENOUGH = [
    "鹭岛快闪店的摊位费是 5.27 万元，含水电。",
    "退货地址：杭州市滨江区江南大道 1 号",
    "微信号：qinghe_kefu01",
    "周一不营业。",
    "满99包邮",
    "免费停车两小时",
    "店长电话 13800001111",
    "鼓面一年打蜡两次就够了。",
    "Returns are accepted within 7 days.",
    "# 停车\n\n凭小票免两小时",
    "# 鹭岛快闪店的摊位费是 5.27 万元，含水电。",
    "客户进来常说：请问多久发货？\n统一回复：48 小时内发货，新疆西藏 72 小时，节假日顺延，会短信通知。",
    "问：请问能开发票吗？\n答：可以，下单时备注抬头和税号。",
    "Q: 几点开门？\nA: 10 点。",
    "顾客问：请问有无糖的吗？\n回答：有，三款，另加 2 元。",
    "顾客说：请问什么时候到？\n答：请问您的订单号是多少？我马上查。",
    "请问怎么退货？\n我们 7 天内无理由退货，运费我们出。",
    "想问运费怎么算？满 99 元包邮，不满收 8 元。",
    "## 多久发货？\n\n48 小时内。\n\n## 能退吗？\n\n7 天内可以退。",
    "会员日是每月 18 号。还有什么想问的吗？",
    "客人想问价格时，先报套餐价再报单价。",
    "客户来问多少钱时，先发价目表，再约到店时间。",
    "想问的人多就先发菜单，再拉群。",
    "# 加盟费\n\n三万八，含首批货。",
    "押金两百，三天退",
    "鼓面一年打蜡两次就够了。\n\n滨江店",
]

TOO_LITTLE = [
    ("", "没有正文"),
    ("# 会员日方案", "没有正文"),
    ("会员日活动方案", "正文太短，只有 7 个字"),
    ("2026 年会员日活动方案", "正文太短，只有 12 个字"),
    ("群里说的，先记一下。", "正文太短，只有 8 个字"),
    ("https://example.com/x\nhttps://example.com/y", "只有链接，没有正文"),
    ("1. https://example.com/x 2. www.example.com/y", "正文太短，只有 2 个字"),
    ("- [甲](https://example.com/x)\n- [乙](https://example.com/y)", "没有正文"),
    ("多久发货？", "只有提问，没有回答"),
    ("问：多久发货？", "只有提问，没有回答"),
    ("请问各位，私域怎么做？", "只有提问，没有回答"),
    ("请问怎么做裂变？在线等", "只有提问，没有回答"),
    ("大家好，我是卖花的，求助怎么加微信，谢谢", "只有提问，没有回答"),
    ("最近在做社群，想请教前辈，一天发几条合适呢。我们公司是卖水果的。", "只有提问，没有回答"),
]


@pytest.mark.parametrize("suffix", [".md", ".txt"])
@pytest.mark.parametrize("text", ENOUGH)
def test_short_and_complete(tmp_path: Path, text: str, suffix: str) -> None:
    assert too_little(read(tmp_path, f"note{suffix}", text)) is None


@pytest.mark.parametrize(("text", "reason"), TOO_LITTLE)
def test_too_little(tmp_path: Path, text: str, reason: str) -> None:
    assert too_little(read(tmp_path, "note.md", text)) == reason


@pytest.mark.parametrize(("length", "enough"), [(40, True), (39, False)])
def test_forty_letters_are_enough_whatever_they_say(tmp_path: Path, length: int, enough: bool) -> None:
    assert (too_little(read(tmp_path, "note.md", "青" * length)) is None) is enough


def test_a_short_page_is_enough(tmp_path: Path) -> None:
    page = "<html><body><h1>押金</h1><p>押金 <del>199 元</del> 99 元，不可退。</p></body></html>"
    assert too_little(read(tmp_path, "a.html", page)) is None
