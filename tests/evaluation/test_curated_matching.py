"""How well curated questions are recognised with the default models, on questions that nothing was fitted on.

The bars stand a little below what was measured: this guards against losing it, and says how far it is from finding
nine phrasings in ten with one false match in a hundred.
"""

from __future__ import annotations

import pytest

from bot.answering.curated.matching import CuratedMatcher
from bot.answering.curated.phrasing import Phrasings
from bot.answering.service import Service
from corpus.vocabulary.glossary import Glossary
from embeddings.index.segmentation import Segmenter
from tests.evaluation.fit_curated_matching import Held, read_cases, read_others

pytestmark = pytest.mark.xdist_group("starter")


def test_the_two_sets_have_no_question_in_common() -> None:
    development, test = read_cases("development"), read_cases("test")
    assert (len(development), len(test)) == (135, 50)
    asked = {question for case in development for question in (case.question, *case.paraphrases)}
    assert not asked & {question for case in test for question in (case.question, *case.paraphrases)}
    assert all(len(case.paraphrases) == 4 and case.others for case in (*development, *test))


@pytest.mark.model
@pytest.mark.timeout(1800)
def test_phrasings_are_recognised_and_other_questions_are_not(starter_service: Service) -> None:
    cases = read_cases("test")
    glossary = Glossary.load()
    segmenter = Segmenter(glossary.words())
    matcher = CuratedMatcher(
        Held.over([case.question for case in cases]),
        starter_service.encoder(),
        segmenter,
        Phrasings(glossary, segmenter),
        companion=starter_service.companion,
        local_time=starter_service.local_time,
    )

    def found(question: str) -> int | None:
        curated = matcher.match(question)
        return None if curated is None else curated.id

    right = [found(text) == number for number, case in enumerate(cases) for text in case.paraphrases]
    near = [found(text) == number for number, case in enumerate(cases) for text in case.others]
    far = [found(text) is not None for text in read_others("test", "test_unanswerable", "merchant", "group_test")]
    print(f"recall {sum(right) / len(right):.3f}, near {sum(near) / len(near):.3f}, far {sum(far) / len(far):.4f}")
    assert sum(right) >= 0.75 * len(right)
    assert sum(near) <= 0.30 * len(near)
    assert sum(far) <= 0.015 * len(far)
