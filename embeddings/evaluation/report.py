"""A judged question set as a report: JSON to compare with later ones, Markdown and a few lines for people."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from embeddings.errors import EmbeddingsError
from embeddings.evaluation.bootstrap import Comparison, Difference, Interval, Result, intervals
from embeddings.evaluation.metrics import Fault, Judged, RetrievalMetrics, leg_recall, measure, measure_by_kind

FAULTS = {
    Fault.NOT_A_CANDIDATE: "没进候选",
    Fault.RANKED_LOW: "排得太低",
    Fault.WRONGLY_DECLINED: "误拒",
    Fault.SENTENCE_NOT_PICKED: "没挑中答案句",
    Fault.WRONGLY_ANSWERED: "误答",
}

LEGS = {
    "fused": "各路相加",
    "passage": "段落向量",
    "window": "窗口向量",
    "lexical": "关键词",
    "companion_passage": "第二模型·段落",
    "companion_window": "第二模型·窗口",
}


class ReportInvalid(EmbeddingsError):
    """A file that is no JSON report of `evaluate`."""

    def __init__(self, file: Path) -> None:
        super().__init__(
            f"{file} 不是 evaluate 的 JSON 报告：请先用 siyu evaluate --questions … --out {file.name} 生成。"
        )


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that one run of a question set tells.

    `sets` are the names of the question files, `generation` the index that answered, `answer_at` and `unsure_at` the
    confidences at which it answers and at which it shows the closest material.
    """

    sets: tuple[str, ...]
    generation: str
    answer_at: float
    unsure_at: float
    metrics: RetrievalMetrics
    by_kind: Mapping[str, RetrievalMetrics]
    intervals: Mapping[str, Interval]
    leg_recall: Mapping[str, Mapping[int, float]]
    judged: tuple[Judged, ...]


def report_of(
    judged: Sequence[Judged], *, sets: Sequence[str], generation: str, answer_at: float, unsure_at: float
) -> Report:
    """The report on judged questions."""
    return Report(
        sets=tuple(sets),
        generation=generation,
        answer_at=answer_at,
        unsure_at=unsure_at,
        metrics=measure(judged),
        by_kind=measure_by_kind(judged),
        intervals=intervals([result_of(j) for j in judged]),
        leg_recall=leg_recall(judged),
        judged=tuple(judged),
    )


def result_of(judged: Judged) -> Result:
    """One judged question as reports keep it."""
    return Result(
        id=judged.question.id,
        kind=judged.question.kind,
        question=judged.question.text,
        answerable=judged.question.answerable,
        article_rank=judged.article_rank,
        passage_rank=judged.passage_rank,
        displayed=judged.displayed,
        status=judged.reply.status,
        confidence=judged.reply.confidence,
        milliseconds=judged.reply.milliseconds,
        fault=judged.fault.value if judged.fault else None,
        leads=judged.leads,
        quotes=len(judged.reply.shown),
        beside_gold=judged.beside_gold,
        characters=judged.characters,
        parts=len(judged.question.gold_parts),
        parts_answered=judged.parts_answered,
    )


def report_document(report: Report) -> dict[str, Any]:
    """The report as JSON: the metrics at the top level, rounded, then what goes deeper, then every question."""
    return {
        **metrics_document(report.metrics),
        "sets": list(report.sets),
        "generation": report.generation,
        "working_point": {"answer_at": report.answer_at, "unsure_at": report.unsure_at},
        "intervals": {name: _rounded([i.low, i.high]) for name, i in report.intervals.items()},
        "by_kind": {kind: metrics_document(metrics) for kind, metrics in report.by_kind.items()},
        "leg_recall": _rounded(report.leg_recall),
        "faults": _fault_counts(report),
        "results": [{**_rounded(asdict(result_of(j))), "leg_ranks": dict(j.leg_ranks)} for j in report.judged],
    }


def read_results(file: Path) -> tuple[Result, ...]:
    """The results of every question in a JSON report. Raises ReportInvalid."""
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))["results"]
        return tuple(Result(**{key: value for key, value in e.items() if key != "leg_ranks"}) for e in entries)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReportInvalid(file) from error


def metrics_document(metrics: RetrievalMetrics) -> dict[str, Any]:
    """Metrics as JSON, rounded to what the size of a question set can tell."""
    return _rounded(asdict(metrics))  # type: ignore[no-any-return]


