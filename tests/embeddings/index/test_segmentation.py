"""Search terms: one spelling, words, bigrams."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from embeddings.index.segmentation import STOP_WORDS, Segmenter
from tests.support import dictionaries

segmenter = dictionaries.segmenter()


def test_traditional_script_width_and_case_are_folded() -> None:
    assert segmenter.normalise("私域怎麼做 ＸＨＳ") == "私域怎么做 xhs"
    assert segmenter.terms("企業微信群發") == segmenter.terms("企业微信群发")


def test_terms_are_words_and_marked_bigrams() -> None:
    terms = segmenter.terms("小红书导流")
    assert "小红书" in terms
    assert {"#小红", "#红书", "#书导", "#导流"} <= set(terms)


def test_numbers_and_latin_words_stay_whole() -> None:
    assert {"81.3%", "roi"} <= set(segmenter.words("ROI 是 81.3%"))


def test_stop_words_and_punctuation_are_no_words() -> None:
    assert segmenter.words("我们的，怎么？！") == []


def test_added_words_are_cut_as_one() -> None:
    assert "薯店通" not in segmenter.words("开通薯店通")
    assert "薯店通" in Segmenter(["薯店通"]).words("开通薯店通")


@given(st.text(max_size=200))
def test_any_text_gives_clean_terms(text: str) -> None:
    terms = segmenter.terms(text)
    assert all(term and not term.isspace() for term in terms)
    assert not STOP_WORDS & set(segmenter.words(text))
