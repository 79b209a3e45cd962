"""Errors whose message is shown to people as it stands; anything else that is raised is a bug."""

from __future__ import annotations

from pathlib import Path


class SiyuError(Exception):
    """The one family of errors shown to people as a sentence that says what to do; every package adds its own.

    `exit_code` is what the command line ends with.
    """

    exit_code = 1


class CorpusError(SiyuError):
    """Something about the articles that an operator can put right; the message says how."""


class ArticlesMissing(CorpusError):
    """A folder of articles that is not there."""

    def __init__(self, root: Path) -> None:
        self.root = root
        what = "不是文件夹" if root.exists() else "不存在"
        super().__init__(
            f"文章目录 {root} {what}。请建立这个文件夹并放入文章，或在 config.yaml 里改正 corpus.articles。"
        )


class UnreadableFile(CorpusError):
    """One file that gives no text; `reason` says why and what helps, in plain words."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)
