"""What is told from a question's text alone, before and beside any search, with the glossary that is shipped."""

from __future__ import annotations

from contextlib import ExitStack

from tests.fuzz.target import Check, Target

_SEEDS = tuple(
    text.encode()
    for text in (
        "加v会不会封号？",
        "那个人号呢",
        "好的谢谢老师，还有企业微信一个人最多能加多少客户",
        "什么是企微",
        "@TestQABot what is the limit of WeCom friends?",
    )
)
_TOKENS = (
    "好~好的~哈~6~谢~谢谢~嗯~哦~hi ~hello~你好~大家~老师~呀~呢~吗~了~的~在吗~那~那个~第二个~这~它~怎么~什么是~"
    "是什么意思~什么意思~多少~几"
    "~不~没~有没有~请问~想问~一下~帮我~解释~所以~但是~还是~企业微信~企微~加v~小红书~私信通~封号~what is ~"
    "meaning~the ~of ~any~one ~?~？~!~,~，"
    "~。~ ~\n~@~/ask ~https://e.example/ ~[链接]~😀~\u200b~1~12.5~级~A~换成~如果~呢？~都~也~谁~咋~啥~…~|~ｗ~İ~ß"
)


def _prepare(stack: ExitStack) -> Check:
    from bot.answering.curated.phrasing import Phrasings
    from bot.answering.followups import complete
    from bot.answering.message_form import read
    from bot.answering.message_text import MAX_LENGTH, clean, language
    from bot.answering.open_questions import asks_everybody
    from bot.answering.small_talk import is_small_talk
    from corpus.vocabulary.glossary import Glossary
    from embeddings.index.lexical import LexicalIndex
    from embeddings.index.segmentation import Segmenter

    glossary = Glossary.load()
    segmenter = Segmenter(glossary.words())
    lexical = LexicalIndex.index(["企业微信一个人最多加几个客户", "小红书私信通多少钱", "定金收三成"], segmenter)
    phrasings = Phrasings(glossary, segmenter)

    def check(data: bytes) -> None:
        text = data.decode("utf-8", "surrogateescape")
        is_small_talk(text)
        asks_everybody(text)
        question, _, earlier = clean(text).partition("|")
        assert len(question) <= MAX_LENGTH
        assert language(question) in {"zh", "en"}
        assert len(read(question).core) <= len(question) + len("what is ")
        glossary.define(question)
        canonical = glossary.canonical(question)
        assert glossary.canonical(canonical) == canonical
        assert complete(question, [earlier, "企业微信多少钱"], glossary, lexical).text.strip() or not question.strip()
        phrasings.read(question)

    return check


TARGET = Target("questions", _prepare, _SEEDS, tuple(token.encode() for token in _TOKENS.split("~")))
