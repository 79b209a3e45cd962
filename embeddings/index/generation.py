"""One generation: a complete, immutable index on disk, and the same loaded for questions."""

from __future__ import annotations

import datetime
import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.model import Article, BlockKind, FileWarning, Passage, PassageBlock, Skipped, Source, Span, Window
from embeddings.durable_files import write_json
from embeddings.errors import IndexDamaged
from embeddings.index.background_similarity import BackgroundSimilarity
from embeddings.index.dense import DenseIndex
from embeddings.index.lexical import LexicalIndex
from embeddings.index.segmentation import Segmenter
from embeddings.index.vector_cache import DIGEST_SIZE
from embeddings.index.whitening import Whitening
from embeddings.index.window_similarity import WindowSimilarityStats
from embeddings.refusal.confidence import Calibration, Signals

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORMAT = 4
MANIFEST = "manifest.json"

_ARTICLES = "articles.json"
_PASSAGES = "passages.json"
_WINDOWS = "windows.npy"
_PASSAGE_VECTORS = "passages.faiss"
_WINDOW_VECTORS = "windows.faiss"
_WHITENING = "whitening.npz"
_COMPANION_VECTORS = "companion.faiss"
_COMPANION_PASSAGES = "companion-passages.faiss"
_LEXICAL = "lexical"
_CALIBRATION = "calibration.json"
_TEXTS = "texts.npy"
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
class ArticleRecord:
    """What stays of an article beside its passages: what a citation needs and what tells whether it changed."""

    path: str
    title: str
    file_digest: str
    text_digest: str
    author: str | None = None
    date: datetime.date | None = None
    updated: datetime.date | None = None
    expires: datetime.date | None = None
    checked: datetime.date | None = None
    url: str | None = None
    lang: str | None = None
    topic: str | None = None
    tags: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()

    @classmethod
    def of(cls, article: Article) -> ArticleRecord:
        """The record of an article that was read."""
        return cls(
            path=article.path,
            title=article.title,
            file_digest=article.file_digest,
            text_digest=article.text_digest,
            author=article.author,
            date=article.date,
            updated=article.updated,
            expires=article.expires,
            checked=article.checked,
            url=article.url,
            lang=article.lang,
            topic=article.topic,
            tags=article.tags,
            sources=article.sources,
        )


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


@dataclass(frozen=True, slots=True)
class GenerationContents:
    """Everything that a generation is written from; rows of the vectors follow `passages` and `windows`.

    `texts` are the digests of all texts whose vectors building it took, so that the vector cache keeps those.
    """

    articles: tuple[ArticleRecord, ...]
    passages: tuple[Passage, ...]
    windows: tuple[Window, ...]
    passage_vectors: NDArray[np.float32]
    window_vectors: NDArray[np.float32]
    companion_vectors: NDArray[np.float32] | None
    whitening: Whitening
    noise: BackgroundSimilarity
    white_noise: BackgroundSimilarity
    texts: frozenset[bytes] = frozenset()


class Generation:
    """A generation loaded for questions.

    `window_passage`, `window_first` and `window_last` have shape (windows,): the row of a window's passage and its
    first and last sentence there. `article_of` has shape (passages,): the number of a passage's article, counted in
    the order of `articles` (`article_numbers` by path). `whitening` is that of the windows. `companion` holds the
    windows' vectors of the second encoder, `companion_passages` the mean direction of each passage's windows; both are
    None where a generation has none. `calibration` is what `calibrate` learnt.
    """

    def __init__(
        self,
        manifest: Manifest,
        articles: Sequence[ArticleRecord],
        passages: Sequence[Passage],
        window_rows: NDArray[np.int32],
        dense: DenseIndex,
        dense_windows: DenseIndex,
        whitening: Whitening,
        lexical: LexicalIndex,
        companion: DenseIndex | None = None,
        companion_passages: DenseIndex | None = None,
        calibration: Calibration | None = None,
    ) -> None:
        self.calibration = calibration
        self.manifest = manifest
        self.articles = {article.path: article for article in articles}
        self.passages = tuple(passages)
        self.window_passage, self.window_first, self.window_last = window_rows.T
        self.dense = dense
        self.dense_windows = dense_windows
        self.whitening = whitening
        self.lexical = lexical
        self.rows = {passage.id: row for row, passage in enumerate(self.passages)}
        self.article_numbers = {path: number for number, path in enumerate(self.articles)}
        self.article_of = np.array([self.article_numbers[passage.article] for passage in self.passages], dtype=np.int32)
        self.companion = companion
        self.companion_passages = companion_passages

    def passage(self, passage_id: str) -> Passage | None:
        """The passage with this id, or None when this generation has none."""
        row = self.rows.get(passage_id)
        return None if row is None else self.passages[row]


