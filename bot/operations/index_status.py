"""What serves: for `status`, and for whoever asks the running bot."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from bot.answering.calibration import CalibrationSource, in_force
from bot.answering.models import embedding_service, reader_line
from bot.answering.service import Service
from bot.local_time import LocalTime
from embeddings.errors import EngineUnavailable
from embeddings.index.generation import Manifest, calibration_damaged, read_calibration
from embeddings.index.inverted_lists import measured_lists
from embeddings.refusal.probes import Probes

_UNCALIBRATED = "校准文件用不了（损坏，或是另一个版本的程序做的），暂用内置校准：请重新运行 siyu calibrate"
_SOURCES = {
    CalibrationSource.CONFIGURED: "配置",
    CalibrationSource.CALIBRATED: "校准",
    CalibrationSource.BUILT_IN: "内置",
}


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """What serves: `state` is missing, stale, changed or ready; without an index the rest is empty."""

    state: str
    generation: str | None = None
    created: str = ""
    model: str = ""
    articles: int = 0
    passages: int = 0
    skipped: int = 0

    @classmethod
    def of(cls, document: dict[str, Any], local_time: LocalTime) -> IndexStatus:
        """From what `siyu status --json` prints."""
        if document["generation"] is None:
            return cls(document["state"])
        return cls(
            document["state"],
            document["generation"],
            _created(document, local_time),
            document["model"],
            document["articles"],
            document["passages"],
            len(document["skipped"]),
        )


def index_status(service: Service) -> IndexStatus:
    """What serves; it reads every article file, so not on the event loop."""
    return IndexStatus.of(status_document(service), service.local_time)


def status_document(service: Service) -> dict[str, Any]:
    """What `status --json` prints.

    `generation` and what follows it describe the one that answers: where the serving one is damaged that is an
    earlier one or none, and `damaged` names the other.
    """
    store = service.indexer.store
    if store.current_id() is None:
        return _nothing_answers(service, "missing", service.indexer.why_stale())
    if (damage := store.damage()) is not None:
        instead = store.stand_in(service.indexer.recipe())
        if instead is None:
            return _nothing_answers(service, "damaged", str(damage), damage.generation)
        return {**_described(service, instead, "damaged", str(damage)), "damaged": damage.generation}
    stale = service.indexer.why_stale()
    if stale is None and service.indexer.changed_files():
        return _described(service, store.manifest(), "changed", "文章有改动，还没有进索引")
    manifest = store.manifest()
    reason = stale or (_UNCALIBRATED if calibration_damaged(store.directory(manifest.id)) else None)
    return _described(service, manifest, "stale" if stale else "ready", reason)


def _nothing_answers(service: Service, state: str, reason: str | None, damaged: str | None = None) -> dict[str, Any]:
    kept = list(service.indexer.store.ids())
    return {"state": state, "reason": reason, "generation": None, "kept": kept, "damaged": damaged}


def _described(service: Service, manifest: Manifest, state: str, reason: str | None) -> dict[str, Any]:
    store = service.indexer.store
    recipe = manifest.recipe
    decides = in_force(
        read_calibration(store.directory(manifest.id)),
        service.settings.answering,
        probed=Probes.fitting(recipe.encoder, recipe.companion or None) is not None,
    )
    return {
        "state": state,
        "reason": reason,
        "generation": manifest.id,
        "created": manifest.created.isoformat(),
        "age_seconds": max(0, round((datetime.now(UTC) - manifest.created).total_seconds())),
        "model": manifest.model,
        "embedding_service": embedding_service(service.settings),
        "reader": reader_line(service.settings, recipe.encoder),
        "encoded_by": service.encoded_by(),
        "index_engine": _index_engine(service, manifest),
        "recipe": asdict(manifest.recipe),
        "articles": manifest.articles,
        "passages": manifest.passages,
        "windows": manifest.windows,
        "skipped": [asdict(skipped) for skipped in manifest.skipped],
        "warnings": [asdict(warning) for warning in manifest.warnings],
        "kept": list(store.ids()),
        "calibration": {
            "source": decides.source,
            "answer_at": decides.calibration.answer_at,
            "unsure_at": decides.calibration.unsure_at,
            "answer_at_source": decides.answer_at_source,
            "unsure_at_source": decides.unsure_at_source,
        },
        "damaged": None,
    }


def _index_engine(service: Service, manifest: Manifest) -> dict[str, Any]:
    """Where passages are looked for: `lists` has what is searched through inverted lists here, with its recall."""
    engine, name = service.indexer.engine, service.settings.index.engine
    if engine is None:
        lists = measured_lists(service.indexer.store.directory(manifest.id))
        return {"name": name, "state": "ready", "finding": None, "lists": lists}
    try:
        return {"name": name, "state": "ready", "finding": engine.examine(manifest), "lists": {}}
    except EngineUnavailable as error:
        return {"name": name, "state": "unavailable", "finding": str(error), "lists": {}}


def _search_line(engine: dict[str, Any]) -> str:
    if engine["finding"] is not None:
        return f"检索：{engine['finding']}"
    lists = [
        f"{name}（{about['lists']} 个里查 {about['probes']} 个，召回率 {about['recall']:.3f}）"
        for name, about in engine["lists"].items()
    ]
    return f"检索：本机，{'用倒排列表的有 ' + '、'.join(lists) if lists else '逐条比'}"


def status_lines(document: dict[str, Any], local_time: LocalTime) -> list[str]:
    """`status` for a person."""
    if document["damaged"] is not None and document["generation"] is None:
        return [f"不能回答：{document['reason']}"]
    if document["generation"] is None:
        return ["还没有索引：运行 siyu reindex 建立"]
    advice = {
        "ready": "正常",
        "changed": "可用；运行 siyu reindex 更新",
        "stale": "不可用；运行 siyu reindex 重建",
        "damaged": "索引损坏，暂时用更早的一个回答；运行 siyu reindex 重建",
    }
    service = f"（向量服务 {document['embedding_service']}）" if document["embedding_service"] else ""
    lines = [
        f"状态：{advice[document['state']]}",
        f"索引：{document['generation']}（建于 {_created(document, local_time)}）",
        f"文章 {document['articles']} 篇，段落 {document['passages']} 段，句子窗口 {document['windows']} 个，"
        f"跳过 {len(document['skipped'])} 个文件",
        f"模型：{document['model']}{service}；阅读模型：{document['reader']}",
        f"编码：{document['encoded_by']}",
        _search_line(document["index_engine"]),
        _refusal_line(document["calibration"]),
        f"保留的索引：{len(document['kept'])} 个",
    ]
    if document["reason"]:
        lines.insert(1, f"原因：{document['reason']}")
    return lines


def _refusal_line(calibration: dict[str, Any]) -> str:
    """The thresholds in force, each with where it comes from."""
    learnt = calibration["source"] == CalibrationSource.CALIBRATED
    lines = [
        f"{name} {calibration[key]:.2f}（{_SOURCES[calibration[f'{key}_source']]}）"
        for name, key in (("作答线", "answer_at"), ("不确定线", "unsure_at"))
    ]
    return "，".join((f"拒答：{'按自己的题校准' if learnt else '内置校准'}", *lines))


def _created(document: dict[str, Any], local_time: LocalTime) -> str:
    return local_time.minute(datetime.fromisoformat(document["created"]))
