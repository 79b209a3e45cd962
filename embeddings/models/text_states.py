"""What the default model's first layer is given for a text, read from the 4-bit file as it lies on the disk."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from embeddings.models.q4_file import Q4File
from embeddings.models.unigram import UnigramTokenizer


class TextStates:
    """Texts to the sums of their tokens' vectors and places, before the first normalisation; safe to share."""

    def __init__(self, file: Q4File) -> None:
        self._tokenizer = UnigramTokenizer(file.vocabulary)
        self._words = file.rows("emb.word")
        self._places = file.whole("emb.pos") + file.whole("emb.type")[0]

    def __call__(self, text: str, longest: int) -> NDArray[np.float32]:
        """(1, length, width) of a text with its prompt; what is behind `longest` tokens is left out."""
        tokens = self._tokenizer.encode(text, longest)
        states: NDArray[np.float32] = (self._words(tokens) + self._places[: len(tokens)])[None]
        return states
