"""The funnel's denominators and windows are those of `corpus/figures.yaml`, and its articles are there."""

from __future__ import annotations

from pathlib import Path

import yaml

from bot.insights.funnel.explaining_articles import EXPLAINING
from bot.insights.funnel.figures import CANONICAL_BASE, REPEAT_WINDOW, Figure, Stage, Step, Term, UnitCost, figure_named

ROOT = Path(__file__).parents[4]
FIGURES = {
    figure["name"]: figure for figure in yaml.safe_load((ROOT / "corpus/figures.yaml").read_text(encoding="utf-8"))
}


def test_denominators_are_those_that_several_articles_state() -> None:
    assert FIGURES["私信率的分母"]["value"] == "点击人数"
    assert CANONICAL_BASE[Stage.MESSAGE] is Stage.CLICK
    assert FIGURES["加微率的分母"]["value"] == "留资人数"
    assert CANONICAL_BASE[Stage.FRIEND] is Stage.LEAD
    assert "÷加微人数" in FIGURES["开口率的时间窗"]["means"]
    assert CANONICAL_BASE[Stage.REPLY] is Stage.FRIEND


def test_the_other_denominators_are_those_of_the_table_of_formulas() -> None:
    page = (ROOT / "corpus/articles/funnel-basics.md").read_text(encoding="utf-8")
    assert "| 点击率 | 笔记点击数 | 曝光数 |" in page
    assert "| 留资率 | 留下联系方式人数 | 私信开口人数 |" in page
    assert "| 首单转化率 | 首单人数 | 加微人数 |" in page
    assert "| 复购率 | 买过两次以上的人数 | 买过的人数 | 90 天 |" in page
    assert CANONICAL_BASE[Stage.CLICK] is Stage.EXPOSURE
    assert CANONICAL_BASE[Stage.LEAD] is Stage.MESSAGE
    assert CANONICAL_BASE[Stage.ORDER] is Stage.FRIEND
    assert CANONICAL_BASE[Stage.REPEAT] is Stage.ORDER
    assert REPEAT_WINDOW == 90


def test_every_step_has_two_articles_that_explain_it() -> None:
    assert EXPLAINING.keys() == set(Stage)
    for articles in EXPLAINING.values():
        assert len(set(articles)) == 2
        assert all((ROOT / "corpus/articles" / article).is_file() for article in articles)


def test_a_figure_is_found_again_by_its_name() -> None:
    figures: list[Figure] = [*Stage, *Term, Step(Stage.LEAD, Stage.ORDER), UnitCost(Stage.ORDER), UnitCost(Stage.LEAD)]
    assert [figure_named(str(figure)) for figure in figures] == figures
