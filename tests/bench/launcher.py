"""Starts a command and tells, as JSON, its wall seconds, the most KiB it held, its exit code and its last words.

A process's own peak is counted from what its parent held when it forked: a parent of a gigabyte would hide it. So this
small script, which imports next to nothing, is run between: `python -S -E launcher.py COMMAND…`.
"""

import json
import os
import sys
import tempfile
import time


def main() -> None:
    """Run the command line's arguments as a command."""
    command = sys.argv[1:]
    with tempfile.TemporaryFile() as said:
        nothing = os.open(os.devnull, os.O_RDWR)
        streams = [(os.POSIX_SPAWN_DUP2, one, to) for one, to in ((nothing, 0), (nothing, 1), (said.fileno(), 2))]
        started = time.perf_counter()
        pid = os.posix_spawn(command[0], command, os.environ, file_actions=streams)
        _, status, usage = os.wait4(pid, 0)
        seconds = time.perf_counter() - started
        said.seek(0)
        words = said.read().decode("utf-8", "replace")[-2000:]
    print(json.dumps([seconds, usage.ru_maxrss, os.waitstatus_to_exitcode(status), words]))


if __name__ == "__main__":
    main()
