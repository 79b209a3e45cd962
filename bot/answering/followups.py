"""Follow-up messages to whole questions: `那个人号呢` after `企业号认证要多少钱` asks for more than it says.

Rules only, no model: a message that depends on the one before it is completed by it; one with a subject of its own is a
new question and stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.answering.followup_detection import (
    HALF_WIDTH,
    MARKS,
    Dependence,
    depends_on_context,
    ellipsis_subject,
    names_nothing,
    remainder,
)
from bot.answering.message_form import read
from bot.answering.message_text import language
from bot.answering.small_talk import is_small_talk
from corpus.vocabulary.glossary import Glossary, Mention
from corpus.vocabulary.terms import Term
from embeddings.index.lexical import LexicalIndex


@dataclass(frozen=True, slots=True)
class Completed:
    """A message as a question of its own, how surely it needed the conversation for that, and the earlier question that
    it goes on from; None where it needs none."""

    text: str
    link: Dependence = Dependence.NONE
    earlier: str | None = None


def complete(question: str, history: Sequence[str], glossary: Glossary, lexical: LexicalIndex) -> Completed:
    """The question that a message asks after the earlier questions of the same person, oldest first.

    `lexical` belongs to the generation that is asked. A message without a usable earlier question, and a full new
    one, come back as they were typed. Where the link is less than certain, a search for the message as typed should
    have the first say.
    """
    earlier = standing_question(history, glossary, lexical)
    if earlier is None or is_small_talk(question):
        return Completed(question)
    link = depends_on_context(question, glossary, lexical)
    return Completed(_joined(earlier, question, glossary), link, earlier) if link else Completed(question)


def standing_question(history: Iterable[str], glossary: Glossary, lexical: LexicalIndex) -> str | None:
    """The last question of a conversation, itself completed by those before it.

    Greetings are no questions, and neither is one that names nothing to go on from.
    """
    standing: str | None = None
    for message in history:
        if not message.strip() or is_small_talk(message):
            continue
        asked = read(message).follow_up or message
        if standing is None and names_nothing(asked, glossary, lexical):
            continue
        follows = standing is not None and depends_on_context(asked, glossary, lexical) is Dependence.CERTAIN
        standing = _joined(standing, asked, glossary) if standing is not None and follows else asked
    return standing


# ── Two messages to one question ──────────────────────────────────────────────────────────────────────────────────

_LONGEST_EARLIER = 160
"""Characters of the earlier question that are kept; what it is about stands at its beginning."""

_PLATFORMS = frozenset("小红书 微信 企业微信 抖音 淘宝 天猫 京东 拼多多 美团 快手".split())
_IT = re.compile(r"(?:它们?|这个|那个)")
_KIND_OF = re.compile(r"(?:这边|那边|那种|这种|那个|的话|的)$")


def _joined(earlier: str, message: str, glossary: Glossary) -> str:
    """One question from two: the subject exchanged or put in where that is plain, else one after the other."""
    earlier = earlier.strip()[:_LONGEST_EARLIER].rstrip(MARKS + "，？！；：")
    message = message.strip()
    if language(message) == "en":
        return f"{earlier}? {message}" if language(earlier) == "en" else f"{earlier}，{message}"
    plain = unicodedata.normalize("NFKC", message).translate(HALF_WIDTH).strip(MARKS)
    return _exchanged(earlier, plain, glossary) or _put_in(earlier, plain, glossary) or f"{earlier}，{message}"


def _exchanged(earlier: str, message: str, glossary: Glossary) -> str | None:
    """`订阅号呢` after `服务号一个月能群发几次`: the earlier question about the other thing of the same kind."""
    found_subject = ellipsis_subject(remainder(message))
    subject = _KIND_OF.sub("", found_subject or "")
    if not 2 <= len(subject) <= 8:
        return None
    term = glossary.lookup(subject)
    same = [mention for mention in glossary.find(earlier) if _same_kind(subject, term, mention)]
    if len(same) == 1:
        return f"{earlier[: same[0].start]}{subject}{earlier[same[0].end :]}"
    return None


def _same_kind(subject: str, term: Term | None, mention: Mention) -> bool:
    """Whether a term of the earlier question can give its place to the subject: a platform to a platform, 号 to 号."""
    other = mention.term
    if mention.spelling in subject or other == term:
        return False
    if term is not None and (term.name in _PLATFORMS or other.name in _PLATFORMS):
        both = term.name in _PLATFORMS and other.name in _PLATFORMS
        return both or term.name[-2:] == other.name[-2:]  # 企业微信 and 个人微信
    related = term is not None and (other.name in term.related or term.name in other.related)
    return related or other.name[-1] == subject[-1]


def _put_in(earlier: str, message: str, glossary: Glossary) -> str | None:
    """`它和聚光有什么区别` after `薯条是什么`: the term asked about stands for the pronoun, or before the rest."""
    term = glossary.define(earlier)
    if term is None:
        return None
    body = remainder(message)
    if match := _IT.match(body):
        return f"{term.name}{body[match.end() :]}"
    return f"{term.name}{body}" if not glossary.find(body) else None
