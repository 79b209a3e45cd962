"""The dictionaries, each loaded once a test session; none of them changes."""

from __future__ import annotations

from functools import cache

from corpus.vocabulary.glossary import Glossary
from embeddings.index.segmentation import Segmenter


@cache
def glossary() -> Glossary:
    """The shipped one."""
    return Glossary.load()


@cache
def segmenter() -> Segmenter:
    """One with the dictionary's own words only."""
    return Segmenter()


@cache
def glossary_segmenter() -> Segmenter:
    """One that keeps the shipped glossary's words whole."""
    return Segmenter(glossary().words())