def metrics_lines(metrics: RetrievalMetrics) -> list[str]:
    """Metrics for a person."""
    article = "  ".join(f"R@{k} {share:.3f}" for k, share in metrics.article_recall.items())
    passage = "  ".join(f"R@{k} {share:.3f}" for k, share in metrics.passage_recall.items())
    lines = [
        f"可答 {metrics.answerable} 题，不可答 {metrics.unanswerable} 题",
        f"文章  {article}",
        f"段落  {passage}  MRR {metrics.mrr:.3f}",
        f"首屏答中 {metrics.lead_accuracy:.3f}  答案句显示 {metrics.coverage:.3f}  作答 {metrics.answered:.3f}",
        f"无关引用 {metrics.noise:.3f}  显示字数中位 {metrics.characters:.0f}",
    ]
    if metrics.parts:
        lines.append(f"一次问几件：各问答中 {metrics.parts_answered:.3f}（共 {metrics.parts} 问）")
    if metrics.unanswerable:
        declined = "  ".join(f"{kind} {share:.3f}" for kind, share in metrics.declined.items())
        lines.append(
            f"拒答：精确率 {metrics.refusal_precision:.3f}  召回率 {metrics.refusal_recall:.3f}  "
            f"F1 {metrics.refusal_f1:.3f}  AUC {metrics.refusal_auc:.3f}"
        )
        wrongly = "  ".join(f"{kind} {share:.3f}" for kind, share in metrics.wrongly_answered.items())
        lines += [f"各类被拒的比例：{declined}", f"各类误当作答上的比例：{wrongly}"]
    lines.append(f"每题用时 p50 {metrics.latency_p50:.0f} ms  p95 {metrics.latency_p95:.0f} ms")
    return lines


def report_lines(report: Report) -> list[str]:
    """The report in a few lines for a terminal: metrics, the kinds in short, what went wrong."""
    lines = metrics_lines(report.metrics)
    if len(report.by_kind) > 1:
        for kind, metrics in report.by_kind.items():
            lines.append(f"  {kind or '（未分类）'}：{'，'.join(_in_short(metrics))}")
    wrong = [f"{FAULTS[Fault(fault)]} {count}" for fault, count in _fault_counts(report).items() if count]
    lines.append(f"出错 {sum(j.fault is not None for j in report.judged)} 题：{'，'.join(wrong) or '无'}")
    return lines


def as_markdown(report: Report, plots: Sequence[str] = ()) -> str:
    """The report as a Markdown page; `plots` are the images' links as seen from it."""
    metrics = report.metrics
    lines = [
        "# 评测报告",
        "",
        f"题集：{'、'.join(report.sets)}。可答 {metrics.answerable} 题，不可答 {metrics.unanswerable} 题。",
        f"索引 {report.generation}；把握到 {report.answer_at:.2f} 作答，到 {report.unsure_at:.2f} 给出相近资料。",
        f"每题用时 p50 {metrics.latency_p50:.0f} ms，p95 {metrics.latency_p95:.0f} ms。",
        "",
        "## 总体",
        "",
        "方括号里是 95% 置信区间（对题目自助重抽样 1000 次）。",
        "",
        *_table(("指标", "数值", "95% 区间"), _overall(report)),
        "",
        "## 按题型",
        "",
        *_table(
            ("题型", "题数", "文章 R@1", "文章 R@3", "段落 R@1", "段落 R@5", "首屏答中", "答案句显示", "作答", "被拒"),
            [_kind_row(kind, metrics) for kind, metrics in report.by_kind.items()],
        ),
        "",
    ]
    if report.leg_recall:
        depths = list(next(iter(report.leg_recall.values())))
        rows = [
            (LEGS.get(leg, leg), *(f"{s:.3f}" for s in shares.values())) for leg, shares in report.leg_recall.items()
        ]
        lines += ["## 每一路单独的段落召回", "", *_table(("路", *(f"R@{k}" for k in depths)), rows), ""]
    for link in plots:
        lines += [f"![{Path(link).stem}]({link})", ""]
    counts = [(FAULTS[Fault(fault)], str(count)) for fault, count in _fault_counts(report).items()]
    lines += ["## 错在哪一步", "", *_table(("错误", "题数"), counts), ""]
    lines += _table(
        ("题", "题型", "问题", "错误", "文章名次", "段落名次", "各路名次", "结果", "把握"),
        [_fault_row(j) for fault in Fault for j in report.judged if j.fault is fault],
    )
    return "\n".join(lines) + "\n"


def comparison_lines(comparison: Comparison) -> list[str]:
    """Two reports compared, in words."""
    lines = [f"两份报告共有 {comparison.shared} 题" + _left_out(comparison.left_out)]
    if not comparison.shared:
        return [*lines, "没有共同的题，无法比较：两份报告要用同一套题。"]
    beyond = [difference for difference in comparison.differences if difference.beyond_noise]
    within = [d for d in comparison.differences if not d.beyond_noise and d.before != d.after]
    if beyond:
        lines.append("超出波动的差别：")
        lines += [f"  {_difference(d)}：{'变好' if _better(d) else '变差'}" for d in beyond]
    else:
        lines.append("没有超出波动的差别。")
    if within:
        lines.append("波动以内（不能下结论）：")
        lines += [f"  {_difference(difference)}" for difference in within]
    for words, results in (("由对变错", comparison.lost), ("由错变对", comparison.gained)):
        if results:
            lines.append(f"{words} {len(results)} 题：")
            lines += [f"  {result.id} {result.question}" for result in results]
    return lines


