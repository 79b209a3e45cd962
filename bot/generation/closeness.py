"""Whether a sentence is near enough in meaning to a passage to be about the same, where its words do not tell."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answering.material import Material
from bot.generation.checks import Closeness

_LEAST = {"zh": 0.17, "en": 0.14}
"""Whitened cosines of the default model from which a sentence, by its language, is about the same as a passage.

At either about one passage of another article in a hundred passes. Of 262 Chinese sentences and restatements of the
starter articles one lies below with its own passage, of 24 English ones five.
"""


def closeness(material: Sequence[Material], language: str) -> Closeness | None:
    """What tells whether a sentence of this language is near to the passage with this place, from 0; None where no
    encoder can."""
    near = [each.nearness for each in material if each.nearness is not None]
    if len(near) < len(material):
        return None
    least = _LEAST[language]
    return lambda text, place: near[place](text) >= least
