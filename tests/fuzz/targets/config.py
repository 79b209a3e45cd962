"""config.yaml, and behind a NUL a `--set` override: settings, or one line that says what is wrong."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from tests.fuzz.target import Check, Target

_FILE = Path(__file__).parents[3] / "config.yaml"
_SEED = b"corpus:\n  articles: a\ntelegram:\n  admins: [1, 2]\n  webhook: {url: null, port: 8443}\ndata_dir: d\n"
_TOKENS = (
    b"corpus|telegram|articles|uploads|passage_length|data_dir|admins|channels|allow|users|chats|webhook|url|"
    b"port|listen|limits"
    b"|retrieval|weights|freshness|rules|logging|level|form|monitoring|privacy|base_url|: |:\n|  |- |[|]|{|}|"
    b", |null|~|true|-1"
    b"|1|0|1e999|.nan|.inf|0x1F|1_000|99999999999999999999|2026-05-01|'|\"|&a |*a|<<: *a|"
    b"!!python/object/apply:os.system |!!set "
    b"|!!binary |? |# |---\n|\n|\0telegram.admins=|\0corpus=|\0data_dir=|=|.|\t|\xef\xbb\xbf|\xff|http://[|"
    b"[[[[[[[[|{a: {b: "
).split(b"|")


def _prepare(stack: ExitStack) -> Check:
    import tempfile

    from bot.config import load_settings
    from bot.errors import ConfigurationError

    file = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "config.yaml"

    def check(data: bytes) -> None:
        document, separator, override = data.partition(b"\0")
        file.write_bytes(document)
        try:
            settings = load_settings(file, [override.decode("utf-8", "replace")] if separator else [])
        except ConfigurationError as error:
            assert str(error)
            assert "\n" not in str(error)
            return
        assert all(admin > 0 for admin in settings.telegram.admins)

    return check


TARGET = Target("config", _prepare, (_SEED, _FILE.read_bytes(), _SEED + b"\0telegram.admins=[3]"), tuple(_TOKENS))
