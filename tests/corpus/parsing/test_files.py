"""Finding files and decoding them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from corpus.errors import ArticlesMissing, UnreadableFile
from corpus.parsing.files import file_digest, find_files, note_of, read_bytes, read_note


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


def test_a_link_to_a_hidden_folder_of_the_root_is_followed(tmp_path: Path) -> None:
    """As a volume of Kubernetes is laid out."""
    put(tmp_path, ".store/a.md")
    (tmp_path / "docs").symlink_to(tmp_path / ".store")
    assert [found.path for found in find_files([tmp_path])] == ["docs/a.md"]


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


def test_three_roots_of_one_name_count_up(tmp_path: Path) -> None:
    put(tmp_path, "a/x/1.md", "b/x/1.md", "c/x/1.md")
    found = find_files([tmp_path / name / "x" for name in "abc"])
    assert [file.path for file in found] == ["1.md", "x-2/1.md", "x/1.md"]


def test_a_note_counts_for_the_digest_and_has_a_longest_length(tmp_path: Path) -> None:
    file = tmp_path / "price.pdf"
    file.write_bytes(b"abc")
    assert read_note(file) == b""
    note_of(file).write_bytes(b"n" * 20_000)
    assert read_note(file) == b"n" * 20_000
    assert file_digest(file) == hashlib.sha256(b"abc" + b"n" * 20_000).hexdigest()
    note_of(file).write_bytes(b"n" * 20_001)
    assert read_note(file) == b""


def test_a_note_that_is_no_file_is_none(tmp_path: Path) -> None:
    (tmp_path / "price.pdf.yaml").mkdir()
    assert read_note(tmp_path / "price.pdf") == b""
    assert read_note(tmp_path / ("a" * 300)) == b""


@pytest.mark.parametrize(("beyond", "readable"), [(0, True), (1, False)])
def test_a_file_has_a_largest_size(tmp_path: Path, beyond: int, readable: bool) -> None:
    file = tmp_path / "a.md"
    with file.open("wb") as stream:
        stream.truncate(64 * 1024 * 1024 + beyond)
    if readable:
        assert len(read_bytes(file)) == 64 * 1024 * 1024
    else:
        with pytest.raises(UnreadableFile, match="超过 64 MB"):
            read_bytes(file)
