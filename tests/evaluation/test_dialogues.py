"""Two-turn dialogues over the starter corpus with the real model."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.answering.service import Service
from embeddings.evaluation.metrics import Question, read_questions

DIALOGUES = Path(__file__).parent / "dialogues_development.jsonl"

pytestmark = [pytest.mark.model, pytest.mark.xdist_group("starter")]


def found(service: Service, dialogue: Question) -> bool:
    """Whether one of the first three articles is a right one."""
    answer = service.ask(dialogue.text, dialogue.context)
    articles = list(dict.fromkeys(hit.article for hit in answer.passages))
    return bool(set(articles[:3]) & set(dialogue.gold_articles))


def test_follow_ups_find_their_article(starter_service: Service) -> None:
    follow_ups = [dialogue for dialogue in read_questions(DIALOGUES) if dialogue.kind != "new_question"]
    missed = [dialogue.id for dialogue in follow_ups if not found(starter_service, dialogue)]
    assert len(missed) <= 0.05 * len(follow_ups), f"追问没有找到文章：{missed}"


def test_new_questions_are_not_mixed_with_earlier_ones(starter_service: Service) -> None:
    for dialogue in read_questions(DIALOGUES):
        if dialogue.kind == "new_question":
            assert starter_service.ask(dialogue.text, dialogue.context).understood is None, dialogue.id
