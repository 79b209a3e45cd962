"""Messages of a chat drawn as a phone shows them: bubbles, bold, links, folded quotes, rows of buttons."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from PIL import Image, ImageDraw

from tests.docs.fonts import Fonts

_SCALE = 2  # pixels of the picture for one of a phone's
_WIDTH, _MARGIN, _PADDING, _GAP = 400 * _SCALE, 10 * _SCALE, 12 * _SCALE, 8 * _SCALE
_TEXT, _LINE, _RADIUS = 15 * _SCALE, 22 * _SCALE, 14 * _SCALE
_BUTTON, _BUTTON_TEXT = 36 * _SCALE, 14 * _SCALE
_BUBBLE = _WIDTH - 4 * _MARGIN
_FOLDED_LINES = 3
_COLOURS = 160

_WALLPAPER, _ASKED, _ANSWERED, _INK = "#cfdccb", "#e3fbd0", "#ffffff", "#1b1f23"
_LINK, _QUOTED, _BAR, _KEY, _KEY_INK = "#2a7fc9", "#eef5fb", "#2a7fc9", "#7d937c", "#ffffff"

_EMOJI = re.compile(r"[\U0001f300-\U0001faff]")
# What must not begin a line goes with what stands before it, an opening bracket with what follows.
_UNIT = re.compile(
    r"\n|[“‘（《「【\[]*(?:[A-Za-z0-9][A-Za-z0-9.,%:/_-]*|[^\n])[，。、；：？！”’）》」】\]…,.?!)·]*",
)


@dataclass(frozen=True, slots=True)
class Style:
    """How a character looks: `fold` is inside a quote that a press unfolds."""

    bold: bool = False
    italic: bool = False
    link: bool = False
    fold: bool = False


Styled = list[tuple[str, Style]]


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a bubble; `more` says that a folded quote ends here and has more to show."""

    characters: Styled
    fold: bool
    more: bool = False


def draw(question: dict[str, Any], answer: dict[str, Any]) -> Image.Image:
    """A question and its answer, both as Telegram's Message, in few colours."""
    canvas = Image.new("RGB", (_WIDTH, 6000), _WALLPAPER)
    pen = _Pen(canvas, Fonts.load(_TEXT), Fonts.load(_BUTTON_TEXT))
    bottom = pen.bubble(question, _MARGIN, right=True) + _GAP
    bottom = pen.bubble(answer, bottom, right=False)
    bottom = pen.buttons(answer.get("reply_markup", {}).get("inline_keyboard", []), bottom)
    return canvas.crop((0, 0, _WIDTH, bottom + _MARGIN)).quantize(_COLOURS, dither=Image.Dither.NONE)


