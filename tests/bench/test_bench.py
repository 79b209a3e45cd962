"""The bench in small, so that it cannot rot: a tiny corpus, encoders without a model, real processes."""

from __future__ import annotations

import itertools
import re
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from rich.console import Console

from bot.answering.service import Service
from bot.config import load_settings
from embeddings.evaluation.metrics import Hit, Question
from embeddings.index import list_building
from embeddings.refusal.confidence import Calibration
from tests.bench import __main__ as bench
from tests.bench import askers, cold_start, encoding, memory, one_size, sizes, updates
from tests.bench.encoding import Texts
from tests.bench.ground import Extent, Ground
from tests.bench.machine import machine
from tests.bench.parts import compare_peers
from tests.bench.peers.texts import CHUNK, OVERLAP, fixed_chunks, passages
from tests.bench.peers.ways import ByRanks, Flat, Keywords
from tests.bench.plots import draw
from tests.bench.report import Bars, Lines, Section, number, write
from tests.bench.turns import Turns, by_turns
from tests.bench.versions import ROOT, Version, run
from tests.support import synthetic_corpus
from tests.support.fakes import FakeEncoder, in_process
from tests.support.synthetic_corpus import write_synthetic_generation

ARTICLES = ROOT / "tests" / "end_to_end" / "articles"


def small_service(articles: Path, data_dir: Path, *overrides: str) -> Service:
    """On an encoder without a model, and without a process for parsing."""
    return Service(
        load_settings(ROOT / "config.yaml", [f"corpus.articles={articles}", f"data_dir={data_dir}", *overrides]),
        encoder_factory=FakeEncoder,
        identity=FakeEncoder.identity,
        calibration=Calibration(bias=-1.2, weights={"excess": 1.0}),
        parser=in_process,
    )


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """The small corpus, asked by how its passages begin."""
    home = tmp_path_factory.mktemp("bench")
    service = small_service(ARTICLES, home / "data")
    service.reindex()
    small = Extent(rounds=2, questions=6, sizes=(40, 80), askers=(1, 4))
    version = Version("this version", ROOT, ARTICLES, home / "data", ("-m", "tests.support.fake_cli"))
    ground = Ground(service, {}, (version,), home, small)
    ground.sets["beginnings"] = tuple(
        Question(str(n), "beginning", passage.text[:12], (passage.article,), (passage.text[:20],))
        for n, passage in enumerate(ground.passages)
    )
    return ground


def encode(prompt: str, texts: object) -> NDArray[np.float32]:
    """Stands for sentence-transformers."""
    assert isinstance(texts, list | tuple)
    return FakeEncoder().encode_queries([prompt + text for text in texts])


def test_a_ratio_is_the_median_of_the_rounds_ratios_so_that_a_slow_round_counts_for_nothing() -> None:
    turns = Turns({"ours": (1.0, 10.0, 1.0), "theirs": (2.0, 20.0, 40.0)})
    assert turns.ratio("theirs", "ours") == 2.0
    assert turns.median("ours") == 1.0


def test_no_way_always_comes_first() -> None:
    order: list[str] = []

    def way(name: str) -> float:
        order.append(name)
        return 1.0

    by_turns({"a": lambda: way("a"), "b": lambda: way("b")}, 2)
    assert order == ["a", "b", "b", "a"]


def test_a_processs_peak_is_its_own_and_not_that_of_who_started_it(tmp_path: Path) -> None:
    held = np.ones(40 << 17)  # 40 MiB
    small = run([shutil.which("true") or "", "x"], tmp_path).peak
    large = run(["/bin/sh", "-c", "x=$(head -c 30000000 /dev/zero | tr '\\0' x); true"], tmp_path).peak
    assert held.nbytes / 2**20 > small
    assert large > small + 20


def test_what_a_failing_process_says_is_passed_on(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="exit status 3") as failed:
        run(["/bin/sh", "-c", "echo why >&2; exit 3"], tmp_path)
    assert getattr(failed.value, "stderr", "") == "why\n"


def test_encoding_is_compared_over_the_same_texts(ground: Ground) -> None:
    texts = Texts("passages", tuple(passage.text for passage in ground.passages), 1000)
    speeds = encoding.measure(FakeEncoder(), lambda some: encode("", some), [texts], 2)
    assert speeds[0].cosine == pytest.approx(1.0)
    assert encoding.section(speeds).rows[0][0].startswith(f"passages ({len(ground.passages)}, ")