def write(
    directory: Path,
    manifest_id: str,
    recipe: Recipe,
    model: str,
    files: Mapping[str, str],
    skipped: Sequence[Skipped],
    warnings: Sequence[FileWarning],
    contents: GenerationContents,
    segmenter: Segmenter,
) -> Manifest:
    """Write a whole generation into an empty directory; its manifest, with a checksum of every file, comes last."""
    directory.mkdir(parents=True)
    rows = {passage.id: row for row, passage in enumerate(contents.passages)}
    window_rows = np.array([(rows[w.passage], w.first, w.last) for w in contents.windows], dtype=np.int32)
    _dump(directory / _ARTICLES, [_plain(asdict(article)) for article in contents.articles])
    _dump(directory / _PASSAGES, [_passage_document(passage) for passage in contents.passages])
    np.save(directory / _WINDOWS, window_rows, allow_pickle=False)
    DenseIndex.index(contents.passage_vectors).save(directory / _PASSAGE_VECTORS)
    DenseIndex.index(contents.window_vectors).save(directory / _WINDOW_VECTORS)
    contents.whitening.save(directory / _WHITENING)
    if (second := contents.companion_vectors) is not None:
        DenseIndex.index(second).save(directory / _COMPANION_VECTORS)
        means = _means(second, window_rows[:, 0], len(contents.passages))
        DenseIndex.index(means).save(directory / _COMPANION_PASSAGES)
    titles = {article.path: article.title for article in contents.articles}
    # Title and headings are words that a merchant types, so they count for the keyword leg.
    texts = [passage.below(titles[passage.article]) for passage in contents.passages]
    LexicalIndex.index(texts, segmenter).save(directory / _LEXICAL)
    digests = np.frombuffer(b"".join(sorted(contents.texts)), np.uint8).reshape(-1, DIGEST_SIZE)
    np.save(directory / _TEXTS, digests, allow_pickle=False)
    manifest = Manifest(
        id=manifest_id,
        created=datetime.datetime.now(datetime.UTC).replace(microsecond=0),
        recipe=recipe,
        model=model,
        files=dict(files),
        skipped=tuple(skipped),
        articles=len(contents.articles),
        passages=len(contents.passages),
        windows=len(contents.windows),
        noise=contents.noise,
        white_noise=contents.white_noise,
        window_similarity=WindowSimilarityStats.of(contents.window_vectors),
        checksums={name: _checksum(file) for name, file in _parts(directory)},
        stamps={name: _stamp(file) for name, file in _parts(directory)},
        warnings=tuple(warnings),
    )
    document = _plain(asdict(manifest))
    _dump(directory / MANIFEST, document | {_SEAL: _seal(document)})
    return manifest


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


def verify(directory: Path, *, every_byte: bool = True) -> Manifest:
    """The manifest, after every file was checked against its checksum.

    Unless `every_byte`, a file that has the size and the time of change of when it was written is taken for whole
    unread. Raises IndexDamaged naming the file that is missing or changed.
    """
    manifest = read_manifest(directory)
    for name, expected in manifest.checksums.items():
        file = directory / name
        try:
            if not every_byte and _stamp(file) == manifest.stamps.get(name):
                continue
            found = _checksum(file)
        except FileNotFoundError:
            raise IndexDamaged(directory.name, f"文件 {name} 缺失") from None
        except OSError as error:
            raise IndexDamaged(directory.name, f"内容读不了（{type(error).__name__}）") from error
        if found != expected:
            raise IndexDamaged(directory.name, f"文件 {name} 与校验和不符")
    return manifest


