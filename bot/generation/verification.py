"""Holds what a model writes to the sources that it was given, sentence by sentence.

A sentence stays when every figure, name and negation in it stands in a source that it cites. One that does not is given
the number of the one source that holds it, or gives way to the sentence of its source, or is cut.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.generation import checks, quantities
from bot.generation.checks import Closeness
from bot.generation.citations import Cited, cited_sentences
from bot.generation.evidence import Evidence
from bot.generation.facts import Day
from bot.generation.leaks import LeakGuard
from bot.generation.model import Action, Checked, Fallback, Outcome, Quoted, Reason, Section, Source, Statement
from bot.generation.names import squeezed
from bot.generation.overlap import share
from bot.generation.reading import Sentence
from bot.generation.stream import Line
from bot.generation.tone import is_in, unsayable
from bot.generation.vocabulary import Vocabulary
from bot.generation.whole_answer import whole_answer
from corpus.characters import fold, meaningful

NO_ANSWER = {"zh": "资料不足", "en": "NOT IN THE SOURCES"}
"""What a model is asked to say, by language, when the sources hold no answer."""

_NO_ANSWER = re.compile(
    r"资料不足|(?:根据|从)?(?:已知|现有|提供|以上)?的?(?:信息|资料)(?:无法|不能|不足以)回答|not in the sources"
)
_HEADINGS = {
    Section.CONCLUSION: r"结论|答案|回答|总结|简答|conclusion|answer|summary",
    Section.STEPS: r"步骤|做法|操作步骤|具体步骤|操作|steps?|how to",
    Section.FIGURES: r"数字与条件|数字和条件|数字|条件|关键数字|(?:figures|numbers)(?: and conditions)?|conditions",
    Section.NOTES: r"注意|注意事项|提醒|备注|风险提示|notes?|caution|warnings?",
}
_HEADING = re.compile(
    r"^\W*(?:[一二三四1-4]\s?[、.)]\s*)?[【(\[]?\s*(?:"
    + "|".join(f"(?P<{section.name}>{names})" for section, names in _HEADINGS.items())
    + r")\s*(?:[】)\]]\s*[:：]?\s*|[:：]\s*|$)",
    re.I,
)
_LEADS_IN = re.compile(r".{0,60}[：:]\s*(?:[\[［【〔][^\]］】〕]{0,8}\d[^\]］】〕]{0,8}[\]］】〕]\s*)*$")
_SPEAKS = re.compile(r"^\W*(?:system|assistant|developer|user|human|系统|用户|助手)\s*[:：]", re.I)
_ENUMERATOR = re.compile(
    r"^\s*(?:步骤\s?)?[(（]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[)）.、:：][)）]?(?!\d)\s*|^\s*[①-⑳❶-❿⑴-⒛]\s*"
    r"|^\s*第\s?[一二三四五六七八九十\d]{1,3}\s?步\s*[,，:：、]?\s*"
)
_SOURCE_DATE = re.compile(
    r"(?:以上)?资料(?:更新|截止?至?)(?:于|到|至|日期)?\s*[:：为是]?\s*(?P<date>[\d年月日./\s-]{8,14})[。.]?"
)
_QUOTE_MARKER = re.compile(r"^\s*(?:[-*•·]|\d{1,2}[.、)](?!\d))\s*")
_SHORTEST_CLAIM = 6  # letters; less, without figures, only joins
_LONGEST_QUOTE = 120
_MOST_SOURCES = 4
_BY_WORDS = 0.4
"""Share of a sentence's words in a source that it does not cite from which it may be given that source's number."""

_QUOTABLE = frozenset(
    {Reason.NUMBER, Reason.UNIT, Reason.DATE, Reason.BINDING, Reason.SUBJECT, Reason.POLARITY, Reason.HEDGE}
)


class Checker:
    """Checks one answer, line by line. Of one answer and one thread; reads nothing but its arguments.

    `sources` are the passages that the model was given, in their order. `language` is that of the answer, `zh` or `en`.
    `secrets` are texts that must not come out, such as the instructions and the random mark of the request.
    `closeness` tells whether a sentence is near enough in meaning to the source with this place, from 0, to be about
    the same; where it is None, the words alone decide, and nothing that is not in the language of its sources is held.
    The first look at a source takes some milliseconds, each sentence about one.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        vocabulary: Vocabulary,
        *,
        language: str = "zh",
        secrets: Sequence[str] = (),
        closeness: Closeness | None = None,
    ) -> None:
        self._sources = tuple(Evidence(number, source) for number, source in enumerate(sources, 1))
        self._vocabulary = vocabulary
        self._language = language
        self._closeness = closeness
        self._guard = LeakGuard(secrets, [evidence.text for evidence in self._sources])
        self._start()

    def _start(self) -> None:
        self._section = Section.CONCLUSION
        self._checked: list[Checked] = []
        self._seen: set[str] = set()
        self._foreign = 0
        self._fallback: Fallback | None = None

    def check(self, line: Line) -> tuple[Checked, ...]:
        """The verdicts on the sentences of the next line; none for a heading, for what only leads in, and after the
        answer has turned out to be none."""
        if line.restarts:
            self._start()
        if self.over or not line.text:
            return ()
        if self._guard.leaks(line.text) or _SPEAKS.match(line.text):
            self._fallback = Fallback.LEAK
            return ()
        text = self._below_heading(line.text)
        if not self._checked and _NO_ANSWER.search(fold(text)):
            self._fallback = Fallback.INSUFFICIENT
            return ()
        verdicts = () if not text or _LEADS_IN.fullmatch(text) else tuple(self._verdicts(text))
        self._checked += verdicts
        return verdicts

    @property
    def over(self) -> bool:
        """Whether nothing that still comes can be shown: the model says that the sources hold no answer, or gives away
        what it must not. Nothing more need be read of it."""
        return self._fallback is not None

    @property
    def shown(self) -> tuple[Statement, ...]:
        """What has been held so far, for a draft; sources as the model was given them, from 1."""
        return () if self.over else tuple(each.statement for each in self._checked if each.statement)

    def finish(self) -> Outcome:
        """The whole answer after its last line: what is left of it, numbered by first use, or why there is none."""
        result = self._fallback or whole_answer(self._checked)
        if isinstance(result, Fallback):
            return Outcome(None, result, tuple(self._checked), self._foreign)
        return Outcome(result, None, tuple(self._checked), self._foreign)

    def _below_heading(self, text: str) -> str:
        """What stands behind the name of a section, which is the one from here on; all of a line without one."""
        heading = _HEADING.match(text)
        if heading is None:
            return text
        self._section = Section[heading.lastgroup or ""]
        return text[heading.end() :].strip()

    def _verdicts(self, text: str) -> Iterator[Checked]:
        goes_on, hedged = False, Sentence(text).hedged
        for cited in cited_sentences(_ENUMERATOR.sub("", text, count=1)):
            checked = self._verdict(cited, hedged)
            if checked is None:
                continue
            if checked.statement:
                checked = replace(checked, statement=replace(checked.statement, goes_on=goes_on))
                goes_on = True
            yield checked

    def _verdict(self, cited: Cited, hedged: bool) -> Checked | None:
        """The verdict on a sentence; None for one that claims nothing."""
        text = cited.text
        if dated := self._source_date(text):
            return Checked(text, Action.KEPT, None, Statement(self._section, text, dated))
        if text.endswith(("？", "?")) or (meaningful(text) < _SHORTEST_CLAIM and not quantities.facts(text)):
            return None
        if reason := unsayable(text) or (None if is_in(self._language, text) else Reason.LANGUAGE):
            return Checked(text, Action.CUT, reason)
        checked = self._held(cited, hedged)
        if checked.statement is None:
            return checked
        same = squeezed(checked.statement.text)
        if same in self._seen:
            return Checked(text, Action.CUT, Reason.REPEATED)
        self._seen.add(same)
        return checked

    def _source_date(self, text: str) -> tuple[int, ...]:
        """The sources of which a sentence tells only, in the one form that is allowed, that they are of this date."""
        match = _SOURCE_DATE.fullmatch(text)
        days = quantities.facts(match["date"]) if match else ()
        return tuple(
            each.number
            for each in self._sources
            for day in days
            if each.source.date and isinstance(day, Day) and _is(day, each.source.date)
        )[:_MOST_SOURCES]

    def _held(self, cited: Cited, hedged: bool) -> Checked:
        sentence = Sentence(cited.text)
        valid = [self._sources[number - 1] for number in cited.numbers if 1 <= number <= len(self._sources)]
        self._foreign += len(cited.numbers) - len(valid)
        reason = self._failure(sentence, valid, hedged) if valid else Reason.CITATION
        if reason is None:
            return Checked(cited.text, Action.KEPT, None, self._statement(sentence, valid))
        if (other := self._other(sentence, valid, hedged)) is not None:
            return Checked(cited.text, Action.RECITED, reason, self._statement(sentence, [other]))
        if reason in _QUOTABLE and (quote := self._quote(sentence, valid)) is not None:
            return Checked(cited.text, Action.REPLACED, reason, quote)
        return Checked(cited.text, Action.CUT, reason)

    def _failure(self, sentence: Sentence, sources: Sequence[Evidence], hedged: bool) -> Reason | None:
        return checks.failure(
            sentence,
            sources,
            self._vocabulary,
            hedged=hedged,
            chinese=self._language == "zh",
            closeness=self._closeness,
        )

    def _other(self, sentence: Sentence, cited: Sequence[Evidence], hedged: bool) -> Evidence | None:
        """The one source that holds the sentence where those that it cites do not; none where another one says the
        same with another figure, for then the mark was no slip."""
        near = [(share(sentence.pairs, each.pairs), each) for each in self._sources if [each] != list(cited)]
        for nearness, source in sorted(near, key=lambda pair: -pair[0]):
            if nearness < _BY_WORDS or self._failure(sentence, [source], hedged) is not None:
                continue
            return None if checks.disputed(sentence, [each for each in self._sources if each is not source]) else source
        return None

    def _statement(self, sentence: Sentence, sources: Sequence[Evidence]) -> Statement:
        """The sentence with those of the sources that have to do with it, and the sentences that hold its figures."""
        held = checks.find(sentence, sources).best
        holding = {each.source.number for each in held}
        useful = [each.number for each in sources if each.number in holding or checks.is_about(sentence, each)]
        numbers = tuple(dict.fromkeys(useful or [sources[0].number]))[:_MOST_SOURCES]
        evidence = tuple(
            Quoted(each.source.number, _QUOTE_MARKER.sub("", each.sentence.text))
            for each in held
            if each.source.number in numbers
        )
        return Statement(self._section, sentence.text, numbers, evidence=evidence)

    def _quote(self, sentence: Sentence, sources: Sequence[Evidence]) -> Statement | None:
        """The sentence of the cited sources that is about the same, where it is short and may be said."""
        found = checks.aligned(sentence, sources)
        if found is None:
            return None
        text = _QUOTE_MARKER.sub("", found[1].text)
        fits = len(text) <= _LONGEST_QUOTE and unsayable(text) is None and is_in(self._language, text)
        return Statement(self._section, text, (found[0].number,), quoted=True) if fits else None


def _is(told: Day, date: datetime.date) -> bool:
    return (told.year, told.month) == (date.year, date.month) and told.day in (None, date.day)
