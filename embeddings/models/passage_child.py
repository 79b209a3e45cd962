"""The process in which many passages are encoded, so that torch and what it takes go with it.

`python -m embeddings.models.passage_child MODELS_DIR SETTINGS IDLE` (a path, `ModelSettings` as JSON, seconds) takes
requests on its standard input, a JSON list of texts a line. It answers with lines: `encoded N` after every batch, then
either `vectors ROWS COLUMNS` followed by that many little-endian float32, or `failed` with why, as JSON. It ends with
its standard input, and where nothing is asked for so long.
"""

from __future__ import annotations

import json
import os
import select
import sys
from pathlib import Path

import numpy as np

from embeddings.errors import EmbeddingsError
from embeddings.models.encoder import ModelSettings, load_whole


def main(arguments: list[str]) -> int:
    """Answer requests; the exit code."""
    directory, settings, idle = Path(arguments[0]), ModelSettings(**json.loads(arguments[1])), float(arguments[2])
    # What a library prints must not get between the answers.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    encoder = None

    def say(line: str, content: bytes = b"") -> None:
        out.write(line.encode() + b"\n" + content)
        out.flush()

    while select.select([sys.stdin.buffer], [], [], idle)[0]:
        line = sys.stdin.buffer.readline()
        if not line:
            break
        try:
            encoder = encoder or load_whole(settings, directory)
            vectors = encoder.encode_passages(json.loads(line), progress=lambda done, _: say(f"encoded {done}"))
            say(f"vectors {vectors.shape[0]} {vectors.shape[1]}", np.ascontiguousarray(vectors, "<f4").tobytes())
        except EmbeddingsError as error:
            say(f"failed {json.dumps(str(error))}")
        except BrokenPipeError:
            break  # nobody waits any more
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