class _Pen:
    """Draws on one canvas; every method returns where it ended, in pixels from the top."""

    def __init__(self, canvas: Image.Image, fonts: Fonts, small: Fonts) -> None:
        self._canvas = canvas
        self._draw = ImageDraw.Draw(canvas)
        self._fonts = fonts
        self._small = small

    def bubble(self, message: dict[str, Any], top: int, *, right: bool) -> int:
        lines = list(_folded(self._wrapped(styled(message))))
        width = 2 * _PADDING + round(max(self._length(line.characters) for line in lines))
        width = min(_BUBBLE, width) if right else _BUBBLE
        left = _WIDTH - _MARGIN - width if right else _MARGIN
        tops = list(_tops(lines, top + _PADDING))
        bottom = tops[-1] + _PADDING
        box = (left, top, left + width, bottom)
        self._draw.rounded_rectangle(box, _RADIUS, fill=_ASKED if right else _ANSWERED)
        self._quotes(lines, tops, left, width)
        for line, at in zip(lines, tops, strict=False):
            self._line(line.characters, left + _PADDING + (_GAP if line.fold else 0), at)
        return bottom

    def buttons(self, rows: Sequence[Sequence[dict[str, Any]]], top: int) -> int:
        gap = _GAP // 2
        for row in rows:
            top += gap
            width = (_BUBBLE - gap * (len(row) - 1)) / len(row)
            for place, button in enumerate(row):
                left = _MARGIN + place * (width + gap)
                self._button(button["text"], left, top, width)
            top += _BUTTON
        return top

    def _button(self, text: str, left: float, top: int, width: float) -> None:
        self._draw.rounded_rectangle((left, top, left + width, top + _BUTTON), _RADIUS // 2, fill=_KEY)
        if _EMOJI.fullmatch(text):
            emoji = self._small.picture(text, _BUTTON_TEXT + _SCALE)
            place = (round(left + (width - emoji.width) / 2), top + (_BUTTON - emoji.height) // 2)
            self._canvas.paste(emoji, place, emoji)
        else:
            middle = (left + width / 2, top + _BUTTON / 2)
            self._draw.text(middle, text, font=self._small.bold, fill=_KEY_INK, anchor="mm")

    def _quotes(self, lines: Sequence[_Line], tops: Sequence[int], left: int, width: int) -> None:
        """What lies behind folded quotes: a tinted box with a bar at its left, and a sign that there is more."""
        for fold, group in groupby(range(len(lines)), key=lambda at: lines[at].fold):
            run = list(group)
            if not fold:
                continue
            upper, lower = tops[run[0]] - 2 * _SCALE, tops[run[-1]] + _LINE + 4 * _SCALE
            box = (left + _PADDING, upper, left + width - _PADDING, lower)
            self._draw.rounded_rectangle(box, 4 * _SCALE, fill=_QUOTED)
            self._draw.rectangle((left + _PADDING, upper, left + _PADDING + 3 * _SCALE, lower), fill=_BAR)
            if lines[run[-1]].more:
                self._chevron(left + width - _PADDING - 12 * _SCALE, lower - 14 * _SCALE)

    def _chevron(self, x: int, y: int) -> None:
        wing = 4 * _SCALE
        self._draw.line([(x - wing, y), (x, y + wing), (x + wing, y)], fill=_BAR, width=2 * _SCALE, joint="curve")

    def _line(self, characters: Styled, left: float, top: int) -> None:
        for style, group in groupby(characters, key=lambda pair: pair[1]):
            text = "".join(character for character, _ in group)
            font = self._fonts.bold if style.bold else self._fonts.regular
            self._draw.text((left, top), text, font=font, fill=_LINK if style.link else _INK)
            left += font.getlength(text)

    def _length(self, characters: Styled) -> float:
        return sum(
            (self._fonts.bold if style.bold else self._fonts.regular).getlength("".join(c for c, _ in group))
            for style, group in groupby(characters, key=lambda pair: pair[1])
        )

    def _wrapped(self, characters: Styled) -> Iterator[_Line]:
        """Lines as wide as the bubble; a line break ends one, what must stay together does."""
        text = "".join(character for character, _ in characters)
        line: Styled = []
        fold = False
        for match in _UNIT.finditer(text):
            unit = characters[match.start() : match.end()]
            room = _BUBBLE - 2 * _PADDING - (2 * _GAP if unit[0][1].fold else 0)
            if match[0] == "\n" or self._length([*line, *unit]) > room:
                yield _Line(line, fold)
                line = []
            if match[0] != "\n":
                line += unit
            fold = unit[0][1].fold
        if line:
            yield _Line(line, fold)


def _tops(lines: Sequence[_Line], top: int) -> Iterator[int]:
    """Where each line begins and the last one ends; a folded quote stands a little apart."""
    fold = False
    for line in lines:
        top += _GAP if line.fold != fold else 0
        yield top
        top, fold = top + _LINE, line.fold
    yield top


def styled(message: dict[str, Any]) -> Styled:
    """A message's text, character by character, each as its entities make it look."""
    looks = [Style() for _ in message["text"]]
    places = _places(message["text"])
    for entity in message.get("entities", []):
        for at in range(places[entity["offset"]], places[entity["offset"] + entity["length"]]):
            looks[at] = _with(looks[at], entity["type"])
    return list(zip(message["text"], looks, strict=True))


def _places(text: str) -> dict[int, int]:
    """From Telegram's offsets, which count UTF-16 units, to characters."""
    places, units = {}, 0
    for at, character in enumerate(text):
        places[units] = at
        units += len(character.encode("utf-16-le")) // 2
    return {**places, units: len(text)}


def _with(look: Style, entity: str) -> Style:
    return Style(
        bold=look.bold or entity == "bold",
        italic=look.italic or entity == "italic",
        link=look.link or entity in ("text_link", "url"),
        fold=look.fold or entity in ("blockquote", "expandable_blockquote"),
    )


def _folded(lines: Iterator[_Line]) -> Iterator[_Line]:
    """Of each folded quote only the first lines."""
    for fold, group in groupby(lines, key=lambda line: line.fold):
        run = list(group)
        if not fold or len(run) <= _FOLDED_LINES:
            yield from run
            continue
        yield from run[: _FOLDED_LINES - 1]
        yield _Line(run[_FOLDED_LINES - 1].characters[:-2], fold=True, more=True)  # the sign takes two characters' room
