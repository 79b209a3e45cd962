"""Answers, progress and reports on a terminal, through rich."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from bot.answering.composers import Shown
from bot.answering.wording import before_quotes, fold_title, paragraphs, sources_of, written_lines
from bot.locales import Texts, texts
from bot.model import Answer, Status
from bot.terminal.plain_text import plain_text, source_line
from embeddings.index.indexer import Progress as Report
from embeddings.index.indexer import ReindexStage, Summary

STAGE_NAMES = {
    ReindexStage.READING: "读文章",
    ReindexStage.CUTTING: "切段落",
    ReindexStage.MODEL: "准备模型",
    ReindexStage.ENCODING: "算向量",
    ReindexStage.COMPANION: "算向量（第二模型）",
    ReindexStage.WRITING: "写索引",
    ReindexStage.FILLING: "写入 Milvus",
}


_LONG = 200  # units of work from which the quarters in between are worth a line


def show_answer(console: Console, answer: Answer) -> None:
    """Print an answer; without a terminal just its plain text."""
    if not console.is_terminal or answer.status in (Status.SMALLTALK, Status.REFUSED):
        console.print(Text(plain_text(answer)), soft_wrap=not console.is_terminal)
        return
    words = texts(answer.language)
    for line in before_quotes(answer, words):
        console.print(Text(line, style="italic yellow"))
    if answer.only_close:
        console.print(Text(words("unsure"), style="italic yellow"))
    colour = "green" if answer.status is Status.ANSWERED else "yellow"
    _show_quotes(console, answer, words, colour, folded=False)
    if any(quote.folded for quote in answer.quotes):
        console.print(Text(f"\n{fold_title(answer, words)}", style="bold"))
        _show_quotes(console, answer, words, "dim", folded=True)


def _show_quotes(console: Console, answer: Answer, words: Texts, colour: str, *, folded: bool) -> None:
    """The quotes that are shown at once, or the others, in a box with their sources below."""
    body = Text()
    for each in paragraphs(answer, words, folded=folded):
        body.append(f"{each.said}\n" if each.said else "", style="italic")
        body.append(f"{each.heading}\n" if each.heading else "", style="bold")
        body.append(each.text)
        body.append(f"{each.mark}\n\n" if each.text else "\n", style="cyan")
    body.rstrip()
    console.print(Panel(body, border_style=colour))
    if sources := sources_of(answer, folded=folded):
        console.print(Text(words("sources"), style="bold"))
    for source in sources:
        console.print(Text(source_line(source, words)))
        if source.url:
            console.print(Text(f"    {source.url}", style="dim"))


@contextmanager
def written_live(console: Console) -> Iterator[Shown]:
    """Takes what is written of an answer and shows it, on a terminal, until the block ends and the whole is there."""
    if not console.is_terminal:
        yield lambda statements: None
        return
    with Live(Text(), console=console, transient=True, refresh_per_second=8) as live:
        yield lambda statements: live.update(Text("\n".join(written_lines(statements, marks=False)), style="dim"))


def summary_lines(summary: Summary) -> list[str]:
    """What a reindex did, in a few lines."""
    articles, passages = summary.articles, summary.passages
    lines = [
        f"文章 {summary.total_articles} 篇：新增 {articles.added}，修改 {articles.changed}，"
        f"删除 {articles.removed}，未变 {articles.unchanged}",
        f"段落 {summary.total_passages} 段：新增 {passages.added}，删除 {passages.removed}，未变 {passages.unchanged}；"
        f"句子窗口 {summary.total_windows} 个",
        f"新算向量 {summary.encoded} 条，用时 {summary.seconds:.1f} 秒"
        + ("" if summary.switched else "（没有变化，沿用现有索引）"),
    ]
    if summary.skipped:
        lines.append(f"跳过 {len(summary.skipped)} 个文件：")
        lines += [f"  - {skipped.path}：{skipped.reason}" for skipped in summary.skipped]
    if summary.warnings:
        lines.append(f"收录了但没有读全 {len({warning.path for warning in summary.warnings})} 个文件：")
        lines += [f"  - {warning.path}：{warning.text}" for warning in summary.warnings]
    return lines


class _Quarters:
    """Progress for a log file: one line for each stage and for each further quarter of a long one."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._last: tuple[ReindexStage, int] | None = None

    def report(self, stage: ReindexStage, done: int, total: int) -> None:
        """Print when a stage begins or another quarter of it is done."""
        quarter = 4 * done // max(total, 1)
        if not total or (self._last is not None and self._last[0] is stage and self._last[1] >= quarter):
            return
        self._last = (stage, quarter)
        if total > _LONG or quarter in (0, 4):
            self._console.print(f"{STAGE_NAMES[stage]} {done}/{total}")


@contextmanager
def reindex_progress(console: Console) -> Iterator[Report]:
    """A progress bar for each stage of a reindex; a line at every quarter where the console is no terminal."""
    if not console.is_terminal:
        yield _Quarters(console).report
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=False) as bars:
        tasks: dict[ReindexStage, TaskID] = {}

        def report(stage: ReindexStage, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(STAGE_NAMES[stage], total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield report
