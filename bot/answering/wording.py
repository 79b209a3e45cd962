"""What is said before, or instead of, the quotes of an answer: the same words on every surface."""

from __future__ import annotations

from bot.answering.message_text import MAX_LENGTH
from bot.locales import Texts
from bot.model import Answer, Remark, SmallTalk, Status


def instead_of_quotes(answer: Answer, words: Texts) -> str:
    """What is said where there is nothing to quote: to small talk, to what is not clear, to what was not found."""
    if answer.status is Status.SMALLTALK:
        return words(answer.small_talk or SmallTalk.GREETING)
    if answer.remark is not None and not answer.searched:
        return words(answer.remark, limit=MAX_LENGTH)
    lines = [words("refused"), *([words("refused_incomplete")] if answer.incomplete else [])]
    return "\n".join([*before_quotes(answer, words), *lines])


def before_quotes(answer: Answer, words: Texts) -> list[str]:
    """The lines above everything else: that a link was not opened."""
    return [words(Remark.LINK)] if answer.remark is Remark.LINK else []
