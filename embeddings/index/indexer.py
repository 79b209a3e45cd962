"""Article files to a serving generation: read, cut, encode what is new, write aside, verify, switch."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from corpus.cutting.passages import SCHEME, cut, windows
from corpus.model import Article, FileWarning, Passage, Skipped, Window
from corpus.parsing.articles import PARSING, parse_corpus
from corpus.parsing.files import file_digest, find_files
from corpus.parsing.formats import suffix_list
from corpus.sandbox.bounded_parser import BoundedParser
from embeddings.errors import EmbeddingsError, EmptyCorpus, IndexDamaged, VectorCacheError
from embeddings.index import generation as generations
from embeddings.index import pending_calibration
from embeddings.index.background_similarity import QUESTIONS
from embeddings.index.changes import ArticleParser, ChangeCounts, compare, find_changes
from embeddings.index.generation import Generation, Manifest, Recipe
from embeddings.index.generation_store import GenerationStore
from embeddings.index.generation_writer import About, GenerationContents, blocks_of, write_changed, write_whole
from embeddings.index.pending_calibration import CalibrationWithRecipe
from embeddings.index.records import ArticleRecord
from embeddings.index.segment import Questions, SegmentBlock
from embeddings.index.segmentation import Segmenter
from embeddings.index.vector_cache import VectorCache, encode_cached, text_digest
from embeddings.index.vector_engine import VectorEngine
from embeddings.index.vector_index import SAMPLE
from embeddings.index.whitening import Whitening
from embeddings.models.encoder import Encoder, is_known
from embeddings.models.providers import EncoderSettings, provider_of
from embeddings.models.service_encoder import ServiceEncoder
from embeddings.refusal.confidence import Calibration

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_CONTEXT = "windows below headings"
_QUERY = "query"

logger = logging.getLogger(__name__)


class ReindexStage(StrEnum):
    """The steps of a reindex, in order, as progress is reported."""

    READING = "reading"
    CUTTING = "cutting"
    MODEL = "model"
    ENCODING = "encoding"
    COMPANION = "companion"
    WRITING = "writing"
    FILLING = "filling"


Progress = Callable[[ReindexStage, int, int], None]


@dataclass(frozen=True, slots=True)
class IndexingOptions:
    """Where articles are, how they are cut, who encodes them and where all of it is kept.

    `uploads` is one more directory of articles, which may come into being at any time.
    """

    articles: tuple[Path, ...]
    data_dir: Path
    model: EncoderSettings
    passage_length: int = 500
    keep: int = 2
    uploads: Path | None = None

    @property
    def models_dir(self) -> Path:
        """Where models are kept that were unpacked or downloaded."""
        return self.data_dir / "models"


@dataclass(frozen=True, slots=True)
class Summary:
    """What a reindex did. `encoded` counts texts that the model saw; `seconds` is wall time."""

    generation: str
    articles: ChangeCounts
    passages: ChangeCounts
    total_articles: int
    total_passages: int
    total_windows: int
    encoded: int
    skipped: tuple[Skipped, ...]
    seconds: float
    switched: bool
    warnings: tuple[FileWarning, ...] = ()


class Indexer:
    """Brings the serving generation up to date with the article files.

    `encoder_factory` loads the model; it is only called when a text has to be encoded. `companion` is the second
    encoder, None for none. `parser` gives what parses the files, by default within bounds that no file can break.
    `engine` is filled before anything switches to a generation, None where the bot's own process searches.
    """

    def __init__(
        self,
        settings: IndexingOptions,
        *,
        encoder_factory: Callable[[], Encoder] | None = None,
        identity: str | None = None,
        companion: Encoder | None = None,
        segmenter: Segmenter | None = None,
        parser: Callable[[], AbstractContextManager[ArticleParser]] = BoundedParser,
        engine: VectorEngine | None = None,
    ) -> None:
        self.engine = engine
        self._settings = settings
        self._identity = identity
        self._companion = companion
        self._provider = provider_of(settings.model, settings.models_dir)
        self._factory = cache(encoder_factory or self._provider.load)
        self._segmenter = segmenter or Segmenter()
        self._parser = parser
        self._vectors = VectorCache(settings.data_dir / "vectors.db")
        self.store = GenerationStore(settings.data_dir, keep=settings.keep)

    @property
    def roots(self) -> tuple[Path, ...]:
        """All directories with articles that there are now."""
        configured, uploads = self._settings.articles, self._settings.uploads
        if uploads is None or not uploads.is_dir():
            return configured
        # Inside another root its articles are found already.
        inside = any(uploads.resolve().is_relative_to(root.resolve()) for root in configured)
        return configured if inside else (*configured, uploads)

    def recipe(self) -> Recipe:
        """The recipe that the present settings ask for; tells without loading the model."""
        identity = self._identity or self._provider.identify()
        scheme = f"{SCHEME}/{self._settings.passage_length}/{_CONTEXT}"
        companion = self._companion.identity if self._companion else ""
        return Recipe(encoder=identity, companion=companion, passages=scheme, terms=self._segmenter.scheme)

    def why_stale(self) -> str | None:
        """In words, why the serving generation cannot answer under the present settings; None when it can.

        Also None where an earlier one stands in for it, which is damaged.
        """
        if self.store.current_id() is None:
            return "还没有索引"
        wanted = self.recipe()
        try:
            made_by = self.store.manifest().recipe
        except IndexDamaged as damage:
            return None if self.store.stand_in(wanted) else str(damage)
        if made_by.format != wanted.format:
            return "现有索引是另一个版本的程序建的"
        if (made_by.encoder, made_by.companion) != (wanted.encoder, wanted.companion):
            return "现有索引是用另一个向量模型建的"
        if made_by.passages != wanted.passages or made_by.terms != wanted.terms:
            return "现有索引的切段或分词方式与现在的设置不同"
        return None

    def why_unservable(self) -> str | None:
        """As `why_stale`, with a look at every file: None when questions can be answered, by a stand-in if need be."""
        if (stale := self.why_stale()) is not None:
            return stale
        damage = self.store.damage(every_byte=False)
        return None if damage is None or self.store.stand_in(self.recipe()) else str(damage)

    def changed_files(self) -> bool:
        """Whether any article file differs from what the serving generation was built from."""
        return self.store.current_id() is None or self._digests() != dict(self.store.manifest().files)

    def unseen_files(self) -> bool:
        """Whether any article file differs from what the newest generation, serving or not, was built from.

        Where somebody has gone back to an earlier one, the files alone are no reason to build the newest again.
        """
        ids = self.store.ids()
        return not ids or self._digests() != dict(self.store.manifest(ids[-1]).files)

    def reindex(self, *, full: bool = False, progress: Progress | None = None) -> Summary:
        """Build and serve a new generation when anything changed or is damaged; `full` builds it in any case.

        Texts whose vectors are in the cache are not encoded again, `full` or not. Raises a CorpusError when there is
        nothing to index, an EmbeddingsError when the model cannot be had, the engine cannot be filled or another
        process is building; the serving generation stays as it was.
        """
        started = time.monotonic()
        report = progress or _unheard
        recipe = self.recipe()
        digests = self._digests()
        damaged = self._damaged(full=full)
        if not full and damaged is None and self.why_stale() is None:
            manifest = self.store.manifest()
            if manifest.recipe == recipe and dict(manifest.files) == digests:
                self.store.tidy()
                self._fill(manifest.id, report)
                return self._unchanged(manifest, time.monotonic() - started)
        with self.store.building() as (generation_id, directory), self._parser() as parse:
            if self._identity is None and not is_known(recipe.encoder):
                self._prepare(report)
                recipe = self.recipe()  # a model that had to be downloaded first is only now known by its revision
            before = self._previous()
            what = (generation_id, directory, recipe, digests, parse, report)
            if before is not None and not full and damaged is None and _may_be_kept(before, recipe):
                built = self._changed(before, *what)
            else:
                built = self._whole(*what)
            manifest = built.manifest
            waits = pending_calibration.waiting(self._settings.data_dir)
            if (learnt := self._learnt(recipe, waits)) is not None:
                generations.write_calibration(directory, learnt)
            # Read back what was written before anyone depends on it; what two generations share was read before.
            stamps = before.manifest.stamps if before else {}
            shared = {name for name, stamp in manifest.stamps.items() if stamps.get(name) == stamp}
            after = generations.load(directory, self._segmenter, every_byte=True, but=shared)
            articles, passages = compare(
                before, after, same_base=any(name.startswith(f"{generations.BASE}/") for name in shared)
            )
            self._filled(after, report)
            self.store.serve(generation_id, directory, without=damaged)
            self._drop_others(before)
            if waits is not None and waits.recipe == recipe:
                pending_calibration.clear(self._settings.data_dir)
            if not shared:
                self._prune_vectors()
            report(ReindexStage.WRITING, 1, 1)
        return Summary(
            generation=generation_id,
            articles=articles,
            passages=passages,
            total_articles=manifest.articles,
            total_passages=manifest.passages,
            total_windows=manifest.windows,
            encoded=built.encoded,
            skipped=manifest.skipped,
            seconds=time.monotonic() - started,
            switched=True,
            warnings=manifest.warnings,
        )

    def roll_back(self) -> tuple[str, str]:
        """Serve the newest whole generation before the serving one, which the engine has by then; returns (from, to).

        Raises NothingToRollBack, IndexBusy, EngineUnavailable.
        """
        return self.store.roll_back(lambda name: self._fill(name, _unheard))

    def _fill(self, generation_id: str, report: Progress) -> None:
        if self.engine is not None:
            self._filled(self.store.load(self._segmenter, generation_id), report)

    def _filled(self, generation: Generation, report: Progress) -> None:
        if self.engine is not None:
            self.engine.fill(generation, lambda done, total: report(ReindexStage.FILLING, done, total))

    def _drop_others(self, before: Generation | None) -> None:
        """What served until now goes with the next reindex: whoever has not noticed the switch still searches it."""
        if self.engine is not None:
            self.engine.keep({*self.store.ids(), *([before.manifest.id] if before else [])})

    def _digests(self) -> dict[str, str]:
        """Of every file what an article made of it depends on: its bytes, its note's, and how files are parsed."""
        digests = {}
        for found in find_files(self.roots):
            try:
                digests[found.path] = f"{PARSING}/{file_digest(found.file)}"
            except OSError:
                digests[found.path] = "unreadable"
        return digests

    def _whole(
        self,
        generation_id: str,
        directory: Path,
        recipe: Recipe,
        digests: Mapping[str, str],
        parse: ArticleParser,
        report: Progress,
    ) -> _Built:
        """Write a generation from all files."""
        corpus = parse_corpus(
            self.roots, parse=parse, progress=lambda done, total: report(ReindexStage.READING, done, total)
        )
        if not corpus.articles:
            raise EmptyCorpus(self.roots, corpus.skipped, suffix_list())
        texts = self._cut(corpus.articles, report)
        sample = self._sample(recipe.encoder)
        encoded = self._encoded(texts, recipe, report)
        whitening = Whitening.learn(encoded.windows)
        contents = GenerationContents(
            blocks=self._blocks(texts, encoded, whitening),
            whitening=whitening,
            unrelated=self._background(recipe.encoder),
            texts=encoded.digests | frozenset(map(text_digest, QUESTIONS)),
            half=len(texts.passages) > SAMPLE,
            questions=self._questions(recipe) if len(texts.passages) > SAMPLE else None,
            sample=sample,
        )
        report(ReindexStage.WRITING, 0, 1)
        about = self._about(generation_id, recipe, digests, corpus.skipped, corpus.warnings)
        return _Built(write_whole(directory, about, contents), encoded.encoded)

    def _changed(
        self,
        before: Generation,
        generation_id: str,
        directory: Path,
        recipe: Recipe,
        digests: Mapping[str, str],
        parse: ArticleParser,
        report: Progress,
    ) -> _Built:
        """Write the generation before with what has changed: only those files are parsed, cut and encoded.

        Of two files with the same text the one that was there before gives the article.
        """
        changes = find_changes(
            before,
            find_files(self.roots),
            digests,
            parse,
            lambda done, total: report(ReindexStage.READING, done, total),
        )
        if not changes.articles and len(changes.gone) == len(before.articles):
            raise EmptyCorpus(self.roots, changes.skipped, suffix_list())
        earlier = [article for article in before.articles.added() if article.path not in changes.gone]
        stays = _Texts.of((article, before.articles.passages_of(article.path)) for article in earlier)
        texts = stays.with_more(self._cut(changes.articles, report))
        self._sample(recipe.encoder)
        encoded = self._encoded(texts, recipe, report)
        report(ReindexStage.WRITING, 0, 1)
        manifest = write_changed(
            directory,
            self._about(generation_id, recipe, digests, changes.skipped, changes.warnings),
            before,
            self.store.directory(before.manifest.id),
            changes.gone | before.articles.gone(),
            list(self._blocks(texts, encoded, before.whitening)),
            encoded.digests,
        )
        return _Built(manifest, encoded.encoded)

    def _cut(self, articles: Sequence[Article], report: Progress) -> _Texts:
        cut_up = []
        for done, article in enumerate(articles, start=1):
            cut_up.append((ArticleRecord.of(article), cut(article, target=self._settings.passage_length)))
            report(ReindexStage.CUTTING, done, len(articles))
        return _Texts.of(cut_up)

    def _encoded(self, texts: _Texts, recipe: Recipe, report: Progress) -> _Vectors:
        titles = {article.path: article.title for article in texts.articles}
        headings = {passage.id: (passage.headings or (titles[passage.article],))[-1] for passage in texts.passages}
        # The main encoder reads a window below its heading, which often names what the sentences leave out; the
        # companion reads the bare sentences, so that the two err in different ways.
        whole = [passage.text for passage in texts.passages]
        whole += [f"{headings[window.passage]}\n{window.text}" for window in texts.windows]
        bare = [window.text for window in texts.windows]
        vectors, count = encode_cached(
            self._vectors,
            lambda: self._ready(report),
            recipe.encoder,
            whole,
            progress=lambda done, total: report(ReindexStage.ENCODING, done, total),
        )
        companion_vectors = None
        if (companion := self._companion) is not None:
            companion_vectors, more = encode_cached(
                self._vectors,
                lambda: companion,
                recipe.companion,
                bare,
                progress=lambda done, total: report(ReindexStage.COMPANION, done, total),
            )
            count += more
            whole += bare
        passages = len(texts.passages)
        digests = frozenset(map(text_digest, whole))
        return _Vectors(vectors[:passages], vectors[passages:], companion_vectors, count, digests)

    def _ready(self, report: Progress) -> Encoder:
        """The encoder, its files unpacked first where they are not yet: only what has to be encoded needs them."""
        if self._identity is None:
            self._prepare(report)
        return self._factory()

    def _prepare(self, report: Progress) -> None:
        def progress(done: int, total: int) -> None:
            report(ReindexStage.MODEL, done, total)

        self._provider.prepare(progress=progress)

    def _blocks(self, texts: _Texts, encoded: _Vectors, whitening: Whitening) -> Iterator[SegmentBlock]:
        return blocks_of(
            texts.articles,
            texts.passages,
            texts.windows,
            encoded.passages,
            encoded.windows,
            encoded.companion,
            whitening,
            self._segmenter,
        )

    def _about(
        self,
        generation_id: str,
        recipe: Recipe,
        digests: Mapping[str, str],
        skipped: tuple[Skipped, ...],
        warnings: tuple[FileWarning, ...],
    ) -> About:
        return About(generation_id, recipe, self._settings.model.model, digests, skipped, warnings)

    def _sample(self, identity: str) -> NDArray[np.float32] | None:
        """What a model that may become another one made of a few texts when its first vectors were made, and has to
        make of them still; None where the identity alone tells. Raises EngineUnavailable."""
        encoder = self._factory() if self._provider.needs_sample else None
        if not isinstance(encoder, ServiceEncoder):
            return None
        for name in reversed(self.store.ids()):
            with suppress(IndexDamaged):
                if self.store.manifest(name).recipe.encoder == identity:
                    known = generations.read_sample(self.store.directory(name))
                    if known is not None:
                        encoder.expect(known)
                        return known
        return encoder.sample()

    def _background(self, identity: str) -> NDArray[np.float32]:
        """Vectors of the unrelated questions, encoded once for each encoder."""
        return self._asked(lambda some: self._factory().encode_queries(some), identity, QUESTIONS)

    def _asked(
        self, encode: Callable[[Sequence[str]], NDArray[np.float32]], identity: str, questions: Sequence[str]
    ) -> NDArray[np.float32]:
        """Vectors of questions, from the cache where all are known there."""
        known = self._vectors.get_many(identity, questions, kind=_QUERY)
        if not known.missing:
            return known.vectors
        encoded = encode(questions)
        self._vectors.put_many(identity, questions, encoded, kind=_QUERY)
        return encoded

    def _questions(self, recipe: Recipe) -> Questions:
        """Everyday questions, by which the recall of lists is measured."""
        companion = self._companion
        second = self._asked(companion.encode_queries, recipe.companion, QUESTIONS) if companion else None
        return Questions(self._background(recipe.encoder), second)

    def _previous(self) -> Generation | None:
        """The serving generation; None where it cannot be read."""
        try:
            return self.store.load(self._segmenter)
        except EmbeddingsError:
            return None

    def _learnt(self, recipe: Recipe, waits: CalibrationWithRecipe | None) -> Calibration | None:
        """The serving generation's calibration, or that of its stand-in, or the one that waits.

        Only where it was learnt on the same recipe; articles come and go.
        """
        try:
            serving: Manifest | None = self.store.manifest()
        except EmbeddingsError:
            serving = self.store.stand_in(recipe)
        if serving is not None and serving.recipe == recipe:
            directory = self.store.directory(serving.id)
            known = generations.read_calibration(directory)
            if known is None and generations.calibration_damaged(directory):
                known = self._earlier_calibration(recipe, serving.id)
            if known is not None:
                return known
        return waits.calibration if waits is not None and waits.recipe == recipe else None

    def _earlier_calibration(self, recipe: Recipe, than: str) -> Calibration | None:
        """The newest one that can be read beside an earlier generation of the same recipe."""
        for name in reversed([name for name in self.store.ids() if name < than]):
            with suppress(IndexDamaged):
                known = generations.read_calibration(self.store.directory(name))
                if known is not None and self.store.manifest(name).recipe == recipe:
                    return known
        logger.warning("the calibration of %s cannot be used and is left behind", than)
        return None

    def _damaged(self, *, full: bool) -> str | None:
        """The id of the serving generation where it is damaged; of a large one not every byte is read unless `full`."""
        if self.store.current_id() is None:
            return None
        try:
            small = self.store.manifest().passages <= SAMPLE
        except IndexDamaged:
            small = True
        if (damage := self.store.damage(every_byte=full or small)) is None:
            return None
        logger.warning("%s", damage)
        return damage.generation

    def _prune_vectors(self) -> None:
        """Forget the vectors that no kept generation was built from."""
        ids = self.store.ids()
        texts = [generations.read_texts(self.store.directory(name)) for name in ids]
        known = [digests for digests in texts if digests is not None]
        if len(known) < len(ids):
            return  # one was built by a program that did not tell
        try:
            recipes = [self.store.manifest(name).recipe for name in ids]
            encoders = {identity for recipe in recipes for identity in (recipe.encoder, recipe.companion)}
            forgotten = self._vectors.prune(encoders, frozenset().union(*known))
        except (VectorCacheError, IndexDamaged) as error:
            logger.warning("the vector cache was not pruned: %s", error)
            return
        logger.info("%d vectors forgotten that no kept generation needs", forgotten)

    def _unchanged(self, manifest: Manifest, seconds: float) -> Summary:
        return Summary(
            generation=manifest.id,
            articles=ChangeCounts(0, 0, 0, manifest.articles),
            passages=ChangeCounts(0, 0, 0, manifest.passages),
            total_articles=manifest.articles,
            total_passages=manifest.passages,
            total_windows=manifest.windows,
            encoded=0,
            skipped=manifest.skipped,
            seconds=seconds,
            switched=False,
            warnings=manifest.warnings,
        )


