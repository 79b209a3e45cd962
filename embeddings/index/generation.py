"""One generation: a complete, immutable index on disk, and the same loaded for questions."""

from __future__ import annotations

import datetime
import hashlib
import json
import math
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.model import FileWarning, Passage, Skipped
from embeddings.durable_files import write_json
from embeddings.errors import IndexDamaged
from embeddings.index.arrays import read_array
from embeddings.index.background_similarity import BackgroundSimilarity
from embeddings.index.catalogue import Catalogue, Passages
from embeddings.index.in_process import InProcessIndex, Sample
from embeddings.index.lexical import LexicalIndex
from embeddings.index.records import plain
from embeddings.index.segment import Segment, SegmentVectors
from embeddings.index.segmentation import Segmenter
from embeddings.index.vector_index import VectorIndex
from embeddings.index.whitening import Whitening
from embeddings.index.window_similarity import WindowSimilarityStats
from embeddings.refusal.confidence import Calibration, Signals

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORMAT = 5
MANIFEST = "manifest.json"

BASE, DELTA, SAMPLED = "base", "delta", "sample"
WHITENING, GONE, SAMPLE_ROWS = "whitening.npz", "gone.npy", "rows.npy"
TEXTS, DELTA_TEXTS = "texts.npy", "texts-delta.npy"
QUESTIONS = "questions.npz"  # whose vectors tell how well lists are searched
ENCODED = "encoded.npy"
_CALIBRATION = "calibration.json"
_SEAL = "seal"  # of the manifest, which holds the checksums of all else


@dataclass(frozen=True, slots=True)
class Recipe:
    """What makes a generation what it is: two with different recipes cannot be mixed or queried alike.

    `encoder` and `companion` are the encoders' identities (no companion: empty), `passages` is the cutting scheme,
    `terms` the scheme of the keyword leg.
    """

    encoder: str
    companion: str
    passages: str
    terms: str
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Manifest:
    """The first page of a generation.

    `files` maps every file of the corpus, read or skipped, to its digest. `checksums` has the SHA-256 of every file of
    the generation, `stamps` its size in bytes and its time of change in nanoseconds since 1970. `noise` and
    `white_noise` are the background similarity: what cosines, plain and whitened, unrelated questions get here;
    `window_similarity` is what any two of its windows have in common.
    """

    id: str
    created: datetime.datetime
    recipe: Recipe
    model: str
    files: Mapping[str, str]
    skipped: tuple[Skipped, ...]
    articles: int
    passages: int
    windows: int
    noise: BackgroundSimilarity
    white_noise: BackgroundSimilarity
    window_similarity: WindowSimilarityStats
    checksums: Mapping[str, str] = field(default_factory=dict)
    stamps: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    warnings: tuple[FileWarning, ...] = ()


class Generation:
    """A generation loaded for questions.

    `articles` are those by path, `passages` all passages, `lexical` knows their terms; rows are as in
    `embeddings.index.vector_index`. `index` finds passages by vectors and terms: it is `files`, over the files here,
    until whoever loads the generation for questions puts another in its place. `has_companion` tells whether there are
    vectors of a second encoder. `calibration` is what `calibrate` learnt.
    """

    def __init__(
        self,
        manifest: Manifest,
        segments: Sequence[Segment],
        gone: NDArray[np.bool_],
        whitening: Whitening,
        segmenter: Segmenter,
        sample: Sample | None = None,
        calibration: Calibration | None = None,
    ) -> None:
        self.calibration = calibration
        self.manifest = manifest
        self.segments = tuple(segments)
        self.articles = Catalogue(segments, gone)
        self.passages = Passages(self.articles, manifest.passages)
        self.whitening = whitening
        self.lexical = LexicalIndex([segment.postings for segment in segments], segmenter)
        self.files = InProcessIndex(segments, self.articles.alive, self.lexical, whitening, sample)
        self.index: VectorIndex = self.files
        self.has_companion = segments[0].vectors.companion_windows is not None

    def passage(self, passage_id: str) -> Passage | None:
        """The passage with this id, or None when this generation has none."""
        row = self.articles.row_of(passage_id)
        return None if row is None else self.articles.passage(row)


