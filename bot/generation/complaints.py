"""What an endpoint's error means, by its status and its words: every one becomes a `Failure`."""

from __future__ import annotations

import re

from bot.generation.outcomes import Failure

_DECLINED = re.compile(
    r"content[ _]?exists[ _]?risk|data_?inspection|risk_?detection|sensitive|content[ _]?(filter|policy|management)"
    r"|moderation|inappropriate|\b1301\b|敏感|违规|不安全",
    re.IGNORECASE,
)
_TOO_LONG = re.compile(
    r"context[ _]?(length|size|window)|range of input length|(prompt|input|request).{0,40}too (long|large)"
    r"|maximum.{0,30}(length|context)|exceed.{0,40}(context|max_model_len|token limit)",
    re.IGNORECASE,
)
_BALANCE = re.compile(
    r"arrearage|overdue|insufficient[ _]?(quota|balance|funds)|balance|billing|欠费|余额", re.IGNORECASE
)
_MODEL = re.compile(
    r"model.{0,60}(not (found|exist|open)|does ?n.t exist)|(unknown|invalid|no such) model", re.IGNORECASE
)
_KEY = re.compile(r"(invalid|incorrect|missing|wrong).{0,20}api.?key|unauthori[sz]ed|authentication", re.IGNORECASE)

_BY_STATUS = {
    401: Failure.KEY,
    402: Failure.BALANCE,
    403: Failure.KEY,
    404: Failure.MODEL,
    405: Failure.ADDRESS,
    408: Failure.TIMEOUT,
    410: Failure.MODEL,
    413: Failure.TOO_LONG,
    429: Failure.RATE,
    504: Failure.TIMEOUT,
}

SHORTENED = 300
"""Characters of an endpoint's words that reach the log."""


def meaning(status: int | None, said: str) -> Failure:
    """What an error means. `status` is None for one that came in the middle of a stream.

    The words go before the status where endpoints disagree about that: moderation, length and money.
    """
    by_words = (
        (_BALANCE, Failure.BALANCE, (None, 400, 402, 403, 429)),
        (_DECLINED, Failure.DECLINED, (None, 400, 403, 422, 451, 500)),
        (_TOO_LONG, Failure.TOO_LONG, (None, 400, 413, 422, 500)),
        (_MODEL, Failure.MODEL, (None, 400, 403, 404, 422)),
        (_KEY, Failure.KEY, (None, 400)),
    )
    for pattern, failure, statuses in by_words:
        if status in statuses and pattern.search(said):
            return failure
    if status is None:
        return Failure.BROKEN
    if 300 <= status < 400:
        return Failure.ADDRESS
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return Failure.OVERLOADED if status >= 500 else Failure.REJECTED
