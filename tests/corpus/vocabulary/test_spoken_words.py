"""Spoken words to written ones."""

from __future__ import annotations

from corpus.vocabulary.spoken_words import SpokenWords


def test_spoken_words_bring_the_written_ones_once_and_in_order() -> None:
    spoken_words = SpokenWords({"咋办": ["怎么办"], "咋": ["怎么"], "客人": ["客户"], "顾客": ["客户"]})
    assert spoken_words.written("客人和顾客都跑了咋办") == ("怎么办", "怎么", "客户")
    assert spoken_words.written("客户的客人") == ()
    assert spoken_words.written("复购率") == ()


def test_the_shipped_list_is_words_to_words() -> None:
    assert "客户" in SpokenWords.load().written("客人不回消息")
