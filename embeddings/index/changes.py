"""What has changed between a generation and the article files, and between two generations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from corpus.model import Article, FileWarning, Skipped
from corpus.parsing.files import FoundFile
from embeddings.index.generation import Generation

ArticleParser = Callable[[FoundFile], Article | Skipped]


@dataclass(frozen=True, slots=True)
class ChangeCounts:
    """How many articles (or passages) came, changed, went and stayed."""

    added: int
    changed: int
    removed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of the files since a generation was built.

    `articles` are new, or new versions, in order of their paths; `gone` the paths of those the generation has that are
    no more or are among `articles`. `skipped` and `warnings` are those of all files.
    """

    articles: tuple[Article, ...]
    gone: frozenset[str]
    skipped: tuple[Skipped, ...]
    warnings: tuple[FileWarning, ...]


def find_changes(
    before: Generation,
    found: Sequence[FoundFile],
    digests: Mapping[str, str],
    parse: ArticleParser,
    progress: Callable[[int, int], None],
) -> Changes:
    """Parse the files whose digest is another than when the generation was built, and those it had skipped.

    Of two files with the same text the one whose article is there already stays, then the first by path. `progress` is
    told how many files of how many are done.
    """
    known = before.manifest.files
    changed = {path for path, digest in digests.items() if known.get(path) != digest}
    skipped_before = {skipped.path for skipped in before.manifest.skipped}  # perhaps for being like one that went
    gone = frozenset(path for path in known if (path in changed or path not in digests) and path in before.articles)
    waiting = [file for file in found if file.path in changed or file.path in skipped_before]
    articles: list[Article] = []
    skipped: list[Skipped] = []
    first_with: dict[str, str] = {}
    for done, file in enumerate(waiting):
        progress(done, len(waiting))
        parsed = parse(file)
        if isinstance(parsed, Article):
            there = before.articles.path_with(parsed.text_digest)
            like = first_with.get(parsed.text_digest) or (None if there in gone else there)
            if like is None:
                first_with[parsed.text_digest] = parsed.path
                articles.append(parsed)
                continue
            parsed = Skipped(file.path, f"与 {like} 内容相同")
        skipped.append(parsed)
    progress(len(waiting), len(waiting))
    stays = (warning for warning in before.manifest.warnings if warning.path not in gone)
    came = (FileWarning(article.path, text) for article in articles for text in article.warnings)
    return Changes(
        articles=tuple(articles),
        gone=gone,
        skipped=tuple(skipped),
        warnings=tuple(sorted((*stays, *came), key=lambda warning: warning.path)),
    )


def compare(before: Generation | None, after: Generation, *, same_base: bool) -> tuple[ChangeCounts, ChangeCounts]:
    """Articles and passages of a generation against those of the one before it; None for no generation.

    `same_base` tells that both have the same base: what both have of it needs no look.
    """
    if before is None:
        return ChangeCounts(len(after.articles), 0, 0, 0), ChangeCounts(len(after.passages), 0, 0, 0)
    shared = before.articles.in_base() & after.articles.in_base() if same_base else None
    old, new = (generation.articles.text_digests(but=shared) for generation in (before, after))
    both = old.keys() & new.keys()
    changed = sum(old[path] != new[path] for path in both)
    unshared = 0 if shared is None else int(shared.sum())
    articles = ChangeCounts(len(new) - len(both), changed, len(old) - len(both), len(both) - changed + unshared)
    stayed = len(np.intersect1d(before.articles.passage_keys(), after.articles.passage_keys(), assume_unique=True))
    return articles, ChangeCounts(len(after.passages) - stayed, 0, len(before.passages) - stayed, stayed)
