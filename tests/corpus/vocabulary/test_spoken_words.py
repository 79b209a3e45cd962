"""Spoken words to written ones."""

from __future__ import annotations

from corpus.vocabulary.spoken_words import SpokenWords


def test_spoken_words_bring_the_written_ones_once_and_in_order() -> None:
    spoken_words = SpokenWords({"咋办": ["怎么办"], "咋": ["怎么"], "客人": ["客户"], "顾客": ["客户"]})
    assert spoken_words.written("客人和顾客都跑了咋办") == ("怎么办", "怎么", "客户")
    assert spoken_words.written("客户的客人") == ()
    assert spoken_words.written("复购率") == ()


def test_the_shipped_list_is_words_to_words() -> None:
    written = SpokenWords.load().written
    assert "客户" in written("客人不回消息")
    assert "员工" in written("店员能发吗")
    assert "社媒名片" in written("微信名片发不了")
    assert "刷单" in written("拍单返现行不行")
    assert "预算" in written("广告没消耗怎么办")
