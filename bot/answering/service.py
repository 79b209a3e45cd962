"""The bot's inside, without any surface: settings to an index that is up to date and an answerer on it."""

from __future__ import annotations

import datetime
import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from bot.answering.answerer import Answerer, AnswerStyle
from bot.answering.curated.matching import CuratedMatcher
from bot.answering.curated.phrasing import Phrasings
from bot.answering.curated.store import CuratedFile
from bot.answering.message_text import clean
from bot.answering.open_questions import auto_at
from bot.config import Settings
from bot.model import Answer, Status
from corpus.model import Passage
from corpus.sandbox.bounded_parser import BoundedParser
from corpus.vocabulary.glossary import Glossary
from corpus.vocabulary.spoken_words import SpokenWords
from embeddings.errors import IndexDamaged, IndexOutdated
from embeddings.index.generation import ArticleRecord, Generation, calibration_damaged, write_calibration
from embeddings.index.indexer import ArticleParser, Indexer, IndexingOptions, Progress, Summary
from embeddings.index.segmentation import Segmenter
from embeddings.models.companion import CompanionEncoder
from embeddings.models.encoder import Encoder, ModelSettings
from embeddings.models.encoder import load as load_encoder
from embeddings.refusal.confidence import Calibration, Signals
from embeddings.search.freshness import Freshness, FreshnessPolicy, local_day
from embeddings.search.fusion import Weights
from embeddings.search.reranker import Reranker, load_reranker
from embeddings.search.retriever import Retriever

logger = logging.getLogger(__name__)

EncoderFactory = Callable[[], Encoder]

_FIRST = "准备"  # any question: what it finds is of no interest


@dataclass(frozen=True, slots=True)
class Damage:
    """The id of a damaged generation, of the earlier one that answers instead, and in words what is wrong."""

    generation: str
    instead: str
    what: str


