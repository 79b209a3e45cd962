"""Which messages of a group may be questions to nobody in particular; the labelled logs measure it at large."""

from __future__ import annotations

import dataclasses

import pytest

from bot.answering.open_questions import asks_everybody, auto_at
from embeddings.refusal.confidence import Calibration
from tests.evaluation.group_log import read_log


@pytest.mark.parametrize(
    "text",
    [
        "企业微信一天能加多少人？",
        "企业微信一天能加多少人?",
        "企业微信一天能加多少人",
        "请教下，私信发二维码会不会被封",
        "有人知道薯条最低投多少吗",
        "求助 笔记突然没流量咋回事",
        "朋友圈被折叠还能恢复不",
        "迷你小程序和公众号选哪个好",
        "企业微信群主怎么设置入群欢迎语",
        "你好，蓝V认证几天能下来",
        "各位老板，直播间能不能提微信",
        "what does WeCom verification cost",
        "is it ok to put my wechat id into a RED note?",
        "do I need consent before tagging in WeCom? 客户问到隐私",
    ],
)
def test_a_question_to_everybody(text: str) -> None:
    assert asks_everybody(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "？？？",
        "在吗",
        "老板在吗？",
        "早上好，今天又降温",
        "企业微信一天加不了几个人",
        "没什么用，加了也不说话",
        "前几天刚办完蓝V认证",
        "还是算了，不折腾",
        "一个问价的都没有",
        "啥都不好做",
        "你那个蓝V认证花了多少钱？",
        "您家店铺保证金交了多少？",
        "@阿玲 蓝V认证花了多少钱？",
        "李姐，蓝V认证花了多少钱？",
        "小七 帮我看看这个怎么弄",
        "谁有好用的表格发我一份？",
        "那个还有货吗？",
        "这合理吗？",
        "她后来解封了没？",
        "明天市集几点到？",
        "能不能别发广告了？",
        "谁懂啊，十一个播放？",
        "还在为没有客户发愁？扫码立减两百",
        "https://example.com/a 这篇讲的引流方法靠谱吗？",
        "怎么做私域" + "，我先说说我的情况" * 20,
        "lol finally someone typing english here",
        "did you get your account back?",
        "why though?",
        "that one is too expensive, isn't it?",
    ],
)
def test_everything_else(text: str) -> None:
    assert not asks_everybody(text)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("怎么引流呢", True),
        ("怎么引流", False),
        ("怎么引流？！", False),
        ("怎么引流[微笑]", False),
        (f"怎么引流{'呢' * 116}", True),
        (f"怎么引流{'呢' * 117}", False),
        ("how is that done", True),
        ("how is that", False),
        (f"how is that {'x' * 228}", True),
        (f"how is that {'x' * 229}", False),
    ],
)
def test_how_long_a_question_to_everybody_is(text: str, asks: bool) -> None:
    assert asks_everybody(text) is asks


@pytest.mark.parametrize("name", ["group_development", "group_test"])
def test_little_of_a_groups_talk_is_searched(name: str) -> None:
    log = read_log(name)
    questions = [line for line in log if line.label == "answer"]
    talk = [line for line in log if line.label in ("chatter", "question_other")]
    assert len(log) >= 250
    assert sum(asks_everybody(line.text) for line in questions) >= 0.9 * len(questions)
    assert sum(asks_everybody(line.text) for line in talk) <= 0.15 * len(talk)


@pytest.mark.parametrize("point", [0.0, 0.2, 0.42, 0.8, 1.0])
def test_the_point_of_the_mode_auto_is_stricter_and_a_probability(point: float) -> None:
    stricter = auto_at(dataclasses.replace(Calibration.default(), answer_at=point))
    assert point <= stricter <= 1
    assert (stricter > point) == (0 < point < 1)
