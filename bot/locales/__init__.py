"""The bot's own words, by language and subject: `zh/` is complete, every other directory has the same keys.

In: a language code as Telegram or a question's language gives it, a key, values. Out: a sentence for people to read.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from corpus.own_yaml import load_own_yaml

LANGUAGES = ("zh", "en")


class Texts:
    """One language's messages. Values are inserted as they are: whoever shows the result escapes it."""

    def __init__(self, language: str, messages: dict[str, str]) -> None:
        self.language = language
        self._messages = messages

    def __call__(self, key: str, **values: Any) -> str:
        """The message with this key, with `{name}` replaced by values."""
        return self._messages[key].format(**values)

    def raw(self, key: str) -> str:
        """The message with its `{name}` fields still open."""
        return self._messages[key]

    def keys(self) -> frozenset[str]:
        """All message keys."""
        return frozenset(self._messages)


def subjects(language: str) -> dict[str, dict[str, str]]:
    """The messages of each file of a language, by the file's name; a key stands in one file only."""
    directory = files(__package__) / language
    names = sorted(entry.name for entry in directory.iterdir() if entry.name.endswith(".yaml"))
    return {name: load_own_yaml((directory / name).read_text(encoding="utf-8")) for name in names}


def texts(language: str | None) -> Texts:
    """The messages for a language code such as `zh-hans` or `en`, whatever the client made of it; else Chinese.

    The first call reads all languages from the disk, no other call does.
    """
    languages = _languages()
    return languages.get((language or "").lower().partition("-")[0], languages["zh"])


@cache
def _languages() -> dict[str, Texts]:
    messages = {language: subjects(language).values() for language in LANGUAGES}
    return {
        language: Texts(language, {key: text for subject in found for key, text in subject.items()})
        for language, found in messages.items()
    }
