"""What a single file would give as an article, found out in a process of its own that may be killed.

`python -m corpus.sandbox.inspection FILE LENGTH SECONDS BYTES` prints one JSON object: a file from a stranger can make
a reader slow, hungry or crash, and nobody who waits for the bot should notice.
"""

from __future__ import annotations

import datetime
import json
import resource
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from corpus.characters import meaningful
from corpus.cutting.passages import cut
from corpus.errors import UnreadableFile
from corpus.model import Article
from corpus.parsing.articles import article_from, read_page, too_little
from corpus.parsing.files import read_bytes
from corpus.parsing.lines import ParsedPage
from corpus.sandbox.resource_limits import limit

_MOST_PASSAGES = 5000
_DOCUMENTS = frozenset({".docx", ".pdf"})


@dataclass(frozen=True, slots=True)
class Inspection:
    """One file as the corpus would read it.

    `titled` tells whether the file itself names its title, `passages` are the texts of its passages, `boilerplate`
    counts the letters that cleaning took out, `other_encoding` tells that a text is not UTF-8, `lacking` says in words
    why the article is too little to answer anything.
    """

    title: str
    titled: bool
    text_digest: str
    passages: tuple[str, ...]
    characters: int
    boilerplate: int
    other_encoding: bool
    lacking: str | None = None
    author: str | None = None
    date: datetime.date | None = None
    updated: datetime.date | None = None
    expires: datetime.date | None = None
    url: str | None = None

    def to_json(self) -> str:
        """One JSON object."""
        return json.dumps(asdict(self), ensure_ascii=False, default=datetime.date.isoformat)

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """From what `to_json` gave. Raises KeyError, TypeError or ValueError for anything else."""
        days = {
            key: datetime.date.fromisoformat(document[key]) if document[key] else None
            for key in ("date", "updated", "expires")
        }
        return cls(**{**document, **days, "passages": tuple(document["passages"])})


def inspect(file: Path, *, passage_length: int) -> Inspection:
    """Read one file. Raises `UnreadableFile`."""
    data = read_bytes(file)
    suffix = file.suffix.lower()
    page = read_page(suffix, data)
    article = article_from(file.name, page, data)
    passages = tuple(passage.text for passage in cut(article, target=passage_length))
    if len(passages) > _MOST_PASSAGES:
        raise UnreadableFile(f"文章太长（超过 {_MOST_PASSAGES} 段），请拆成几个文件")
    kept = _characters(article)
    return Inspection(
        title=article.title,
        titled=article.title != file.stem,
        text_digest=article.text_digest,
        passages=passages,
        characters=kept,
        boilerplate=max(0, _shown(page, article) - kept),
        other_encoding=suffix not in _DOCUMENTS and not _is_utf8(data),
        lacking=too_little(article),
        author=article.author,
        date=article.date,
        updated=article.updated,
        expires=article.expires,
        url=article.url,
    )


def main(arguments: list[str]) -> int:
    """Inspect within limits of processor time (seconds) and memory (bytes); the exit code."""
    file, length, seconds, memory = Path(arguments[0]), *map(int, arguments[1:4])
    limit(resource.RLIMIT_CPU, seconds)
    limit(resource.RLIMIT_AS, memory)
    limit(resource.RLIMIT_FSIZE, 0)
    limit(resource.RLIMIT_CORE, 0)
    try:
        document = inspect(file, passage_length=length).to_json()
    except UnreadableFile as error:
        document = json.dumps({"error": error.reason}, ensure_ascii=False)
    except (MemoryError, RecursionError):
        document = json.dumps({"error": "文件太复杂，读不下来，请拆成几个小文件"}, ensure_ascii=False)
    sys.stdout.buffer.write(document.encode("utf-8", "replace"))
    return 0


def _characters(article: Article) -> int:
    """Letters of the text and of the headings above it."""
    blocks = sum(meaningful(block.text) for section in article.sections for block in section.blocks)
    headings = {heading for section in article.sections for heading in section.headings}
    return blocks + sum(map(meaningful, headings))


def _shown(page: ParsedPage, article: Article) -> int:
    """Letters of the page as it was, without its title, which is kept elsewhere."""
    return sum(meaningful(line.text) for line in page.lines if line.text != article.title)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
