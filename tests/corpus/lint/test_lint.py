"""The shipped articles and glossary keep their rules, and every rule finds what breaks it."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from corpus.vocabulary.glossary import Glossary
from corpus.vocabulary.terms import AmbiguousSpelling, Term, TermKind
from tests.corpus.lint.__main__ import main
from tests.corpus.lint.articles import asked_twice, fact_sheet_runs, lint_page, sampled_runs, too_little, too_similar
from tests.corpus.lint.figures import lint_figures, read_figures
from tests.corpus.lint.finding import report
from tests.corpus.lint.glossary import lint_glossary, too_few
from tests.corpus.lint.gold import lint_gold, passages_below
from tests.corpus.lint.page import Page
from tests.corpus.lint.questions import lint_questions
from tests.corpus.lint.sample import draw

HEAD = """---
title: 私信里怎样合规留资
topic: 小红书获客
confidence: 高
tags: [私信, 留资]
date: 2026-02-03
updated: 2026-03-04
checked: 2026-03-04
expires: 2027-01-01
sources:
- {name: 平台规则中心, url: "https://example.com/rules"}
---
"""
PARAGRAPH = "先开通专业号，再用官方的留资卡收电话；2026-03 起单个账号一天最多发两百张，超过以后会被暂停一天。"
BODY = f"官方的留资卡最稳妥，2026 年的规则里写得很清楚。\n\n{PARAGRAPH}\n" + "".join(
    f"\n## 第{number}个要点是什么\n\n第{number}点：{PARAGRAPH * 4}\n\n- 详见[规则](https://example.com/{number})\n"
    for number in "一二三四五六七"
)
GOOD = HEAD + BODY


def page(directory: Path, text: str, name: str = "a.md") -> Page:
    file = directory / name
    file.write_text(text, encoding="utf-8")
    return Page(file)


def found(directory: Path, text: str) -> str:
    return report(lint_page(page(directory, text)))


def test_what_is_shipped_keeps_the_rules(capsys: pytest.CaptureFixture[str]) -> None:
    code = main()
    assert capsys.readouterr().out == "nothing to report\n"
    assert code == 0


def test_a_good_article_is_good(tmp_path: Path) -> None:
    assert found(tmp_path, GOOD) == ""


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("---\n", "", "a.md: no front matter"),
        ("confidence: 高", "confidence: [高", "a.md: no front matter"),
        ("title: 私信里怎样合规留资", "title: 留资", "a.md: title '留资': write one of 6 to 45"),
        ("title: 私信里怎样合规留资\n", "", "a.md: title None"),
        ("topic: 小红书获客", "topic: 别的", "topic '别的': take one of 内容与投放、"),
        ("confidence: 高", "confidence: 很高", "confidence '很高'"),
        ("[私信, 留资]", "[私信]", "tags ['私信']: give 2 to 8"),
        ("date: 2026-02-03\n", "", "date None"),
        ("date: 2026-02-03", "date: 2025-12-31", "date 2025-12-31"),
        ("updated: 2026-03-04", "updated: 2026-02-02", "date 2026-02-03、updated 2026-02-02"),
        ("checked: 2026-03-04\n", "", "checked None: give all three"),
        ("checked: 2026-03-04", "checked: 2026-02-02", "checked 2026-02-02: keep"),
        ("expires: 2027-01-01\n", "", "no expires"),
        ("expires: 2027-01-01", "expires: 2026-03-04", "expires"),
        ("sources:\n- {", "others:\n- {", "no sources"),
        ("平台规则中心,", "中心,", "name of 4 characters"),
        ("{name", "{by: 甲, name", "nothing else"),
        ("https://example.com/rules", "example.com", "whole address"),
        (', url: "https://example.com/rules"', "", "平台规则中心 cannot be found again"),
        ("example.com/rules", "td.fyun.cc/1", "平台规则中心 is a reprint by td.fyun.cc: say 转载"),
        ("example.com/rules", "www.06925.com/1", "平台规则中心 is a content farm"),
        ("https://example.com/rules", "https://example.com/…", "whole address"),
        (BODY, BODY[:400], "write 1200 to 3000"),
        (BODY, BODY * 2, "write 1200 to 3000"),
        (BODY, "## 开头就是标题\n" + BODY, "a.md:13: begins with a heading"),
        ("## 第一个要点是什么", "# 第一个要点是什么", "a.md:17: a heading of the first level"),
        ("## ", "", "0 headings: make it 4 to 14"),
        ("第二个要点", "第一个要点", "a.md:23: heading '第一个要点是什么' twice"),
        ("第二个要点是什么", "第二", "a.md:23: heading '第二'"),
        ("第二点：", "第二点：" + PARAGRAPH * 4, "a.md:25: a paragraph of"),
        ("第二点：", "如上，第二点：", "a.md:25: a paragraph begins with 如上"),
        ("第二点：", "算。第二点：", "a.md:25: a paragraph begins with 算。"),
        ("第二点：", "不可以，第二点：", "a.md:25: a paragraph begins with 不可以，"),
        (
            "第二个要点是什么\n\n第二点：",
            "第二个要点要多久\n\n先想好再做。\n\n",
            "第二个要点要多久' without a figure first",
        ),
        (
            "第二个要点是什么\n\n第二点：",
            "第二个要点合规吗\n\n先想想：\n\n",
            "第二个要点合规吗' without yes or no first",
        ),
        ("第二个要点是什么\n\n第二点：", "第二个要点为何？\n\n原因有三：\n\n", "is met by '原因有三：'"),
        ("https://example.com/一", "nowhere.md", "a.md:21: dead link nowhere.md"),
        ("第二点：", "第二点，见 S012：", "a.md:25: S012 of the writing process"),
        ("第二点：", "第二点（事实表）：", "a.md:25: 事实表 of the writing process"),
        (PARAGRAPH, PARAGRAPH.replace("2026-03 起", ""), "figures without a date"),
        ("第二点：", "第二点：没有查到官方公告。", "a.md:25: 没有查到 without where"),
        ("第二点：", "小红书私信可以这样回：“我发张名片，您加我详聊。”", "a.md:25: a script for 小红书 says 加我"),
    ],
)
def test_a_bad_article_is_named_with_what_to_do(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in GOOD
    assert says in found(tmp_path, GOOD.replace(old, new))


@pytest.mark.parametrize(
    "good",
    [
        "没有查到官方公告，查的是媒体报道。",
        "小红书私信可以这样回：“您把尺寸发我，我在这里给您算。”",
        "小红书私信里不要说：“您加我微信，我发您报价。”",
        "客户加上微信以后可以这样说：“我是小店的阿远，微信上发您清单。”",
        "线下门店可以说：“扫这个码加我们的企业微信。”",
    ],
)
def test_what_is_looked_for_and_harmless_scripts_are_left_alone(tmp_path: Path, good: str) -> None:
    assert found(tmp_path, GOOD.replace("第二点：", good)) == ""


def test_a_source_without_an_address_is_a_document(tmp_path: Path) -> None:
    head = GOOD.replace('平台规则中心, url: "https://example.com/rules"', "《广告法》第九条")
    assert found(tmp_path, head) == ""
    assert (
        found(tmp_path, GOOD.replace("平台规则中心", "转载站转甲").replace("example.com/rules", "td.fyun.cc/1")) == ""
    )


def test_a_link_to_another_article_is_alive(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text("x", encoding="utf-8")
    assert found(tmp_path, GOOD.replace("https://example.com/一", "other.md")) == ""


def test_a_copied_sentence_is_found_by_its_digest(tmp_path: Path) -> None:
    runs = dict(sampled_runs(PARAGRAPH))
    assert all(hashlib.sha256(run.encode()).hexdigest()[:10] == digest for digest, run in runs.items())
    assert "copied from the fact sheet" in report(lint_page(page(tmp_path, GOOD), frozenset(runs)))
    assert len(fact_sheet_runs()) > 1000


def test_articles_that_say_the_same_are_named(tmp_path: Path) -> None:
    pages = [page(tmp_path, GOOD, "a.md"), page(tmp_path, GOOD.replace("七", "八"), "b.md")]
    assert "a.md: says the same as b.md" in report(list(too_similar(pages)))
    assert "b.md:17: heading '第一个要点是什么' of a.md: answer it in one" in report(list(asked_twice(pages)))
    assert "1 articles" in report(list(too_little(pages[:1])))
    assert re.search(r"articles: \d+ characters: have 260000", report(list(too_little(pages))))
    assert "nothing about 内容与投放、" in report(list(too_little(pages)))


FIGURES = """
- name: 群聊复购
  means: 平台说的倍数
  value: "5.1"
  unit: 倍
  as_of: "2026-04"
  source: {name: 商家大会（2026-04-09）}
  confidence: 中
  says: ['大盘的 {value} 倍']
  older: ["2.5"]
  articles: [a.md]
