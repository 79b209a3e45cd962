"""Spoken words of merchants beside the written ones of articles, for the keyword leg only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files

from corpus.own_yaml import load_own_yaml


class SpokenWords:
    """A list of spoken words, each with the words that articles use for the same thing."""

    def __init__(self, words: Mapping[str, Sequence[str]]) -> None:
        self._words = {spoken: tuple(written) for spoken, written in words.items()}

    @classmethod
    def load(cls) -> SpokenWords:
        """The list that lies beside this module."""
        return cls(load_own_yaml((files("corpus.vocabulary") / "spoken_words.yaml").read_text(encoding="utf-8")))

    def written(self, question: str) -> tuple[str, ...]:
        """The written words for whatever spoken ones a normalised question contains, each once, in order."""
        found = (word for spoken, written in self._words.items() if spoken in question for word in written)
        return tuple(dict.fromkeys(word for word in found if word not in question))