def read_manifest(directory: Path) -> Manifest:
    """The manifest of a generation's directory.

    Raises IndexDamaged when it is missing or cannot be understood.
    """
    try:
        document = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
        if document.pop(_SEAL, None) not in (None, _seal(document)):  # earlier programs wrote none
            raise IndexDamaged(directory.name, "清单与校验和不符")
        return Manifest(
            id=document["id"],
            created=datetime.datetime.fromisoformat(document["created"]),
            recipe=Recipe(**document["recipe"]),
            model=document["model"],
            files=document["files"],
            skipped=tuple(Skipped(**entry) for entry in document["skipped"]),
            articles=document["articles"],
            passages=document["passages"],
            windows=document["windows"],
            noise=BackgroundSimilarity(**document["noise"]),
            white_noise=BackgroundSimilarity(**document["white_noise"]),
            # Of an earlier format, which is never searched.
            window_similarity=WindowSimilarityStats(**document.get("window_similarity", {"mean": 0, "spread": 1})),
            checksums=document["checksums"],
            # Earlier programs wrote none.
            stamps={name: (size, moment) for name, (size, moment) in document.get("stamps", {}).items()},
            warnings=tuple(FileWarning(**entry) for entry in document.get("warnings", ())),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexDamaged(directory.name, f"清单读不了（{type(error).__name__}）") from error


def verify(directory: Path, *, every_byte: bool = True, but: Container[str] = ()) -> Manifest:
    """The manifest, after every file was checked against its checksum.

    Unless `every_byte`, and where `but` has its name, a file that has the size and the time of change of when it was
    written is taken for whole unread. Raises IndexDamaged naming the file that is missing or changed.
    """
    manifest = read_manifest(directory)
    for name, expected in manifest.checksums.items():
        file = directory / name
        try:
            if (not every_byte or name in but) and _stamp(file) == manifest.stamps.get(name):
                continue
            found = _checksum(file)
        except FileNotFoundError:
            raise IndexDamaged(directory.name, f"文件 {name} 缺失") from None
        except OSError as error:
            raise IndexDamaged(directory.name, f"内容读不了（{type(error).__name__}）") from error
        if found != expected:
            raise IndexDamaged(directory.name, f"文件 {name} 与校验和不符")
    return manifest


def load(directory: Path, segmenter: Segmenter, *, every_byte: bool = False, but: Container[str] = ()) -> Generation:
    """Load a generation after checking every file, as `verify` does. Raises IndexDamaged."""
    manifest = verify(directory, every_byte=every_byte, but=but)
    try:
        segments = [Segment(directory / name) for name in (BASE, DELTA) if (directory / name).is_dir()]
        gone = np.zeros(segments[0].articles, dtype=np.bool_)
        if (directory / GONE).exists():
            gone[read_array(directory / GONE)] = True
        whitening = Whitening.load(directory / WHITENING)
        sample = None
        if (directory / SAMPLED).is_dir():
            sample = Sample(SegmentVectors(directory / SAMPLED), read_array(directory / SAMPLED / SAMPLE_ROWS))
        loaded = Generation(manifest, segments, gone, whitening, segmenter, sample, read_calibration(directory))
    except (OSError, ValueError, KeyError, TypeError, IndexError, RuntimeError) as error:
        raise IndexDamaged(directory.name, f"内容读不了（{type(error).__name__}）") from error
    if (len(loaded.articles), loaded.index.count) != (manifest.articles, manifest.passages):
        raise IndexDamaged(directory.name, "各部分的条数对不上")
    return loaded


def write_manifest(directory: Path, manifest: Manifest, *, known: Manifest | None = None) -> Manifest:
    """Have the manifest answer for every file of a directory that is whole, and write it; what was written.

    The checksums of files that `known` answers for, and that have its size and time of change, are taken from there.
    """
    stamps = {name: _stamp(file) for name, file in _parts(directory)}
    same = {name for name, stamp in stamps.items() if known is not None and known.stamps.get(name) == stamp}
    checksums = {
        name: known.checksums[name] if known is not None and name in same else _checksum(file)
        for name, file in _parts(directory)
    }
    whole = replace(manifest, checksums=checksums, stamps=stamps)
    document = plain(asdict(whole))
    text = json.dumps(document | {_SEAL: _seal(document)}, ensure_ascii=False, separators=(",", ":"))
    (directory / MANIFEST).write_text(text, encoding="utf-8")
    return whole


def read_texts(directory: Path) -> frozenset[bytes] | None:
    """The digests of the texts whose vectors building a generation took; None where it does not tell."""
    try:
        files = [directory / TEXTS, *directory.glob(DELTA_TEXTS)]
        digests = [np.load(file, allow_pickle=False) for file in files]
    except (OSError, ValueError, EOFError):
        return None
    return frozenset(row.tobytes() for part in digests for row in part)


def read_sample(directory: Path) -> NDArray[np.float32] | None:
    """What the encoder made of a few texts when a generation was built, (2, 4, dimension); None where it does not tell.

    Raises IndexDamaged.
    """
    try:
        sample: NDArray[np.float32] = np.load(directory / ENCODED, allow_pickle=False)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, EOFError) as error:
        raise IndexDamaged(directory.name, f"文件 {ENCODED} 读不了（{type(error).__name__}）") from error
    return sample


