"""Texts to token numbers: a few by hand over a small vocabulary, very many against the library over the real one."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.models import bundled_model
from embeddings.models.q4_file import FileDamaged, Q4File, Vocabulary
from embeddings.models.unigram import UnigramTokenizer

ROOT = Path(__file__).parents[3]
PIECES = ("<s>", "<pad>", "</s>", "<unk>", "▁", "a", "b", "ab", "▁a", "abab", "c")
SCORES = (0, 0, 0, 0, -2, -3, -3, -4, -4, -9, -3)
UNLIKE_ANY = [
    "Привет  мир",
    "한국어 텍스트",
    "สวัสดีครับ",
    "नमस्ते",
    "ﷺ",
    "e\u0301 \u1100\u1161",
    "～🈻",
    "𠮷𠮷野家",
    "\x01\x7fa\u200bb",
    " a ",
    "",
]


def vocabulary(*pieces: str) -> Vocabulary:
    known = (*PIECES, *pieces)
    scores = np.array((*SCORES, *(-1 for _ in pieces)), np.float32)
    starts = np.cumsum([0, *map(len, known)])
    becomes = {"Ａ": "a", "\t": " ", "\0": ""}
    return Vocabulary("".join(known), starts, scores, bos=0, eos=2, pad=1, unk=3, replacements=becomes)


def cut(text: str, longest: int = 99) -> list[str]:
    numbers = UnigramTokenizer(vocabulary()).encode(text, longest)
    assert (numbers[0], numbers[-1]) == (0, 2)
    return [PIECES[number] for number in numbers[1:-1]]


def test_the_likeliest_pieces_are_taken() -> None:
    assert cut("ab") == ["▁", "ab"]
    assert cut("ababc") == ["▁", "ab", "ab", "c"]
    assert cut("ac") == ["▁a", "c"]


def test_characters_become_what_the_table_says_and_spaces_mark_the_words_behind_them() -> None:
    assert cut("Ａ\0c\t\t a") == ["▁a", "c", "▁a"]
    assert cut(" a") == ["▁a"]
    assert cut("a ") == ["▁a", "▁"]


def test_what_is_unknown_is_one_token_however_long() -> None:
    assert cut("a猫猫b 狗") == ["▁a", "<unk>", "b", "▁", "<unk>"]
    assert cut("") == []
    assert cut("\ud83d") == ["▁", "<unk>"]


def test_what_is_behind_the_limit_is_left_out() -> None:
    assert UnigramTokenizer(vocabulary()).encode("ababab", 4) == [0, 4, 7, 2]


@pytest.mark.parametrize("pieces", [("ab",), ("c", "d")])
def test_a_piece_that_is_there_twice_is_damage(pieces: tuple[str, ...]) -> None:
    with pytest.raises(FileDamaged):
        UnigramTokenizer(vocabulary(*pieces))


@given(st.text(max_size=60))
@settings(max_examples=100, deadline=None)
def test_every_text_can_be_cut(text: str) -> None:
    UnigramTokenizer(vocabulary()).encode(text, 20)


@pytest.mark.model
def test_real_texts_are_cut_as_the_library_cuts_them(model_directory: Path) -> None:
    from tokenizers import Tokenizer

    weights = bundled_model.weights_file()
    assert weights is not None
    own = UnigramTokenizer(Q4File(weights).vocabulary)
    library = Tokenizer.from_file(str(model_directory / "tokenizer.json"))
    asked = (ROOT / "tests/evaluation/development.jsonl").read_text("utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in asked]
    articles = sorted((ROOT / "corpus" / "articles").glob("*.md"))[:12]
    texts = [*questions, *(line for file in articles for line in file.read_text("utf-8").splitlines()), *UNLIKE_ANY]
    assert len(texts) > 500
    for text, expected in zip(texts, library.encode_batch(texts), strict=True):
        assert own.encode(text, 9999) == expected.ids, text
