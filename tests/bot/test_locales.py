"""The bot's own words are complete in every language."""

from __future__ import annotations

import string

from bot.locales import LANGUAGES, subjects, texts


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_language_has_the_same_keys_and_fields() -> None:
    chinese = texts("zh")
    for language in LANGUAGES:
        words = texts(language)
        assert words.keys() == chinese.keys()
        for key in sorted(words.keys()):
            assert words.raw(key).strip()
            assert fields(words.raw(key)) == fields(chinese.raw(key)), key


def test_a_key_stands_in_one_file_and_the_files_are_the_same_in_every_language() -> None:
    for language in LANGUAGES:
        mine = subjects(language)
        assert {name: set(keys) for name, keys in mine.items()} == {k: set(v) for k, v in subjects("zh").items()}
        assert sum(len(keys) for keys in mine.values()) == len(texts(language).keys())


def test_a_language_code_is_matched_loosely() -> None:
    assert texts("en-GB").language == "en"
    assert texts("zh-hans").language == texts("fr").language == texts(None).language == "zh"


def test_codes_that_clients_make_up_load_nothing_more() -> None:
    known = {language: texts(language) for language in LANGUAGES}
    assert all(texts(f"{number:x}-{number}") is known["zh"] for number in range(1000))
    assert all(texts(f"en-{number}") is known["en"] for number in range(1000))
