"""Everything that handles something in Telegram, made once and given what it works with."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.answering.answer_queue import AnswerQueue
from bot.answering.ask_question import AskQuestion
from bot.answering.composers import Extractive
from bot.answering.conversations import Conversations
from bot.answering.curated.store import CuratedAnswers
from bot.answering.service import Service
from bot.articles.article_store import ArticleStore
from bot.articles.inspector import Inspector
from bot.articles.intake import Intake
from bot.articles.page_fetcher import Fetcher
from bot.articles.suggestions import Suggestions
from bot.articles.upload_drafts import UploadDrafts
from bot.articles.upload_log import Uploads
from bot.indexing.reindex_job import ReindexJob
from bot.insights.question_vectors import QuestionVectors
from bot.insights.resolved_gaps import GapsDone
from bot.locales import texts
from bot.observability.metrics import BotMetrics
from bot.observability.process_info import ErrorCount, Uptime
from bot.observability.pseudonyms import Pseudonyms
from bot.operations.clock import Clock
from bot.operations.health import Health
from bot.operations.monitoring_server import Monitor
from bot.state.chats import Chats
from bot.state.funnel_periods import FunnelPeriods
from bot.state.journal import Journal
from bot.state.operator_menus import OperatorMenus
from bot.state.post_drafts import PostDrafts
from bot.state.question_log import QuestionLog
from bot.state.self_healing import StateFile
from bot.state.sent_answers import Answers
from bot.state.votes import Votes
from bot.state.written_days import WrittenDays
from bot.telegram.access.admission import Admission
from bot.telegram.access.allowlist import Allowlist
from bot.telegram.access.button_guard import ButtonDebounce
from bot.telegram.access.late_questions import LateQuestions
from bot.telegram.access.operator_guard import OperatorGuard
from bot.telegram.access.question_limits import QuestionLimits
from bot.telegram.handlers.channel_posts import ChannelPosts
from bot.telegram.handlers.channels import Channels
from bot.telegram.handlers.command_notices import CommandNotices
from bot.telegram.handlers.curated_editor import CuratedEditor
from bot.telegram.handlers.curated_list import CuratedList
from bot.telegram.handlers.diagnosis import Diagnosis
from bot.telegram.handlers.funnels import Funnels
from bot.telegram.handlers.gaps import Gaps
from bot.telegram.handlers.greeting import Greeting
from bot.telegram.handlers.groups import Groups
from bot.telegram.handlers.guests import Guests
from bot.telegram.handlers.index_commands import IndexCommands
from bot.telegram.handlers.inline import Inline
from bot.telegram.handlers.privacy import Privacy
from bot.telegram.handlers.questions import Questions
from bot.telegram.handlers.statistics import StatisticsReport
from bot.telegram.handlers.suggestions import SuggestionBox
from bot.telegram.handlers.uploads import ArticleUploads
from bot.telegram.handlers.votes import VoteHandlers
from bot.telegram.handlers.written_answers import WrittenAnswers
from bot.telegram.transport.delivery_tracker import DeliveryTracker
from bot.telegram.transport.lost_answer_notices import LostAnswerNotices
from bot.telegram.updates.command import Command
from bot.telegram.updates.command_menus import CommandMenus

if TYPE_CHECKING:
    from bot.generation.writer import Writer


@dataclass(frozen=True, slots=True)
class Components:
    """The handlers and what has to be opened before the first update and closed after the last."""

    admission: Admission
    lost_answer_notices: LostAnswerNotices
    late_questions: LateQuestions
    channels: Channels
    command_notices: CommandNotices
    chats: Chats
    curated_editor: CuratedEditor
    curated_list: CuratedList
    delivery_tracker: DeliveryTracker
    answer_queue: AnswerQueue
    diagnosis: Diagnosis
    errors: ErrorCount
    funnels: Funnels
    gaps: Gaps
    allowlist: Allowlist
    greeting: Greeting
    groups: Groups
    guests: Guests
    health: Health
    inline: Inline
    intake: Intake
    journal: Journal
    log: QuestionLog
    menus: CommandMenus
    monitor: Monitor
    index_commands: IndexCommands
    privacy: Privacy
    channel_posts: ChannelPosts
    questions: Questions
    reindex_job: ReindexJob
    statistics: StatisticsReport
    suggestions: SuggestionBox
    uploads: ArticleUploads
    vote_handlers: VoteHandlers
    writer: Writer | None
    written: WrittenAnswers


def wire(
    service: Service,
    state: StateFile,
    fetcher: Fetcher | None,
    metrics: BotMetrics,
    clock: Clock,
    bot: int,
    commands: Sequence[Command],
) -> Components:
    """All parts over one service and one state, counted in `metrics`; what is kept is dated and forgotten by `clock`.

    `bot` is the bot's own id, `commands` are all that it knows. `fetcher` replaces the one that keeps to
    public pages, for tests.
    """
    texts(None)  # read from the disk now, not on the event loop
    settings, telegram = service.settings, service.settings.telegram
    kept = settings.privacy.keep_questions_days
    answer_queue, reindex_job = AnswerQueue(service, metrics), ReindexJob(service, metrics)
    health = Health(service.indexer.store, answer_queue, state=state, engine_troubles=service.engine_troubles)
    chats, answers, votes = Chats(state), Answers(state, clock=clock), Votes(state, clock=clock)
    suggestions = Suggestions(state, clock=clock)
    log = QuestionLog(state, keep_days=kept, clock=clock)
    menus = CommandMenus(commands, telegram.admins, OperatorMenus(state))
    ask_question = AskQuestion(answer_queue, log)
    conversations = Conversations(expiry=60 * telegram.conversation_minutes)
    rates = telegram.limits
    limits = QuestionLimits(rates.per_user_per_minute, telegram.admins, per_group=rates.per_chat_per_minute)
    journal = Journal(state, bot, clock=clock)
    delivery_tracker = DeliveryTracker(journal)
    late_questions, button_debounce = (
        LateQuestions(telegram.backlog_minutes, delivery_tracker, clock=clock),
        ButtonDebounce(limits),
    )
    admission = Admission(limits, late_questions)
    names = Pseudonyms.load(settings.data_dir)
    index_commands = IndexCommands(service, reindex_job)
    days = WrittenDays(state)
    writer = _writer(service, answer_queue, days, metrics)
    llm = settings.answering.llm
    written = WrittenAnswers(
        writer or Extractive(), delivery_tracker, stream=llm.stream, quotes_first=llm.show_quotes_first
    )
    questions = Questions(
        ask_question, chats, answers, conversations, admission, button_debounce, written, telegram.examples
    )
    most = telegram.uploads.max_bytes
    inspector = Inspector(passage_length=settings.corpus.passage_length)
    intake = Intake(
        answer_queue,
        drafts=UploadDrafts(settings.data_dir / "drafts", clock=clock),
        store=ArticleStore(settings.uploads, keep=telegram.uploads.keep_versions),
        uploads=Uploads(state, clock=clock),
        inspector=inspector,
        fetcher=fetcher or Fetcher(most=most),
        today=service.local_time.today,
    )
    uploads = ArticleUploads(intake, index_commands, reindex_job, admins=telegram.admins, max_bytes=most)
    guard, curated = OperatorGuard(telegram.admins, names), CuratedAnswers(state, clock=clock)
    curated_editor = CuratedEditor(answer_queue, curated, answers, log, guard, service.local_time)
    errors, drawing = ErrorCount(), asyncio.Lock()
    funnel_periods = FunnelPeriods(state, clock=clock)
    funnels = Funnels(
        funnel_periods, answer_queue, inspector, service.local_time, drawing, button_debounce, max_bytes=most
    )
    return Components(
        admission=admission,
        lost_answer_notices=LostAnswerNotices(journal, delivery_tracker),
        late_questions=late_questions,
        channels=Channels(ask_question),
        command_notices=CommandNotices(names),
        chats=chats,
        curated_editor=curated_editor,
        curated_list=CuratedList(curated, curated_editor, guard, service.local_time),
        delivery_tracker=delivery_tracker,
        answer_queue=answer_queue,
        diagnosis=Diagnosis(service, answer_queue, errors, Uptime(), index_commands.running, writer),
        errors=errors,
        funnels=funnels,
        gaps=Gaps(
            settings.data_dir,
            log,
            GapsDone(state, clock=clock),
            QuestionVectors(answer_queue),
            guard,
            service.local_time,
            kept=kept > 0,
            clock=clock,
            start_curated=curated_editor.start,
        ),
        allowlist=Allowlist(
            telegram.allow,
            telegram.admins,
            names,
            open_commands=[command.name for command in commands if command.despite_allowlist],
        ),
        greeting=Greeting(questions, button_debounce, telegram.examples, telegram.admins, menus),
        groups=Groups(chats, answers, log),
        guests=Guests(ask_question, limits),
        health=health,
        inline=Inline(ask_question, limits),
        intake=intake,
        journal=journal,
        log=log,
        menus=menus,
        monitor=Monitor(settings.monitoring, metrics, health),
        index_commands=index_commands,
        privacy=Privacy(
            state,
            log,
            votes,
            answers,
            conversations,
            journal,
            suggestions,
            funnels,
            funnel_periods,
            keep_days=kept,
            llm=llm,
            embedding_service=settings.embeddings.service.url if settings.embeddings.engine == "http" else None,
            index_server=settings.index.milvus.uri if settings.index.engine == "milvus" else None,
        ),
        channel_posts=ChannelPosts(
            ask_question, PostDrafts(state, clock=clock), telegram.admins, telegram.channels, names
        ),
        questions=questions,
        reindex_job=reindex_job,
        statistics=StatisticsReport(settings.data_dir, service.local_time, drawing, kept=kept > 0, clock=clock),
        suggestions=SuggestionBox(suggestions, uploads, admins=telegram.admins),
        uploads=uploads,
        vote_handlers=VoteHandlers(log, votes, button_debounce, metrics),
        writer=writer,
        written=written,
    )


def _writer(service: Service, answer_queue: AnswerQueue, days: WrittenDays, metrics: BotMetrics) -> Writer | None:
    """What words answers, where a language model is configured. Raises ConfigurationError for a key that is amiss."""
    settings = service.settings
    if not settings.answering.llm.enabled:
        return None
    from bot.generation.counting import counted_in, watch  # noqa: PLC0415 - its libraries only where they are used
    from bot.generation.setup import make_writer  # noqa: PLC0415

    writer = make_writer(
        settings.answering.llm,
        answer_queue.material,
        days,
        today=service.local_time.today,
        exempt=settings.telegram.admins,
        counted=counted_in(metrics),
        search=answer_queue.again,
    )
    watch(metrics, writer)
    return writer
