"""The command line: `siyu [--config FILE] [--set key.path=value ...] COMMAND`.

Only what `--help` needs is imported here; each command imports its own tools, so that help answers at once.
"""

from __future__ import annotations

import io
import json
import logging
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corpus.errors import SiyuError

if TYPE_CHECKING:
    from rich.console import Console

    from bot.answering.service import Service
    from bot.config import Settings
    from bot.operations.backup_archive import BackupContents
    from embeddings.evaluation.metrics import Question


_READABLE = click.Path(path_type=Path, dir_okay=False, exists=True)
_WRITABLE = click.Path(path_type=Path)


class _Context:
    """What every command starts from: the settings, read when first needed."""

    def __init__(self, config: Path, overrides: tuple[str, ...]) -> None:
        self._config = config
        self._overrides = overrides

    def settings(self) -> Settings:
        from bot.config import load_settings  # noqa: PLC0415

        return load_settings(self._config, self._overrides)

    def service(self) -> Service:
        settings = self.settings()
        from bot.answering.service import Service  # noqa: PLC0415
        from bot.config import secrets  # noqa: PLC0415
        from bot.observability.logs import set_up_logging  # noqa: PLC0415

        # On the command line the log is only for trouble; the answer is the output.
        chosen = settings.logging
        set_up_logging("WARNING" if chosen.level == "INFO" else chosen.level, secrets(), form=chosen.format)
        return Service(settings)


class _CommandLine(click.Group):
    """A group whose commands' errors become one line on standard error and an exit code."""

    def invoke(self, context: click.Context) -> Any:
        """As click's; bad usage is click's own to tell."""
        try:
            return super().invoke(context)
        except SiyuError as error:
            _complain(str(error))
            sys.exit(error.exit_code)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except (click.Abort, EOFError, KeyboardInterrupt):
            click.echo(err=True)  # ends the line with the terminal's ^C
            sys.exit(130)
        except BrokenPipeError:
            # The reader of our output (`head`, say) has left: nothing more to say to anybody.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(0)
        except OSError as error:
            # The machine's own trouble: a full disk, a directory that may not be written.
            where = f"（{error.filename}）" if error.filename else ""
            _complain(f"{error.strerror or error}{where}：请检查磁盘空间、路径和权限，再试一次")
            sys.exit(1)
        except Exception:  # noqa: BLE001 - the edge of the process
            # A bug, with its traceback, which may quote a URL with the token in it: the interpreter would show that.
            click.echo(_redacted(traceback.format_exc()), err=True, nl=False)
            sys.exit(1)


def main() -> None:
    """Run the command line."""
    commands.main(prog_name="siyu")


@click.group(cls=_CommandLine, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--config", type=click.Path(path_type=Path), default=Path("config.yaml"), show_default=True, help="配置文件"
)
@click.option(
    "--set", "overrides", multiple=True, metavar="KEY.PATH=VALUE", help="临时改一项配置，可重复；值按 YAML 读"
)
@click.version_option(package_name="siyu")
@click.pass_context
def commands(context: click.Context, config: Path, overrides: tuple[str, ...]) -> None:
    """私域问答机器人：从文章里找出有出处、有日期的答案。"""
    context.obj = _Context(config, overrides)


@commands.command()
@click.argument("question", required=False)
@click.option("--json", "as_document", is_flag=True, help="输出一个 JSON 对象")
@click.option("--stdin", "from_stdin", is_flag=True, help="从标准输入逐行读问题，逐行输出 JSON")
@click.pass_obj
def ask(context: _Context, question: str | None, as_document: bool, from_stdin: bool) -> None:
    """回答一个问题。"""
    if from_stdin == (question is not None):
        raise click.UsageError("请给出一个问题，或用 --stdin 从标准输入读问题（二选一）")
    if question is not None and not question.strip():
        raise click.UsageError("问题是空的：请写上要问的内容，例如 siyu ask 加微率怎么算")
    service = context.service()
    _ensure_index(service)
    from bot.terminal.asking import Asking  # noqa: PLC0415
    from bot.terminal.output import show_answer, written_live  # noqa: PLC0415
    from bot.terminal.plain_text import as_json  # noqa: PLC0415

    with Asking(service) as asking:
        if from_stdin:
            for line in io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace"):
                if line.strip():
                    _print_json(as_json(asking.ask(line.rstrip("\r\n"))))
        elif question is not None and as_document:
            _print_json(as_json(asking.ask(question)))
        elif question is not None:
            console = _console()
            with written_live(console) as shown:
                answer = asking.ask(question, shown=shown)
            show_answer(console, answer)


