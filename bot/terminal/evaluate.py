"""`evaluate`: a question set put to the whole bot, as a person would ask it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bot.answering.service import Service
from bot.model import Answer
from bot.terminal.plain_text import plain_text
from corpus.vocabulary.glossary import Glossary
from corpus.vocabulary.spoken_words import SpokenWords
from embeddings.evaluation.metrics import Hit, Judged, Question, Reply, Shown, judge, leg_ranks
from embeddings.evaluation.report import Report, as_markdown, report_document, report_of
from embeddings.search.fusion import Weights
from embeddings.search.retriever import Retriever

# Legs are looked up among this many of the summed order: a passage that is deeper there is lost whatever one leg says,
# and judging the sentences of all passages would take a second a question.
_DEPTH = 200


def assess(
    service: Service, questions: Sequence[Question], *, legs: bool = False, progress: Callable[[], None] | None = None
) -> tuple[Judged, ...]:
    """Ask every question, after its context where it has one, and judge what a person would have seen.

    `legs` also looks up how each leg alone ranks the gold passages, which takes several times as long. `progress` is
    called after every question.
    """
    service.ask("准备")  # loads model and index, so that no question pays for it

    def ask(question: Question) -> Reply:
        reply = reply_of(service.ask(question.text, history=question.context))
        if progress is not None:
            progress()
        return reply

    return judge(questions, ask, leg_ranker(service) if legs else None)


def leg_ranker(service: Service) -> Callable[[Question, Reply], Mapping[str, int | None]]:
    """What looks up the leg-wise ranks of a question's gold passages in the serving generation."""
    retriever = Retriever(
        service.serving(),
        service.encoder(),
        companion=service.companion,
        glossary=Glossary.load(),
        spoken_words=SpokenWords.load(),
        weights=Weights(**service.settings.retrieval.weights.model_dump()),
    )

    def ranks(question: Question, reply: Reply) -> Mapping[str, int | None]:
        return leg_ranks(question, retriever.retrieve(reply.searched or question.text, limit=_DEPTH).ranked)

    return ranks


def report_on(service: Service, judged: Sequence[Judged], sets: Sequence[str]) -> Report:
    """The report on what the serving generation was judged by; `sets` are the names of the question files."""
    calibration = service.calibration()
    return report_of(
        judged,
        sets=sets,
        generation=service.serving().manifest.id,
        answer_at=calibration.answer_at,
        unsure_at=calibration.unsure_at,
    )


def save(report: Report, *, plots: Path | None = None, page: Path | None = None, data: Path | None = None) -> None:
    """Write what is wanted of a report: pictures into a directory, a Markdown page that shows them, a JSON file."""
    pictures: tuple[Path, ...] = ()
    if plots is not None:
        from embeddings.evaluation.plots import draw  # noqa: PLC0415

        pictures = draw(report, plots)
    if page is not None:
        links = [Path(os.path.relpath(picture, page.parent)).as_posix() for picture in pictures]
        _write(page, as_markdown(report, links))
    if data is not None:
        _write(data, json.dumps(report_document(report), ensure_ascii=False, indent=1) + "\n")


def reply_of(answer: Answer) -> Reply:
    """An answer as evaluation sees it: the displayed text and the quotes count as shown."""
    displayed = "\n".join((plain_text(answer), *(quote.text for quote in answer.quotes)))
    return Reply(
        hits=tuple(Hit(hit.article, hit.text) for hit in answer.passages),
        displayed=displayed,
        status=answer.status.value,
        confidence=answer.confidence,
        milliseconds=answer.elapsed_ms,
        searched=answer.understood or "",
        shown=_shown(answer),
    )


def _shown(answer: Answer) -> tuple[Shown, ...]:
    """The quotes that are seen at once; one that is of no passage, as a definition, is a source of its own."""
    texts = {hit.passage: hit.text for hit in answer.passages}
    sources = {source.n: source for source in answer.sources}
    if answer.statements:
        return tuple(
            Shown(said.text, Hit(source.article, texts.get(source.passage, said.text)))
            for said in answer.statements
            for source in (sources[said.sources[0]],)
        )
    return tuple(
        Shown(quote.text, Hit(source.article, texts.get(source.passage, quote.text)))
        for quote in answer.quotes
        if not quote.folded
        for source in (sources[quote.source],)
    )


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
