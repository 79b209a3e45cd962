"""How many processors numpy's linear algebra takes."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache
from typing import Any

import numpy as np  # noqa: F401 - its BLAS has to be loaded to be found


def one_blas_thread() -> AbstractContextManager[Any]:
    """In the block the products and decompositions of numpy take one processor; entering costs 10 microseconds.

    On an idle machine a second one hardly shows at these sizes. Where another process wants the same processor, the two
    wait for each other: 11 ms instead of 0.7 for a product of 5 500 x 384, seconds instead of 20 ms for the
    eigenvectors of 384 x 384 (measured on 2 cores).
    """
    limited: AbstractContextManager[Any] = _controller().limit(limits=1, user_api="blas")
    return limited


@cache
def _controller() -> Any:
    from threadpoolctl import ThreadpoolController  # noqa: PLC0415 - looks through all loaded libraries

    return ThreadpoolController()