@commands.command()
@click.pass_obj
def chat(context: _Context) -> None:
    """在终端里连续提问。"""
    service = context.service()
    _ensure_index(service)
    from bot.terminal.asking import Asking  # noqa: PLC0415
    from bot.terminal.chat import converse  # noqa: PLC0415

    with Asking(service) as asking:
        converse(service, asking, _console())


@commands.command()
@click.argument("text")
@click.option("--json", "as_document", is_flag=True, help="输出一个 JSON 对象")
@click.option("--png", type=_WRITABLE, metavar="FILE", help="把漏斗画成图（PNG）存到这个文件")
@click.option("--dark", is_flag=True, help="图用深色")
def funnel(text: str, as_document: bool, png: Path | None, dark: bool) -> None:
    """用自己的数字算漏斗：每步比例、成本、回本、先改哪一步；写法随意，例如 曝光1万 点击800 私信60 成交4 投放1500。"""
    from bot.terminal.funnel import CountedFunnel  # noqa: PLC0415

    counted = CountedFunnel(text)
    if as_document:
        _print_json(counted.document())
    else:
        click.echo("\n".join(counted.lines()))
    if png is not None:  # after the numbers, which are there even where nothing can be drawn
        counted.draw(png, dark=dark)
        if remark := counted.remark():
            click.echo(remark, err=True)


@commands.command()
@click.option("--full", is_flag=True, help="即使没有变化也重建（缓存里的向量照用）")
@click.option("--json", "as_document", is_flag=True, help="输出一个 JSON 对象")
@click.option("--explain", metavar="FILE", help="不更新索引，只列出这个文件里被去掉的内容和所依的规则")
@click.pass_obj
def reindex(context: _Context, full: bool, as_document: bool, explain: str | None) -> None:
    """按文章的现状更新索引；期间旧索引照常回答。"""
    if explain is not None:
        from bot.operations.explain_file import explain_file, explanation_lines  # noqa: PLC0415

        explained = explain_file(context.settings().corpus.articles, explain)
        if as_document:
            _print_json(explained)
        else:
            click.echo("\n".join(explanation_lines(explained)))
        return
    service = context.service()
    from dataclasses import asdict  # noqa: PLC0415

    from bot.terminal.output import reindex_progress, summary_lines  # noqa: PLC0415

    with reindex_progress(_console(stderr=True)) as progress:
        summary = service.reindex(full=full, progress=progress)
    if as_document:
        _print_json(asdict(summary))
    else:
        click.echo("\n".join(summary_lines(summary)))


@commands.command()
@click.option("--json", "as_document", is_flag=True, help="输出一个 JSON 对象")
@click.pass_obj
def status(context: _Context, as_document: bool) -> None:
    """正在使用的索引：编号、条数、模型、新旧。"""
    service = context.service()
    from bot.operations.index_status import status_document, status_lines  # noqa: PLC0415

    document = status_document(service)
    if as_document:
        _print_json(document)
    else:
        click.echo("\n".join(status_lines(document, service.local_time)))


@commands.command()
@click.pass_obj
def doctor(context: _Context) -> None:
    """检查配置、文章、模型、索引、磁盘和 Telegram，并说明怎么办。"""
    service = context.service()
    from bot.operations.doctor import examine  # noqa: PLC0415
    from bot.telegram.transport.account import check_telegram  # noqa: PLC0415

    checks = examine(service, check_telegram)
    for check in checks:
        click.echo(f"{'✓' if check.ok else '✗'} {check.name}：{check.finding}")
        if check.advice:
            click.echo("    → " + check.advice.replace("\n", "\n    → "))
    if not all(check.ok for check in checks):
        sys.exit(1)


