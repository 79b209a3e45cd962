"""What is language and what is left of it where a font has no table of its characters."""

from __future__ import annotations

from random import Random

import pytest

from corpus.parsing.language import common_ideographs, is_garbage

PLAIN = "门店每周一上午九点开例会，由店长主持，时长三十分钟，请假要提前一天说。"


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        "門店每週一上午九點開例會，由店長主持，時長三十分鐘，請假要提前一天說。",
        "The shop meets every Monday at nine, the manager takes the chair for half an hour.",
        "これは店の会議についての文書です。毎週月曜日の午前九時に始まります。",
        "Магазин открывается каждый понедельник в девять часов утра, собрание длится полчаса.",
        "Cửa hàng họp vào chín giờ sáng thứ hai hàng tuần, cuộc họp kéo dài ba mươi phút.",
        "货号 A-102 B-338 C-771 单价 ￥19.90 ￥29.90 ￥59.00 库存 120 33 8",
        "1 选址 . . . . . . . . . . . . . . . 3\n2 装修…………………………………… 9\n3 开业 ----------------- 21",
        "①先定日子 ②再备物料 ③当天早到 ✅ 完成后打钩 → 发群里 ★★★★☆",
        "龘靐",  # too short to tell
    ],
)
def test_language(text: str) -> None:
    assert not is_garbage(text)


def random_ideographs(seed: int) -> str:
    random = Random(seed)
    return "".join(chr(random.randrange(0x4E00, 0x9FA6)) for _ in range(120))


@pytest.mark.parametrize(
    "text",
    [
        *(random_ideographs(seed) for seed in range(5)),
        "".join(chr(0xE000 + at) for at in range(60)),
        "\ufffd" * 40,
        "".join(chr(ord(character) - 0x4E00 + 0x100) for character in PLAIN if "\u4e00" <= character <= "\u9fff"),
        PLAIN.encode().decode("latin-1"),
        "!\"#$%&'()*+,-./:;<=>?@[]^_{|}~ !#%'+-;?)(*&^$#@![]{}|:<>",
        "".join(
            chr(ord(c) - 29) if c.isalpha() else c
            for c in "the shop meets every monday at nine and the manager takes the chair for half an hour or longer"
        ),
    ],
)
def test_garbage(text: str) -> None:
    assert is_garbage(text)


def test_a_few_rare_characters_make_no_garbage() -> None:
    assert not is_garbage(PLAIN + "店长名叫喆垚，副店长名叫翀昇。")


STRANGE = "".join(chr(0xE000 + at) for at in range(60))
VOWELLESS = "bcdfghjklmnpqrstvwxz" * 3


@pytest.mark.parametrize(
    ("text", "garbage"),
    [
        (STRANGE[:19], False),
        (STRANGE[:20], True),
        (PLAIN[:14] + STRANGE[:6], False),
        (PLAIN[:13] + STRANGE[:7], True),
        ("门店每周一上午九" + "，。" * 6, False),
        ("门店每周一上午" + "，。" * 6 + "，", True),
        (VOWELLESS[:59], False),
        (VOWELLESS, True),
        (VOWELLESS + (PLAIN.replace("，", "").replace("。", "") * 2)[:40], True),
        (VOWELLESS + (PLAIN.replace("，", "").replace("。", "") * 2)[:41], False),
        (VOWELLESS[:48] + "aeiouy" * 2, False),
        (VOWELLESS[:49] + "aeiouy" * 2, True),
        ("абвгдежзик" + "αβγδεζηθικ", False),
        ("абвгдежзи" + "αβγδεζηθι" + "აბგდევზთი", True),
        ("\x01\x02" * 10, True),
        ("\ufffd" + PLAIN, False),
    ],
)
def test_how_much_of_what_makes_garbage(text: str, garbage: bool) -> None:
    assert is_garbage(text) is garbage


@pytest.mark.parametrize("character", "的们佈俠們亀円駅労")
def test_what_one_of_the_standards_holds_is_common(character: str) -> None:
    assert character in common_ideographs()


@pytest.mark.parametrize("character", "翀㐀龘、あA")
def test_what_none_of_them_holds_is_not(character: str) -> None:
    assert character not in common_ideographs()
