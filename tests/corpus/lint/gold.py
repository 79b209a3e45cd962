"""Whether the question sets still fit the articles: every gold phrase stands in a passage of a gold article.

The phrases of each part of a question are among its gold phrases, so that whoever reads only those misses none.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from corpus.cutting.passages import cut
from corpus.parsing.articles import parse_article
from corpus.parsing.files import find_files
from embeddings.evaluation.metrics import squeeze
from tests.corpus.lint.finding import Finding

Passages = Mapping[str, tuple[str, ...]]
"""Path of an article → its passages without white space, as evaluation compares them."""


def passages_below(directory: Path) -> Passages:
    """The passages of every article of a folder, cut as the index cuts them."""
    articles = (parse_article(found) for found in find_files([directory]))
    return {each.path: tuple(squeeze(passage.text) for passage in cut(each)) for each in articles}


def lint_gold(file: Path, articles: Passages) -> Iterator[Finding]:
    """Gold articles that are not there, and gold phrases that none of a question's gold articles has."""
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            for problem, advice in _entry(json.loads(line), articles):
                yield Finding(file.name, number, problem, advice)


def _entry(entry: Mapping[str, Any], articles: Passages) -> Iterator[tuple[str, str]]:
    name = entry.get("id", "")
    gold = entry.get("gold_articles", ())
    for article in gold:
        if article not in articles:
            yield f"{name}: gold article {article} is not there", "name the article that answers it now"
    for phrase in (phrase for part in entry.get("gold_parts", ()) for phrase in part):
        if phrase not in entry.get("gold_phrase", ()):
            yield f"{name}: phrase {phrase!r} of a part is no gold phrase", "add it to gold_phrase"
    for phrase in entry.get("gold_phrase", ()):
        if not any(squeeze(phrase) in text for article in gold for text in articles.get(article, ())):
            yield f"{name}: gold phrase {phrase!r} is in no gold article", "change it with the sentence that it quoted"