def test_a_sample_reaches_from_the_first_text_to_the_last() -> None:
    assert encoding.spread(["a", "b", "c", "d", "e"], 3) == ("a", "c", "e")
    assert encoding.spread(["a", "b"], 3) == ("a", "b")


def test_reindexes_are_measured_by_how_much_has_changed(ground: Ground, tmp_path: Path) -> None:
    shutil.copytree(ARTICLES, tmp_path / "articles")
    service = small_service(tmp_path / "articles", tmp_path / "data")
    turns = updates.measure(service, tmp_path / "articles" / "coupon.md", 1)
    assert [row[0] for row in updates.section(turns, 9).rows] == [updates.NOTHING, updates.ONE, updates.EVERYTHING]
    assert turns.median(updates.NOTHING) < turns.median(updates.EVERYTHING)


def test_questions_are_measured_by_corpus_size(ground: Ground, tmp_path: Path) -> None:
    found = []
    for size in (60, 120):
        data_dir = tmp_path / str(size)
        write_synthetic_generation(ground.service.serving(), data_dir, size)
        settings = load_settings(ROOT / "config.yaml", [f"data_dir={data_dir}"])
        found.append(one_size.measure(settings, FakeEncoder(), None, ground.questions, 1))
    told = sizes.section([found[0], replace(found[1], update=1.5)], ["1000000 passages: skipped."], 0.1)
    assert found[0].passages < found[1].passages
    assert told.rows[0][1] == "1.00"
    assert [row[-1] for row in told.rows] == ["", "1.5"]
    assert told.notes[-1] == "1000000 passages: skipped."
    for picture in told.pictures:
        assert draw(picture, tmp_path).exists()


def test_of_lists_it_is_told_how_much_is_found(ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synthetic_corpus, "SAMPLE", 100)
    monkeypatch.setattr(list_building, "LISTS_FROM", 200)
    asked = synthetic_corpus.everyday_questions(FakeEncoder(), None)
    write_synthetic_generation(ground.service.serving(), tmp_path, 300, questions=asked)
    settings = load_settings(ROOT / "config.yaml", [f"data_dir={tmp_path}"])
    found = one_size.measure(settings, FakeEncoder(), None, ground.questions, 1)
    assert found.recall == pytest.approx(1, abs=0.1)
    assert sizes.section([found], [], 0.1).rows[0][-2] == f"{found.recall:.3f}"


def test_an_update_changes_an_article_that_came_after_the_index_was_built(tmp_path: Path) -> None:
    assert one_size.update(partial(small_service, data_dir=tmp_path / "data"), tmp_path, 1) > 0


def test_a_size_that_the_disk_has_no_room_for_is_not_begun(tmp_path: Path) -> None:
    with pytest.raises(sizes.TooLarge, match="GiB"):
        sizes.build(tmp_path, 10**12, tmp_path, 1.0)
    assert not any(tmp_path.iterdir())


def test_cold_starts_are_told_as_ratios_to_this_version(tmp_path: Path) -> None:
    quick, slow = (
        Version(name, ROOT, ARTICLES, tmp_path, ("-S", "-c", f"import time; time.sleep({seconds})"))
        for name, seconds in (("this version", 0), ("another", 0.5))
    )
    found = cold_start.section(cold_start.measure((quick, slow), "定金收几成", 1), (quick, slow))
    assert [row[0] for row in found.rows] == ["ask, this version", "ask, another", "--help", "starting Python"]
    assert found.rows[0][1] == "1.00"
    assert float(found.rows[1][1]) > 1


def test_memory_is_that_of_the_real_bot_after_its_answers(ground: Ground, tmp_path: Path) -> None:
    served = memory.measure(ground.versions, ground.questions[:3], tmp_path)
    assert served[0].answers == 3
    assert 0 < served[0].after_one.own < served[0].after_one.total
    assert memory.section(served).rows[0][-1] == "1.00"


