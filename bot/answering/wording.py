"""What is said before, or instead of, the quotes of an answer: the same words on every surface."""

from __future__ import annotations

from bot.answering.message_text import MAX_LENGTH
from bot.locales import Texts
from bot.model import Answer, Remark, SmallTalk, Status

_AND = "、"


def instead_of_quotes(answer: Answer, words: Texts) -> str:
    """What is said where there is nothing to quote: to small talk, to what is not clear, to what was not found."""
    if answer.status is Status.SMALLTALK:
        return words(answer.small_talk or SmallTalk.GREETING)
    if answer.remark is not None and not answer.searched:
        lines = [words(answer.remark, limit=MAX_LENGTH)]
        asked_back = answer.remark is Remark.BARE
    else:
        said = (
            words("refused_platform", platforms=_AND.join(answer.uncovered)) if answer.uncovered else words("refused")
        )
        lines = [*before_quotes(answer, words), said]
        asked_back = answer.incomplete
    return "\n".join([*lines, *([words("refused_incomplete")] if asked_back else [])])


def before_quotes(answer: Answer, words: Texts) -> list[str]:
    """The lines above everything else: that a link was not opened, which platform the answer is for."""
    lines = [words(Remark.LINK)] if answer.remark is Remark.LINK else []
    return [*lines, words("assumed_platform", platform=answer.assumed)] if answer.assumed else lines
