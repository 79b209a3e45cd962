"""Everything that handles something in Telegram, made once and given what it works with."""

from __future__ import annotations

from dataclasses import dataclass

from bot.answering.conversations import Conversations
from bot.clock import Clock
from bot.deliveries import Deliveries
from bot.desk import Desk
from bot.fetching import Fetcher
from bot.handlers.admission import Admission
from bot.handlers.amends import Amends
from bot.handlers.backlog import Backlog
from bot.handlers.channels import Channels
from bot.handlers.curating import Curating
from bot.handlers.diagnosis import Diagnosis
from bot.handlers.gaps import Gaps
from bot.handlers.gate import Gate
from bot.handlers.greeting import Greeting
from bot.handlers.groups import Groups
from bot.handlers.guests import Guests
from bot.handlers.inline import Inline
from bot.handlers.operators import Operators
from bot.handlers.presses import Presses
from bot.handlers.privacy import FORGET_DATA, Privacy
from bot.handlers.publishing import Publishing
from bot.handlers.questions import Questions
from bot.handlers.statistics import StatisticsReport
from bot.handlers.suggestions import SuggestionBox
from bot.handlers.uploads import ArticleUploads
from bot.handlers.voting import Voting
from bot.health import Health
from bot.intake.drafts import Drafts
from bot.intake.inspecting import Inspector
from bot.intake.intake import Intake
from bot.intake.shelf import Shelf
from bot.likeness import Likeness
from bot.limits import Limits
from bot.metrics import Metrics
from bot.monitoring import Monitor
from bot.pseudonyms import Pseudonyms
from bot.reindexing import Reindexing
from bot.service import Service
from bot.state.answers import Answers
from bot.state.chats import Chats
from bot.state.curated import CuratedAnswers
from bot.state.drafts import Drafts as PostDrafts
from bot.state.gaps import GapsDone
from bot.state.journal import Journal
from bot.state.menus import OperatorMenus
from bot.state.questions import QuestionLog
from bot.state.statefile import StateFile
from bot.state.suggestions import Suggestions
from bot.state.uploads import Uploads
from bot.state.votes import Votes
from bot.vitals import ErrorCount, Uptime


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
