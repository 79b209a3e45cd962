"""A learnt calibration on its way to a generation that is not built yet: after a restore, on another machine say.

Calibrations lie beside the generation that they were learnt on. One that comes without it waits in the data directory
until a generation of the same recipe is built.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from embeddings.durable_files import write_json
from embeddings.errors import EmbeddingsError
from embeddings.index.generation import Recipe, calibration_of, document_of, read_calibration, write_calibration
from embeddings.index.generation_store import GenerationStore
from embeddings.refusal.confidence import Calibration

WAITING = "calibration.json"


@dataclass(frozen=True, slots=True)
class CalibrationWithRecipe:
    """A calibration and the recipe of the generation that it was learnt on."""

    recipe: Recipe
    calibration: Calibration

    def document(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {"recipe": asdict(self.recipe), "calibration": document_of(self.calibration)}

    @classmethod
    def of(cls, text: str | bytes) -> CalibrationWithRecipe | None:
        """From the JSON text of `document`; None for anything else, and for other signals than these."""
        try:
            document = json.loads(text)
            recipe, calibration = Recipe(**document["recipe"]), calibration_of(document["calibration"])
        except (ValueError, TypeError, KeyError):
            return None
        return None if calibration is None else cls(recipe, calibration)


def learnt(data_dir: Path) -> CalibrationWithRecipe | None:
    """What was learnt on the serving generation, or else what waits for one; None where there is neither."""
    store = GenerationStore(data_dir)
    try:
        serving = store.manifest()
        known = read_calibration(store.directory(serving.id))
    except EmbeddingsError:
        return waiting(data_dir)
    return waiting(data_dir) if known is None else CalibrationWithRecipe(serving.recipe, known)


def waiting(data_dir: Path) -> CalibrationWithRecipe | None:
    """What waits for a generation; None where nothing does."""
    try:
        return CalibrationWithRecipe.of((data_dir / WAITING).read_bytes())
    except OSError:
        return None


def clear(data_dir: Path) -> None:
    """Nothing waits any more."""
    (data_dir / WAITING).unlink(missing_ok=True)


def hand_over(data_dir: Path, learnt: CalibrationWithRecipe) -> None:
    """Put it beside the serving generation where that has the same recipe; else let it wait for one that has."""
    store = GenerationStore(data_dir)
    try:
        serving = store.manifest()
    except EmbeddingsError:
        serving = None
    if serving is not None and serving.recipe == learnt.recipe:
        write_calibration(store.directory(serving.id), learnt.calibration)
        return
    write_json(data_dir / WAITING, learnt.document())
