"""`status` and `doctor`: what serves, and what stands in the way."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.answering.service import Service
from bot.config import telegram_token
from bot.locales import Texts, texts
from bot.operations import environment
from corpus.errors import SiyuError
from embeddings.index.generation import Manifest, calibration_damaged, read_calibration
from embeddings.refusal.confidence import Calibration

if TYPE_CHECKING:
    from telegram import User

logger = logging.getLogger(__name__)

_UNCALIBRATED = "校准文件用不了（损坏，或是另一个版本的程序做的），暂用内置校准：请重新运行 siyu calibrate"
_ENOUGH_DISK = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `advice` says what to do about it."""

    name: str
    ok: bool
    finding: str
    advice: str | None = None


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
    learnt = read_calibration(store.directory(manifest.id))
    point = learnt or Calibration.default()
    return {
        "state": state,
        "reason": reason,
        "generation": manifest.id,
        "created": manifest.created.isoformat(),
        "age_seconds": max(0, round((datetime.now(UTC) - manifest.created).total_seconds())),
        "model": manifest.model,
        "recipe": asdict(manifest.recipe),
        "articles": manifest.articles,
        "passages": manifest.passages,
        "windows": manifest.windows,
        "skipped": [asdict(skipped) for skipped in manifest.skipped],
        "kept": list(store.ids()),
        "calibration": {"source": "calibrated" if learnt else "built-in", "answer_at": point.answer_at}
        | {"unsure_at": point.unsure_at},
        "damaged": None,
    }


def status_lines(document: dict[str, Any]) -> list[str]:
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
    lines = [
        f"状态：{advice[document['state']]}",
        f"索引：{document['generation']}（建于 {document['created']}）",
        f"文章 {document['articles']} 篇，段落 {document['passages']} 段，句子窗口 {document['windows']} 个，"
        f"跳过 {len(document['skipped'])} 个文件",
        f"模型：{document['model']}",
        f"拒答：{'按自己的题校准' if document['calibration']['source'] == 'calibrated' else '内置校准'}，"
        f"作答线 {document['calibration']['answer_at']:.2f}，不确定线 {document['calibration']['unsure_at']:.2f}",
        f"保留的索引：{len(document['kept'])} 个",
    ]
    if document["reason"]:
        lines.insert(1, f"原因：{document['reason']}")
    return lines


def examine(service: Service) -> list[Check]:
    """Every check of `doctor`, in the order in which trouble is best mended."""
    checks = [
        _guarded("文章", service, _articles),
        _guarded("磁盘", service, _disk),
        _guarded("记录", service, _state),
        _guarded("模型", service, _model),
        _guarded("索引", service, _index),
        _guarded("监控", service, _monitoring),
        _guarded("Telegram", service, _telegram),
    ]
    settings = service.settings
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
    ]


def _guarded(name: str, service: Service, look: Callable[[Service], tuple[bool, str, str | None]]) -> Check:
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


def _articles(service: Service) -> tuple[bool, str, str | None]:
    from corpus.parsing.articles import find_files  # noqa: PLC0415

    roots = service.indexer.roots
    count = len(find_files(roots))
    where = "、".join(str(root) for root in roots)
    return count > 0, f"{where} 里有 {count} 个文件", None if count else "把文章放进这个目录"


def _disk(service: Service) -> tuple[bool, str, str | None]:
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


def _state(service: Service) -> tuple[bool, str, str | None]:
    return environment.state_file(service.settings.data_dir)


def _monitoring(service: Service) -> tuple[bool, str, str | None]:
    return environment.monitoring(service.settings.monitoring)


def _webhook(service: Service) -> tuple[bool, str, str | None]:
    return environment.webhook(service.settings)


def _model(service: Service) -> tuple[bool, str, str | None]:
    encoder = service.encoder()
    return True, f"{service.settings.embeddings.model} 可用，{encoder.dimension} 维", None


def _index(service: Service) -> tuple[bool, str, str | None]:
    if service.indexer.why_unservable() is None:
        service.refresh()
    ok, finding, advice = _index_on_disk(service)
    return ok, f"{finding}，校验和无误" if ok else finding, advice


def _index_on_disk(service: Service) -> tuple[bool, str, str | None]:
    store = service.indexer.store
    stale = service.indexer.why_stale()
    damage = store.damage() if store.current_id() is not None else None
    if damage is not None or stale:
        return False, str(damage or stale), "运行 siyu reindex"
    manifest = service.indexer.store.manifest()
    finding = f"{manifest.id}，{manifest.articles} 篇文章，跳过 {len(manifest.skipped)} 个文件"
    if calibration_damaged(store.directory()):
        return False, f"{finding}；校准文件用不了，暂用内置校准", "重新运行 siyu calibrate"
    if service.indexer.changed_files():
        return True, finding, "文章有改动：运行 siyu reindex 更新"
    return True, finding, None


def _telegram(service: Service) -> tuple[bool, str, str | None]:
    token = telegram_token()
    if token is None:
        return False, "没有设置 token", "向 @BotFather 申请，再设置环境变量 TELEGRAM_BOT_TOKEN；只用命令行可以不管"
    from bot.telegram.process import who_am_i  # noqa: PLC0415

    me = asyncio.run(who_am_i(service.settings, token))
    hears = "能看到群里的全部消息" if me.can_read_all_group_messages else "群里只收到命令和对它的回复（隐私模式开着）"
    advice = telegram_hints(me)
    if not service.settings.telegram.admins:
        advice.insert(0, "还没有管理员：在 telegram.admins 里写上您的数字 id")
    return True, f"@{me.username}，{hears}", "\n".join(advice) or None


def telegram_hints(me: User, words: Texts | None = None) -> list[str]:
    """What the bot's account keeps it from, and what to change at BotFather; one text each, empty if nothing.

    `me` is what getMe said; `words` the language, Chinese by default.
    """
    words = words or texts("zh")
    found = {
        "hint_privacy": me.can_read_all_group_messages is False,
        "hint_joining": me.can_join_groups is False,
        "hint_inline": me.supports_inline_queries is False,
    }
    return [words(key, bot=me.username) for key, stands in found.items() if stands]
