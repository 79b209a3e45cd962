"""The files below deploy/, as far as they can be checked without systemd, a container engine or a proxy."""

from __future__ import annotations

import configparser
import fnmatch
import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

import pytest
import yaml

from bot.config import Settings, load_settings

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
PORT = 9108


class Instruction(NamedTuple):
    """One instruction of a Dockerfile."""

    name: str
    rest: str


def instructions() -> list[Instruction]:
    lines = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.lstrip().startswith("#")).replace("\\\n", " ")
    return [Instruction(*line.split(maxsplit=1)) for line in text.splitlines() if line.strip()]


def rest_of(name: str) -> list[str]:
    return [instruction.rest for instruction in instructions() if instruction.name == name]


def unit() -> dict[str, dict[str, list[str]]]:
    """A unit's sections; a key may stand more than once."""
    parsed: dict[str, dict[str, list[str]]] = {}
    section: dict[str, list[str]] = {}
    for line in (DEPLOY / "siyu.service").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = parsed.setdefault(line.strip("[]"), {})
        elif line and not line.startswith("#"):
            key, separator, value = line.partition("=")
            assert separator, line
            section.setdefault(key, []).append(value)
    return parsed


def service(key: str) -> str:
    (value,) = unit()["Service"][key]
    return value


def settings_of(command: list[str]) -> Settings:
    """What a command's `--set` make of the configuration that is shipped; raises for a key that does not exist."""
    return load_settings(ROOT / "config.yaml", [command[n + 1] for n, word in enumerate(command) if word == "--set"])


def entry_point() -> list[str]:
    (entry,), (command,) = rest_of("ENTRYPOINT"), rest_of("CMD")
    return [*json.loads(entry), *json.loads(command)]


@pytest.fixture(scope="module")
def compose() -> Any:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


def test_the_unit_is_read_by_a_strict_parser_and_knows_its_keys() -> None:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(DEPLOY / "siyu.service", encoding="utf-8")
    assert parser.sections() == ["Unit", "Service", "Install"] == list(unit())
    assert not parser.defaults()
    assert parser["Install"]["WantedBy"] == "multi-user.target"


def test_the_unit_is_hardened_and_stops_in_time() -> None:
    for key in ("NoNewPrivileges", "ProtectHome", "PrivateTmp", "ProtectKernelTunables", "RestrictSUIDSGID"):
        assert service(key) == "yes"
    assert (service("StateDirectoryMode"), service("UMask")) == ("0700", "0077")  # others read no questions
    assert service("ProtectSystem") == "strict"
    assert service("Restart") == "on-failure"
    assert service("RestartPreventExitStatus") == "2"
    assert 30 <= int(service("TimeoutStopSec")) <= 90
    assert service("User") not in ("", "root")
    assert service("CapabilityBoundingSet") == ""
    assert service("EnvironmentFile").startswith("/etc/")


def test_the_unit_starts_what_exists_and_writes_only_where_it_may() -> None:
    command = shlex.split(service("ExecStart"))
    assert command[0] == f"{service('WorkingDirectory')}/.venv/bin/python"
    settings = settings_of(command)
    assert str(settings.data_dir) == service("ReadWritePaths") == f"/var/lib/{service('StateDirectory')}"
    assert settings.monitoring.port == PORT
    assert _run([sys.executable, *command[1:], "--help"]).startswith("Usage: siyu")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd's own checker")
def test_systemd_finds_only_that_nothing_is_installed_here() -> None:
    result = subprocess.run(
        ["systemd-analyze", "verify", str(DEPLOY / "siyu.service")], capture_output=True, text=True, check=False
    )
    said = [line for line in result.stderr.splitlines() if line.startswith("siyu.service:") or "/siyu.service:" in line]
    assert all("is not executable" in line for line in said), said


def test_an_image_holds_what_it_copies_and_no_secret() -> None:
    ignored = [line for line in (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines() if line]
    assert ignored[1] == "*"
    sent = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    copied = {source for rest in rest_of("COPY") for source in rest.split()[:-1]}
    assert copied == sent
    for source in copied:
        assert (ROOT / source).exists(), source
        assert not any(fnmatch.fnmatch(source, bad) for bad in ("*token*", "*secret*", "*.env", "data*", ".*"))
    assert not rest_of("ADD")
    assert not re.search(r"TOKEN|SECRET|API_KEY", " ".join(rest_of("ENV") + rest_of("ARG")))


def test_an_image_is_pinned_locked_and_not_root() -> None:
    (base,) = rest_of("FROM")
    assert base == "python:3.11-slim"
    names = [instruction.name for instruction in instructions()]
    (user,) = rest_of("USER")
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", user)
    assert names.index("USER") > max(number for number, name in enumerate(names) if name == "RUN")
    installs = [rest for rest in rest_of("RUN") if "pip install" in rest]
    assert installs
    assert all("-r requirements.lock" in rest or "--no-deps" in rest for rest in installs)
    for file in DEPLOY.iterdir():
        assert ":latest" not in file.read_text(encoding="utf-8")


def test_what_an_image_runs_works_outside_of_it() -> None:
    command = entry_point()
    settings = settings_of(command)
    assert str(settings.data_dir) == rest_of("VOLUME")[0] == "/data"
    assert settings.monitoring.port == PORT
    assert _run([sys.executable, *command[1:], "--help"]).startswith("Usage: siyu")


class _Health(BaseHTTPRequestHandler):
    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status if self.path == "/health" else 404)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Silence."""


@pytest.fixture
def supervised() -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), _Health) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_the_health_check_tells_good_from_bad(supervised: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    (check,) = rest_of("HEALTHCHECK")
    program, *arguments = json.loads(check[check.index("[") :])
    assert program == "python"
    assert str(PORT) in arguments[1]
    arguments[1] = arguments[1].replace(str(PORT), str(supervised.server_port))

    def code() -> int:
        return subprocess.run([sys.executable, *arguments], check=False, stderr=subprocess.DEVNULL).returncode

    assert code() == 0
    monkeypatch.setattr(_Health, "status", 503)
    assert code() == 1


def test_compose_gives_the_token_as_a_file_and_little_else(compose: Any) -> None:
    service = compose["services"]["siyu"]
    assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).resolve() == DEPLOY / "Dockerfile"
    (secret,) = service["secrets"]
    assert service["environment"] == {"TELEGRAM_BOT_TOKEN_FILE": f"/run/secrets/{secret}"}
    token = (DEPLOY / compose["secrets"][secret]["file"]).relative_to(ROOT)
    assert str(token) in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    for volume in service["volumes"]:
        source, target, *mode = volume.split(":")
        assert source in compose["volumes"] or ((DEPLOY / source).resolve().exists() and mode == ["ro"])
        assert target == "/data" or target.startswith("/app/")
    assert service["read_only"] is True
    assert service["init"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "ports" not in service
    assert not service["image"].endswith(":latest")


def test_the_proxy_leads_to_the_webhook_and_nowhere_else() -> None:
    text = re.sub(r"#.*", "", (DEPLOY / "nginx.conf").read_text(encoding="utf-8"))
    assert text.count("{") == text.count("}") == 4
    assert all(line.strip()[-1] in ";{}" for line in text.splitlines() if line.strip())
    hook = load_settings(ROOT / "config.yaml").telegram.webhook
    assert re.findall(r"proxy_pass ([^;]+);", text) == [f"http://{hook.listen}:{hook.port}"]
    assert re.findall(r"location ([^{]+) \{", text) == [f"= /{hook.path}", "/"]
    assert str(PORT) not in text
    assert "return 404;" in text


def _run(command: list[str]) -> str:
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=True)
    return result.stdout
