"""What of the machine may stand in the bot's way: the state file, ports, the clock.

Each finding is (whether it is well, what was found, what to do about it), as `doctor` shows it.
"""

from __future__ import annotations

import json
import socket
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from bot.config import MonitoringSettings, Settings, webhook_secret
from bot.operations.run_locks import is_held, run_lock

Finding = tuple[bool, str, str | None]

CLOCK_TOLERANCE = 60.0  # seconds
_PATIENCE = 5.0  # seconds for a network call


def state_file(data_dir: Path) -> Finding:
    """Whether `state.db` can be read and is sound."""
    file = data_dir / "state.db"
    if not file.exists():
        return True, "还没有 state.db，第一次运行时自动建立", None
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=0.5)) as database:
            (said,) = database.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        said = str(error)
    if said == "ok":
        return True, "state.db 完好", None
    if "locked" in said:
        return False, f"state.db 被别的程序占着（{said}）", "请等它用完；一直这样就停掉占用它的程序"
    advice = "请检查权限；文件若已损坏，请用备份恢复。没有备份就直接启动机器人：它会换上新的，救回读得出来的部分"
    return False, f"state.db 用不了（{said}）", advice


def why_not_listen(listen: str, port: int) -> str | None:
    """Why nothing could listen there now, in the system's words; None when it could."""
    try:
        family, kind, *_, address = socket.getaddrinfo(listen, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return error.strerror or str(error)
    return None


def monitoring(settings: MonitoringSettings) -> Finding:
    """Whether the port for /health is free, or how the bot that listens there says it is."""
    if settings.port is None:
        return True, "没有打开（monitoring.port 为 null）", None
    where = f"{settings.listen} 端口 {settings.port}"
    reason = why_not_listen(settings.listen, settings.port)
    if reason is None:
        return True, f"{where} 空着；机器人没有在运行", None
    problems = _problems(settings.listen, settings.port)
    if problems is None:
        return (
            False,
            f"{where} 用不了（{reason}）",
            "请换一个 monitoring.port，或停掉占用它的程序（ss -ltnp 能看到是谁）",
        )
    if problems:
        return False, f"机器人在运行，但是：{'；'.join(problems)}", "请看它的日志；几分钟后还这样就重启它"
    return True, f"{where}：机器人在运行，正常", None


def webhook(settings: Settings) -> Finding:
    """Whether Telegram's calls could be taken."""
    hook = settings.telegram.webhook
    if webhook_secret() is None:
        return False, "没有密钥", "请把环境变量 SIYU_WEBHOOK_SECRET 设成一串随机字符"
    where = f"{hook.listen} 端口 {hook.port}"
    reason = why_not_listen(hook.listen, hook.port)
    if reason is None:
        return True, f"{where} 空着；机器人没有在运行", None
    if bot_runs(settings.data_dir):
        return True, f"{where}：机器人在运行", None
    return (
        False,
        f"{where} 用不了（{reason}）",
        "请换一个 telegram.webhook.port，或停掉占用它的程序（ss -ltnp 能看到是谁）",
    )


def bot_runs(data_dir: Path) -> bool:
    """Whether a process runs the bot on this data directory."""
    return any(is_held(file) for file in data_dir.glob(run_lock(data_dir, "*").name))


def clock_offset(base_url: str) -> float | None:
    """Seconds that this machine's clock is ahead of the Bot API's; None when that does not tell."""
    import httpx  # noqa: PLC0415

    parts = urlsplit(base_url)
    try:
        # Without path and token: any answer carries the time.
        date = httpx.head(f"{parts.scheme}://{parts.netloc}/", timeout=_PATIENCE).headers["Date"]
        return (datetime.now(UTC) - parsedate_to_datetime(date)).total_seconds()
    except (httpx.HTTPError, KeyError, ValueError, TypeError):
        return None


def clock(offset: float) -> Finding:
    """What an offset in seconds means."""
    if abs(offset) <= CLOCK_TOLERANCE:
        return True, f"和 Telegram 相差 {abs(offset):.0f} 秒", None
    found = f"比 Telegram {'快' if offset > 0 else '慢'} {abs(offset):.0f} 秒"
    return False, found, "请打开系统的时间同步（timedatectl set-ntp true）：时间不对，新消息会被当成旧消息"


def _problems(listen: str, port: int) -> list[str] | None:
    """What the bot that listens there says is wrong; None when it is no bot of ours."""
    connection = HTTPConnection(listen, port, timeout=_PATIENCE)
    try:
        connection.request("GET", "/health")
        answer = connection.getresponse()
        if not (answer.getheader("Server") or "").startswith("siyu"):
            return None
        return [str(problem) for problem in json.loads(answer.read())["problems"]]
    except (OSError, HTTPException, ValueError, KeyError, TypeError):
        return None
    finally:
        connection.close()
