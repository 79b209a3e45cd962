"""The bot's inside, without any surface: settings to an index that is up to date and an answerer on it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from bot.answering.index_engine import index_engine
from bot.answering.material import Material, material_of
from bot.answering.models import EncoderFactory, Models, encoder_settings
from bot.answering.serving_state import Damage, ServingState, StateLoader
from bot.config import Settings
from bot.local_time import LocalTime
from bot.model import Answer, Status
from corpus.model import Passage
from corpus.sandbox.bounded_parser import BoundedParser
from corpus.vocabulary.glossary import Glossary
from embeddings.errors import IndexMissing
from embeddings.index.changes import ArticleParser
from embeddings.index.generation import Generation, write_calibration
from embeddings.index.indexer import Indexer, IndexingOptions, Progress, Summary
from embeddings.index.records import ArticleRecord
from embeddings.index.segmentation import Segmenter
from embeddings.index.vector_engine import VectorEngine
from embeddings.models.encoder import Encoder
from embeddings.reader.reader import Reader
from embeddings.refusal.confidence import Calibration, Signals
from embeddings.remote_engine import RemoteEngine

logger = logging.getLogger(__name__)

_AFTER_A_FAILURE = 60.0  # seconds until what could not be loaded is tried again


class Service:
    """Answers questions from the serving generation.

    What answers is one `ServingState`, replaced whole. `reindex`, `roll_back` and `learn` load the new one in their own
    thread before they return; what another process has switched to is loaded in a thread of its own, and what is in
    memory answers meanwhile. Only the very first question waits for a load, unless `warm` went before.

    `ask` and whatever else answers is for one thread at a time, the rest may run in others: the models are shared
    behind locks. `encoder_factory`, `identity`, `calibration` and `engine` replace what is configured, `local_time`
    the clock, and `parser` what parses articles, for tests.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        encoder_factory: EncoderFactory | None = None,
        identity: str | None = None,
        calibration: Calibration | None = None,
        local_time: LocalTime | None = None,
        parser: Callable[[], AbstractContextManager[ArticleParser]] = BoundedParser,
        engine: VectorEngine | None = None,
    ) -> None:
        self.settings = settings
        self.local_time = local_time or LocalTime(settings.zone)
        options = IndexingOptions(
            articles=settings.corpus.articles,
            uploads=settings.uploads,
            data_dir=settings.data_dir,
            model=encoder_settings(settings),
            passage_length=settings.corpus.passage_length,
            keep=settings.index.keep,
        )
        glossary = Glossary.load()
        segmenter = Segmenter(glossary.words())
        self._models = Models(settings, options.models_dir, encoder_factory=encoder_factory)
        self.indexer = Indexer(
            options,
            encoder_factory=self._models.encoder,
            identity=identity,
            companion=self._models.companion,
            segmenter=segmenter,
            parser=parser,
            engine=engine or index_engine(settings),
        )
        self._loader = StateLoader(
            settings,
            self.indexer,
            self._models,
            glossary=glossary,
            segmenter=segmenter,
            calibration=calibration,
            local_time=self.local_time,
        )
        self._state: ServingState | None = None
        self._loading = threading.Lock()  # two loads at once would hold a third generation in memory
        self._not_before = 0.0  # by the monotonic clock, when a load that failed may be tried again

    def encoder(self) -> Encoder:
        """The encoder, loaded on first use."""
        return self._models.encoder()

    def encoded_by(self) -> str:
        """What encodes questions and passages, in words; see `Models.encoded_by`."""
        return self._models.encoded_by()

    def reader(self) -> Reader | None:
        """The reader, loaded on first use; None where there is none, or none that can be used."""
        return self._models.reader()

    def reader_wanted(self) -> bool:
        """Whether the configuration asks for a reader that fits the encoder."""
        return self._models.reader_wanted()

    @property
    def companion(self) -> Encoder | None:
        """The second encoder, None where there is none."""
        return self._models.companion

    @property
    def damage(self) -> Damage | None:
        """What is wrong with the serving generation where an earlier one of the same recipe answers instead."""
        return self._state.damage if self._state else None

    @property
    def calibration_damaged(self) -> bool:
        """Whether the generation that answers has a calibration that cannot be used."""
        return self._state is not None and self._state.calibration_damaged

    def engine_troubles(self) -> tuple[str, ...]:
        """What is wrong with servers that answering depends on, as far as is known; quick."""
        return tuple(engine.trouble for engine in self._engines() if engine.trouble is not None)

    def attend_engines(self) -> None:
        """Try those in trouble again; takes as long as questions may."""
        for engine in self._engines():
            engine.attend()

    def _engines(self) -> list[RemoteEngine]:
        parts: tuple[object, ...] = (self._models.loaded_encoder, self.indexer.engine)
        return [part for part in parts if isinstance(part, RemoteEngine)]

    def reindex(self, *, full: bool = False, progress: Progress | None = None) -> Summary:
        """Bring the index up to date, see `Indexer.reindex`; where something answers already, from now on by it."""
        summary = self.indexer.reindex(full=full, progress=progress)
        self._follow()
        return summary

    def roll_back(self) -> tuple[str, str]:
        """Answer from the generation before the serving one, see `Indexer.roll_back`; returns (from, to)."""
        switched = self.indexer.roll_back()
        self._follow()
        return switched

    def learn(self, calibration: Calibration) -> None:
        """Keep a calibration beside the generation that answers, and answer by it from now on."""
        state = self._serving()
        write_calibration(self.indexer.store.directory(state.generation.manifest.id), calibration)
        with self._loading:
            self._load()

    def refresh(self) -> ServingState:
        """Load the serving generation in the caller's thread where what is in memory was loaded for another one.

        Raises IndexMissing, what loading the models raises, and where nothing is in memory and no earlier generation
        can stand in, IndexOutdated or IndexDamaged. What is in memory stays as it is then.
        """
        with self._loading:
            while (state := self._state) is None or state.wanted != self.indexer.store.current_id():
                self._load()
            return state

    def warm(self) -> None:
        """Load everything that the first question would have to wait for. Raises IndexMissing or IndexDamaged."""
        self.refresh().warm()

    def notice_switch(self) -> None:
        """Start loading what another process has switched to, in a thread of its own; quick where nothing has."""
        if self._state is not None:
            self._load_if_switched(self._state, self.indexer.store.current_id())

    def _load_if_switched(self, state: ServingState, current: str | None) -> None:
        if current in {None, state.wanted} or self._loading.locked():
            return
        if time.monotonic() >= self._not_before:
            threading.Thread(target=self._load_aside, name="loading").start()

    def refresh_curated(self) -> None:
        """Make curated answers that were written since ready, so that the next question need not wait for it."""
        self._serving().curated.warm()

    def ask(self, question: str, history: Sequence[str] = ()) -> Answer:
        """The answer to one question from the serving generation, after a person's earlier questions, oldest first."""
        return self._serving().answerer.answer(question, history)

    def volunteer(self, question: str) -> Answer | None:
        """The answer to a question that nobody put to the bot; None unless it is sure beyond `auto_at`."""
        state = self._serving()
        answer = state.answerer.answer(question)
        sure = answer.status is Status.ANSWERED and answer.confidence >= state.auto_at
        return answer if sure else None

    def signals(self, question: str) -> Signals:
        """What a search tells about whether it found an answer; see `Signals`."""
        return self._serving().answerer.signals(question)

    def calibration(self) -> Calibration:
        """By which questions are answered or declined, with the thresholds in force."""
        return self._serving().calibration

    def serving(self) -> Generation:
        """The generation that answers, which never changes. Raises IndexMissing or IndexDamaged."""
        return self._serving().generation

    def passage(self, passage_id: str) -> tuple[Passage, ArticleRecord] | None:
        """A passage of the generation that answers and its article, by the id that buttons carry."""
        generation = self._serving().generation
        passage = generation.passage(passage_id)
        return (passage, generation.articles[passage.article]) if passage else None

    def material(self, answer: Answer) -> tuple[Material, ...]:
        """The passages behind an answer, as far as the generation that answers now still has them."""
        state = self._serving()
        nearness = state.retriever.nearness if self._models.is_default else None
        return material_of(answer, state.generation, state.answerer, nearness)

    def _serving(self) -> ServingState:
        """What answers now. Raises IndexMissing where no generation serves, whatever is in memory."""
        state = self._state
        if state is None:
            return self.refresh()
        current = self.indexer.store.current_id()
        if current is None:
            raise IndexMissing
        self._load_if_switched(state, current)
        return state

    def _load(self) -> None:
        """Put what now serves in the place of what is in memory; inside the lock."""
        before, current = self._state, self.indexer.store.current_id()
        if current is None:
            raise IndexMissing
        loaded = self._loader.load(current, before)
        if before is not None and loaded.retriever is not before.retriever:
            loaded.warm()  # while nobody waits for it
        self._state = loaded
        logger.info("generation %s answers", loaded.generation.manifest.id)

    def _follow(self) -> None:
        """Load what this process has switched to; without anything in memory the first question will."""
        if self._state is not None:
            self.refresh()

    def _load_aside(self) -> None:
        try:
            self.refresh()
        except Exception:
            # The edge of a thread of our own: nobody else would hear of it.
            logger.exception("the serving generation could not be loaded; the one in memory goes on answering")
            self._not_before = time.monotonic() + _AFTER_A_FAILURE