@commands.command()
@click.option("--questions", type=_READABLE, help="可答的题（JSON Lines）")
@click.option("--unanswerable", type=_READABLE, help="应当拒答的题")
@click.option("--dialogues", is_flag=True, help="带上文的题接着上文问；不加则跳过这些题")
@click.option("--json", "as_document", is_flag=True, help="输出一个 JSON 对象")
@click.option("--plots", type=_WRITABLE, help="把图（PNG）画到这个目录")
@click.option("--report", type=_WRITABLE, help="写一份 Markdown 报告")
@click.option("--out", type=_WRITABLE, help="写一份 JSON 报告，供 --compare 用")
@click.option(
    "--compare", type=_READABLE, nargs=2, metavar="A.json B.json", help="比较两份 JSON 报告，说出超出波动的差别"
)
@click.option("--llm", is_flag=True, help="同样的题，比较摘录和大模型写的回答（要配置 answering.llm）；先说大约花多少")
@click.option("--llm-sample", type=click.IntRange(min=1), help="--llm 只抽这么多题")
@click.option("--dump", type=_WRITABLE, help="--llm 写出的每句话和它的出处，存成 JSON Lines 供人看")
@click.pass_obj
def evaluate(
    context: _Context,
    questions: Path | None,
    unanswerable: Path | None,
    dialogues: bool,
    as_document: bool,
    plots: Path | None,
    report: Path | None,
    out: Path | None,
    compare: tuple[Path, Path] | None,
    llm: bool,
    llm_sample: int | None,
    dump: Path | None,
) -> None:
    """用一套题测检索、作答与拒答，或比较两次的结果。"""
    if (compare is None) == (questions is None and unanswerable is None):
        raise click.UsageError("请用 --questions 给出题目文件，或用 --compare 给出两份 JSON 报告（二选一）")
    if compare is not None:
        from embeddings.evaluation import bootstrap  # noqa: PLC0415
        from embeddings.evaluation.report import comparison_lines, read_results  # noqa: PLC0415

        before, after = map(read_results, compare)
        click.echo("\n".join(comparison_lines(bootstrap.compare(before, after))))
        return
    from bot.terminal.evaluate import assess, report_on, save  # noqa: PLC0415
    from embeddings.evaluation.metrics import read_questions  # noqa: PLC0415
    from embeddings.evaluation.report import report_document, report_lines  # noqa: PLC0415

    if plots is not None:
        from embeddings.evaluation.plots import ensure_plotting  # noqa: PLC0415

        ensure_plotting()  # before minutes go into the evaluation
    files = [file for file in (questions, unanswerable) if file is not None]
    asked = [question for file in files for question in read_questions(file)]
    if not dialogues and (skipped := sum(bool(question.context) for question in asked)):
        asked = [question for question in asked if not question.context]
        click.echo(f"跳过 {skipped} 道带上文的题：加上 --dialogues 才会接着上文问", err=True)
    service = context.service()
    _ensure_index(service)
    if llm:
        _evaluate_written(service, asked, llm_sample, dump, as_document=as_document)
        return
    judged = assess(service, asked, legs=bool(plots or report or out))
    made = report_on(service, judged, [file.name for file in files])
    save(made, plots=plots, page=report, data=out)
    if as_document:
        _print_json({key: value for key, value in report_document(made).items() if key != "results"})
    else:
        click.echo("\n".join(report_lines(made)))


def _evaluate_written(
    service: Service, asked: Sequence[Question], sample: int | None, dump_to: Path | None, *, as_document: bool
) -> None:
    """The same questions by quotes and by the language model."""
    from bot.terminal.asking import Asking  # noqa: PLC0415
    from bot.terminal.evaluate_written import (  # noqa: PLC0415
        assess_written,
        drawn,
        dump,
        written_document,
        written_lines_of,
    )

    if not service.settings.answering.llm.enabled:
        raise click.UsageError("--llm 要先配置 answering.llm.base_url 和 answering.llm.model")
    with Asking(service) as asking:
        made = assess_written(service, asking, drawn(asked, sample), lambda text: click.echo(text, err=True))
    if dump_to is not None:
        dump(made, dump_to)
    if as_document:
        _print_json(written_document(made))
    else:
        click.echo("\n".join(written_lines_of(made)))


@commands.command()
@click.option(
    "--questions", type=click.Path(path_type=Path, dir_okay=False, exists=True), required=True, help="可答的题"
)
@click.option(
    "--unanswerable", type=click.Path(path_type=Path, dir_okay=False, exists=True), required=True, help="应当拒答的题"
)
@click.option("--keep", type=click.FloatRange(0.5, 1), default=0.95, show_default=True, help="可答的题要保住多少")
@click.pass_obj
def calibrate(context: _Context, questions: Path, unanswerable: Path, keep: float) -> None:
    """按自己的一套题校准何时拒答，结果存在索引旁边。"""
    service = context.service()
    _ensure_index(service)
    from bot.answering.small_talk import is_small_talk  # noqa: PLC0415
    from embeddings.evaluation.calibrate import fit  # noqa: PLC0415
    from embeddings.evaluation.metrics import read_questions  # noqa: PLC0415

    sets = [
        [service.signals(q.text) for q in read_questions(file) if not q.context and not is_small_talk(q.text)]
        for file in (questions, unanswerable)
    ]
    learnt = fit(sets[0], sets[1], keep=keep)
    service.learn(learnt.calibration)
    click.echo(
        f"AUC {learnt.auc:.3f}；可答的保住 {learnt.kept:.0%}，应拒的拒掉 {learnt.declined:.0%}；"
        f"作答线 {learnt.calibration.answer_at:.2f}，不确定线 {learnt.calibration.unsure_at:.2f}"
    )


