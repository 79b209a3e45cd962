"""How long to wait for what comes soon on a quiet machine, before it is taken for a hang."""

from __future__ import annotations

import os


def patience(seconds: float) -> float:
    """So many seconds, and as many times longer as more processes want to run at present than there are processors."""
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
