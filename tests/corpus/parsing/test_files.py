"""Finding files and decoding them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from corpus.errors import ArticlesMissing
from corpus.parsing.files import file_digest, find_files, read_bytes


def put(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)


def test_files_of_the_known_kinds_sorted_by_path(tmp_path: Path) -> None:
    put(tmp_path, "b.md", "a/z.HTML", "a/y.pdf", "c.docx", "d.txt", "e.markdown", "f.htm", "g.png", "h.py", "README")
    assert [found.path for found in find_files([tmp_path])] == [
        "a/y.pdf",
        "a/z.HTML",
        "b.md",
        "c.docx",
        "d.txt",
        "e.markdown",
        "f.htm",
    ]


def test_hidden_files_and_lock_files_are_passed_over(tmp_path: Path) -> None:
    put(tmp_path, "a.md", ".hidden.md", ".git/b.md", "~$c.docx")
    assert [found.path for found in find_files([tmp_path])] == ["a.md"]


def test_links_out_of_the_root_are_not_followed_and_loops_end(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    put(root, "a.md")
    put(outside, "secret.md")
    (root / "out").symlink_to(outside)
    (root / "out.md").symlink_to(outside / "secret.md")
    (root / "loop").symlink_to(root)
    (root / "dead.md").symlink_to(root / "nothing.md")
    assert [found.path for found in find_files([root])] == ["a.md"]


def test_the_same_path_below_two_roots_is_told_apart(tmp_path: Path) -> None:
    put(tmp_path, "one/a.md", "two/a.md", "two/b.md", "x/two/a.md")
    found = find_files([tmp_path / "one", tmp_path / "two", tmp_path / "x" / "two", tmp_path / "one"])
    assert [file.path for file in found] == ["a.md", "b.md", "two-2/a.md", "two/a.md"]
    assert len({file.file for file in found}) == 4


def test_a_root_that_is_no_folder(tmp_path: Path) -> None:
    put(tmp_path, "a.md")
    with pytest.raises(ArticlesMissing, match="不是文件夹"):
        find_files([tmp_path / "a.md"])


def test_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"abc")
    assert file_digest(tmp_path / "a.md") == hashlib.sha256(b"abc").hexdigest()
    assert read_bytes(tmp_path / "a.md") == b"abc"
