"""Generations to disk: built whole, or as the one before with a delta beside its base, or with both merged into one.

The base of a large generation is linked, not copied, into the next one: a file that two directories have is written
and read once. When what has changed is more than `MERGED_FROM` of the base, both are joined into a new base, vectors
copied as they are. All of that happens in the directory that is being built; only a whole one is moved into place.
"""

from __future__ import annotations

import datetime
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus.model import FileWarning, Passage, Skipped, Window
from embeddings.index.arrays import write_array
from embeddings.index.background_similarity import BackgroundSimilarity, background_similarity
from embeddings.index.generation import (
    BASE,
    DELTA,
    DELTA_TEXTS,
    ENCODED,
    GONE,
    QUESTIONS,
    SAMPLE_ROWS,
    SAMPLED,
    TEXTS,
    WHITENING,
    Generation,
    Manifest,
    Recipe,
    write_manifest,
)
from embeddings.index.records import ArticleRecord
from embeddings.index.segment import (
    Questions,
    Segment,
    SegmentBlock,
    SegmentVectors,
    SegmentWriter,
    VectorBlock,
    VectorsWriter,
    write_segment_lists,
)
from embeddings.index.segmentation import Segmenter
from embeddings.index.vector_cache import DIGEST_SIZE
from embeddings.index.vector_index import SAMPLE
from embeddings.index.whitening import Whitening
from embeddings.index.window_similarity import WindowSimilarityStats

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

MERGED_FROM = 0.05
"""Share of the base's passages that may be gone or stand in the delta before both are merged."""

_BLOCK = 4096  # passages that are in memory at a time
_MERGED = "merged"


@dataclass(frozen=True, slots=True)
class About:
    """What a manifest says that does not follow from the segments."""

    id: str
    recipe: Recipe
    model: str
    files: Mapping[str, str]
    skipped: tuple[Skipped, ...]
    warnings: tuple[FileWarning, ...]


@dataclass(frozen=True, slots=True)
class GenerationContents:
    """What a whole generation is written from: `blocks` one after the other, in half precision where `half`.

    `whitening` is learnt from its windows, `unrelated`, (questions, dimension), are the vectors of the questions of
    `embeddings.index.background_similarity`. `texts` are the digests of all texts whose vectors building it took, so
    that the vector cache keeps those. `questions` are wanted where there are so many windows that they are put into
    lists (`embeddings.index.list_building`): how well those are searched is measured with them. `sample` is what an
    encoder that may change unnoticed made of a few texts, (2, 4, dimension); see `embeddings.models.service_encoder`.
    """

    blocks: Iterable[SegmentBlock]
    whitening: Whitening
    unrelated: Vectors
    texts: frozenset[bytes] = frozenset()
    half: bool = False
    questions: Questions | None = None
    sample: Vectors | None = None


def blocks_of(
    articles: Sequence[ArticleRecord],
    passages: Sequence[Passage],
    windows: Sequence[Window],
    passage_vectors: Vectors,
    window_vectors: Vectors,
    companion_vectors: Vectors | None,
    whitening: Whitening,
    segmenter: Segmenter,
) -> Iterator[SegmentBlock]:
    """Blocks of whole articles; passages are in the order of their articles, windows of their passages.

    Rows of the vectors, (passages or windows, dimension), follow `passages` and `windows`; the companion's are those of
    the windows, of which a passage gets the mean direction: as good as encoding it whole, and free.
    """
    sizes = _sizes([window.passage for window in windows], [passage.id for passage in passages])
    window_starts = np.concatenate(([0], np.cumsum(sizes)))
    per_article = _sizes([passage.article for passage in passages], [article.path for article in articles])
    starts = np.concatenate(([0], np.cumsum(per_article)))
    first = 0
    while first < len(articles):
        last = max(first + 1, int(np.searchsorted(starts, starts[first] + _BLOCK, side="right")) - 1)
        part = slice(int(starts[first]), int(starts[last]))
        inner = slice(int(window_starts[part.start]), int(window_starts[part.stop]))
        white, lengths = whitening.whitened(window_vectors[inner])
        companion = None if companion_vectors is None else companion_vectors[inner]
        titles = {article.path: article.title for article in articles[first:last]}
        yield SegmentBlock(
            articles=articles[first:last],
            passages=passages[part],
            vectors=VectorBlock(
                passages=passage_vectors[part],
                sizes=sizes[part],
                white=white,
                lengths=lengths,
                sentences=np.array([(w.first, w.last) for w in windows[inner]], dtype=np.int32).reshape(-1, 2),
                companion_passages=None if companion is None else mean_directions(companion, sizes[part]),
                companion_windows=companion,
            ),
            # Title, headings and the questions of a section are words that a merchant types, so they count as well.
            terms=[
                segmenter.terms("\n".join((passage.below(titles[passage.article]), *passage.questions)))
                for passage in passages[part]
            ],
        )
        first = last


