"""Other words in which people ask what a section answers, from the head of an article or a note beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.model import Block, BlockKind, Section
from corpus.parsing.articles import parse_article, parse_corpus
from corpus.parsing.files import find_files, note_of
from corpus.parsing.front_matter import parse_head
from corpus.parsing.questions import with_questions
from tests.corpus.samples import pdf

BODY = "# 风筝线\n\n线要打蜡。\n\n## 多久打一次蜡？\n\n每十七天打一次。\n\n## 线断了\n\n打一个渔夫结。\n"


def questions_of(root: Path) -> dict[str, tuple[str, ...]]:
    (article,) = parse_corpus([root]).articles
    return {"".join(section.headings[-1:]): section.questions for section in article.sections}


@pytest.mark.parametrize(
    "head",
    [
        "questions:\n  多久打一次蜡？: [隔几天上蜡, 上蜡要多勤]\n  线断了: 断线怎么接\n",
        "问法:\n  多久打一次蜡:\n    - 隔几天上蜡\n    - 上蜡要多勤\n    - 隔几天上蜡\n  线断了！: [断线怎么接]\n",
    ],
)
def test_questions_belong_to_their_heading_whatever_its_punctuation(tmp_path: Path, head: str) -> None:
    (tmp_path / "a.md").write_text(f"---\n{head}---\n\n{BODY}", encoding="utf-8")
    assert questions_of(tmp_path) == {
        "": (),
        "多久打一次蜡？": ("隔几天上蜡", "上蜡要多勤"),
        "线断了": ("断线怎么接",),
    }


def test_questions_without_a_heading_belong_to_the_beginning(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(f"---\n问法: [线怎么养, 线要不要保养]\n---\n\n{BODY}", encoding="utf-8")
    assert questions_of(tmp_path)[""] == ("线怎么养", "线要不要保养")


def test_questions_below_the_title_belong_to_the_beginning_unless_a_section_is_named_so(tmp_path: Path) -> None:
    head = "title: 线断了\nquestions:\n  线断了: [断线怎么接]\n"
    body = "线要接好，接不好要断，断了风筝就找不回来了，找回来也要重新上一遍蜡。\n\n## 怎么接\n\n打结。\n"
    (tmp_path / "a.md").write_text(f"---\n{head}---\n\n{body}", encoding="utf-8")
    assert questions_of(tmp_path) == {"": ("断线怎么接",), "怎么接": ()}


def test_questions_of_a_heading_without_text_belong_to_those_below_it(tmp_path: Path) -> None:
    body = "开头。\n\n## 打蜡\n\n### 多久\n\n十七天。\n\n### 用什么\n\n蜂蜡。\n"
    head = "questions:\n  打蜡: [怎么保养]\n  用什么: [买哪种蜡]\n"
    (tmp_path / "a.md").write_text(f"---\n{head}---\n\n{body}", encoding="utf-8")
    assert questions_of(tmp_path) == {"": (), "多久": ("怎么保养",), "用什么": ("怎么保养", "买哪种蜡")}


def test_a_note_gives_questions_to_a_file_of_any_format(tmp_path: Path) -> None:
    file = tmp_path / "kite.pdf"
    file.write_bytes(pdf(["Kite strings are waxed every seventeen days, says the kite handbook of the old town."]))
    note_of(file).write_text("questions:\n  - how often do I wax the line\n", encoding="utf-8")
    article = parse_article(*find_files([tmp_path]))
    assert [section.questions for section in article.sections] == [("how often do I wax the line",)]


def test_a_heading_that_is_not_there_is_told_and_costs_nothing_else(tmp_path: Path) -> None:
    head = "questions:\n  换线: [旧线还能用吗]\n  线断了: [断线怎么接]\n"
    (tmp_path / "a.md").write_text(f"---\n{head}---\n\n{BODY}", encoding="utf-8")
    (article,) = parse_corpus([tmp_path]).articles
    assert [section.questions for section in article.sections] == [(), (), ("断线怎么接",)]
    (warning,) = article.warnings
    assert "“换线”" in warning


def test_what_is_no_question_is_left_out() -> None:
    head = "questions:\n  甲: {乙: 丙}\n  丁: [[戊]]\n  己: ['', ' ', 庚]\n"
    assert parse_head(head).questions == (("己", ("庚",)),)
    sections = (Section(("己",), (Block(BlockKind.PARAGRAPH, "答。"),)),)
    found, unplaced = with_questions(sections, "题", (("己", ("庚", "长" * 101)),))
    assert found[0].questions == ("庚",)
    assert unplaced == ()


@given(
    st.lists(st.lists(st.text(max_size=8), max_size=2).map(tuple), max_size=5),
    st.text(max_size=8),
    st.lists(st.tuples(st.text(max_size=8), st.lists(st.text(max_size=12), max_size=3).map(tuple)), max_size=5),
)
def test_sections_stay_and_every_heading_is_placed_or_told(
    headings: list[tuple[str, ...]], title: str, given_questions: list[tuple[str, tuple[str, ...]]]
) -> None:
    sections = tuple(Section(path, (Block(BlockKind.PARAGRAPH, "答。"),)) for path in headings)
    found, unplaced = with_questions(sections, title, tuple(given_questions))
    assert [(one.headings, one.blocks) for one in found] == [(one.headings, one.blocks) for one in sections]
    asked = {question for _, questions in given_questions for question in questions}
    assert {question for section in found for question in section.questions} <= asked
    assert set(unplaced) <= {heading for heading, _ in given_questions}
