"""Boilerplate out of pages: lines of any kinds, among them those that platforms write."""

from __future__ import annotations

from contextlib import ExitStack

from tests.fuzz.target import Check, Target
from tests.fuzz.targets._files import PROSE

# The first character of a line tells its kind: `#` to `######` a heading, `-` an item, `|` a row, `>` a quote,
# `~` code, `@` a link, `*` bold.
_SEED = "\n".join(
    (
        "# 群规",
        "作者：小满",
        "2026-05-01",
        PROSE.decode(),
        "## 分享到朋友圈",
        "@https://e.example/a",
        "|门店：滨江；月租：2 万",
        "本文由 @小满 原创发布于某某社区，未经许可，禁止转载",
        "题图来自 Unsplash，基于 CC0 协议",
        "12 人打赏",
        "推荐阅读",
        "@上一篇：欢迎语",
    )
).encode()
_TOKENS = tuple(
    token.encode()
    for token in (
        "\n~# ~## ~-~|~>~~~@~*~作者：~来源：~编辑：~微信号：~公众号：~审核："
        "~本文由@~ 原创发布于~禁止转载~题图来自~给作者打赏~人打赏"
        "~赞赏 收藏~点赞 收藏 ~更多精彩内容，请关注~公众号~专栏作家~#专栏作家#"
        "~推荐阅读~相关文章~猜你喜欢~扫码~报名~训练营~🔗~END~全文完"
        "~阅读量：~1.2万阅读~「天天问」为"
        "~原文链接：https://e.example/~https://mp.weixin.qq.com/s/a~2026-05-01~。~ ~\t~\u3000~群规~("
        "可加微信，备注~)~返回顶部~关注"
    ).split("~")
    if token
)
_KINDS = {"-": "LIST_ITEM", "|": "TABLE_ROW", ">": "QUOTE", "~": "CODE"}


def _prepare(stack: ExitStack) -> Check:
    from corpus.model import BlockKind
    from corpus.parsing.cleaning import clean, facts_on_page
    from corpus.parsing.lines import Line
    from corpus.parsing.metadata import Metadata, web_address
    from corpus.parsing.sections import build_sections

    def line(text: str) -> Line:
        level = len(text) - len(text.lstrip("#"))
        if 0 < level <= 6:
            return Line(text.lstrip("# "), level=level)
        kind = BlockKind[_KINDS.get(text[:1], "PARAGRAPH")]
        linked = text[:1] == "@"
        return Line(
            text[1:] if linked or text[:1] in _KINDS else text, kind, bold=text[:1] == "*", linked=float(linked)
        )

    def check(data: bytes) -> None:
        written = [text for text in data.decode("utf-8", "replace").split("\n") if text.strip()]
        lines = [each for each in map(line, written) if each.text]
        facts = facts_on_page(lines)
        assert facts.url is None or web_address(facts.url) == facts.url
        for metadata in (Metadata(), Metadata(url="https://mp.weixin.qq.com/s/a"), facts):
            cleaned = clean(lines, "群规", metadata)
            kept = [id(each) for each in cleaned.lines]
            assert kept == [identity for identity in map(id, lines) if identity in set(kept)], "lines keep their order"
            assert len(cleaned.lines) + len(cleaned.removals) <= len(lines)
            assert all(removal.rule for removal in cleaned.removals)
            build_sections(cleaned.lines)

    return check


TARGET = Target("cleaning", _prepare, (_SEED, PROSE), (*_TOKENS, PROSE))
