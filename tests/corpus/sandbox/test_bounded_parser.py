"""No file can hold up, exhaust or crash whoever parses a corpus; the others are parsed as ever."""

from __future__ import annotations

import logging
import os
import resource
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.model import Article, Skipped
from corpus.parsing.articles import parse_corpus
from corpus.parsing.files import FoundFile
from corpus.sandbox.bounded_parser import BoundedParser, ParserUnavailable
from corpus.sandbox.wire_format import from_line, to_line
from tests.corpus.samples import docx, pdf, word_paragraph

GOOD = "# {}\n\n门店每天九点开门，晚上九点关门，节假日照常营业，下雨天也开门，只有除夕那天休息。第{}家店也是这样。\n"


def write_good(folder: Path, *names: str) -> None:
    for number, name in enumerate(names):
        (folder / name).write_text(GOOD.format(name, number), encoding="utf-8")


def bomb(file: Path) -> None:
    """A PDF of fifty kilobytes that takes seconds and gigabytes to parse."""
    content = zlib.compress(b"BT /F1 12 Tf " + b"(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa) Tj " * 400_000 + b"ET", 9)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body = b"%PDF-1.4\n"
    for number, text in enumerate(objects, start=1):
        body += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    file.write_bytes(body + b"trailer << /Root 1 0 R /Size 6 >>\n%%EOF\n")