def load(directory: Path, segmenter: Segmenter, *, every_byte: bool = False) -> Generation:
    """Load a generation after checking every file, as `verify` does. Raises IndexDamaged."""
    manifest = verify(directory, every_byte=every_byte)
    try:
        articles = [_article(document) for document in _load(directory / _ARTICLES)]
        passages = [_passage(document) for document in _load(directory / _PASSAGES)]
        window_rows = np.load(directory / _WINDOWS, allow_pickle=False)
        dense = DenseIndex.load(directory / _PASSAGE_VECTORS)
        dense_windows = DenseIndex.load(directory / _WINDOW_VECTORS)
        whitening = Whitening.load(directory / _WHITENING)
        lexical = LexicalIndex.load(directory / _LEXICAL, segmenter)
        companion, companion_passages = (
            DenseIndex.load(directory / name) if manifest.recipe.companion else None
            for name in (_COMPANION_VECTORS, _COMPANION_PASSAGES)
        )
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise IndexDamaged(directory.name, f"内容读不了（{type(error).__name__}）") from error
    by_passage = [len(passages), dense.count, lexical.count]
    by_window = [len(window_rows), dense_windows.count, whitening.count]
    if companion is not None and companion_passages is not None:
        by_passage.append(companion_passages.count)
        by_window.append(companion.count)
    if {*by_passage} != {manifest.passages} or {*by_window} != {manifest.windows}:
        raise IndexDamaged(directory.name, "各部分的条数对不上")
    return Generation(
        *(manifest, articles, passages, window_rows, dense, dense_windows, whitening, lexical),
        *(companion, companion_passages, read_calibration(directory)),
    )


def read_texts(directory: Path) -> frozenset[bytes] | None:
    """The digests of the texts whose vectors building a generation took; None where it does not tell."""
    try:
        digests = np.load(directory / _TEXTS, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return frozenset(row.tobytes() for row in digests)


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


def _means(windows: NDArray[np.float32], owners: NDArray[np.int32], passages: int) -> NDArray[np.float32]:
    """Each passage as the mean direction of its windows: as good as encoding it whole, and free."""
    sums = np.zeros((passages, windows.shape[1]), dtype=np.float32)
    np.add.at(sums, owners, windows)
    unit: NDArray[np.float32] = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    return unit


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


def _dump(file: Path, document: Any) -> None:
    file.write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def _load(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


def _plain(value: Any) -> Any:
    """The same value in what JSON can hold; dates become ISO text."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


def _passage_document(passage: Passage) -> dict[str, Any]:
    spans = [(span.start, span.end) for span in passage.sentences]
    blocks = [(block.kind.value, block.span.start, block.span.end, block.goes_on) for block in passage.blocks]
    return {**_plain(asdict(passage)), "sentences": spans, "blocks": blocks}


def _passage(document: dict[str, Any]) -> Passage:
    return Passage(
        id=document["id"],
        article=document["article"],
        position=document["position"],
        headings=tuple(document["headings"]),
        text=document["text"],
        sentences=tuple(Span(start, end) for start, end in document["sentences"]),
        blocks=tuple(
            PassageBlock(BlockKind(kind), Span(start, end), goes_on) for kind, start, end, goes_on in document["blocks"]
        ),
    )


def _day(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


def _article(document: dict[str, Any]) -> ArticleRecord:
    dates = {key: _day(document.get(key)) for key in ("date", "updated", "expires", "checked")}
    sources = tuple(Source(**source) for source in document["sources"])
    return ArticleRecord(**{**document, **dates, "tags": tuple(document["tags"]), "sources": sources})