class Service:
    """Answers questions from the serving generation; reloads it when another one is served.

    `ask` is for one thread at a time, `reindex` may run in another one meanwhile: the encoder is shared behind a
    lock. `damage` tells of a serving generation that is damaged, in whose place the newest earlier one of the same
    recipe answers, `uncalibrated` of a calibration that cannot be used. `encoder_factory`, `identity` and
    `calibration` replace what is configured, `today` the day, and `reader` what reads articles, for tests.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        encoder_factory: EncoderFactory | None = None,
        identity: str | None = None,
        calibration: Calibration | None = None,
        today: Callable[[], datetime.date] = local_day,
        reader: Callable[[], AbstractContextManager[ArticleParser]] = BoundedParser,
    ) -> None:
        self.settings = settings
        self._calibration = calibration
        self._today = today
        self._glossary = Glossary.load()
        self._spoken_words = SpokenWords.load()
        self._segmenter = Segmenter(self._glossary.words())
        # An injected encoder stands for all models.
        wants_companion = settings.embeddings.companion != "none" and encoder_factory is None
        self._companion = CompanionEncoder(threads=settings.embeddings.threads or 2) if wants_companion else None
        self._freshness = Freshness(FreshnessPolicy(**settings.freshness.model_dump()), today=today)
        self._reranker: Reranker | None = None
        self._reranker_tried = False
        self._lock = threading.Lock()
        self._encoder: Encoder | None = None
        self._answerer: Answerer | None = None
        self._curated: CuratedMatcher | None = None
        self._retriever: Retriever | None = None
        self._auto_at = 1.0
        self._generation: Generation | None = None
        self._wanted: str | None = None
        self.damage: Damage | None = None
        self.uncalibrated = False
        self._factory = encoder_factory
        self.indexer = Indexer(
            IndexingOptions(
                articles=settings.corpus.articles,
                uploads=settings.uploads,
                data_dir=settings.data_dir,
                model=model_settings(settings),
                passage_length=settings.corpus.passage_length,
                keep=settings.index.keep,
            ),
            encoder_factory=self.encoder,
            identity=identity,
            companion=self._companion,
            segmenter=self._segmenter,
            reader=reader,
        )

    def encoder(self) -> Encoder:
        """The encoder, loaded on first use."""
        with self._lock:
            if self._encoder is None:
                if self._factory is not None:
                    self._encoder = self._factory()
                else:
                    self._encoder = load_encoder(model_settings(self.settings), self.indexer.models_dir)
            return self._encoder

    @property
    def companion(self) -> Encoder | None:
        """The second encoder, None where there is none."""
        return self._companion

    def _loaded_reranker(self) -> Reranker | None:
        """The configured reranker, tried once: None where there is none or it cannot be loaded."""
        chosen = self.settings.retrieval
        if chosen.reranker is not None and not self._reranker_tried:
            self._reranker_tried = True
            self._reranker = load_reranker(
                chosen.reranker,
                self.indexer.models_dir,
                device=self.settings.embeddings.device,
                budget_ms=chosen.rerank_budget_ms,
            )
        return self._reranker

    def reindex(self, *, full: bool = False, progress: Progress | None = None) -> Summary:
        """Bring the index up to date; see `Indexer.reindex`."""
        return self.indexer.reindex(full=full, progress=progress)

    def refresh(self) -> None:
        """Load the serving generation when it is not the one in memory.

        Raises IndexMissing, IndexOutdated, or IndexDamaged where no earlier one can stand in.
        """
        current = self.indexer.store.current_id()
        if self._generation is not None and self._wanted == current:
            return
        loaded = self._loaded(current)
        if loaded is None:
            return
        self._generation, self._wanted = loaded, current
        retriever = Retriever(
            self._generation,
            self.encoder(),
            companion=self._companion,
            glossary=self._glossary,
            spoken_words=self._spoken_words,
            weights=Weights(**self.settings.retrieval.weights.model_dump()),
            freshness=self._freshness,
            reranker=self._loaded_reranker(),
        )
        style = AnswerStyle(quotes=self.settings.answering.quotes, length=self.settings.answering.length)
        self.uncalibrated = calibration_damaged(self.indexer.store.directory(self._generation.manifest.id))
        if self.uncalibrated:
            logger.warning("%s 的校准文件用不了，暂用内置校准：请重新运行 siyu calibrate", self._generation.manifest.id)
        known = self._calibration or self._generation.calibration or Calibration.default(probed=retriever.probed)
        calibration = _calibrated(known, self.settings)
        chosen = self.settings.answering.auto_at
        self._auto_at = auto_at(calibration) if chosen is None else chosen
        self._answerer = Answerer(
            retriever,
            calibration,
            style,
            glossary=self._glossary,
            freshness=self._freshness,
            curated=self._matcher(),
        )
        self._retriever = retriever
        self._matcher().warm()

    def warm(self) -> None:
        """Load everything that the first question would have to wait for. Raises IndexMissing or IndexDamaged."""
        self.refresh()
        assert self._retriever is not None
        self._retriever.retrieve(_FIRST)

    def refresh_curated(self) -> None:
        """Make curated answers that were written since ready, so that the next question need not wait for it."""
        self.refresh()
        self._matcher().warm()

    def _matcher(self) -> CuratedMatcher:
        if self._curated is None:
            self._curated = CuratedMatcher(
                CuratedFile(self.settings.data_dir),
                self.encoder(),
                self._segmenter,
                Phrasings(self._glossary, self._segmenter),
                companion=self._companion,
                today=self._today,
            )
        return self._curated

    def _loaded(self, current: str | None) -> Generation | None:
        """The serving generation or its stand-in, from the disk; None where what is in memory goes on serving."""
        store, recipe = self.indexer.store, self.indexer.recipe()
        try:
            if store.manifest().recipe == recipe:
                whole = store.load(self._segmenter)
                self.damage = None
                return whole
        except IndexDamaged as damage:
            earlier = store.stand_in(recipe)
            if earlier is None and self._generation is not None:
                logger.warning("%s 暂时仍由内存里的 %s 回答。", damage, self._generation.manifest.id)
                self._wanted = current
                return None
            if earlier is None:
                raise
            logger.warning("%s 暂时由 %s 回答。", damage, earlier.id)
            self.damage = Damage(damage.generation, earlier.id, damage.what)
            return store.load(self._segmenter, earlier.id)
        if self._generation is None:
            raise IndexOutdated(self.indexer.why_stale() or "")
        # Another process with other settings has switched: what is in memory still fits our model.
        logger.warning("generation %s was made by another recipe; the earlier one goes on serving", current)
        return None

    def ask(self, question: str, history: Sequence[str] = ()) -> Answer:
        """The answer to one question from the serving generation, after a person's earlier questions, oldest first."""
        self.refresh()
        assert self._answerer is not None
        return self._answerer.answer(question, history)

    def volunteer(self, question: str) -> Answer | None:
        """The answer to a question that nobody put to the bot; None unless it is sure beyond `auto_at`."""
        answer = self.ask(question)
        sure = answer.status is Status.ANSWERED and answer.confidence >= self._auto_at
        return answer if sure else None

    def signals(self, question: str) -> Signals:
        """What a search tells about whether it found an answer; see `Signals`."""
        self.refresh()
        assert self._retriever is not None
        return self._retriever.retrieve(clean(question)).signals

    def learn(self, calibration: Calibration) -> None:
        """Keep a calibration beside the generation that answers, and answer by it from now on."""
        write_calibration(self.indexer.store.directory(self.serving().manifest.id), calibration)
        self._generation = None

    def serving(self) -> Generation:
        """The serving generation, which never changes. Raises IndexMissing or IndexDamaged."""
        self.refresh()
        assert self._generation is not None
        return self._generation

    def passage(self, passage_id: str) -> tuple[Passage, ArticleRecord] | None:
        """A passage of the serving generation and its article, by the id that buttons carry."""
        self.refresh()
        assert self._generation is not None
        passage = self._generation.passage(passage_id)
        return (passage, self._generation.articles[passage.article]) if passage else None


def _calibrated(calibration: Calibration, settings: Settings) -> Calibration:
    """The calibration with the configuration's own thresholds where it names any."""
    chosen = settings.answering
    return replace(
        calibration,
        answer_at=calibration.answer_at if chosen.answer_at is None else chosen.answer_at,
        unsure_at=calibration.unsure_at if chosen.unsure_at is None else chosen.unsure_at,
    )


def model_settings(settings: Settings) -> ModelSettings:
    """The encoder's settings as the configuration gives them."""
    chosen = settings.embeddings
    return ModelSettings(
        model=chosen.model,
        device=chosen.device,
        batch_size=chosen.batch_size,
        query_prompt=chosen.query_prompt,
        passage_prompt=chosen.passage_prompt,
        max_length=None,
        threads=chosen.threads,
    )
