"""Everything that handles something in Telegram, made once and given what it works with."""

from __future__ import annotations

from dataclasses import dataclass

from bot.answering.answer_queue import Desk
from bot.answering.conversations import Conversations
from bot.answering.curated.store import CuratedAnswers
from bot.answering.service import Service
from bot.articles.article_store import Shelf
from bot.articles.inspector import Inspector
from bot.articles.intake import Intake
from bot.articles.page_fetcher import Fetcher
from bot.articles.suggestions import Suggestions
from bot.articles.upload_drafts import Drafts
from bot.articles.upload_log import Uploads
from bot.indexing.reindex_job import Reindexing
from bot.insights.question_vectors import Likeness
from bot.insights.resolved_gaps import GapsDone
from bot.observability.metrics import Metrics
from bot.observability.process_info import ErrorCount, Uptime
from bot.observability.pseudonyms import Pseudonyms
from bot.operations.clock import Clock
from bot.operations.health import Health
from bot.operations.monitoring_server import Monitor
from bot.state.chats import Chats
from bot.state.journal import Journal
from bot.state.operator_menus import OperatorMenus
from bot.state.post_drafts import Drafts as PostDrafts
from bot.state.question_log import QuestionLog
from bot.state.self_healing import StateFile
from bot.state.sent_answers import Answers
from bot.state.votes import Votes
from bot.telegram.access.admission import Admission
from bot.telegram.access.allowlist import Gate
from bot.telegram.access.button_guard import Presses
from bot.telegram.access.late_questions import Backlog
from bot.telegram.access.sliding_windows import Limits
from bot.telegram.handlers.channel_posts import Publishing
from bot.telegram.handlers.channels import Channels
from bot.telegram.handlers.curated import Curating
from bot.telegram.handlers.diagnosis import Diagnosis
from bot.telegram.handlers.gaps import Gaps
from bot.telegram.handlers.greeting import Greeting
from bot.telegram.handlers.groups import Groups
from bot.telegram.handlers.guests import Guests
from bot.telegram.handlers.index_commands import Operators
from bot.telegram.handlers.inline import Inline
from bot.telegram.handlers.privacy import FORGET_DATA, Privacy
from bot.telegram.handlers.questions import Questions
from bot.telegram.handlers.statistics import StatisticsReport
from bot.telegram.handlers.suggestions import SuggestionBox
from bot.telegram.handlers.uploads import ArticleUploads
from bot.telegram.handlers.votes import Voting
from bot.telegram.transport.delivery_tracker import Deliveries
from bot.telegram.transport.lost_answer_notices import Amends


@dataclass(frozen=True, slots=True)
class Parts:
    """The handlers and what has to be opened before the first update and closed after the last."""

    admission: Admission
    amends: Amends
    backlog: Backlog
    channels: Channels
    chats: Chats
    curating: Curating
    deliveries: Deliveries
    desk: Desk
    diagnosis: Diagnosis
    errors: ErrorCount
    gaps: Gaps
    gate: Gate
    greeting: Greeting
    groups: Groups
    guests: Guests
    health: Health
    inline: Inline
    intake: Intake
    journal: Journal
    log: QuestionLog
    menus: OperatorMenus
    monitor: Monitor
    operators: Operators
    privacy: Privacy
    publishing: Publishing
    questions: Questions
    reindexing: Reindexing
    statistics: StatisticsReport
    suggestions: SuggestionBox
    uploads: ArticleUploads
    voting: Voting


def assemble(
    service: Service, state: StateFile, fetcher: Fetcher | None, metrics: Metrics, clock: Clock, bot: int
) -> Parts:
    """All parts over one service and one state, counted in `metrics`; what is kept is dated and forgotten by `clock`.

    `bot` is the bot's own id. `fetcher` replaces the one that keeps to public pages, for tests.
    """
    settings, telegram = service.settings, service.settings.telegram
    kept = settings.privacy.keep_questions_days
    desk, reindexing = Desk(service, metrics), Reindexing(service, metrics)
    health = Health(service.indexer.store, desk, state=state)
    chats, answers, votes = Chats(state), Answers(state, clock=clock), Votes(state, clock=clock)
    log, menus = QuestionLog(state, keep_days=kept, clock=clock), OperatorMenus(state)
    conversations = Conversations(expiry=60 * telegram.conversation_minutes)
    rates = telegram.limits
    limits = Limits(rates.per_user_per_minute, telegram.admins, per_group=rates.per_chat_per_minute)
    journal = Journal(state, bot, clock=clock)
    deliveries = Deliveries(journal)
    backlog, presses = Backlog(telegram.backlog_minutes, deliveries, clock=clock), Presses(limits)
    admission = Admission(limits, backlog)
    names = Pseudonyms.load(settings.data_dir)
    operators = Operators(desk, reindexing, names)
    questions = Questions(desk, chats, answers, log, conversations, admission, presses)
    most = telegram.uploads.max_bytes
    intake = Intake(
        desk,
        drafts=Drafts(settings.data_dir / "drafts", clock=clock),
        shelf=Shelf(settings.uploads, keep=telegram.uploads.keep_versions),
        uploads=Uploads(state, clock=clock),
        inspector=Inspector(passage_length=settings.corpus.passage_length),
        fetcher=fetcher or Fetcher(most=most),
    )
    uploads = ArticleUploads(intake, operators, reindexing, admins=telegram.admins, max_bytes=most)
    curating = Curating(desk, CuratedAnswers(state, clock=clock), answers, log, telegram.admins, names)
    errors = ErrorCount()
    return Parts(
        admission=admission,
        amends=Amends(journal, deliveries),
        backlog=backlog,
        channels=Channels(desk, log),
        chats=chats,
        curating=curating,
        deliveries=deliveries,
        desk=desk,
        diagnosis=Diagnosis(settings, desk, errors, Uptime(), operators.running),
        errors=errors,
        gaps=Gaps(
            settings.data_dir,
            log,
            GapsDone(state, clock=clock),
            Likeness(desk),
            telegram.admins,
            names,
            kept=kept > 0,
            clock=clock,
            start_curated=curating.start,
        ),
        gate=Gate(telegram.allow, telegram.admins, names, forgetting=FORGET_DATA),
        greeting=Greeting(questions, presses, telegram.examples, telegram.admins, menus),
        groups=Groups(chats, answers, log),
        guests=Guests(desk, log, limits),
        health=health,
        inline=Inline(desk, log, limits),
        intake=intake,
        journal=journal,
        log=log,
        menus=menus,
        monitor=Monitor(settings.monitoring, metrics, health),
        operators=operators,
        privacy=Privacy(state, log, votes, answers, conversations, journal, keep_days=kept),
        publishing=Publishing(desk, PostDrafts(state, clock=clock), telegram.admins, telegram.channels, names),
        questions=questions,
        reindexing=reindexing,
        statistics=StatisticsReport(settings.data_dir, kept=kept > 0, clock=clock),
        suggestions=SuggestionBox(Suggestions(state, clock=clock), uploads, admins=telegram.admins),
        uploads=uploads,
        voting=Voting(log, votes, presses, metrics),
    )
