"""Which questions of merchants their own numbers would answer better than any article."""

from __future__ import annotations

import re

from corpus.characters import fold

_COUNTABLE = re.compile(
    r"值多少钱|值多少|转化(?:几个|多少|得了几)|能成交?几[个单]|(?:成本|留资|私信|线索|获客|加微|一条|一个).{0,8}(?:贵不贵|贵吗|多少钱|划算)"
    r"|贵不贵|(?:预测|预估|估算|测算|倒推).{0,8}(?:gmv|成交|销售|业绩|订单|曝光|单)|(?:gmv|成交额|业绩).{0,4}怎么(?:算|预测|估)"
    r"|回不回得来|回得了本|多久回本|回本|盈亏|亏不亏|赚不赚|保本|roi"
    r"|(?:要|做|出)\s?\d+\s?[单个].{0,10}(?:曝光|私信|加微|线索|多少)|得多少曝光|需要多少曝光"
    r"|how much is .{0,20}worth|break.?even|pay(?:s)? back",
)


def asks_for_own_numbers(question: str) -> bool:
    """Whether a question asks for a sum that only the merchant's own numbers give: what a friend is worth, say."""
    return _COUNTABLE.search(fold(question)) is not None
