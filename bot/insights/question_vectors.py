"""How alike questions are, told by the encoder that answers them, beside the answers."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.answering.answer_queue import AnswerQueue, Overloaded
from bot.insights.gaps import alike_from
from corpus.errors import SiyuError
from embeddings.index.background_similarity import QUESTIONS

if TYPE_CHECKING:
    from numpy.typing import NDArray

logger = logging.getLogger(__name__)

_AT_ONCE = 16  # texts that an asker may have to wait for, a tenth of a second or two


@dataclass(frozen=True, slots=True)
class ComparedQuestions:
    """Unit vectors (n, dimension) of texts, and the cosine from which two of them mean the same."""

    vectors: NDArray[np.float32]
    alike: float


class QuestionVectors:
    """Encodes questions in the AnswerQueue's thread, a few at a time so that askers come in between.

    The vectors of the last comparison stay in memory, so that turning a page costs nothing.
    """

    def __init__(self, answer_queue: AnswerQueue, *, most: int = 1000) -> None:
        self._answer_queue = answer_queue
        self._most = most
        self._known: dict[str, NDArray[np.float32]] = {}
        self._alike: float | None = None

    async def compare(self, texts: Sequence[str]) -> ComparedQuestions | None:
        """The vectors of the first `most` texts; None where there are none or the encoder cannot be had just now."""
        chosen = list(texts[: self._most])
        if not chosen:
            return None
        vectors = {text: self._known[text] for text in chosen if text in self._known}
        missing = list(dict.fromkeys(text for text in chosen if text not in vectors))
        try:
            if self._alike is None:
                self._alike = alike_from(await self._encode(QUESTIONS))
            vectors.update(zip(missing, await self._encode(missing), strict=True))
        except (Overloaded, SiyuError) as error:
            logger.info("questions are compared by their letters only: %s", str(error) or type(error).__name__)
            return None
        self._known = vectors
        return ComparedQuestions(np.stack([vectors[text] for text in chosen]), self._alike)

    async def _encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        parts = [
            await self._answer_queue.question_vectors(texts[start : start + _AT_ONCE])
            for start in range(0, len(texts), _AT_ONCE)
        ]
        return np.concatenate(parts) if parts else np.zeros((0, 0), np.float32)
