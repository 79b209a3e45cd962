"""Print what is wrong with the shipped articles and glossary; exit code 1 if anything is."""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path

import corpus
from corpus.vocabulary.glossary import Glossary
from tests.corpus.lint.articles import lint_articles
from tests.corpus.lint.finding import Finding, report
from tests.corpus.lint.glossary import lint_glossary, too_few


def lint() -> list[Finding]:
    """All findings about what is shipped."""
    glossary = Glossary.load()
    source = (files("corpus.vocabulary") / "glossary.yaml").read_text(encoding="utf-8")
    articles = lint_articles(Path(corpus.__file__).parent / "articles")
    return [*articles, *lint_glossary(glossary, source), *too_few(glossary)]


def main() -> int:
    """Print the report; the exit code."""
    findings = lint()
    print(report(findings) or "nothing to report")
    return int(bool(findings))


if __name__ == "__main__":
    sys.exit(main())
