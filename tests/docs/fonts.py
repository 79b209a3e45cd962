"""Fonts of this machine for drawing Chinese text and emoji, found through fontconfig."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

_EMOJI_SIZE = 109
"""Pixels of the only size in which Noto Color Emoji has its bitmaps."""


class FontMissing(Exception):
    """A font that the picture needs is not installed; the message says which package has one."""


@dataclass(frozen=True, slots=True)
class Fonts:
    """A regular and a bold font of one size, an italic stand-in is the regular one; `emoji` is drawn and scaled."""

    regular: ImageFont.FreeTypeFont
    bold: ImageFont.FreeTypeFont
    emoji: ImageFont.FreeTypeFont

    @classmethod
    def load(cls, size: int) -> Fonts:
        """At this size in pixels. Raises FontMissing."""
        regular, bold = (_font(f"Noto Sans CJK SC:{weight}", "zh-cn", size) for weight in ("regular", "bold"))
        return cls(regular, bold, _font("Noto Color Emoji", "und-zsye", _EMOJI_SIZE))

    def picture(self, character: str, size: int) -> Image.Image:
        """An emoji as a picture of that height."""
        image = Image.new("RGBA", (_EMOJI_SIZE + 30, _EMOJI_SIZE + 30))
        ImageDraw.Draw(image).text((0, 0), character, font=self.emoji, embedded_color=True)
        box = image.getbbox()
        drawn = image.crop(box) if box else image
        return drawn.resize((round(drawn.width * size / drawn.height), size), Image.Resampling.LANCZOS)


def _font(pattern: str, language: str, size: int) -> ImageFont.FreeTypeFont:
    package = "fonts-noto-color-emoji" if language == "und-zsye" else "fonts-noto-cjk"
    advice = f"no font for {language} on this machine: install one (apt-get install fontconfig {package})"
    listing, match = shutil.which("fc-list"), shutil.which("fc-match")
    if listing is None or match is None or not _said(listing, f":lang={language}"):
        raise FontMissing(advice)
    file, index = _said(match, "--format=%{file}\n%{index}", pattern).splitlines()
    return ImageFont.truetype(file, size, index=int(index))


def _said(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
