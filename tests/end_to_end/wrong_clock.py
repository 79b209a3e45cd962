"""The bot under a wall clock that is wrong: `python -m tests.end_to_end.wrong_clock FILE CONFIG`.

FILE holds the seconds by which it is ahead, and may change while the bot runs. Only what reads the time of day is
concerned, as when somebody sets the machine's clock; clocks that merely run on are what they are.
"""

from __future__ import annotations

import datetime
import sys
import time
from pathlib import Path


def _set_wrong(file: Path) -> None:
    right, real = time.time, datetime.datetime

    def wrong() -> float:
        return right() + float(file.read_text())

    class WrongDatetime(real):  # type: ignore[misc, valid-type]
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:
            return cls.fromtimestamp(wrong(), tz)  # type: ignore[no-any-return]

    time.time = wrong
    datetime.datetime = WrongDatetime  # type: ignore[misc]


if __name__ == "__main__":
    _set_wrong(Path(sys.argv.pop(1)))
    from tests.end_to_end.bot_process import main  # everything of ours is imported after the clock was set

    main()