def _unheard(stage: ReindexStage, done: int, total: int) -> None:
    """The progress of what nobody waits for."""


def _may_be_kept(before: Generation, recipe: Recipe) -> bool:
    """Whether the next generation is written beside the base of this one; a small one is written anew."""
    return before.manifest.recipe == recipe and before.manifest.passages > SAMPLE


class _Built(NamedTuple):
    """A generation that was written, and how many texts had to be encoded for it."""

    manifest: Manifest
    encoded: int


class _Texts(NamedTuple):
    """Articles, their passages and the windows of those, each in the order of the one before."""

    articles: tuple[ArticleRecord, ...]
    passages: tuple[Passage, ...]
    windows: tuple[Window, ...]

    @classmethod
    def of(cls, articles: Iterable[tuple[ArticleRecord, Sequence[Passage]]]) -> _Texts:
        """From articles with their passages."""
        records, cut_up = zip(*pairs, strict=True) if (pairs := tuple(articles)) else ((), ())
        passages = tuple(passage for part in cut_up for passage in part)
        return cls(tuple(records), passages, tuple(window for passage in passages for window in windows(passage)))

    def with_more(self, more: _Texts) -> _Texts:
        """These, then more."""
        return _Texts(self.articles + more.articles, self.passages + more.passages, self.windows + more.windows)


class _Vectors(NamedTuple):
    """Vectors of passages and of windows, (n, dimension); the companion's, of windows, None where there is none.

    `encoded` texts had to be encoded; `digests` are those of all.
    """

    passages: NDArray[np.float32]
    windows: NDArray[np.float32]
    companion: NDArray[np.float32] | None
    encoded: int
    digests: frozenset[bytes]
