"""`doctor`: what stands in the way, and what to do about it."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.answering.models import reader_line
from bot.answering.service import Service
from bot.config import Settings, telegram_token
from bot.operations import environment
from corpus.errors import SiyuError
from corpus.parsing.files import find_files
from embeddings.index.generation import calibration_damaged
from embeddings.models.encoder import engine_of
from embeddings.models.service_encoder import ServiceEncoder

logger = logging.getLogger(__name__)

_ENOUGH_DISK = 2 * 1024**3
_MOST_NAMED = 20
_SAMPLE = "企业微信群发每天几条"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `advice` says what to do about it."""

    name: str
    ok: bool
    finding: str
    advice: str | None = None


Look = tuple[bool, str, str | None]
"""Whether all is well, what was found, and what to do about it."""


def examine(service: Service, check_telegram: Callable[[Settings], Look]) -> list[Check]:
    """Every check of `doctor`, in the order in which trouble is best mended; `check_telegram` looks at the account."""
    checks = [
        _guarded("文章", service, _articles),
        _guarded("磁盘", service, _disk),
        _guarded("记录", service, _state),
        _guarded("模型", service, _model),
        _guarded("阅读模型", service, _reader),
        _guarded("索引", service, _index),
        _guarded("监控", service, _monitoring),
        _guarded("Telegram", service, lambda service: check_telegram(service.settings)),
    ]
    settings = service.settings
    checks += _engine_checks(service)
    if settings.answering.llm.enabled:
        checks.append(_guarded("大模型", service, _language_model))
    if settings.telegram.webhook.url:
        checks.append(_guarded("webhook", service, _webhook))
    # Whoever uses only the command line need not wait for a Telegram that may be out of reach.
    if telegram_token() is not None and (offset := environment.clock_offset(settings.telegram.base_url)) is not None:
        checks.append(Check("时钟", *environment.clock(offset)))
    return checks


def examine_running(service: Service) -> list[Check]:
    """What of `examine` a bot may look at while it answers; from any thread, since nothing that serves is touched."""
    return [
        _guarded("文章", service, _articles),
        _guarded("磁盘", service, _disk),
        _guarded("模型", service, _model),
        _guarded("索引", service, _index_on_disk),
        *_engine_checks(service),
    ]


def _engine_checks(service: Service) -> list[Check]:
    """What there is to look at where vectors are searched by a server."""
    return [_guarded("向量检索", service, _engine)] if service.indexer.engine is not None else []


def _guarded(name: str, service: Service, look: Callable[[Service], Look]) -> Check:
    try:
        return Check(name, *look(service))
    except SiyuError as error:
        return Check(name, ok=False, finding=str(error))
    except OSError as error:
        where = f"（{error.filename}）" if error.filename else ""
        return Check(name, ok=False, finding=f"{error.strerror or error}{where}", advice="请检查磁盘空间、路径和权限")
    except Exception as error:
        # One broken part must not hide what there is to say about the others.
        logger.exception("doctor: %s", name)
        return Check(
            name, ok=False, finding=f"意外的错误（{type(error).__name__}）", advice="详情在上面的日志里；请报告这个问题"
        )


def _articles(service: Service) -> Look:
    roots = service.indexer.roots
    count = len(find_files(roots))
    where = "、".join(str(root) for root in roots)
    return count > 0, f"{where} 里有 {count} 个文件", None if count else "把文章放进这个目录"


def _disk(service: Service) -> Look:
    data_dir = service.settings.data_dir
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        probe = data_dir / ".write-probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        return False, f"{data_dir} 写不进去（{error.strerror}）", "检查目录权限，或改 data_dir"
    free = shutil.disk_usage(data_dir).free
    finding = f"{data_dir} 可写，剩余 {free / 1024**3:.1f} GiB"
    return free >= _ENOUGH_DISK, finding, None if free >= _ENOUGH_DISK else "请留出至少 2 GiB"


def _state(service: Service) -> Look:
    return environment.state_file(service.settings.data_dir)


def _monitoring(service: Service) -> Look:
    return environment.monitoring(service.settings.monitoring)


def _language_model(service: Service) -> Look:
    from bot.generation.examination import examine_model  # noqa: PLC0415 - its libraries only where one is used

    return examine_model(service.settings.answering.llm)


def _webhook(service: Service) -> Look:
    return environment.webhook(service.settings)


def _model(service: Service) -> Look:
    encoder = service.encoder()
    if isinstance(encoder, ServiceEncoder):
        encoder.encode_queries([_SAMPLE])  # the first one waits for the service to be checked
        began = time.monotonic()
        encoder.encode_queries([_SAMPLE])
        finding = f"{encoder.name} 可用，{encoder.dimension} 维，一个问题 {1000 * (time.monotonic() - began):.0f} 毫秒"
        return True, finding, None
    encoder.encode_queries([_SAMPLE])
    model = service.settings.embeddings.model
    return True, f"{model} 可用，{encoder.dimension} 维；{engine_of(encoder)}", None


def _reader(service: Service) -> Look:
    if not service.reader_wanted():
        return True, "没有", None
    if (reader := service.reader()) is None:
        return False, "用不了，先按检索的顺序回答", "原因在上面的日志里；请检查 retrieval.reader 和 retrieval.reranker"
    reader.read(_SAMPLE, [_SAMPLE])
    return True, f"{reader_line(service.settings, service.encoder().identity)}，{reader.engine}", None


def _engine(service: Service) -> Look:
    engine = service.indexer.engine
    assert engine is not None
    return True, engine.examine(service.indexer.store.manifest()), None


def _index(service: Service) -> Look:
    if service.indexer.why_unservable() is None:
        service.refresh()
    ok, finding, advice = _index_on_disk(service)
    return ok, f"{finding}，校验和无误" if ok else finding, advice


def _index_on_disk(service: Service) -> Look:
    store = service.indexer.store
    stale = service.indexer.why_stale()
    damage = store.damage() if store.current_id() is not None else None
    if damage is not None or stale:
        return False, str(damage or stale), "运行 siyu reindex"
    manifest = service.indexer.store.manifest()
    finding = f"{manifest.id}，{manifest.articles} 篇文章，跳过 {len(manifest.skipped)} 个文件"
    if calibration_damaged(store.directory()):
        return False, f"{finding}；校准文件用不了，暂用内置校准", "重新运行 siyu calibrate"
    advice = ["文章有改动：运行 siyu reindex 更新"] if service.indexer.changed_files() else []
    if manifest.warnings:
        finding += f"，{len({warning.path for warning in manifest.warnings})} 个文件没有读全"
        advice += [f"{warning.path}：{warning.text}" for warning in manifest.warnings[:_MOST_NAMED]]
    return True, finding, "\n".join(advice) or None
