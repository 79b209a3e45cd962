"""Where the vectors of generations are searched, if not in the bot's own process: the seam for servers.

The files of a generation stay what counts. An engine is filled from them before anything switches to the generation,
and whatever it has lost later is written again from them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from embeddings.index.generation import Generation, Manifest
    from embeddings.index.vector_index import VectorIndex

Filled = Callable[[int, int], None]
"""Gets the rows that are written, and how many there are to write, which it gets before all of that is verified."""


class VectorEngine(Protocol):
    """Safe to share between threads. What cannot be done now raises `embeddings.errors.EngineUnavailable`."""

    def fill(self, generation: Generation, progress: Filled | None = None) -> None:
        """Have all rows of a generation there, verified; quick where they are. Raises EngineUnavailable."""
        ...

    def open(self, generation: Generation) -> VectorIndex:
        """What searches a generation from now on, without asking anything; the one opened last is looked after."""
        ...

    def keep(self, generation_ids: Collection[str]) -> None:
        """Drop all other generations that were written from here, as far as that is possible now. Never raises."""
        ...

    def examine(self, manifest: Manifest) -> str:
        """In words, what is found of a generation. Raises EngineUnavailable, unless all of it is there."""
        ...
