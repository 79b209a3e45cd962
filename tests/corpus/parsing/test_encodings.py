"""Bytes of unknown encoding."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import UnreadableFile
from corpus.parsing.encodings import decode

TRADITIONAL = "會員生日當月可以享有九折優惠，逾期不補發，也不能和其他活動合併使用。"
SIMPLIFIED = "会员生日当月可以享受九折优惠，过期不补发，也不能和其他活动一起用。"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030", "gbk"])
def test_decoding(encoding: str) -> None:
    text = "企业微信与小红书，私域运营。" * 5
    assert decode(text.encode(encoding)) == text


def test_utf_16_needs_its_mark_in_either_order() -> None:
    assert decode(b"\xfe\xff" + "甲乙".encode("utf-16-be")) == "甲乙"


def test_a_few_damaged_bytes_do_not_turn_a_text_into_nonsense() -> None:
    damaged = ("企业微信" * 40).encode() + "尾".encode()[:2]
    assert decode(damaged) == "企业微信" * 40


@pytest.mark.parametrize("data", [b"\xff\xfe\x00\xd8\x00\xd8", b"\xff" * 40, bytes(range(32)) * 8])
def test_what_is_no_text_is_unreadable(data: bytes) -> None:
    with pytest.raises(UnreadableFile):
        decode(data)


@pytest.mark.parametrize("text", [TRADITIONAL, TRADITIONAL[:12], "第一章　退換貨說明\n" + TRADITIONAL * 50])
@pytest.mark.parametrize("encoding", ["big5", "cp950", "big5hkscs", "utf-8", "gb18030", "utf-16"])
def test_traditional_text_in_every_encoding(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("declared", "encoding", "text"),
    [
        ("big5", "big5", TRADITIONAL),
        ("gb2312", "gb18030", SIMPLIFIED),
        ("utf-8", "gb18030", SIMPLIFIED),
        ("iso-8859-1", "gb18030", SIMPLIFIED),
        ("gb2312", "big5", TRADITIONAL),
        ("big5", "utf-8", TRADITIONAL),
        ("shift_jis", "shift_jis", "会員の方は割引があります。" * 3),
        ("windows-1252", "cp1252", "Crème brûlée à l’été"),
        ("no-such-charset", "gb18030", SIMPLIFIED),
        ("unicode_escape", "gb18030", SIMPLIFIED),
    ],
)
def test_a_declared_charset_is_believed_as_far_as_it_makes_words(declared: str, encoding: str, text: str) -> None:
    page = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={declared}"></head>{text}'
    assert decode(page.encode(encoding)) == page


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("会員の方は割引があります。ようこそ。" * 5, "shift_jis"),
        ("안녕하세요 회원님 이 문서는 한국어로 작성되었습니다. " * 5, "euc_kr"),
        ("Привет, это русский текст о скидках и доставке. " * 5, "cp1251"),
    ],
)
def test_what_no_encoding_makes_words_of_is_refused(text: str, encoding: str) -> None:
    with pytest.raises(UnreadableFile, match="另存为 UTF-8"):
        decode(text.encode(encoding))


def test_a_few_damaged_bytes_of_a_chinese_encoding() -> None:
    assert decode((TRADITIONAL * 5).encode("big5") + b"\xff") == TRADITIONAL * 5


@pytest.mark.parametrize(("sound", "text"), [(21, True), (20, False)])
def test_one_character_of_twenty_may_be_damaged(sound: int, text: bool) -> None:
    data = "é".encode() * sound + b"\xff"
    if text:
        assert decode(data) == "é" * sound
    else:
        with pytest.raises(UnreadableFile):
            decode(data)


@pytest.mark.parametrize(("letters", "text"), [(19, True), (18, False)])
def test_one_character_of_twenty_may_be_a_control(letters: int, text: bool) -> None:
    data = b"\x01" + b"a" * letters
    if text:
        assert decode(data) == data.decode()
    else:
        with pytest.raises(UnreadableFile, match="不是文字"):
            decode(data)


def test_white_space_is_no_control() -> None:
    assert decode(b"\t\n\r\f\v") == "\t\n\r\f\v"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_wide_characters_without_a_mark_are_known_by_their_zeros(encoding: str) -> None:
    text = f"A{SIMPLIFIED}"
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(("before", "found"), [(1, True), (2, False)])
def test_a_charset_is_declared_in_the_head_of_a_page(before: int, found: bool) -> None:
    declaration = "<meta charset=windows-1252>"
    page = " " * (4096 - len(declaration) + before) + declaration + "Crème brûlée"
    if found:
        assert decode(page.encode("cp1252")) == page
    else:
        with pytest.raises(UnreadableFile):
            decode(page.encode("cp1252"))


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_become_text_or_a_reason(data: bytes) -> None:
    with contextlib.suppress(UnreadableFile):
        assert isinstance(decode(data), str)


def test_a_stray_zero_leaves_no_mark() -> None:
    text = "定金收三成，尾款发货前付清，第二天还没付的先问一句。"
    assert decode(f"{text}\0{text}".encode()) == text * 2