def read_calibration(directory: Path) -> Calibration | None:
    """What `calibrate` has learnt for a generation; None where it has not, or where it cannot be used."""
    try:
        return calibration_of(json.loads((directory / _CALIBRATION).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None


def calibration_damaged(directory: Path) -> bool:
    """Whether something was learnt for a generation that cannot be used any more."""
    return (directory / _CALIBRATION).exists() and read_calibration(directory) is None


def calibration_of(document: Any) -> Calibration | None:
    """The calibration that was kept as this document; None for anything else, and for other signals than these.

    Also None where it is not what was written, by its seal; earlier programs wrote none.
    """
    try:
        sealed = dict(document)
        seal = sealed.pop(_SEAL, None)
        if seal not in (None, _seal(sealed)):
            return None
        calibration = Calibration(**sealed)
        numbers = (calibration.bias, calibration.answer_at, calibration.unsure_at, *calibration.weights.values())
        known = set(calibration.weights) <= {field.name for field in fields(Signals)}
        return calibration if known and all(map(math.isfinite, numbers)) else None
    except (TypeError, ValueError, AttributeError):
        return None


def write_calibration(directory: Path, calibration: Calibration) -> None:
    """Keep a calibration beside the index it was learnt on; replaced at once, outside the manifest's checksums."""
    write_json(directory / _CALIBRATION, document_of(calibration), separators=(",", ":"))


def document_of(calibration: Calibration) -> dict[str, Any]:
    """The calibration as JSON holds it, with a seal that tells of every changed bit."""
    document = asdict(calibration) | {"weights": dict(calibration.weights)}
    return document | {_SEAL: _seal(document)}


def _parts(directory: Path) -> Iterator[tuple[str, Path]]:
    """Every file that the manifest answers for, by its name below the directory."""
    unsealed = {MANIFEST, _CALIBRATION}
    for file in sorted(directory.rglob("*")):
        if file.is_file() and file.name not in unsealed:
            yield file.relative_to(directory).as_posix(), file


def _checksum(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _stamp(file: Path) -> tuple[int, int]:
    found = file.stat()
    return found.st_size, found.st_mtime_ns


def _seal(document: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
