"""What merchants type, in any order and unit, to statements; what is unclear is asked about, never guessed.

A text is cut into words of the vocabulary, numbers, periods and the rest. A number belongs to the word right beside it:
to the one before it, or else to the one behind it. Where a word that nobody knows stands between, the number is asked
about.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from bot.insights.funnel.figures import SHARES, SPENDING, Figure, Stage, Statement, Step, Term, UnitCost
from bot.insights.funnel.numbers import Number, Unit, chinese_number, number_at
from bot.insights.funnel.words import FILLER, Doubt, Meaning, Word, canonical_step, word_at
from corpus.characters import fold, normalise


@dataclass(frozen=True, slots=True)
class Ask:
    """Something in a text that must be asked about; `text` is the piece as it was written."""

    doubt: Doubt
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood, one statement a period and none where nothing was, and what must be asked."""

    periods: tuple[Statement, ...] = ()
    asks: tuple[Ask, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether no number was understood or asked about."""
        return not self.asks and not any(period.values for period in self.periods)


@dataclass(frozen=True, slots=True)
class _Period:
    """A length of time in days; one with a name begins what is said about it.

    `daily` is said of numbers for every day, `counted` of so many days, as of the window of repurchases.
    """

    text: str
    days: Fraction
    end: int
    named: bool = False
    daily: bool = False
    counted: bool = False


@dataclass(frozen=True, slots=True)
class _Break:
    """The end of a clause."""


@dataclass(frozen=True, slots=True)
class _Unknown:
    """What no vocabulary has."""

    text: str


_Token = Word | Number | _Period | _Break | _Unknown

_CLAUSE_END = re.compile(r"[,;。!?、\n|()\[\]【】/]+")
_SHARE_BESIDE = re.compile(r"\(\s?(?:约|占[^()\d]{0,8})?\s?\d+(?:\.\d+)?%\s?\)")
_REST = re.compile(r"[a-z]+|[^\W\d_a-z]|.", re.S)
_NAMED = re.compile(
    r"(?P<month>上个?月|前个?月|这个?月|本月|当月|\d{4}年\d{1,2}月份?|(?<!\d)\d{1,2}月份?)"
    r"|(?P<week>上个?(?:周|星期|礼拜)|[这本]个?(?:周|星期|礼拜)|第[\d一二三四五]{1,2}周)"
    r"|(?P<day>[今昨前]天|[今昨]日)"
)
_ASIDE = re.compile(rf"\(\s?(?:{_NAMED.pattern})")
_LENGTH = re.compile(
    r"(?:最近|近|过去|投了|跑了|做了)?(?P<count>\d{1,4}|[一二两三四五六七八九十]{1,3}|半)"
    r"(?P<unit>天|周|个?星期|个?礼拜|个月|个?季度|年)(?:内|里|以来)?"
)
_EVERY = re.compile(r"(?P<month>每个?月|月均)|(?P<week>每周|每星期)|(?P<day>每天|每日|日均)")
_DAYS = {"天": 1, "周": 7, "星期": 7, "礼拜": 7, "月": 30, "季度": 90, "年": 365}


def read_text(text: str) -> Reading:
    """What a text without a table says; of two and more named periods (上月 …, 本月 …) one statement each."""
    # A comma of full width parts clauses, it never groups digits; folded it would.
    folded = _SHARE_BESIDE.sub(" ", fold(normalise(text.replace("，", "；"))))
    tokens = list(_tokens(folded))
    labels = Counter(token.text for token in tokens if isinstance(token, _Period) and token.named)
    if len(labels) > 1 and (max(labels.values()) > 1 or _ASIDE.search(folded)):
        return Reading(asks=(Ask(Doubt.PERIODS, "、".join(labels)),))
    parts = list(_parts(tokens)) if len(labels) > 1 else [tokens]
    read = [_statement(part) for part in parts]
    said = (statement for statement, _ in read if statement.values.keys() - {Term.DAYS})
    return Reading(tuple(said), tuple(ask for _, asks in read for ask in asks))


def read_value(figure: Figure, text: str) -> Fraction | Ask | None:
    """A lone number as the answer to a question for one figure; None where the text is no number at all."""
    folded = fold(normalise(text)).strip()
    read = read_text(folded)
    if len(read.periods) == 1 and figure in read.periods[0].values:
        return read.periods[0].values[figure]
    place = 0
    while filler := FILLER.match(folded, place):
        place = filler.end()
    number = number_at(folded, place)
    if number is None or _REST_MEANS.search(folded[number.end :]):
        return None
    collected = _Collected()
    _assign(collected, Word(figure, str(figure), 0), number, daily=False)
    return collected.values.get(figure) if figure in collected.values else next(iter(collected.asks), None)


_REST_MEANS = re.compile(r"\d")


def _tokens(text: str) -> Iterator[_Token]:
    """A folded text in pieces; fillers are left out."""
    place, unknown = 0, ""
    while place < len(text):
        found: _Token | None
        end = place
        if border := _CLAUSE_END.match(text, place):
            found, end = _Break(), border.end()
        elif (known := _known_at(text, place)) is not None:
            found, end = known, known.end
        elif filler := FILLER.match(text, place):
            found, end = None, filler.end()
        else:
            rest = _REST.match(text, place)
            assert rest is not None
            unknown, place = unknown + rest[0], rest.end()
            continue
        if unknown:
            yield _Unknown(unknown)
            unknown = ""
        if found is not None:
            yield found
        place = end
    if unknown:
        yield _Unknown(unknown)


def _known_at(text: str, place: int) -> Word | Number | _Period | None:
    """Of the word, the period and the number that begin here the longest; of two as long the first."""
    candidates = (word_at(text, place), _period_at(text, place), _number_at(text, place))
    return max((each for each in candidates if each is not None), key=lambda each: each.end, default=None)


def _number_at(text: str, place: int) -> Number | None:
    """A number; in Chinese characters only where it does not begin a word that nobody knows (百货, 十分, 千万别)."""
    number = number_at(text, place)
    if number is None or not _IN_CHARACTERS.fullmatch(number.text):
        return number
    rest = number.end
    stands_alone = rest == len(text) or _CLAUSE_END.match(text, rest) or FILLER.match(text, rest)
    return number if number.value and (stands_alone or word_at(text, rest)) else None


_IN_CHARACTERS = re.compile(r"[零〇一二两三四五六七八九十百千万]+")


def _period_at(text: str, place: int) -> _Period | None:
    if named := _NAMED.match(text, place):
        days = 30 if named["month"] else 7 if named["week"] else 1
        return _Period(named[0], Fraction(days), named.end(), named=True)
    if every := _EVERY.match(text, place):
        days = 30 if every["month"] else 7 if every["week"] else 1
        return _Period(every[0], Fraction(days), every.end(), daily=bool(every["day"]))
    length = _LENGTH.match(text, place)
    if length is None:
        return None
    written = length["count"]
    if written == "半":
        count: Fraction | None = Fraction(1, 2)
    else:
        count = Fraction(written) if written.isdecimal() else chinese_number(written)
    whole = None if count is None else count * _DAYS[length["unit"].removeprefix("个")]
    return _Period(length[0], whole, length.end(), counted=True) if whole else None


def _parts(tokens: Sequence[_Token]) -> Iterator[list[_Token]]:
    """What is said about each named period; what stands before the first holds for that."""
    part: list[_Token] = []
    begun = False
    for token in tokens:
        if isinstance(token, _Period) and token.named:
            if begun:
                yield part
                part = []
            begun = True
        part.append(token)
    yield part


@dataclass(slots=True)
class _Collected:
    """A statement in the making."""

    values: dict[Figure, Fraction] = field(default_factory=dict)
    said: dict[Figure, set[str]] = field(default_factory=dict)
    asks: list[Ask] = field(default_factory=list)
    replied: list[tuple[str, Fraction]] = field(default_factory=list)
    daily: list[tuple[Figure, str]] = field(default_factory=list)
    days: set[Fraction] = field(default_factory=set)
    label: str = ""

    def put(self, figure: Figure, word: str, value: Fraction) -> None:
        """A number for a figure; kinds of spending under different words add up, anything else stands once."""
        earlier = self.values.get(figure)
        words = self.said.setdefault(figure, set())
        if earlier is None:
            self.values[figure] = value
        elif figure in SPENDING and word not in words:
            self.values[figure] = earlier + value
        elif earlier != value:
            self.asks.append(Ask(Doubt.TWICE, str(figure)))
        words.add(word)


def _statement(tokens: Sequence[_Token]) -> tuple[Statement, list[Ask]]:
    collected = _Collected()
    for clause in _clauses(tokens):
        _read_clause(collected, clause)
    _settle_replies(collected)
    _settle_days(collected)
    for ask in [ask for ask in collected.asks if ask.doubt is Doubt.TWICE]:
        collected.values = {figure: value for figure, value in collected.values.items() if str(figure) != ask.text}
    return Statement(collected.values, collected.label), collected.asks


def _clauses(tokens: Sequence[_Token]) -> Iterator[list[_Token]]:
    clause: list[_Token] = []
    for token in tokens:
        if isinstance(token, _Break):
            yield clause
            clause = []
        else:
            clause.append(token)
    yield clause


def _read_clause(collected: _Collected, clause: Sequence[_Token]) -> None:
    daily = any(isinstance(token, _Period) and token.daily for token in clause)
    pairs = _pairs(clause)
    taken = {place for pair in pairs for place in pair}
    for place, token in enumerate(clause):
        after = clause[place + 1] if place + 1 < len(clause) else None
        if isinstance(token, _Period):
            _take_period(collected, token, after)
        elif isinstance(token, Number) and place not in taken:
            _take_number(collected, token, clause[place - 1] if place else None, after)
        elif isinstance(token, _Unknown) and not isinstance(after, Number) and re.search(r"\d", token.text):
            collected.asks.append(Ask(Doubt.NUMBER, token.text[:_LONGEST_PIECE]))
    for word, number in pairs:
        found, value = clause[word], clause[number]
        assert isinstance(found, Word)
        assert isinstance(value, Number)
        _assign(collected, found, value, daily=daily)


_LONGEST_PIECE = 30  # characters of what is asked about
_TOUCHING, _PAIR, _ALONE, _BEFORE = 10, 1000, 999, 1


def _pairs(clause: Sequence[_Token]) -> list[tuple[int, int]]:
    """Which words and numbers of a clause belong together, as their places: neighbours, as many pairs as can be.

    Of several ways the one in which more pairs touch, then the one with the words first. A number of orders may stand
    alone.
    """
    best: list[tuple[int, list[tuple[int, int]]]] = [(0, [])] * (len(clause) + 2)
    for place in range(len(clause) - 1, -1, -1):
        token = clause[place]
        alone = _ALONE if isinstance(token, Number) and token.unit is Unit.ORDERS else 0
        choices = [(alone + best[place + 1][0], best[place + 1][1])]
        if worth := _worth(clause, place):
            pair = (place, place + 1) if isinstance(token, Word) else (place + 1, place)
            choices.append((worth + best[place + 2][0], [pair, *best[place + 2][1]]))
        best[place] = max(choices, key=lambda choice: choice[0])
    return best[0][1]


def _worth(clause: Sequence[_Token], place: int) -> int:
    """How well a token and the next one go together; 0 where they are no pair."""
    first, second = clause[place], clause[place + 1] if place + 1 < len(clause) else None
    if isinstance(first, Word) and isinstance(second, Number):
        word, number, order = first, second, _BEFORE
    elif isinstance(first, Number) and isinstance(second, Word):
        # A number behind an unknown word is that word's.
        if place and isinstance(clause[place - 1], _Unknown):
            return 0
        word, number, order = second, first, 0
    else:
        return 0
    if not number.is_range and _figure(word.meaning, number) is Doubt.NUMBER:
        return 0
    touching = second.end - len(second.text) == first.end
    return _PAIR + order + _TOUCHING * touching


def _take_period(collected: _Collected, period: _Period, after: _Token | None) -> None:
    if period.daily:
        return
    if isinstance(after, Word) and period.counted:
        if after.meaning is Stage.REPEAT:
            collected.put(Term.REPEAT_DAYS, period.text, period.days)
            return
        if after.text.startswith("首单"):
            return  # the window in which first orders are counted
    collected.days.add(period.days)
    if period.named and not collected.label:
        collected.label = period.text


def _take_number(collected: _Collected, number: Number, before: _Token | None, after: _Token | None) -> None:
    """A number without a word: so many orders where it says so, else a question."""
    if number.unit is Unit.ORDERS and not isinstance(before, _Unknown):
        collected.put(Stage.ORDER, number.text, number.value)
        return
    head = before.text if isinstance(before, _Unknown) else ""
    tail = after.text if isinstance(after, _Unknown) and not head else ""
    doubt = Doubt.RANGE if number.is_range else Doubt.NUMBER
    collected.asks.append(Ask(doubt, f"{head[-_LONGEST_PIECE:]}{number.text}{tail[:_LONGEST_PIECE]}"))


def _assign(collected: _Collected, word: Word, number: Number, *, daily: bool) -> None:
    """Take a number for a word, as far as the two make sense together."""
    said = f"{word.text}{number.text}"
    found: Figure | Doubt = Doubt.RANGE if number.is_range else _figure(word.meaning, number)
    if isinstance(found, Doubt):
        collected.asks.append(Ask(found, said))
        return
    if found is Stage.REPLY and word.meaning is Doubt.REPLIED:
        collected.replied.append((said, number.value))
        return
    value = _value(found, number, word.text)
    if value is None:
        collected.asks.append(Ask(Doubt.MARGIN if found is Term.MARGIN else Doubt.SHARE, said))
        return
    if word.text == "cpm":
        value /= 1000
    if daily and (isinstance(found, Stage) or found in (*SPENDING, Term.SPENT, Term.REVENUE)):
        collected.daily.append((found, said))
    collected.put(found, word.text, value)


def _figure(meaning: Meaning, number: Number) -> Figure | Doubt:
    """What a word stands for beside this number."""
    unit = number.unit
    if isinstance(meaning, Doubt):
        return _settled(meaning, unit)
    if isinstance(meaning, Stage):
        return _of_stage(meaning, unit)
    if meaning is Term.MARGIN and unit is Unit.YUAN:
        return Term.PROFIT
    takes = {
        Unit.PLAIN: True,
        Unit.SHARE: isinstance(meaning, Step) or meaning in SHARES,
        Unit.YUAN: isinstance(meaning, UnitCost) or meaning in _MONEY,
        Unit.ORDERS: meaning in _ORDERS,
    }
    return meaning if takes[unit] else Doubt.NUMBER


def _settled(doubt: Doubt, unit: Unit) -> Figure | Doubt:
    """A word that may mean two things, where its number's unit leaves one of them."""
    if doubt is Doubt.REPLIED and unit not in (Unit.SHARE, Unit.YUAN):
        return Stage.REPLY
    if doubt is Doubt.SOLD and unit in (Unit.YUAN, Unit.ORDERS):
        return Term.REVENUE if unit is Unit.YUAN else Stage.ORDER
    return doubt


def _of_stage(stage: Stage, unit: Unit) -> Figure | Doubt:
    """The count of a stage, or the rate, the cost or the sum that its number says."""
    if unit is Unit.SHARE:
        return canonical_step(stage) or Doubt.BASE
    if unit is Unit.YUAN:
        return Term.REVENUE if stage is Stage.ORDER else UnitCost(stage)
    return Term.REPEAT_ORDERS if stage is Stage.REPEAT and unit is Unit.ORDERS else stage


_MONEY = frozenset({Term.PRICE, Term.PROFIT, Term.GOODS, *SPENDING, Term.SPENT, Term.REVENUE})
_ORDERS = frozenset({Term.ALL_ORDERS, Term.REPEAT_ORDERS, Term.ORDERS_A_YEAR, Term.TARGET})


def _value(figure: Figure, number: Number, word: str) -> Fraction | None:
    """The number as the figure counts; None where a share may be meant in two ways.

    8 can only be 8 %, where the word says that it is a rate; 0.5 may be 0.5 % or a half, and a margin of 50 fifty yuan.
    """
    if number.unit is Unit.SHARE or not (isinstance(figure, Step) or figure in SHARES):
        return number.value
    if 1 < number.value <= 100 and (word.endswith("率") or figure is Term.AD_SHARE):
        return number.value / 100
    return number.value if figure is Term.MARGIN and 0 < number.value < 1 else None


def _settle_replies(collected: _Collected) -> None:
    """开口 alone is the first word in private messages, or that of new friends; numbers may leave only one of them."""
    for said, value in collected.replied:
        friends = collected.values.get(Stage.FRIEND)
        if Stage.MESSAGE in collected.values:
            collected.put(Stage.REPLY, said, value)
        elif friends is None or value > friends:
            collected.put(Stage.MESSAGE, said, value)
        else:
            collected.asks.append(Ask(Doubt.REPLIED, said))


def _settle_days(collected: _Collected) -> None:
    if len(collected.days) == 1:
        collected.values[Term.DAYS] = next(iter(collected.days))
    elif collected.days:
        collected.asks.append(Ask(Doubt.PERIODS, "、".join(f"{int(days)} 天" for days in sorted(collected.days))))
    days = collected.values.get(Term.DAYS)
    for figure, said in collected.daily:
        if days is None:
            collected.values.pop(figure, None)
            collected.asks.append(Ask(Doubt.DAILY, said))
        elif figure in collected.values:
            collected.values[figure] *= days
