"""What the reader learns from: groups of one question with texts, of which some answer it and the others do not.

Three sources: reading-comprehension sets (texts of an encyclopedia, outside the project, named by digest), and the
project's own development questions over the starter articles, once with windows of two sentences and once with the
units that an answer to them would be read from. No test set is read, neither are `merchant.jsonl`, the technical
corpus, the real articles and the natural questions: those judge.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
from numpy.typing import NDArray
from opencc import OpenCC
from rich.progress import track

from bot.answering.answerer import Answerer
from bot.answering.message_text import clean
from bot.answering.service import Service
from bot.answering.units import units
from corpus.cutting.passages import windows
from corpus.cutting.sentences import split_sentences
from corpus.model import Passage, Window
from corpus.vocabulary.glossary import Glossary
from embeddings.evaluation.metrics import Question, has_phrase, read_questions, squeeze
from embeddings.index.generation import Generation
from embeddings.index.segmentation import Normaliser, Segmenter
from embeddings.reader.reader import in_context
from embeddings.refusal.confidence import Calibration
from embeddings.search.fusion import standardise
from embeddings.search.retriever import Retriever

SETS = Path(__file__).parents[1] / "evaluation"
COVERED = ("development", "hard_development")
UNCOVERED = ("development_unanswerable", "hard_development_unanswerable", "short_development_unanswerable")
NATURAL = (
    *("knowledge_development", "requests_development", "stories_development", "two_part_development"),
    "aspects_development",
)
"""Sets of messages as people write them, the last one uncovered; half of them is kept to fit what decides."""

COMPREHENSION = {
    "cmrc2018_dev.json": "e9ff74231f05c230c6fa88b84441ee334d97234cbb610991cd94b82db00c7f1f",
    "mrc/cmrc2018_trial.json": "f3fae95b57da8e03afb2b57467dd221417060ef4d82db13bf22fc88589f3a6f3",
    "mrc/DRCD_dev.json": "e236df03861ba241bd7b29628cd48b3b8e339c60137e041a4358b5320ed61928",
    "mrc/DRCD_test.json": "d9de0b4d247a8391ac8daee6c02c2c8272b75562a1e2377b50ae04ecc09a7438",
    "mrc/xquad.zh.json": "691d0b3359bc6b8faa8de931dfdfe21d50a65861ae348e32a0d1a0190b0c8835",
}
"""CMRC 2018 (Cui et al. 2019), DRCD (Shao et al. 2018) and XQuAD (Artetxe et al. 2020), all CC BY-SA, by SHA-256."""

_SEARCHED = 30  # likeliest windows for a question of the project
_WORDS = 0.6
_OWN_SAME, _OWN_OTHERS, _UNCOVERED_TEXTS = 3, 4, 6
_SAME, _OTHERS = 2, 2
_NEIGHBOURS = 12
_KEPT_OWN, _KEPT_ARTICLES, _KEPT_PARAGRAPHS = 10, 10, 7  # one in so many is kept for measuring
_KEPT_NATURAL = 2
_PIECE = (2, 5)  # sentences of a piece of a paragraph, about as long as a unit
_LONGEST_PIECE = 220  # characters


@dataclass(frozen=True, slots=True)
class Group:
    """One question, in several wordings where the product knows some, and texts with whether each answers it.

    `kept` groups are not learnt from but measured on.
    """

    source: str
    id: str
    questions: tuple[str, ...]
    texts: tuple[str, ...]
    answers: tuple[bool, ...]
    kept: bool


class DataChanged(Exception):
    """A file is not the one that the training was described for."""


def write(groups: Sequence[Group], file: Path) -> None:
    """Groups as JSON Lines."""
    lines = (json.dumps(asdict(group), ensure_ascii=False) for group in groups)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read(file: Path) -> list[Group]:
    """What `write` wrote."""
    return [_group(json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]


def _group(fields: dict[str, Any]) -> Group:
    questions, texts, answers = (tuple(fields[name]) for name in ("questions", "texts", "answers"))
    return Group(fields["source"], fields["id"], questions, texts, answers, fields["kept"])


# --- the project's own questions


def own_groups(service: Service, *, seed: int = 0) -> list[Group]:
    """From the development questions: windows with a gold phrase against the likeliest ones without."""
    generation, glossary = service.serving(), Glossary.load()
    normalise = Normaliser()
    chance = random.Random(seed)
    asked = [(name, q) for name in (*COVERED, *UNCOVERED) for q in read_questions(SETS / f"{name}.jsonl")]
    plain = [glossary.canonical(normalise(clean(question.text))) for _, question in asked]
    blocks = list(generation.files.window_rows())
    vectors = np.concatenate([generation.whitening.raw(block.white, block.lengths) for block in blocks])
    cosines = _cosines(service.encoder().encode_queries(plain), vectors)
    passages = tuple(generation.passages)
    texts_of = [(passage, window.text) for passage in passages for window in windows(passage)]
    window_passage = np.concatenate([block.passages for block in blocks])
    groups = []
    for (name, question), words, row in track(list(zip(asked, plain, cosines, strict=True)), "own"):
        scores = standardise(row) + _WORDS * standardise(generation.lexical.scores(words))[window_passage]
        best = [texts_of[at] for at in np.argsort(-scores)[:_SEARCHED]]
        good, bad = _own(question, passages, best, chance)
        if question.answerable and not good:
            continue
        texts = tuple(in_context(text, generation.articles[p.article].title, p.headings) for p, text in (*good, *bad))
        articles = question.gold_articles or [p.article for p, _ in best[:1]]
        answers = (*(True for _ in good), *(False for _ in bad))
        wordings = tuple(dict.fromkeys((question.text, words)))
        groups.append(Group(name, question.id, wordings, texts, answers, _is_kept(name, question.id, articles)))
    return groups


class _Recorder:
    """A Reader that reads nothing and keeps what it was given to read."""

    engine = ""
    neutral = None

    def __init__(self) -> None:
        self.given: list[tuple[str, tuple[str, ...]]] = []

    def read(self, question: str, texts: Sequence[str]) -> list[float]:
        """Nothing, so that all is as without a reader."""
        self.given.append((question, tuple(texts)))
        return []


def unit_sets() -> dict[str, tuple[Question, ...]]:
    """The sets that `unit_groups` are made from, by name."""
    return {name: read_questions(SETS / f"{name}.jsonl") for name in (*NATURAL, *COVERED, *UNCOVERED)}


def unit_groups(
    retriever: Retriever, calibration: Calibration, sets: Mapping[str, Sequence[Question]], glossary: Glossary
) -> list[Group]:
    """From questions by the name of their set: what would be read to answer them, labelled by their gold phrases.

    A message that asks several things gives one group for the whole and one for each part. Gold units that would not
    be read are added. A question that no unit has a gold phrase of is left out.
    """
    generation, recorder = retriever.generation, _Recorder()
    answerer = Answerer(retriever, calibration, glossary=glossary, text_reader=recorder)
    articles = {text: article for article, _, text in _units(generation)}
    groups = []
    for name, question in track([(name, each) for name, questions in sets.items() for each in questions], "units"):
        recorder.given.clear()
        if not question.context:
            answerer.answer(question.text)
        given = recorder.given[: 1 + len(question.gold_parts)]
        wanted = [question.gold_phrases, *question.gold_parts]
        if len(given) != len(wanted):  # not taken for so many questions, or declined without reading
            wanted = wanted[:1]
        for number, ((words, texts), phrases) in enumerate(zip(given, wanted, strict=False)):
            group_id = f"{question.id}.{number}" if number else question.id
            part = replace(question, id=group_id, gold_phrases=phrases)
            if group := _unit_group(name, part, words, texts, generation, articles):
                groups.append(group)
    return groups


def _unit_group(
    name: str,
    question: Question,
    words: str,
    texts: Sequence[str],
    generation: Generation,
    articles: Mapping[str, str],
) -> Group | None:
    good = [
        text
        for article, unit, text in _units(generation, question.gold_articles)
        if has_phrase(squeeze(unit), question.gold_phrases)
    ]
    if question.answerable and not good:
        return None
    golden = [text for text in texts if text in good] or good[:2]
    # A phrase in another article may answer as well.
    others = [text for text in texts if not has_phrase(squeeze(text), question.gold_phrases)]
    about = question.gold_articles or [articles[text] for text in texts[:1]]
    kept = _is_kept(name, question.id, about)
    if not kept:  # or texts of the articles that are kept would be learnt to answer nothing
        others = [text for text in others if not _share(articles[text], _KEPT_ARTICLES)]
    if not others:
        return None
    answers = (*(True for _ in golden), *(False for _ in others))
    return Group(name, question.id, (words,), (*golden, *others), answers, kept)


def _units(generation: Generation, articles: Collection[str] | None = None) -> Iterator[tuple[str, str, str]]:
    """Article, text and text as a reader sees it, of all units of these articles or of all."""
    for passage in generation.passages:
        if articles is None or passage.article in articles:
            title = generation.articles[passage.article].title
            for unit in units(passage):
                text = passage.text[unit.span.start : unit.span.end]
                yield passage.article, text, in_context(text, title, unit.headings)


def _is_kept(name: str, question_id: str, articles: Iterable[str]) -> bool:
    """Whether a question of a set, about these articles, is measured on and not learnt from."""
    shares = [_KEPT_ARTICLES, _KEPT_NATURAL] if name in NATURAL else [_KEPT_ARTICLES]
    by_article = any(_share(article, share) for article in articles for share in shares)
    return by_article or _share(question_id.partition(".")[0], _KEPT_OWN)


def _cosines(questions: NDArray[np.float32], texts: NDArray[np.float32]) -> NDArray[np.float32]:
    """(questions, texts) without what all of either share."""
    one, other = (vectors - vectors.mean(axis=0) for vectors in (questions, texts))
    lengths = np.linalg.norm(one, axis=1)[:, None] * np.linalg.norm(other, axis=1)
    return np.asarray(one @ other.T / lengths, np.float32)


_Found = list[tuple[Passage, str]]


def _own(question: Question, passages: Sequence[Passage], best: _Found, chance: random.Random) -> tuple[_Found, _Found]:
    """Windows that answer and windows that do not."""
    if not question.answerable:
        return [], best[:_UNCOVERED_TEXTS]
    golden = [p for p in passages if p.article in question.gold_articles]
    good, same = [], []
    for passage in golden:
        spans = [span for phrase in question.gold_phrases if (span := find_span(passage.text, phrase))]
        if not spans:
            continue
        shares = [(covered_share(passage, w.first, w.last, spans), w.text) for w in windows(passage)]
        most = max(share for share, _ in shares)
        good += [(passage, text) for share, text in shares if share == most and share > 0.5]
        same += [(passage, text) for share, text in shares if share == 0]
    chance.shuffle(same)
    gold_ids = {passage.id for passage, _ in good}
    others = [(passage, text) for passage, text in best if passage.id not in gold_ids]
    chance.shuffle(good)
    near = others[:2] + chance.sample(others[2:16], min(len(others[2:16]), _OWN_OTHERS - 2))
    return good[:2], same[:_OWN_SAME] + near


def find_span(text: str, phrase: str) -> tuple[int, int] | None:
    """Where a phrase stands in a text, whatever the white space; characters."""
    places = [at for at, character in enumerate(text) if not character.isspace()]
    squeezed = "".join(text[at] for at in places)
    wanted = "".join(phrase.split())
    at = squeezed.find(wanted)
    return None if at < 0 or not wanted else (places[at], places[at + len(wanted) - 1] + 1)


def covered_share(passage: Passage, first: int, last: int, spans: Sequence[tuple[int, int]]) -> float:
    """The largest share of one of the spans that the sentences from `first` to `last` hold."""
    start, end = passage.sentences[first].start, passage.sentences[last].end
    return max(max(0, min(end, to) - max(start, at)) / (to - at) for at, to in spans)


# --- reading comprehension


@dataclass(frozen=True, slots=True)
class _Paragraph:
    source: str
    title: str
    passage: Passage
    questions: tuple[tuple[str, str, tuple[tuple[int, str], ...]], ...]  # id, question, answers with their places


def comprehension_groups(shared: Path, *, seed: int = 0) -> list[Group]:
    """From CMRC, DRCD and XQuAD: pieces with the answer against others of the paragraph and of similar paragraphs.

    `shared` holds the files. Raises DataChanged.
    """
    chance = random.Random(seed)
    paragraphs = [paragraph for name in COMPREHENSION for paragraph in _paragraphs(shared / name, name)]
    texts = [(number, w.text) for number, p in enumerate(paragraphs) for w in _pieces(p.passage)]
    neighbours = _neighbours(paragraphs, texts)
    groups = []
    for number, paragraph in enumerate(paragraphs):
        own = _pieces(paragraph.passage)
        kept = _share(f"{paragraph.source} {paragraph.title} {paragraph.passage.id}", _KEPT_PARAGRAPHS)
        for name, question, answers in paragraph.questions:
            spans = [(at, at + len(text)) for at, text in answers]
            good = [w.text for w in own if covered_share(paragraph.passage, w.first, w.last, spans) == 1]
            said = {text for _, text in answers}
            rest = [w.text for w in own if not any(text in w.text for text in said)]
            rest.sort(key=lambda text: -len(_pairs(text) & _pairs(question)))
            away = [
                (other, text)
                for other, text in (texts[at] for at in neighbours[name])
                if other != number and not any(answer in text for answer in said)
            ]
            if not good or len(rest) + len(away) < 2:
                continue
            chosen = [(number, chance.choice(good))]
            chosen += [(number, text) for text in rest[:_SAME]]
            chosen += chance.sample(away[:6], min(len(away), 6, _OTHERS))
            shown = tuple(in_context(text, paragraphs[at].title, ()) for at, text in chosen)
            answers_it = (True, *(False for _ in chosen[1:]))
            groups.append(Group(paragraph.source, name, (question,), shown, answers_it, kept))
    return groups


def _pieces(passage: Passage) -> list[Window]:
    """A paragraph divided into pieces of two to five sentences, the same each time."""
    chance, pieces, first = random.Random(passage.id), list[Window](), 0
    sentences = passage.sentences
    while first < len(sentences):
        last = min(first + chance.randint(*_PIECE), len(sentences)) - 1
        while last > first and sentences[last].end - sentences[first].start > _LONGEST_PIECE:
            last -= 1
        text = passage.text[sentences[first].start : sentences[last].end]
        pieces.append(Window(passage.id, first, last, text))
        first = last + 1
    return pieces


def _paragraphs(file: Path, source: str) -> Iterator[_Paragraph]:
    content = file.read_bytes()
    if hashlib.sha256(content).hexdigest() != COMPREHENSION[source]:
        raise DataChanged(f"{file} has another SHA-256 than tests/reader/data.py names")
    # One script for all, or the script alone would tell which texts a question can be about.
    change = OpenCC("t2s").convert if "DRCD" in source else str
    for entry in json.loads(content)["data"]:
        for paragraph in entry["paragraphs"]:
            yield _paragraph(source, entry, paragraph, change)


def _paragraph(source: str, entry: dict[str, Any], paragraph: dict[str, Any], change: Any) -> _Paragraph:
    text = change(paragraph["context"])
    same_length = len(text) == len(paragraph["context"])
    name = hashlib.sha256(f"{source}{text}".encode()).hexdigest()[:16]
    questions = []
    for qa in paragraph["qas"]:
        places = []
        for answer in qa["answers"]:
            said = change(answer["text"])
            at = int(answer["answer_start"])
            if not same_length or text[at : at + len(said)] != said:
                at = text.find(said)
            if at >= 0 and said:
                places.append((at, said))
        if places:
            questions.append((f"{source}:{qa['id']}", change(qa["question"]), tuple(dict.fromkeys(places))))
    title = "" if "xquad" in source or _share(text, 3) else change(str(entry.get("title", "")))
    passage = Passage(name, f"{source}#{entry.get('title')}", 0, (), text, split_sentences(text))
    return _Paragraph(source, title, passage, tuple(questions))


def _neighbours(paragraphs: Sequence[_Paragraph], texts: Sequence[tuple[int, str]]) -> dict[str, list[int]]:
    """For each question the pieces of all paragraphs that share most words with it, best first."""
    segmenter = Segmenter()
    index = bm25s.BM25()
    index.index([segmenter.terms(text) for _, text in track(texts, "pieces")], show_progress=False)
    questions = [(name, question) for p in paragraphs for name, question, _ in p.questions]
    asked = [segmenter.terms(question) for _, question in track(questions, "questions")]
    found, _ = index.retrieve(asked, k=3 * _NEIGHBOURS, show_progress=False)
    return {name: [int(at) for at in row] for (name, _), row in zip(questions, found, strict=True)}


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}


def _share(name: str, one_in: int) -> bool:
    """Whether a name is among a fixed share of all names."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % one_in == 0
