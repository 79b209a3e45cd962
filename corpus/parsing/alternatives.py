"""What pictures say in words, where a page or a table cell has no other words."""

from __future__ import annotations

import re

from bs4 import Tag

from corpus.characters import meaningful, one_line

# Names of files and of nothing in particular, as cameras and editors give them.
_NAMELESS = re.compile(
    r"(?:.*\.(?:png|jpe?g|gif|webp|svg|bmp)|(?:图片?|图像|插图|配图|截图|图片描述|在这里插入图片描述|image|img|photo|picture|"
    r"screenshot|untitled|logo|icon|dsc|微信图片|微信截图|屏幕截图)[\s_\-()（）\d.:]*)",
    re.I,
)


def alternatives(root: Tag, fewest: int = 1) -> tuple[str, ...]:
    """The different alternative texts of the pictures below an element that have at least `fewest` letters."""
    texts = (one_line(str(image.get("alt") or "")) for image in root.find_all("img"))
    return tuple(dict.fromkeys(text for text in texts if meaningful(text) >= fewest and not _NAMELESS.fullmatch(text)))
