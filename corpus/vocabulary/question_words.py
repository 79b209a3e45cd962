"""The words by which a Chinese message asks, as parts of patterns: each is named here once.

They match text in simplified script. What a message is taken for is for those to say who put them together.
"""

from __future__ import annotations

WHAT = "(?:什么|甚么|啥)"
HOW_MUCH = "(?:多少|多[久长大高快远])"

INTERROGATIVE = f"(?:{WHAT}|怎[么样]|咋|如何|为何|{HOW_MUCH}|哪|谁)"
"""A word that asks wherever it stands, save where `INDEFINITE` has it."""

INDEFINITE = f"(?:{WHAT}|谁|哪儿?|怎么|多少|几个?)[都也]"
"""啥都不好干, 谁也没说: such a word that leaves something open instead of asking for it."""

A_NOT_A = r"(?P<a>\w)[不没](?P=a)"
"""能不能, 去没去: a word and its denial, which asks for a yes or a no."""

ANNOUNCEMENT = "(?:请问|请教|想问|问[下问]|问一下)"
"""Words that say that a question follows."""

A_BIT = "(?:一下子?|下(?![拉架单次个面方列降]))"
"""The 一下 behind a verb, which makes it polite; 下 that begins 下拉词 is none."""

PLEASE = "(?:请|能不能|能否|可不可以|可以|帮忙|帮我们?|给我们?|替我|麻烦|你(?=给|帮|能)|再(?=给|帮))"
"""Words by which a request begins."""