def write_whole(directory: Path, about: About, contents: GenerationContents) -> Manifest:
    """Write a generation into a directory that is not there yet; its manifest, with all checksums, comes last."""
    directory.mkdir(parents=True)
    with SegmentWriter(directory / BASE, half=contents.half) as writer:
        for block in contents.blocks:
            writer.append(block)
        writer.finish()
    contents.whitening.save(directory / WHITENING)
    _write_texts(directory / TEXTS, contents.texts)
    if contents.questions is not None:
        contents.questions.save(directory / QUESTIONS)
        write_segment_lists(directory / BASE, contents.questions, contents.whitening)
    if contents.sample is not None:
        np.save(directory / ENCODED, contents.sample, allow_pickle=False)
    base = Segment(directory / BASE)
    _write_sample(directory / SAMPLED, base)
    windows = _windows(base.vectors)
    noise, white_noise = background_similarity(contents.unrelated, windows, contents.whitening)
    similarity = _window_similarity(base.vectors, contents.whitening)
    return write_manifest(directory, _manifest(about, [base], 0, 0, noise, white_noise, similarity))


def write_changed(
    directory: Path,
    about: About,
    before: Generation,
    before_directory: Path,
    gone: Collection[str],
    blocks: Sequence[SegmentBlock],
    texts: frozenset[bytes],
) -> Manifest:
    """Write the generation before with some articles changed, into a directory that is not there yet.

    `gone` are the paths of the base's articles that are no more or changed, `blocks` the articles that came since the
    base was built and the new versions of those that changed, whitened as the base is; `texts` the digests of theirs.
    """
    directory.mkdir(parents=True)
    for name in (BASE, SAMPLED):
        _link(before_directory / name, directory / name)
    for name in (WHITENING, TEXTS, QUESTIONS, ENCODED):
        _link(before_directory / name, directory / name)
    base = before.segments[0]
    numbers = sorted(number for path in gone if (number := base.number_of(path)) is not None)
    write_array(directory / GONE, np.array(numbers, dtype=np.int64))
    if blocks:
        with SegmentWriter(directory / DELTA, half=base.vectors.windows.half) as writer:
            for block in blocks:
                writer.append(block)
            writer.finish()
        _write_texts(directory / DELTA_TEXTS, texts)
    sizes = np.diff(base.article_starts)[numbers]
    changed = int(sizes.sum()) + sum(len(block.passages) for block in blocks)
    if changed > MERGED_FROM * base.count:
        _merge(directory, numbers)
        numbers = []
    segments = [Segment(directory / name) for name in (BASE, DELTA) if (directory / name).is_dir()]
    rows = np.concatenate([np.arange(*segments[0].article_starts[[n, n + 1]]) for n in numbers] or [np.arange(0)])
    _, places = segments[0].vectors.windows_of(rows)
    old = before.manifest
    manifest = _manifest(about, segments, len(numbers), len(rows), old.noise, old.white_noise, old.window_similarity)
    manifest = replace(manifest, windows=manifest.windows - len(places))
    return write_manifest(directory, manifest, known=old)


def mean_directions(windows: Vectors, sizes: NDArray[np.int64]) -> Vectors:
    """The mean direction of each passage's windows, `sizes` telling how many it has: (windows, d) to (passages, d)."""
    sums = np.zeros((len(sizes), windows.shape[1]), dtype=np.float32)
    np.add.at(sums, np.repeat(np.arange(len(sizes)), sizes), windows)
    unit: Vectors = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    return unit


