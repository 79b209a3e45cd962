"""How to reach somebody is seen in every spelling, and nothing else is taken for it."""

from __future__ import annotations

import pytest

from bot.generation.contacts import has_contact, masked

CONTACTS = [
    ("加微信 kefu8866 领资料", "加微信 … 领资料"),
    ("微信号：siyu_888", "微信号：…"),
    ("加V abc888 领 SOP", "加V … 领 SOP"),
    ("加 teacher2024 进群", "加 … 进群"),
    ("ＱＱ群 12345678", "ＱＱ群 …"),
    ("群号 556677", "群号 …"),
    ("打 138 0013 8000", "打 …"),
    ("打 138-0013-8000", "打 …"),
    ("客服 400-123-4567", "客服 …"),
    ("座机 021-12345678", "座机 …"),
    ("一三八零零一三八零零零", "…"),
    ("详见 https://evil.example/a?b=1", "详见 …"),
    ("去 school.example.com 报名", "去 … 报名"),
    ("写信到 a.b@evil.example", "写信到 …"),
    ("关注 @evilbot", "关注 …"),
    ("发 /forget 试试", "发 … 试试"),
    ("点 tg://resolve?domain=x", "点 …"),
    ("t.me/abc 见", "… 见"),
    ("邀请码：AB12", "邀请码：…"),
    ("电话 12345", "电话 …"),
    ("Add WeChat kefu888 for the file", "Add WeChat … for the file"),
    ("WeChat ID: sellerone", "WeChat ID: …"),
    ("加 wechat abcdef", "加 wechat …"),
    ("write to Telegram some_seller", "write to Telegram …"),
]


@pytest.mark.parametrize(("text", "sent"), CONTACTS)
def test_a_contact_is_seen_and_can_be_masked(text: str, sent: str) -> None:
    assert has_contact(text)
    assert masked(text) == sent


@pytest.mark.parametrize(
    "text",
    [
        "企业微信号码管理",
        "2025.5.31 起",
        "截至 2025-05-31",
        "20250531 公示",
        "用微信 SCRM 工具",
        "微信pay 收款",
        "GB/T 35273 规定",
        "每月 200 元/人",
        "加微率 60%",
        "销量 10000000 件",
        "用 Node.js 写",
        "ROI 3.33，毛利 1:3",
        "看 10–20 人的群",
        "How many people can a WeChat group hold?",
        "WeChat Channels and Telegram groups",
        "Is WhatsApp allowed?",
    ],
)
def test_what_is_no_contact_stays(text: str) -> None:
    assert not has_contact(text)
    assert masked(text) == text
