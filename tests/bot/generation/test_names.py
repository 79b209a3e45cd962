"""What counts as a name in a sentence."""

from __future__ import annotations

import pytest

from bot.generation.names import is_counterfeit, names_in


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("用 HubSpot 或 SCRM 管理", {"hubspot", "scrm"}),
        ("按《社区公约》处理", {"社区公约"}),
        ("通知写“账号 冻结”", {"账号冻结"}),
        ("ＳＣＲＭ 和 B2C", {"scrm", "b2c"}),
        ("在 App 里用 AI 办 VIP", set()),
        ("500 g 或 2 kg，10W 元", set()),
        ("多用短视频", set()),
    ],
)
def test_words_not_in_chinese_and_quoted_ones_are_names(text: str, names: set[str]) -> None:
    assert names_in(text) == names


@pytest.mark.parametrize(
    ("word", "counterfeit"), [("wechat", False), ("wесhat", True), ("ωechat", True), ("b2c", False), ("βj", False)]
)
def test_a_word_in_two_alphabets_is_counterfeit(word: str, counterfeit: bool) -> None:
    assert is_counterfeit(word) is counterfeit