def _merge(directory: Path, gone: Sequence[int]) -> None:
    """Join base and delta of a directory that is being built into a new base."""
    segments = [Segment(directory / name) for name in (BASE, DELTA) if (directory / name).is_dir()]
    alive = [np.ones(segment.articles, dtype=np.bool_) for segment in segments]
    alive[0][list(gone)] = False
    kept = [np.repeat(flags, np.diff(s.article_starts)) for s, flags in zip(segments, alive, strict=True)]
    with SegmentWriter(directory / _MERGED, half=segments[0].vectors.windows.half) as writer:
        for segment, flags in zip(segments, alive, strict=True):
            for block in _stored_blocks(segment, np.flatnonzero(flags)):
                writer.append(block)
        writer.finish(joined=[(s.postings, flags) for s, flags in zip(segments, kept, strict=True)])
    texts = [
        np.load(directory / name, allow_pickle=False) for name in (TEXTS, DELTA_TEXTS) if (directory / name).exists()
    ]
    for name in (BASE, DELTA, SAMPLED):
        shutil.rmtree(directory / name, ignore_errors=True)
    for name in (GONE, TEXTS, DELTA_TEXTS):
        (directory / name).unlink(missing_ok=True)  # unlinked first: the generation before has the same file
    (directory / _MERGED).rename(directory / BASE)
    write_array(directory / TEXTS, np.unique(np.concatenate(texts), axis=0))
    if (directory / QUESTIONS).exists():
        whitening = Whitening.load(directory / WHITENING)
        questions = Questions.load(directory / QUESTIONS)
        write_segment_lists(directory / BASE, questions, whitening, before=segments[0].vectors)
    _write_sample(directory / SAMPLED, Segment(directory / BASE))


def _stored_blocks(segment: Segment, articles: NDArray[np.int64]) -> Iterator[SegmentBlock]:
    """Some articles of a segment as they are stored."""
    sizes = np.diff(segment.article_starts)[articles]
    groups = np.split(articles, np.flatnonzero(np.diff(np.cumsum(sizes) // _BLOCK)) + 1)
    for group in groups:
        rows = [np.arange(*segment.article_starts[[number, number + 1]]) for number in group]
        joined = np.concatenate(rows or [np.arange(0)])
        if len(joined):
            yield SegmentBlock(
                articles=[segment.article(int(number)) for number in group],
                passages=[segment.passage(int(row)) for row in joined],
                vectors=segment.vectors.block(joined),
                terms=(),
            )


def _write_sample(directory: Path, base: Segment) -> None:
    """Where a base is larger than a sample, draw one: passages evenly spaced, in single precision."""
    if base.count <= SAMPLE:
        return
    rows = np.linspace(0, base.count - 1, SAMPLE).astype(np.int64)
    with VectorsWriter(directory, half=False) as writer:
        writer.append(base.vectors.block(rows))
    write_array(directory / SAMPLE_ROWS, rows)


def _windows(vectors: SegmentVectors) -> Iterator[tuple[Vectors, Vectors]]:
    at = 0
    for block in vectors.windows.blocks():
        yield block, vectors.lengths[at : at + len(block)]
        at += len(block)


def _window_similarity(vectors: SegmentVectors, whitening: Whitening) -> WindowSimilarityStats:
    rows = WindowSimilarityStats.rows(vectors.windows.count)
    return WindowSimilarityStats.of(whitening.raw(vectors.windows.rows(rows), vectors.lengths[rows]))


def _manifest(
    about: About,
    segments: Sequence[Segment],
    articles_gone: int,
    passages_gone: int,
    noise: BackgroundSimilarity,
    white_noise: BackgroundSimilarity,
    similarity: WindowSimilarityStats,
) -> Manifest:
    return Manifest(
        id=about.id,
        created=datetime.datetime.now(datetime.UTC).replace(microsecond=0),
        recipe=about.recipe,
        model=about.model,
        files=dict(about.files),
        skipped=about.skipped,
        articles=sum(segment.articles for segment in segments) - articles_gone,
        passages=sum(segment.count for segment in segments) - passages_gone,
        windows=sum(segment.vectors.windows.count for segment in segments),
        noise=noise,
        white_noise=white_noise,
        window_similarity=similarity,
        warnings=about.warnings,
    )


def _write_texts(file: Path, texts: frozenset[bytes]) -> None:
    write_array(file, np.frombuffer(b"".join(sorted(texts)), np.uint8).reshape(-1, DIGEST_SIZE))


def _sizes(owners: Sequence[str], names: Sequence[str]) -> NDArray[np.int64]:
    """How many of the owners each name is; owners come in the order of the names."""
    counts = dict.fromkeys(names, 0)
    for owner in owners:
        counts[owner] += 1
    return np.fromiter(counts.values(), dtype=np.int64, count=len(counts))


def _link(source: Path, target: Path) -> None:
    """Have the same files in another place, by links where the file system has them."""
    if source.is_dir():
        shutil.copytree(source, target, copy_function=_link_file)
    elif source.exists():
        _link_file(source, target)


def _link_file(source: str | Path, target: str | Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
