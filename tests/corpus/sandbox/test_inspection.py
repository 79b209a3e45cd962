"""A single file inspected, in this process and in the one with limits."""

from __future__ import annotations

import datetime
import subprocess
from pathlib import Path

import pytest

from corpus.errors import UnreadableFile
from corpus.model import Skipped
from corpus.sandbox.child import READY
from corpus.sandbox.inspection import Inspection, inspect
from corpus.sandbox.process import MEMORY, command, environment
from corpus.sandbox.wire_format import Answer, Request, from_line, to_line
from tests.corpus.samples import HEXO, chinese_pdf, pdf


def looked_into(folder: Path, name: str, content: bytes | str) -> Inspection:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return inspect(file, passage_length=350)


def test_what_an_article_says_of_itself(tmp_path: Path) -> None:
    found = looked_into(tmp_path, "a.md", HEXO)
    assert found.title == "门店怎样用“会员日”带动回头客"
    assert found.titled
    assert found.date == datetime.date(2021, 6, 17)
    assert found.author == "某某社区"
    assert found.lacking is None
    assert not found.other_encoding
    assert found.boilerplate > 30
    assert "赞赏" not in "".join(found.passages)
    assert from_line(to_line(found)) == found


def test_what_it_lacks(tmp_path: Path) -> None:
    found = looked_into(tmp_path, "便条.txt", "只有这么一句。".encode("gb18030"))
    assert found.title == "便条"
    assert not found.titled
    assert found.other_encoding
    assert found.lacking == "正文太短，只有 6 个字"
    assert found.date is None


def test_too_long_an_article_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("\n\n".join("很长的一段话。" * 22 for _ in range(5100)), encoding="utf-8")
    with pytest.raises(UnreadableFile, match="文章太长"):
        inspect(file, passage_length=150)


def test_too_many_pages_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="超过 2000 页"):
        looked_into(tmp_path, "a.pdf", pdf(*([["x"]] * 2001)))


def test_entities_of_a_page_are_not_expanded(tmp_path: Path) -> None:
    declared = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    page = (
        f'<!DOCTYPE html [<!ENTITY a "ha"><!ENTITY x SYSTEM "file:///etc/passwd">{declared}]>'
        f"<html><body><p>&j; &x; {'正文写得够长才算一篇文章。' * 5}</p></body></html>"
    )
    found = looked_into(tmp_path, "a.html", page)
    assert found.characters < 1000
    assert "root:" not in "".join(found.passages)


def answer(file: Path, memory: int = MEMORY) -> Answer:
    """What a process of its own, under limits, says of a file."""
    done = subprocess.run(
        command(seconds=20, memory=memory),
        env=environment(),
        input=Request(file.name, str(file), 350).to_line(),
        capture_output=True,
        check=True,
        timeout=120,
    )
    ready, line = done.stdout.splitlines(keepends=True)
    assert ready == READY
    return from_line(line)


def test_the_sandbox_says_the_same(tmp_path: Path) -> None:
    good, bad, partly = tmp_path / "a.md", tmp_path / "b.pdf", tmp_path / "c.pdf"
    good.write_text(HEXO, encoding="utf-8")
    bad.write_bytes(b"no")
    partly.write_bytes(chinese_pdf([(70.0, 700.0, "合同一式两份，双方各执一份。")], [(100.0, 300.0, "")]))
    assert answer(partly) == inspect(partly, passage_length=350)
    assert len(inspect(partly, passage_length=350).warnings) == 1
    assert answer(good) == inspect(good, passage_length=350)
    assert answer(bad) == Skipped("b.pdf", "不是有效的 PDF 文件，可能没有下载完整")


def test_memory_is_limited(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("文" * 15_000_000, encoding="utf-8")
    assert answer(file, memory=150 << 20) == Skipped("a.txt", "文件太复杂，读不下来，请拆成几个小文件")
