"""Draw sentences with figures from the starter articles, each with the sources of its article, to be looked up by hand.

`python -m tests.corpus.lint.sample --seed 7 --count 40` prints the same ones for the same articles and seed.
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import corpus
from tests.corpus.lint.articles import pages_below
from tests.corpus.lint.page import Page

_SENTENCE = re.compile(r"[^。；\n|]{12,}")
_SUPPOSED = re.compile(r"假设|示例|例如|“")
_FIGURE = re.compile(r"\d")


def sentences_with_figures(page: Page) -> Iterator[str]:
    """The sentences of an article that state a figure; examples and suppositions are none."""
    for match in _SENTENCE.finditer(page.body):
        sentence = re.sub(r"^\s*(?:[-#>]+|\d+\.)?\s*", "", match[0]).strip()
        if _FIGURE.search(sentence) and not _SUPPOSED.search(sentence):
            yield sentence


def draw(pages: Sequence[Page], seed: int, count: int) -> list[tuple[Page, str]]:
    """So many sentences of so many articles, the same for the same seed."""
    every = [(page, sentence) for page in pages for sentence in sentences_with_figures(page)]
    return random.Random(seed).sample(every, min(count, len(every)))


def main() -> None:
    """Print them, numbered, with what the front matter names as sources."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=40)
    options = parser.parse_args()
    articles = Path(corpus.__file__).parent / "articles"
    for number, (page, sentence) in enumerate(draw(pages_below(articles), options.seed, options.count), start=1):
        print(f"{number}. {page.name}: {sentence}")
        for source in (page.meta or {}).get("sources", ()):
            print(f"     {source['name']} {source.get('url', '')}")


if __name__ == "__main__":
    main()
