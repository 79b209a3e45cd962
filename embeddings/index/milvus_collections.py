"""The two collections of a generation in Milvus: how they are called, what is in them, how they are asked.

`<prefix>_p_<id>` has the passages (vector, terms as a sparse vector, the companion's vector), `<prefix>_w_<id>` the
windows (whitened vector, its length before, the companion's vector, the row of the passage). Rows are written under
their numbers, so that writing them again changes nothing. What asks takes a `Client`, and raises as that does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from embeddings.index.milvus_server import Client, CollectionReleased, NoCollection
from embeddings.index.vector_index import PassageRows, WindowRows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embeddings.index.generation import Manifest

    Rows = NDArray[np.int64]

T = TypeVar("T")

MOST_HITS = 16_384
"""That Milvus gives in one search."""

BLOCK = 500
"""Rows of one write: a message may have 64 MB."""

_LISTS_A_PROBE = 16  # of so many lists one is looked into: recall 0.99 with questions, see decision 0043
_NO_TERM = 2**32 - 2  # of a passage without any, since Milvus takes no empty vector; no question has it


@dataclass(frozen=True, slots=True)
class Fields:
    """The names of what is stored: a collection's key, its vectors, and the numbers beside them."""

    key: str
    dense: Mapping[str, int]
    sparse: tuple[str, ...] = ()
    integers: tuple[str, ...] = ()
    floats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Collection:
    """One of the two: its name, how many rows it has when it is whole, and whether every vector is compared."""

    name: str
    count: int
    exact: bool

    def create(self, client: Client, fields: Fields) -> None:
        """Make it with an index for each vector, or what is missing of that."""
        from pymilvus import DataType  # noqa: PLC0415 - only where it is used

        if not client.has_collection(self.name):
            schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
            schema.add_field(fields.key, DataType.INT64, is_primary=True)
            for name, dimension in fields.dense.items():
                schema.add_field(name, DataType.FLOAT_VECTOR, dim=dimension)
            for names, kind in (
                (fields.sparse, DataType.SPARSE_FLOAT_VECTOR),
                (fields.integers, DataType.INT64),
                (fields.floats, DataType.FLOAT),
            ):
                for name in names:
                    schema.add_field(name, kind)
            client.create_collection(self.name, schema=schema, consistency_level="Bounded")
        there = client.list_indexes(self.name)
        for name in {*fields.dense, *fields.sparse}.difference(there):
            indexes = client.prepare_index_params()
            indexes.add_index(name, metric_type="IP", **self._index(sparse=name in fields.sparse))
            client.create_index(self.name, indexes, sync=False)

    def _index(self, *, sparse: bool) -> dict[str, Any]:
        if sparse:
            return {"index_type": "SPARSE_INVERTED_INDEX"}
        return {"index_type": "FLAT"} if self.exact else {"index_type": "IVF_FLAT", "params": {"nlist": self.lists}}

    @property
    def lists(self) -> int:
        """Lists of an inverted file over its vectors: four times the square root, a power of two, at most 65536."""
        return int(min(65_536, 2 ** round(np.log2(4 * np.sqrt(max(1, self.count))))))

    def found(self, client: Client) -> int:
        """How many rows there are, the last ones written included."""
        wanted = ["count(*)"]
        answer = client.query(
            self.name, filter="", output_fields=wanted, consistency_level="Strong", timeout=client.seconds
        )
        return int(answer[0]["count(*)"])

    def best(
        self,
        client: Client,
        field: str,
        vectors: Sequence[Any],
        limit: int,
        wanted: Sequence[str],
        among: tuple[str, Rows] | None = None,
    ) -> list[list[Mapping[str, Any]]]:
        """For each vector the rows with the largest inner products, each with `distance` and the `wanted` fields.

        `among` names a field and the values that it may have; of such rows all are compared.
        """
        parameters: dict[str, Any] = {}
        if not self.exact:
            parameters = {"nprobe": self.lists if among is not None else max(1, self.lists // _LISTS_A_PROBE)}
        answer = client.search(
            self.name,
            data=list(vectors),
            anns_field=field,
            limit=limit,
            filter="" if among is None else f"{among[0]} in {among[1].tolist()}",
            output_fields=list(wanted),
            search_params={"metric_type": "IP", "params": parameters},
            consistency_level="Bounded",
            timeout=client.seconds,
        )
        return [[{"distance": hit["distance"], **hit["entity"]} for hit in hits] for hits in answer]


@dataclass(frozen=True, slots=True)
class Collections:
    """Those of one generation."""

    generation: str
    passages: Collection
    windows: Collection

    @classmethod
    def of(cls, manifest: Manifest, prefix: str, exact_up_to: int) -> Collections:
        """By what the generation's manifest tells."""
        passages, windows = names(manifest.id, prefix)
        return cls(
            manifest.id,
            Collection(passages, manifest.passages, manifest.passages <= exact_up_to),
            Collection(windows, manifest.windows, manifest.windows <= exact_up_to),
        )

    @property
    def both(self) -> tuple[Collection, Collection]:
        """The passages, then the windows."""
        return self.passages, self.windows

    def loaded(self, client: Client, work: Callable[[Client], T]) -> T:
        """What `work` makes of a client, after loading the collections where the server has released them.

        That may take longer than a question has; the server goes on with it.
        """
        try:
            return work(client)
        except CollectionReleased:
            for stored in self.both:
                client.load_collection(stored.name)
            return work(client)

    def are_whole(self, client: Client) -> bool:
        """Whether both are there with all their rows."""
        try:
            counts = self.loaded(client, lambda client: [stored.found(client) for stored in self.both])
        except NoCollection:
            return False
        return counts == [stored.count for stored in self.both]


def names(generation_id: str, prefix: str) -> tuple[str, str]:
    """The collections of a generation: passages and windows."""
    plain = generation_id.replace("-", "_")
    return f"{prefix}_p_{plain}", f"{prefix}_w_{plain}"


def passage_fields(rows: PassageRows) -> Fields:
    """What is stored of passages like these."""
    return Fields("row", {"dense": rows.vectors.shape[1], **_second(rows.companion)}, sparse=("terms",))


def window_fields(rows: WindowRows) -> Fields:
    """What is stored of windows like these."""
    dense = {"white": rows.white.shape[1], **_second(rows.companion)}
    return Fields("row", dense, integers=("passage",), floats=("length",))


def passage_documents(rows: PassageRows) -> Iterator[dict[str, Any]]:
    """Passages as they are written."""
    sparse = rows.sparse
    for at, row in enumerate(rows.rows.tolist()):
        own = slice(int(sparse.starts[at]), int(sparse.starts[at + 1]))
        terms = dict(zip(sparse.terms[own].tolist(), sparse.weights[own].tolist(), strict=True)) or {_NO_TERM: 1.0}
        yield {"row": row, "dense": rows.vectors[at], "terms": terms, **_own(rows.companion, at)}


def window_documents(rows: WindowRows) -> Iterator[dict[str, Any]]:
    """Windows as they are written."""
    numbers = zip(rows.rows.tolist(), rows.passages.tolist(), rows.lengths.tolist(), strict=True)
    for at, (row, passage, length) in enumerate(numbers):
        yield {"row": row, "passage": passage, "length": length, "white": rows.white[at], **_own(rows.companion, at)}


def _second(vectors: NDArray[np.float32] | None) -> dict[str, int]:
    return {} if vectors is None else {"companion": vectors.shape[1]}


def _own(vectors: NDArray[np.float32] | None, at: int) -> dict[str, NDArray[np.float32]]:
    return {} if vectors is None else {"companion": vectors[at]}
