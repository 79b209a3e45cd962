"""A damaged serving generation: an earlier one answers, everybody who asks is told, a reindex builds anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.answering.service import Service
from bot.answering.serving_state import Damage
from bot.operations.doctor import examine_running
from bot.operations.index_status import status_document, status_lines
from embeddings.errors import IndexDamaged
from embeddings.refusal.confidence import Calibration
from tests.bot.answering.conftest import Shop
from tests.support.fakes import FakeEncoder, in_process

LEARNT = Calibration(bias=-1.2, weights={"excess": 1.0})


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _flip(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def _noise(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert '"mean":0.' in text
    file.write_text(text.replace('"mean":0.', '"mean":1.', 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "damage", "what"),
    [
        ("base/window-vectors.npy", _cut, "base/window-vectors.npy 与校验和不符"),
        ("base/passages.jsonl", _flip, "base/passages.jsonl 与校验和不符"),
        ("base/articles.jsonl", Path.unlink, "base/articles.jsonl 缺失"),
        ("manifest.json", _cut, "清单读不了"),
        ("manifest.json", _noise, "清单与校验和不符"),
        ("manifest.json", Path.unlink, "清单读不了"),
    ],
)
def test_the_generation_before_a_damaged_one_answers(
    shop: Shop, name: str, damage: Callable[[Path], None], what: str, caplog: pytest.LogCaptureFixture
) -> None:
    damage(shop.file(shop.second, name))
    service = shop.service()
    assert service.indexer.why_unservable() is None
    answer = service.ask("一个人能加多少客户")
    assert answer.generation == shop.first
    assert service.damage is not None
    assert (service.damage.generation, service.damage.instead) == (shop.second, shop.first)
    assert what in service.damage.what
    assert f"暂时由 {shop.first} 回答" in caplog.text
    assert shop.current() == shop.second

    document = status_document(service)
    assert (document["state"], document["generation"], document["damaged"]) == ("damaged", shop.first, shop.second)
    assert what in document["reason"]
    assert "siyu reindex" in status_lines(document, service.local_time)[0]
    index = next(check for check in examine_running(service) if check.name == "索引")
    assert not index.ok
    assert what in index.finding

    summary = service.reindex()
    assert (summary.switched, summary.encoded) == (True, 0)
    assert service.ask("一个人能加多少客户").generation == summary.generation
    assert service.damage is None
    assert service.indexer.store.ids() == (shop.first, summary.generation)
    assert not shop.file(shop.second, "").exists()
    healed = status_document(service)
    assert (healed["state"], healed["damaged"]) == ("ready", None)


def test_one_of_another_recipe_does_not_stand_in(shop: Shop) -> None:
    other = FakeEncoder()
    other.identity = "another"
    Service(shop.settings, encoder_factory=lambda: other, identity="another", parser=in_process).reindex()
    service = Service(shop.settings, encoder_factory=lambda: other, identity="another", parser=in_process)
    _cut(shop.file(shop.current(), "base/window-starts.npy"))
    with pytest.raises(IndexDamaged, match="siyu reindex"):
        service.ask("复购率")
    assert "损坏" in (service.indexer.why_unservable() or "")
    document = status_document(service)
    assert (document["state"], document["generation"], document["damaged"]) == ("damaged", None, shop.current())
    assert status_lines(document, service.local_time)[0].startswith("不能回答")
    service.reindex()
    assert service.ask("复购率").generation == shop.current()


def test_a_damaged_one_does_not_stand_in_and_is_not_gone_back_to(shop: Shop) -> None:
    shop.change("快闪群只开三天，活动结束就解散，群里只讲一件商品。")
    third = shop.service().reindex().generation
    _flip(shop.file(shop.second, "base/passages.jsonl"))
    _flip(shop.file(third, "base/passages.jsonl"))
    service = shop.service()
    assert service.ask("复购率").generation == shop.first
    assert service.indexer.store.roll_back() == (third, shop.first)


def test_what_is_in_memory_goes_on_where_nothing_else_is_whole(shop: Shop) -> None:
    service = shop.service()
    service.refresh()
    shop.change("快闪群只开三天，活动结束就解散，群里只讲一件商品。")
    third = shop.service().reindex().generation
    for generation in (shop.first, shop.second, third):
        _cut(shop.file(generation, "base/window-starts.npy"))
    assert service.ask("复购率").generation == shop.second


def test_a_calibration_that_cannot_be_used_is_told(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    shop.service().learn(LEARNT)
    _flip(shop.file(shop.second, "calibration.json"))
    service = shop.service()
    service.refresh()
    assert service.calibration_damaged
    assert "校准文件用不了" in caplog.text
    document = status_document(service)
    assert document["calibration"]["source"] == "built-in"
    assert "siyu calibrate" in str(document["reason"])
    index = next(check for check in examine_running(service) if check.name == "索引")
    assert not index.ok
    assert "siyu calibrate" in str(index.advice)


def test_a_calibration_outlives_damage(shop: Shop) -> None:
    shop.service().learn(LEARNT)
    _cut(shop.file(shop.second, "base/window-starts.npy"))
    service = shop.service()
    service.reindex()
    assert service.serving().calibration == LEARNT
    assert not isinstance(service.damage, Damage)
