"""`siyu funnel`: keys that scripts read, lines that people read, and a picture."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import commands

TEXT = "曝光1万 点击800 私信60 留资35 加微20 成交4 客单价268 毛利50% 投放1500"


def ran(*arguments: str) -> Result:
    return CliRunner().invoke(commands, ["funnel", *arguments])


def counted(text: str) -> dict[str, Any]:
    result = ran(text, "--json")
    assert result.exit_code == 0, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def test_the_document_has_the_keys_that_scripts_read() -> None:
    found = counted(TEXT)
    assert {"stages", "cost_per_lead", "cost_per_friend", "cost_per_order", "contribution_per_order", "payback"} <= set(
        found
    )
    assert {"break_even_roi", "levers", "warnings"} <= set(found)
    assert found["cost_per_order"] == 375
    assert found["cost_per_friend"] == 75
    assert found["contribution_per_order"] == 134
    assert found["break_even_roi"] == 2
    assert [stage["name"] for stage in found["stages"]] == ["曝光", "点击", "私信", "留资", "加微", "首单"]
    for stage in found["stages"][1:]:
        assert stage["low"] < stage["rate"] < stage["high"]
    worths = [lever["worth"] for lever in found["levers"]]
    assert worths == sorted(worths, reverse=True)
    assert any("样本太少，先别下结论" in warning for warning in found["warnings"])


def test_what_is_unclear_is_asked_and_what_is_clear_is_counted() -> None:
    found = counted("私信60 加微20 成交4 转化率20%")
    assert found["status"] == "unclear"
    assert [stage["count"] for stage in found["stages"]] == [60, 20, 4]
    (question,) = found["questions"]
    assert "转化率20%" in question


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("留资10 加微20", "留资 10，加微却有 20"),
        ("点击率120% 曝光1万", "超过了 100%"),
        ("留资35 加微20 加微率70%", "按人数算是 57%"),
        ("总花费1000 投放1500 成交3", "还少"),
        ("首单10 复购30", "只数这批首单客户里又买的人"),
        ("总共成交3单 首单5", "比首单 5 还少"),
    ],
)
def test_what_cannot_be_is_said(text: str, said: str) -> None:
    found = counted(text)
    assert found["status"] == "impossible"
    assert any(said in warning for warning in found["warnings"]), found["warnings"]
    assert all(stage["rate"] is None for stage in found["stages"])
    assert said in ran(text).stdout


def test_orders_that_are_wanted_are_planned() -> None:
    found = counted(f"目标20单 {TEXT}")
    assert [stage["needed"] for stage in found["plan"]["stages"]][-1] == 20
    assert found["plan"]["budget"] == 20 * 375
    assert "要 20 单：" in ran(f"目标20单 {TEXT}").stdout


def test_two_periods_are_compared() -> None:
    (change,) = counted("本月 留资1000 加微600；上月 留资1000 加微500")["comparison"]
    assert (change["before"], change["after"], change["verdict"]) == (0.5, 0.6, "real")


def test_a_person_reads_at_most_five_lines_and_the_formulas_below() -> None:
    lines = ran(TEXT).stdout.splitlines()
    assert 4 <= lines.index("") <= 5
    assert "一个成交客户 375 元" in lines[1]
    assert any("1,500 ÷ 4＝375 元" in line for line in lines)
    assert lines[-1] == "相关文章：first-order.md；one-on-one.md"


def test_english_numbers_get_english_words() -> None:
    assert "a customer ¥375" in ran("clicks 800 leads 35 orders 4 price 268 margin 50% ads 1500").stdout


def test_a_text_without_numbers_is_bad_usage_that_shows_an_example() -> None:
    result = ran("加微率怎么算")
    assert result.exit_code == 2
    assert "曝光1万" in result.stderr


@pytest.mark.parametrize("theme", [(), ("--dark",)])
def test_a_picture_is_as_wide_as_phones_like_it(tmp_path: Path, theme: tuple[str, ...]) -> None:
    file = tmp_path / "funnel.png"
    assert ran(TEXT, "--png", str(file), *theme).exit_code == 0
    data = file.read_bytes()
    assert data.startswith(b"\x89PNG")
    assert struct.unpack(">II", data[16:24])[0] == 1080


def test_one_step_alone_is_no_picture(tmp_path: Path) -> None:
    result = ran("留资35", "--png", str(tmp_path / "funnel.png"))
    assert result.exit_code == 1
    assert "至少要两步" in result.stderr
    assert "留资 35" in result.stdout
    assert not (tmp_path / "funnel.png").exists()