def seconds_of_children() -> float:
    """Processor time of all children, those that run included: unlike wall time the same on a busy machine."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime + sum(map(_seconds_of, Path("/proc").glob("[0-9]*/stat")))


def _seconds_of(stat: Path) -> float:
    """Processor time of a process and its ended children; 0 where it is no child of this one."""
    try:
        fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:  # it has ended
        return 0.0
    ours = int(fields[1]) == os.getpid()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK") if ours else 0.0


def test_what_is_parsed_is_the_same_as_without_bounds(tmp_path: Path) -> None:
    write_good(tmp_path, "a.md")
    days = "date: 2026-01-02\nchecked: 2026-01-03\nquestions: [几点开门]"
    head = f"---\ntitle: 甲\n{days}\nsources: [{{name: 公告, url: 'https://a.example'}}]\ntags: [x]\n---\n"
    (tmp_path / "b.md").write_text(f"{head}{GOOD}- 一\n- 二\n\n| 列 | 值 |\n|--|--|\n| a | 1 |\n", encoding="utf-8")
    (tmp_path / "c.docx").write_bytes(docx(word_paragraph("门店每天九点开门。" * 9)))
    (tmp_path / "d.pdf").write_bytes(
        pdf(["The shop opens at nine every day, and closes at nine in the evening, always."])
    )
    (tmp_path / "e.html").write_text(f"<h1>乙</h1><p>{'门店每天九点开门。' * 8}</p>", encoding="utf-8")
    (tmp_path / "short.md").write_text("太短", encoding="utf-8")
    (tmp_path / os.fsdecode(b"\xff.md")).write_text(GOOD.format("名字不是 UTF-8", 1), encoding="utf-8")
    (tmp_path / "broken.docx").write_bytes(b"PK\x03\x04 no more")
    with BoundedParser() as parse:
        bounded = parse_corpus([tmp_path], parse=parse)
    assert bounded == parse_corpus([tmp_path])
    assert len(bounded.articles) == 6
    assert len(bounded.skipped) == 2


def test_an_article_crosses_whatever_it_holds() -> None:
    article = Article("a\udcff.md", "甲\n\ud800", (), "d", "t", tags=("x", "y"), warnings=("缺了第 2 页",))
    line = to_line(article)
    assert line.isascii()
    assert line.index(b"\n") == len(line) - 1
    assert from_line(line) == article
    assert from_line(to_line(Skipped("a", "b"))) == Skipped("a", "b")


@pytest.mark.parametrize("scarce", ["time", "memory"])
def test_a_file_that_takes_too_much_is_named_and_the_rest_is_read(
    tmp_path: Path, scarce: str, caplog: pytest.LogCaptureFixture
) -> None:
    write_good(tmp_path, "a.md", "z.md")
    bomb(tmp_path / "bomb.pdf")
    bounds = {"seconds": 0} if scarce == "time" else {"memory": 400 * 1024**2}
    before = seconds_of_children()
    with caplog.at_level(logging.CRITICAL, "corpus.sandbox.bounded_parser"), BoundedParser(**bounds) as parse:
        corpus = parse_corpus([tmp_path], parse=parse)
    assert [article.path for article in corpus.articles] == ["a.md", "z.md"]
    (skipped,) = corpus.skipped
    assert skipped.path == "bomb.pdf"
    assert "拆成几个小文件" in skipped.reason
    assert seconds_of_children() - before < 20


@pytest.mark.parametrize(
    ("fate", "reason"),
    [
        (lambda child: child.send_signal(signal.SIGSEGV), "文件已损坏或太复杂"),
        (lambda child: child.send_signal(signal.SIGSTOP), "读了很久也没读完"),
    ],
    ids=["crashes", "hangs"],
)
def test_a_parser_that_crashes_or_hangs_costs_one_file(
    tmp_path: Path, fate: Callable[[subprocess.Popen[bytes]], None], reason: str
) -> None:
    write_good(tmp_path, "a.md", "b.md", "c.md")

    def found(name: str) -> FoundFile:
        return FoundFile(name, tmp_path / name)

    with BoundedParser(patience=3) as parse:
        assert isinstance(parse(found("a.md")), Article)
        child = parse._child
        assert child is not None
        fate(child)
        answer = parse(found("b.md"))
        assert isinstance(answer, Skipped | Article)
        if isinstance(answer, Skipped):
            assert reason in answer.reason
        else:
            assert child.poll() == -signal.SIGSEGV  # it was gone before it was asked: another one read the file
        assert isinstance(parse(found("c.md")), Article)
    assert child.poll() is not None


def test_a_child_that_ended_between_two_files_costs_none(tmp_path: Path) -> None:
    write_good(tmp_path, "a.md", "b.md")
    with BoundedParser() as parse:
        assert isinstance(parse(FoundFile("a.md", tmp_path / "a.md")), Article)
        child = parse._child
        assert child is not None
        child.kill()
        child.wait()  # nobody is left to take the next request
        assert isinstance(parse(FoundFile("b.md", tmp_path / "b.md")), Article)
        assert parse._child is not child


def test_a_parser_ends_with_whoever_started_it(tmp_path: Path) -> None:
    write_good(tmp_path, "a.md")
    program = (
        "import sys, time\nfrom pathlib import Path\nfrom corpus.sandbox.bounded_parser import BoundedParser\n"
        "from corpus.parsing.files import FoundFile\n"
        "with BoundedParser() as parse:\n"
        "    parse(FoundFile('a.md', Path(sys.argv[1])))\n"
        "    print(parse._child.pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "a.md")], cwd=root, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        process.kill()
    for _ in range(200):
        if not Path(f"/proc/{child}").exists() or " Z " in Path(f"/proc/{child}/stat").read_text():
            return
        time.sleep(0.05)
    pytest.fail("the parser outlived its parent")


def test_no_secret_reaches_the_parser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "123456789:AAsecret")
    write_good(tmp_path, "a.md")
    with BoundedParser() as parse:
        assert isinstance(parse(FoundFile("a.md", tmp_path / "a.md")), Article)
        child = parse._child
        assert child is not None
        for told in ("environ", "cmdline"):
            assert b"AAsecret" not in Path(f"/proc/{child.pid}/{told}").read_bytes()


def test_a_child_that_ends_before_every_request_is_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_good(tmp_path, "a.md")
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\nexec <&-\necho ready\nsleep 60\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    with BoundedParser() as parse, pytest.raises(ParserUnavailable, match="内存"):
        parse(FoundFile("a.md", tmp_path / "a.md"))


def test_a_parser_that_cannot_start_is_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_good(tmp_path, "a.md")
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with BoundedParser() as parse, pytest.raises(ParserUnavailable, match="内存"):
        parse(FoundFile("a.md", tmp_path / "a.md"))
