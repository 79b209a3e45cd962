"""What was written to a Milvus server from a data directory: only that may be dropped again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from embeddings.durable_files import write_json

_NAME = "milvus.json"


class MilvusLedger:
    """The names of collections, noted before they are written. One writer at a time.

    What was noted for another server, or in another place, is left alone: a copy of a data directory must not drop what
    the original still searches.
    """

    def __init__(self, data_dir: Path, uri: str) -> None:
        self._file = data_dir / _NAME
        self._place = f"{uri} {data_dir.resolve()}"

    def noted(self) -> list[str]:
        """All that were written from here and not dropped since."""
        return list(self._read().get(self._place, ()))

    def note(self, names: Iterable[str]) -> None:
        """Remember these, too. Raises OSError."""
        self._save(list(dict.fromkeys((*self.noted(), *names))))

    def forget(self, name: str) -> None:
        """It is dropped. Raises OSError."""
        self._save([noted for noted in self.noted() if noted != name])

    def _save(self, names: list[str]) -> None:
        write_json(self._file, self._read() | {self._place: names})

    def _read(self) -> dict[str, list[str]]:
        try:
            return dict(json.loads(self._file.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return {}  # then nothing is dropped that was written before
