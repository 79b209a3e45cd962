"""Print what is wrong with the shipped articles, figures and glossary and with the question sets; exit code 1 then."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import corpus
import tests
from corpus.vocabulary.glossary import Glossary
from tests.corpus.lint.articles import lint_articles, pages_below
from tests.corpus.lint.figures import figures_below, lint_figures
from tests.corpus.lint.finding import Finding, report
from tests.corpus.lint.glossary import lint_glossary, too_few
from tests.corpus.lint.gold import lint_gold, passages_below
from tests.corpus.lint.questions import lint_questions

_ARTICLES = Path(corpus.__file__).parent / "articles"
_SETS = Path(tests.__file__).parent / "evaluation"


def lint() -> list[Finding]:
    """All findings about what is shipped."""
    glossary = Glossary.load()
    source = (files("corpus.vocabulary") / "glossary.yaml").read_text(encoding="utf-8")
    return [
        *lint_articles(_ARTICLES),
        *lint_questions(pages_below(_ARTICLES), _SETS),
        *lint_figures(figures_below(_ARTICLES), pages_below(_ARTICLES)),
        *lint_glossary(glossary, source),
        *too_few(glossary),
        *_lint_sets(),
    ]


def _lint_sets() -> Iterator[Finding]:
    starter = passages_below(_ARTICLES)
    for file in sorted(_SETS.glob("*.jsonl")):
        yield from lint_gold(file, starter)
    technical = _SETS / "technical"
    yield from lint_gold(technical / "questions.jsonl", passages_below(technical / "articles"))


def main() -> int:
    """Print the report; the exit code."""
    findings = lint()
    print(report(findings) or "nothing to report")
    return int(bool(findings))


if __name__ == "__main__":
    sys.exit(main())