def test_everybody_gets_an_answer_however_many_ask_at_once(ground: Ground) -> None:
    found = askers.section(askers.measure(ground.service, ground.questions, (1, 4), 1))
    assert [row[0] for row in found.rows] == ["1", "4"]
    assert float(found.rows[0][2]) > 0


def test_chunks_overlap_and_leave_nothing_out(ground: Ground) -> None:
    chunks = [chunk.text for chunk in fixed_chunks(ground.articles)]
    assert max(map(len, chunks)) <= CHUNK
    first = fixed_chunks(ground.articles[:1])
    assert all(one.text[-OVERLAP:] == other.text[:OVERLAP] for one, other in itertools.pairwise(first))
    said = "".join(chunks)
    assert all(block.text[:20] in said for article in ground.articles for s in article.sections for block in s.blocks)


def test_ranks_are_joined_so_that_what_both_find_comes_first() -> None:
    class Fixed:
        def __init__(self, *rows: int) -> None:
            self._rows = rows

        def search(self, question: str, k: int) -> list[int]:
            return list(self._rows)[:k]

    assert list(ByRanks(Fixed(1, 2, 3), Fixed(4, 2, 5)).search("", 2)) == [2, 1]


def test_keywords_find_the_text_with_the_words(ground: Ground) -> None:
    texts = [passage.text for passage in ground.passages]
    row = Keywords(texts).search("协商退款", 1)[0]
    assert "协商退款" in texts[row]


def test_others_answer_the_same_questions_and_what_is_missing_is_told(ground: Ground) -> None:
    cut, chunks = passages(ground.passages), fixed_chunks(ground.articles)
    vectors = [FakeEncoder().encode_passages([each.text for each in texts]) for texts in (cut, chunks)]
    (found,) = compare_peers(ground, cut, chunks, vectors[0], vectors[1], encode)
    assert [row[0] for row in found.rows][:2] == ["this product, search", "this product, whole answer"]
    assert len(found.rows) >= 6
    assert any("txtai" in text for text in (*found.notes, *(row[0] for row in found.rows)))


def test_a_flat_index_finds_a_text_by_itself() -> None:
    texts = [Hit("a.md", "定金收两成"), Hit("a.md", "冰袋放三个")]
    vectors = FakeEncoder().encode_passages([text.text for text in texts])
    assert list(Flat(vectors, lambda question: encode("", [question])[0]).search("冰袋放几个", 2)) == [1, 0]


def test_a_part_that_cannot_be_measured_here_says_why(ground: Ground) -> None:
    other = small_service(ARTICLES, ground.home / "other", "embeddings.model=some/model")
    elsewhere = Ground(other, ground.sets, ground.versions, ground.home, ground.extent)
    (section,) = bench.measured(elsewhere, ["encoding"], Console(quiet=True))
    assert section.notes == ("skipped: it is for the default model",)


def test_a_part_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        bench.main(["--parts", "encoding,speed"])
    assert "no such part: speed; there are encoding," in capsys.readouterr().err


def test_the_report_has_its_tables_and_its_pictures(tmp_path: Path) -> None:
    pictures = (
        Bars("bars", "Bars", "seconds", (("this product", 1.0), ("other", 2.5)), 1.0),
        Lines("lines", "Lines", "passages", "ms", (("p50", ((2_000, 60.0), (10_000, 210.0))),)),
    )
    for picture in pictures:
        assert draw(picture, tmp_path).read_bytes().startswith(b"\x89PNG")
    section = Section("Part", ("what", "ratio"), (("ask", "2.00"),), ("by turns",), pictures)
    text = write(tmp_path, machine(), [section]).read_text("utf-8")
    assert "| ask | 2.00 |" in text
    assert all(f"![]({picture.name}.png)" in text for picture in pictures)
    assert re.search(r"\d+ cores, memory \d+ GiB", text)


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234.5, "1 234"), (123.4, "123"), (12.34, "12.3"), (1.234, "1.23"), (0.1234, "0.123"), (0.0123, "0.012")],
)
def test_figures_have_the_digits_that_are_worth_reading(value: float, text: str) -> None:
    assert number(value) == text


def test_what_is_compared_with_is_pinned() -> None:
    lines = (ROOT / "tests/bench/peers/requirements.lock").read_text("utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert pins == sorted(pins)
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9.]+", pin) for pin in pins)
