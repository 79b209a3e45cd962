"""What an answer can be written from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.answering.material import material_of
from tests.bot.answering.conftest import Shop

QUESTION = "企业微信群发每天几条"


def test_passages_come_by_rank_and_those_that_are_gone_do_not(shop: Shop) -> None:
    service = shop.service()
    answer, state = service.ask(QUESTION), service.refresh()
    gone = replace(answer, passages=(replace(answer.passages[0], passage="0" * 16), *answer.passages))
    material = material_of(gone, state.generation, state.answerer)
    assert [each.passage.id for each in material] == [hit.passage for hit in answer.passages]
    assert [each.citation.n for each in material] == list(range(1, len(answer.passages) + 1))
    assert {each.nearness for each in material} == {None}


def test_each_passage_tells_how_near_a_sentence_is_and_a_sentence_is_encoded_once(shop: Shop) -> None:
    service = shop.service()
    answer, state = service.ask(QUESTION), service.refresh()
    asked: list[str] = []

    def nearness(text: str, passages: Sequence[str]) -> Mapping[str, float]:
        asked.append(text)
        return state.retriever.nearness(text, passages)

    material = material_of(answer, state.generation, state.answerer, nearness)
    told = [each.nearness(QUESTION) for each in material if each.nearness]
    assert len(told) == len(material) > 1
    assert told[0] == max(told)
    assert asked == [QUESTION]
