"""Lines of SECURITY.md that hold for the whole program, read off its source."""

from __future__ import annotations

import ast
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.model import Answer, Asker, Status, Surface
from bot.state.database import open_state
from bot.state.question_log import QuestionLog

ROOT = Path(__file__).parents[1]
SOURCES = [file for package in ("bot", "corpus", "embeddings") for file in sorted((ROOT / package).rglob("*.py"))]

# What can open a connection to elsewhere, and where that may be imported.
NETWORK = {
    "httpx",
    "socket",
    "http.client",
    "urllib.request",
    "requests",
    "aiohttp",
    "huggingface_hub",
    "ssl",
    "smtplib",
    "openai",
}
MAY_CONNECT = {
    "bot/telegram/transport/send_request.py",  # the type of a request to the configured Bot API
    "bot/generation/gateway.py",  # the configured endpoint of a language model
    "bot/articles/page_fetcher.py",  # the page whose address somebody sent
    "bot/telegram/transport/file_download.py",  # the errors of the above
    "bot/operations/environment.py",  # doctor: the configured Bot API's clock, this machine's ports
    "bot/operations/monitoring_server.py",  # listens on this machine only
    "embeddings/models/service_client.py",  # the configured embedding service
    "embeddings/models/encoder.py",  # a model that was configured by name
}


def trees() -> Iterator[tuple[str, ast.Module]]:
    for file in SOURCES:
        yield file.relative_to(ROOT).as_posix(), ast.parse(file.read_text(encoding="utf-8"))


def imports(tree: ast.Module) -> set[str]:
    found = set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def origins(tree: ast.Module, name: str) -> set[str]:
    """What a name stands for, by the imports that may have made it; the name itself where none has."""
    aliases = (alias for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names)
    return {alias.name for alias in aliases if name in (alias.asname, alias.name)} or {name.removeprefix("yaml.")}


def calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def test_only_these_modules_can_connect_to_anywhere() -> None:
    able = {name for name, tree in trees() if imports(tree) & NETWORK}
    assert able == MAY_CONNECT


def test_no_pickle_is_ever_loaded_and_no_code_of_a_model_is_run() -> None:
    for name, tree in trees():
        assert not imports(tree) & {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}, name
        for function, call in calls(tree):
            options = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
            assert function not in {"torch.load", "eval", "exec", "pd.read_pickle"}, name
            assert options.get("allow_pickle", "False") == "False", name
            assert options.get("trust_remote_code", "False") == "False", name
            if function in {"np.load", "np.save"}:
                assert "allow_pickle" in options, name
            if function in {"SentenceTransformer", "CrossEncoder"}:
                assert "'use_safetensors': True" in options["model_kwargs"], name


def test_yaml_is_loaded_safely_and_no_shell_is_started() -> None:
    for name, tree in trees():
        for function, call in calls(tree):
            assert function not in {"yaml.unsafe_load", "yaml.full_load", "os.system", "os.popen"}, name
            options = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
            assert options.get("shell", "False") == "False", name
            if function == "yaml.load":
                assert origins(tree, options["Loader"]) <= {"SafeLoader", "CSafeLoader"}, name


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_state(tmp_path)) as connection:
        yield connection


@pytest.mark.parametrize("text", ["x'); DROP TABLE questions; --", '" OR 1=1 --', "%_\\", "'; UPDATE questions SET x"])
def test_what_people_write_is_no_sql(database: sqlite3.Connection, text: str) -> None:
    log = QuestionLog(database)
    other = log.record(Asker(1, None, 1, 1, Surface.PRIVATE), _answer("别的问题"))
    number = log.record(Asker(2, None, 2, 1, Surface.PRIVATE), _answer(text))
    assert number is not None
    assert other is not None
    kept, neighbour = log.find(number), log.find(other)
    assert kept is not None
    assert neighbour is not None
    assert (kept.question, neighbour.question) == (text, "别的问题")


def _answer(question: str) -> Answer:
    return Answer(question, Status.REFUSED, "zh", 0.1, (), (), (), (), "g1", 1.0)