- name: 加微率的分母
  means: 除以什么
  value: 留资人数
  also: [留下联系方式的人数]
  unit: ""
  as_of: "2026"
  source: {name: 定义（2026-11）}
  confidence: 高
  says: ['加微率＝[^÷]*÷{words}$']
  beside: 分母
  articles: []
"""


def figure_findings(directory: Path, text: str, figures: str = FIGURES) -> str:
    return report(lint_figures(read_figures(figures), [page(directory, f"---\na: b\n---\n{text}")]))


@pytest.mark.parametrize(
    "good",
    [
        "复购率是大盘的 5.1 倍。",
        "复购率，截至 2026-05，是大盘的 5.1 倍。",
        "2025 年是大盘的 2.5 倍；现在是大盘的 5.1 倍。",
    ],
)
def test_an_article_states_a_figure_as_the_file_does(tmp_path: Path, good: str) -> None:
    assert figure_findings(tmp_path, good) == ""


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ("复购率是大盘的 4 倍。", "a.md:4: 群聊复购 is 4, not 5.1 倍: 复购率是大盘的 4 倍: say what figures.yaml says"),
        ("复购率是大盘的 2.5 倍。", "群聊复购 is 2.5, not 5.1 倍"),
        ("截至 2025-12，复购率是大盘的 5.1 倍。", "群聊复购 as of 2025-12, not 2026-04"),
        ("没有提这个数。", "figures.yaml: 群聊复购: a.md does not state it"),
        ("大盘的 5.1 倍。加微率＝好友÷留资人数。", "states 加微率的分母: add it to the articles of figures.yaml"),
        ("大盘的 5.1 倍。加微率＝好友÷留资人数。", "states 加微率的分母 without 分母: say both"),
        ("大盘的 5.1 倍。加微率＝好友÷到店人数。", "加微率的分母 is 到店人数, not 留资人数"),
    ],
)
def test_an_article_that_states_another_figure_is_named(tmp_path: Path, bad: str, says: str) -> None:
    assert says in figure_findings(tmp_path, bad)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('as_of: "2026-04"', "as_of: 去年", "as_of 去年: write YYYY"),
        ("confidence: 中", "confidence: 很高", "confidence 很高: write 高"),
        ("商家大会（2026-04-09）", "商家大会", "商家大会 cannot be found again"),
    ],
)
def test_a_figure_is_told_whole(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert says in figure_findings(tmp_path, "大盘的 5.1 倍。", FIGURES.replace(old, new))


def test_a_figure_without_its_source_is_refused() -> None:
    with pytest.raises(ValueError, match="群聊复购: missing \\['source'\\], unknown \\['sauce'\\]"):
        read_figures(FIGURES.replace("source: {name: 商家", "sauce: {name: 商家"))


def test_a_gold_phrase_stands_in_one_passage_of_a_gold_article(tmp_path: Path) -> None:
    sets = tmp_path / "questions.jsonl"
    sets.write_text(
        '{"id": "a", "question": "q", "gold_articles": ["a.md", "b.md"], "gold_phrase": ["官方 留资卡", "两百张"]}\n'
        "\n"
        '{"id": "b", "question": "q", "gold_articles": ["b.md", "c.md"], "gold_phrase": ["两百张"]}\n'
        '{"id": "c", "question": "q"}\n'
        '{"id": "d", "question": "q", "gold_articles": ["a.md"], "gold_phrase": ["两百张"], "gold_parts": [["张"]]}\n',
        encoding="utf-8",
    )
    findings = report(list(lint_gold(sets, {"a.md": ("用官方留资卡", "一天两百张"), "b.md": ("两百", "张")})))
    assert findings.splitlines() == [
        "questions.jsonl:3: b: gold article c.md is not there: name the article that answers it now",
        "questions.jsonl:3: b: gold phrase '两百张' is in no gold article: change it with the sentence that it quoted",
        "questions.jsonl:5: d: phrase '张' of a part is no gold phrase: add it to gold_phrase",
    ]


def test_passages_are_those_of_the_index(tmp_path: Path) -> None:
    page(tmp_path, GOOD)
    passages = passages_below(tmp_path)
    assert any("官方的留资卡最稳妥，2026年的规则里写得很清楚。" in text for text in passages["a.md"])


def test_the_same_seed_draws_the_same_sentences_with_figures(tmp_path: Path) -> None:
    text = GOOD.replace("第三点：", "假设一天卖 30 单就够了。截至 2026-05，每张卡要 3 元，一天最多两百张。")
    pages = [page(tmp_path, text)]
    drawn = [sentence for _, sentence in draw(pages, seed=7, count=50)]
    assert drawn == [sentence for _, sentence in draw(pages, seed=7, count=50)]
    assert "截至 2026-05，每张卡要 3 元，一天最多两百张" in drawn
    assert not any("假设" in sentence for sentence in drawn)


def term(name: str = "导流", definition: str = "", **keys: object) -> Term:
    text = definition or f"{name}是把公域里的人带到自己账号里来的一种做法，要合规。"
    return Term(name, text, **{"related": ("私域",), "kind": TermKind.ACTION, **keys})  # type: ignore[arg-type]


OTHER = term("私域", related=("导流",))


def test_a_good_term_is_good() -> None:
    good = term(synonyms=("引流",), not_in=("吸引流量",), ambiguous=(AmbiguousSpelling("倒流", ("小红书",)),))
    assert lint_glossary(Glossary([good, OTHER])) == []


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (term(definition="把公域里的人带到自己账号里来的一种做法，要合规。"), "begin with “导流是”"),
        (term(definition="导流是把公域里的人带到自己账号里来的一种做法，要合规"), "one sentence"),
        (term(definition="导流是把公域里的人带到自己账号里来。要合规，要慢一点。"), "one sentence"),
        (term(definition="导流是带人。"), "a definition of 6 characters"),
        (term(definition=f"导流是{'带' * 60}。"), "a definition of 64 characters"),
        (term(kind=None), "no kind: write one of platform、product、role"),
        (term(kind=TermKind.PRODUCT), "a product of no platform"),
        (term(related=()), "no related terms"),
        (term(synonyms=("引流", "的引")), "引流 is not found in 商家说的引流"),
        (term(english=("wx\u200b",)), "alone finds [('wx', '导流')]"),
        (term(english=("wx\u200b",)), "reads as 导流"),
        (term(synonyms=("什么是",)), "does not ask about it"),
        (term(synonyms=("引流",), not_in=("请问引流",)), "引流 is not found in 请问引流怎么弄"),
        (term(ambiguous=(AmbiguousSpelling("倒流", ("小红书",)), AmbiguousSpelling("流", ("气不错",)))), "context"),
        (term(ambiguous=(AmbiguousSpelling("私域里", ("x域",)),), not_in=("x域一下私域里",)), "not found in x域一下"),
        (term(synonyms=("引流", "吸引流量"), not_in=("吸引流量",)), "吸引流量 of not_in still counts"),
    ],
)
def test_a_bad_term_is_named_with_what_to_do(bad: Term, says: str) -> None:
    assert says in report(lint_glossary(Glossary([bad, OTHER])))


def test_a_finding_names_the_line_of_its_term() -> None:
    source = "- term: 私域\n  definition: x\n- term: 导流\n  definition: y\n"
    assert "glossary.yaml:3: 导流: no related" in report(lint_glossary(Glossary([OTHER, term(related=())]), source))


def test_a_small_glossary_is_told() -> None:
    assert "2 terms" in report(list(too_few(Glossary([term(), OTHER]))))


def test_a_bad_question_of_a_note_is_named_with_what_to_do(tmp_path: Path) -> None:
    pages = [page(tmp_path, GOOD), page(tmp_path, GOOD, "b.md"), page(tmp_path, GOOD, "c.md")]
    (tmp_path / "set.jsonl").write_text('{"question": "一天能发几张卡？"}\n', encoding="utf-8")
    first, second, long = "第一个要点是什么", "第二个要点是什么", "问" * 41
    (tmp_path / "a.md.yaml").write_text(f"questions: {{{first}: [怎么留电话], 没有: [甲]}}\n", encoding="utf-8")
    (tmp_path / "b.md.yaml").write_text(
        f"questions: {{{first}: [{first}？, {long}, 怎么留电话！, 一天能发几张卡], {second}: [a, b, c, d, e, f, g]}}\n",
        encoding="utf-8",
    )
    findings = "\n".join(map(str, lint_questions(pages, tmp_path)))
    assert len(findings.splitlines()) == 7
    for says in (
        "is the heading",
        "40 characters",
        "stands below 'a.md",
        "stands in set.jsonl",
        "7 questions",
        "'没有'",
    ):
        assert says in findings
    assert "c.md: no note with questions" in findings
