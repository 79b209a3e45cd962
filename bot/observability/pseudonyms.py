"""Names for people in what may leave the machine, logs above all: who is the same has the same, and that is all."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from pathlib import Path

from bot.errors import BotError
from embeddings.durable_files import write_bytes

_FILE = "pseudonyms.key"
_KEY_BYTES = 32
_SHOWN = 10  # hexadecimal digits: among a million people two would share a name


class PseudonymsUnavailable(BotError):
    """The key cannot be read or made."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(f"{file} 用不了（{reason}）：请检查权限和磁盘空间；文件若已损坏，删掉它再启动就会重建")


class Pseudonyms:
    """A keyed hash of Telegram's ids. There are so few ids that without a key anybody could try them all."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def load(cls, data_dir: Path) -> Pseudonyms:
        """With the key in `data_dir`, which is made where there is none. Raises PseudonymsUnavailable."""
        file = data_dir / _FILE
        try:
            data_dir.mkdir(parents=True, exist_ok=True)
            if not file.exists():
                write_bytes(file, secrets.token_bytes(_KEY_BYTES), mode=0o600)
            key = file.read_bytes()
        except OSError as error:
            raise PseudonymsUnavailable(file, error.strerror or str(error)) from None
        if len(key) != _KEY_BYTES:
            raise PseudonymsUnavailable(file, "长度不对")
        return cls(key)

    def of(self, number: int | None) -> str:
        """The name of a person or chat, `~` and ten hexadecimal digits."""
        digest = hmac.new(self._key, str(number).encode(), hashlib.sha256)
        return f"~{digest.hexdigest()[:_SHOWN]}"