def figure_name(figure: str) -> str:
    """A figure's name for people: `passage_recall@5` is 段落 R@5."""
    name, _, rest = figure.partition("@")
    if name.startswith("declined."):
        return f"{name.removeprefix('declined.') or '未分类'} 题被拒"
    names = {
        "article_recall": f"文章 R@{rest}",
        "passage_recall": f"段落 R@{rest}",
        "mrr": "MRR",
        "coverage": "答案句显示",
        "lead_accuracy": "首屏答中",
        "parts_answered": "各问答中",
        "noise": "无关引用",
        "answered": "可答题作答",
        "refusal_precision": "作答精确率",
        "refusal_f1": "拒答 F1",
        "refusal_auc": "拒答 AUC",
    }
    return names.get(name, figure)


def _better(difference: Difference) -> bool:
    """Whether a change is to the good: less noise is."""
    return (difference.after > difference.before) != (difference.figure == "noise")


def _left_out(count: int) -> str:
    return f"，另有 {count} 题只在其中一份里，不比。" if count else "。"


def _difference(difference: Difference) -> str:
    change = difference.after - difference.before
    low, high = difference.change.low, difference.change.high
    return (
        f"{figure_name(difference.figure)} {difference.before:.3f} → {difference.after:.3f}"
        f"（{change:+.3f}，95% 区间 {low:+.3f} 到 {high:+.3f}）"
    )


def _overall(report: Report) -> list[tuple[str, ...]]:
    metrics = report.metrics
    values = {
        **{f"article_recall@{k}": share for k, share in metrics.article_recall.items()},
        **{f"passage_recall@{k}": share for k, share in metrics.passage_recall.items()},
        "mrr": metrics.mrr,
        "coverage": metrics.coverage,
        "lead_accuracy": metrics.lead_accuracy,
        "parts_answered": metrics.parts_answered,
        "noise": metrics.noise,
        "answered": metrics.answered,
        "refusal_precision": metrics.refusal_precision,
        "refusal_f1": metrics.refusal_f1,
        "refusal_auc": metrics.refusal_auc,
        **{f"declined.{kind}": share for kind, share in metrics.declined.items()},
    }
    return [
        (figure_name(name), f"{values[name]:.3f}", f"[{interval.low:.3f}, {interval.high:.3f}]")
        for name, interval in report.intervals.items()
    ]


def _kind_row(kind: str, metrics: RetrievalMetrics) -> tuple[str, ...]:
    good = [
        metrics.article_recall[1],
        metrics.article_recall[3],
        metrics.passage_recall[1],
        metrics.passage_recall[5],
        metrics.lead_accuracy,
        metrics.coverage,
        metrics.answered,
    ]
    cells = [f"{share:.3f}" if metrics.answerable else "" for share in good]
    declined = f"{metrics.declined[kind]:.3f}" if metrics.unanswerable else ""
    return (kind or "（未分类）", str(metrics.answerable + metrics.unanswerable), *cells, declined)


def _in_short(metrics: RetrievalMetrics) -> list[str]:
    words = [f"{metrics.answerable + metrics.unanswerable} 题"]
    if metrics.answerable:
        words.append(f"文章 R@3 {metrics.article_recall[3]:.3f}")
        words.append(f"段落 R@5 {metrics.passage_recall[5]:.3f}")
        words.append(f"首屏 {metrics.lead_accuracy:.3f}")
        words.append(f"显示 {metrics.coverage:.3f}")
    words += [f"被拒 {share:.3f}" for share in metrics.declined.values()]
    return words


def _fault_row(judged: Judged) -> tuple[str, ...]:
    assert judged.fault is not None
    ranks = "，".join(f"{LEGS.get(leg, leg)} {rank or '无'}" for leg, rank in judged.leg_ranks.items())
    answerable = judged.question.answerable
    return (
        judged.question.id,
        judged.question.kind,
        judged.question.text,
        FAULTS[judged.fault],
        str(judged.article_rank or ">10") if answerable else "",
        str(judged.passage_rank or ">10") if answerable else "",
        ranks,
        judged.reply.status,
        f"{judged.reply.confidence:.2f}",
    )


def _fault_counts(report: Report) -> dict[str, int]:
    counts = Counter(j.fault for j in report.judged)
    return {fault.value: counts[fault] for fault in Fault}


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in cells) + " |"

    return [line(head), line(["---"] * len(head)), *(line(row) for row in rows)]


def _rounded(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return round(value, 4) if isinstance(value, float) else value