@commands.command()
@click.pass_obj
def rollback(context: _Context) -> None:
    """退回上一个索引。"""
    service = context.service()
    before, after = service.roll_back()
    click.echo(f"已从 {before} 退回 {after}")


@commands.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def backup(context: _Context, file: Path) -> None:
    """把不能重建的东西存成一个文件：对话与设置、聊天里收的文章、校准；机器人可以照常运行。"""
    settings = context.settings()
    from bot.operations.backup import back_up  # noqa: PLC0415

    made = back_up(settings.data_dir, settings.uploads, file)
    click.echo(f"已备份到 {file}：{_inventory(made)}。里面有用户的提问，请妥善保管；不含密钥和配置")


@commands.command()
@click.argument("file", type=_READABLE)
@click.option("--force", is_flag=True, help="换掉现有的 state.db 和聊天里收的文章；原来的改名留着")
@click.pass_obj
def restore(context: _Context, file: Path, force: bool) -> None:
    """从 backup 存的文件恢复；先停掉机器人。"""
    settings = context.settings()
    from datetime import datetime  # noqa: PLC0415

    from bot.local_time import LocalTime  # noqa: PLC0415
    from bot.operations.restore import restore as bring_back  # noqa: PLC0415

    done = bring_back(file, settings.data_dir, settings.uploads, force=force)
    created = LocalTime(settings.zone).minute(datetime.fromisoformat(done.contents.created))
    click.echo(f"已恢复 {created} 的备份：{_inventory(done.contents)}")
    for place in done.aside:
        click.echo(f"原来的留在 {place}")
    click.echo("接着运行 siyu reindex 更新索引，再启动机器人")


def _inventory(contents: BackupContents) -> str:
    names = {member.name for member in contents.members}
    held = [text for name, text in (("state.db", "对话与设置"), ("calibration.json", "校准")) if name in names]
    held.append(f"聊天里收的文章 {contents.articles} 个文件")
    return f"{'、'.join(held)}，共 {contents.size / 1024**2:.1f} MB"


@commands.command()
@click.pass_obj
def run(context: _Context) -> None:
    """运行 Telegram 机器人。"""
    from bot.heap import share_arenas  # noqa: PLC0415

    share_arenas()
    settings = context.settings()
    from bot.answering.service import Service  # noqa: PLC0415
    from bot.config import secrets, telegram_token, webhook_secret  # noqa: PLC0415
    from bot.errors import TokenMissing  # noqa: PLC0415
    from bot.observability.logs import set_up_logging  # noqa: PLC0415
    from bot.telegram.process import run as run_bot  # noqa: PLC0415

    token = telegram_token()
    if token is None:
        raise TokenMissing
    set_up_logging(settings.logging.level, secrets(), form=settings.logging.format)
    run_bot(Service(settings), token, webhook_secret())


def _ensure_index(service: Service) -> None:
    """Build the index when there is none or when the settings have outgrown it."""
    reason = service.indexer.why_stale()
    if reason is None:
        return
    from bot.terminal.output import reindex_progress  # noqa: PLC0415

    click.echo(f"{reason}，正在建立（只需这一次）……", err=True)
    with reindex_progress(_console(stderr=True)) as progress:
        service.reindex(progress=progress)


def _console(*, stderr: bool = False) -> Console:
    from rich.console import Console  # noqa: PLC0415

    return Console(stderr=stderr, highlight=False, emoji=False, markup=False)


def _print_json(document: dict[str, Any]) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, default=str))
    sys.stdout.flush()


def _complain(message: str) -> None:
    logging.getLogger(__name__).debug("stopped", exc_info=True)
    click.echo(f"siyu: {_redacted(message)}", err=True)


def _redacted(text: str) -> str:
    from bot.config import secrets  # noqa: PLC0415
    from bot.observability.logs import redact  # noqa: PLC0415

    return redact(text, secrets())
