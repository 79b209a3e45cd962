"""Everything that answers, as one value that is built whole from a generation and never changed."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from bot.answering.answerer import Answerer, AnswerStyle
from bot.answering.calibration import in_force
from bot.answering.curated.matching import CuratedMatcher
from bot.answering.curated.phrasing import Phrasings
from bot.answering.curated.store import CuratedFile
from bot.answering.models import Models
from bot.answering.open_questions import auto_at
from bot.config import Settings
from bot.local_time import LocalTime
from corpus.vocabulary.glossary import Glossary
from corpus.vocabulary.spoken_words import SpokenWords
from embeddings.errors import EngineUnavailable, IndexDamaged, IndexOutdated
from embeddings.index.generation import Generation, calibration_damaged, read_sample
from embeddings.index.indexer import Indexer
from embeddings.index.segmentation import Segmenter
from embeddings.models.service_encoder import ServiceEncoder
from embeddings.refusal.confidence import Calibration
from embeddings.search.freshness import Freshness, FreshnessPolicy
from embeddings.search.fusion import Weights
from embeddings.search.retriever import Retriever

logger = logging.getLogger(__name__)

_ANY_QUESTION = "准备"  # what it finds is of no interest


@dataclass(frozen=True, slots=True)
class Damage:
    """The id of a damaged generation, of the earlier one that answers instead, and in words what is wrong."""

    generation: str
    instead: str
    what: str


@dataclass(frozen=True, slots=True)
class ServingState:
    """What answers questions, from one generation.

    `wanted` is the id of the serving generation that this was loaded for. Another one answers where that is damaged:
    `damage` then tells of it, unless nothing on disk could stand in and what was in memory went on. `auto_at` is the
    confidence from which a question put to nobody is answered; `calibration_damaged` tells that the built-in
    calibration stands in for one that cannot be used.
    """

    wanted: str
    generation: Generation
    retriever: Retriever
    curated: CuratedMatcher
    answerer: Answerer
    calibration: Calibration
    auto_at: float
    calibration_damaged: bool
    damage: Damage | None = None

    def warm(self) -> None:
        """Compute what the first question would have to wait for, unless a server that this takes is away just now."""
        try:
            self.retriever.retrieve(_ANY_QUESTION)
            self.curated.warm()
        except EngineUnavailable as error:
            logger.warning("还不能回答，会自动再试：%s", error)


class StateLoader:
    """Builds states. Models, glossary and configuration are the same for all, everything else is each one's own.

    `calibration` goes before what was learnt, for tests.
    """

    def __init__(
        self,
        settings: Settings,
        indexer: Indexer,
        models: Models,
        *,
        glossary: Glossary,
        segmenter: Segmenter,
        calibration: Calibration | None,
        local_time: LocalTime,
    ) -> None:
        self._settings = settings
        self._indexer = indexer
        self._models = models
        self._glossary = glossary
        self._segmenter = segmenter
        self._calibration = calibration
        self._local_time = local_time
        self._spoken_words = SpokenWords.load()
        self._phrasings = Phrasings(glossary, segmenter)
        self._freshness = Freshness(FreshnessPolicy(**settings.freshness.model_dump()), today=local_time.today)

    def load(self, wanted: str, before: ServingState | None) -> ServingState:
        """The state for the generation that now serves, `wanted`, by whatever can answer for it.

        `before` is what is in memory, which goes on where neither that one nor an earlier one on disk can answer.
        Without it this raises IndexOutdated or IndexDamaged.
        """
        store, recipe = self._indexer.store, self._indexer.recipe()
        if before is None:
            self._models.load_aside()
        try:
            if store.manifest(wanted).recipe == recipe:
                return self._build(wanted, self._loaded(wanted, before))
        except IndexDamaged as damage:
            earlier = store.stand_in(recipe)
            if earlier is not None:
                logger.warning("%s 暂时由 %s 回答。", damage, earlier.id)
                return self._build(
                    wanted, self._loaded(earlier.id, before), Damage(damage.generation, earlier.id, damage.what)
                )
            if before is None:
                raise
            logger.warning("%s 暂时仍由内存里的 %s 回答。", damage, before.generation.manifest.id)
            return replace(before, wanted=wanted)
        if before is None:
            raise IndexOutdated(self._indexer.why_stale() or "")
        # Another process with other settings has switched: what is in memory still fits our model.
        logger.warning("generation %s was made by another recipe; the earlier one goes on serving", wanted)
        return replace(before, wanted=wanted)

    def _loaded(self, generation_id: str, before: ServingState | None) -> Generation:
        """A generation that is searched where the configuration says. Raises IndexDamaged.

        An engine that lacks it is filled first where what is in memory can answer meanwhile; otherwise the engine tells
        whoever asks, and is filled by `Service.attend_engines`.
        """
        generation = self._indexer.store.load(self._segmenter, generation_id)
        if (engine := self._indexer.engine) is None:
            return generation
        if before is not None:
            try:
                engine.fill(generation)
            except EngineUnavailable as error:
                logger.warning("还不能回答，会自动再试：%s", error)
        generation.index = engine.open(generation)
        return generation

    def _build(self, wanted: str, generation: Generation, damage: Damage | None = None) -> ServingState:
        encoder = self._models.encoder()
        sample = read_sample(self._indexer.store.directory(generation.manifest.id))
        if isinstance(encoder, ServiceEncoder) and sample is not None:
            encoder.expect(sample)
        retriever = self._retriever(generation)
        damaged = calibration_damaged(self._indexer.store.directory(generation.manifest.id))
        if damaged:
            logger.warning("%s 的校准文件用不了，暂用内置校准：请重新运行 siyu calibrate", generation.manifest.id)
        curated, chosen = self._matcher(), self._settings.answering
        learnt = self._calibration or generation.calibration
        calibration = in_force(learnt, chosen, probed=retriever.probed).calibration
        return ServingState(
            wanted=wanted,
            generation=generation,
            retriever=retriever,
            curated=curated,
            answerer=Answerer(
                retriever,
                calibration,
                AnswerStyle(quotes=chosen.quotes, length=chosen.length),
                glossary=self._glossary,
                freshness=self._freshness,
                curated=curated,
                text_reader=self._models.reader(),
            ),
            calibration=calibration,
            auto_at=auto_at(calibration) if chosen.auto_at is None else chosen.auto_at,
            calibration_damaged=damaged,
            damage=damage,
        )

    def _retriever(self, generation: Generation) -> Retriever:
        return Retriever(
            generation,
            self._models.encoder(),
            companion=self._models.companion,
            glossary=self._glossary,
            spoken_words=self._spoken_words,
            weights=Weights(**self._settings.retrieval.weights.model_dump()),
            freshness=self._freshness,
        )

    def _matcher(self) -> CuratedMatcher:
        return CuratedMatcher(
            CuratedFile(self._settings.data_dir),
            self._models.encoder(),
            self._segmenter,
            self._phrasings,
            companion=self._models.companion,
            local_time=self._local_time,
        )
