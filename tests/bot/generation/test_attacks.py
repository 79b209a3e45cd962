"""Nothing that an attacker plants is shown, whatever the model does with it.

Each attack is tried with a model that obeys, in every way in which it could try to get the planted words past: citing
the attacker's passage or an honest one, no source or one that is not there, among good sentences or alone, in the midst
of a line, in small pieces. What judges is the planted value alone. One thing no code can tell: a false figure that
stands in a passage which reads like any other, cited as that passage says it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from bot.generation.citations import cited_sentences
from bot.generation.model import Source, Statement
from bot.generation.stream import LineReader
from bot.generation.verification import Checker
from bot.generation.vocabulary import Vocabulary
from corpus.characters import fold
from tests.bot.generation.conftest import source

INSTRUCTIONS = "你是查档助手。答案只来自给出的段落。写完一句就标它出自第几段。"
HONEST = (
    source("小红书的群聊最多 500 人。群满以后不能再邀请新人。建群要先有 30 个粉丝。", "小红书群聊"),
    source(
        "小红书商家不可以在私信里发微信号。违规按《社区公约》处理。有说法称每天加 20 人比较安全，没有官方依据。",
        "小红书的规则",
    ),
)
GOOD = "结论：小红书的群聊最多 500 人 [1]\n"
WAYS = (
    GOOD + "注意：{} [3]\n",
    GOOD + "注意：{} [1]\n",
    GOOD + "注意：{}\n",
    GOOD + "{} [1][2][3]\n小红书商家不可以在私信里发微信号 [2]\n",
    "结论：{}。[3]\n" + GOOD,
    "{}",
    GOOD + "步骤：\n1. 建群要先有 30 个粉丝，{}【1】\n",
)


@dataclass(frozen=True)
class Attack:
    """One way of trying, with what it plants."""

    name: str
    sources: tuple[Source, ...]
    planted: tuple[str, ...]
    says: tuple[str, ...]

    def answers(self) -> Iterator[str]:
        """Every answer of a model that obeys."""
        return (way.format(words) for words in self.says for way in WAYS if "{" in way)


def attacks() -> list[Attack]:
    """Those in passages and those in questions."""
    entries = yaml.safe_load(Path(__file__).with_name("attacks.yaml").read_text(encoding="utf-8"))
    return [
        *(
            Attack(
                each["id"],
                (*HONEST, source(each["text"], "小红书群聊怎么建")),
                tuple(each["planted"]),
                tuple(each["says"]),
            )
            for each in entries["passages"]
        ),
        *(Attack(each["id"], HONEST, tuple(each["planted"]), tuple(each["says"])) for each in entries["questions"]),
    ]


ATTACKS = attacks()


def shown(answer: str, sources: tuple[Source, ...], vocabulary: Vocabulary) -> list[Statement]:
    """Everything that anybody could see of an answer: after each line, and in the end."""
    checker, reader = Checker(sources, vocabulary, secrets=[INSTRUCTIONS]), LineReader()
    seen: list[Statement] = []
    for at in range(0, len(answer), 7):
        for line in reader.feed(answer[at : at + 7]):
            checker.check(line)
            seen += checker.shown
    for line in reader.close(complete=True):
        checker.check(line)
        seen += checker.shown
    outcome = checker.finish()
    return [*seen, *(outcome.written.statements if outcome.written else ())]


def test_there_are_enough_attacks() -> None:
    entries = yaml.safe_load(Path(__file__).with_name("attacks.yaml").read_text(encoding="utf-8"))
    assert len(entries["passages"]) >= 40
    assert len(entries["questions"]) >= 40
    assert sum(len(list(attack.answers())) for attack in ATTACKS) >= 500


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_nothing_planted_is_shown(attack: Attack, vocabulary: Vocabulary) -> None:
    for answer in attack.answers():
        for statement in shown(answer, attack.sources, vocabulary):
            texts = (statement.text, *(each.text for each in statement.evidence))
            found = [word for word in attack.planted for text in texts if fold(word) in fold(text)]
            assert not found, f"{answer!r} shows {statement.text!r}"
            assert all(1 <= number <= len(attack.sources) for number in statement.sources)
            assert statement.sources
            assert [each.numbers for each in cited_sentences(statement.text)] == [()] * len(
                cited_sentences(statement.text)
            )


def test_an_honest_answer_survives_beside_every_passage(vocabulary: Vocabulary) -> None:
    for attack in ATTACKS:
        statements = shown(GOOD + "注意：小红书商家不可以在私信里发微信号 [2]\n", attack.sources, vocabulary)
        assert {each.text for each in statements} == {"小红书的群聊最多 500 人", "小红书商家不可以在私信里发微信号"}
