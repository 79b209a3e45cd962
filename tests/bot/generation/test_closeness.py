"""An encoder tells what is about the same as a passage, where words do not."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from bot.answering.material import Material
from bot.answering.service import Service
from bot.generation.closeness import closeness
from tests.bot.generation.answers import citation, found, material

pytestmark = pytest.mark.xdist_group("starter")

HERE = Path(__file__).parent


def test_without_an_encoder_nothing_is_told() -> None:
    assert closeness(material("一", "二"), "zh") is None


def test_a_passage_is_near_from_a_cosine_on_that_depends_on_the_language() -> None:
    near = [replace(each, nearness=lambda text: 0.15) for each in material("一", "二")]
    chinese, english = closeness(near, "zh"), closeness(near, "en")
    assert chinese is not None
    assert english is not None
    assert not chinese("说的", 0)
    assert english("said", 1)


@pytest.mark.model
@pytest.mark.parametrize(
    ("language", "sentences", "least", "others"),
    [("zh", "restatements.yaml", 0.98, 0.03), ("en", "english_restatements.yaml", 0.75, 0.03)],
)
def test_sentences_are_near_to_their_own_passage_and_not_to_others(
    starter_service: Service, language: str, sentences: str, least: float, others: float
) -> None:
    chance = random.Random(20261130)
    passages = starter_service.serving().passages
    kept, passed = [], []
    for each in yaml.safe_load((HERE / sentences).read_text(encoding="utf-8")):
        own = next(p for p in passages if p.article == each["article"] and each["holds"] in p.text)
        foreign = chance.sample([passage for passage in passages if passage.article != own.article], 10)
        near = closeness(offered(starter_service, [own.id, *(passage.id for passage in foreign)]), language)
        assert near is not None
        kept.append(near(each["says"], 0))
        passed += [near(each["says"], place) for place in range(1, 11)]
    assert sum(kept) >= least * len(kept)
    assert sum(passed) <= others * len(passed)


def offered(service: Service, passages: list[str]) -> tuple[Material, ...]:
    """These passages as material."""
    cited = tuple(replace(citation(), passage=name) for name in passages)
    return service.material(replace(found(), sources=cited, passages=()))
