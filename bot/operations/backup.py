"""One archive of everything below the data directory that cannot be built again.

Configuration, secrets, models, indexes and the articles of the owner's own folders are not in it.
"""

from __future__ import annotations

import sqlite3
import tempfile
import zipfile
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from bot.articles.article_files import articles_on, is_regular
from bot.operations.backup_archive import CALIBRATION, STATE, UPLOADS, BackupContents, BackupRefused, Writer, as_json
from bot.state.database import StateUnavailable, sound
from bot.state.journal import empty_journal
from embeddings.durable_files import written_aside
from embeddings.index import pending_calibration


def back_up(data_dir: Path, uploads: Path, archive: Path) -> BackupContents:
    """Write the archive aside and put it in place at once; a bot may run meanwhile.

    Raises BackupRefused where there is nothing to save, StateUnavailable, OSError.
    """
    with written_aside(archive, mode=0o600) as stream, zipfile.ZipFile(stream, "w") as out:
        writer = Writer(out, datetime.now(UTC).replace(microsecond=0))
        # The state first: an article that comes in meanwhile is then one more than the state knows of, not less.
        migrations = _add_state(writer, data_dir, archive.parent)
        if (learnt := pending_calibration.learnt(data_dir)) is not None:
            writer.add(CALIBRATION, as_json(learnt.document()))
        for name, file in articles_on(uploads):
            if is_regular(file) and file.resolve() != archive.resolve():
                with suppress(FileNotFoundError):  # taken off since it was listed
                    writer.add_file(f"{UPLOADS}/{name}", file)
        if not writer.members:
            raise BackupRefused(f"{data_dir} 里还没有可备份的东西：没有 state.db、聊天里收的文章，也没有校准")
        return writer.finish(migrations)


def _add_state(writer: Writer, data_dir: Path, scratch: Path) -> tuple[str, ...]:
    """The names of the state's migrations, none where there is no state."""
    if not (data_dir / STATE).is_file():
        return ()
    with tempfile.TemporaryDirectory(prefix=".siyu-backup-", dir=scratch) as place:
        copy = Path(place) / STATE
        migrations = _snapshot(data_dir / STATE, copy)
        writer.add_file(STATE, copy)
    return migrations


def _snapshot(file: Path, copy: Path) -> tuple[str, ...]:
    """A consistent copy of a database that may be in use, and the names of its migrations. Raises StateUnavailable."""
    try:
        with (
            closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True, timeout=10)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
            empty_journal(target)
            # One file without a log beside it.
            target.execute("PRAGMA journal_mode = DELETE").fetchall()
            return sound(target)
    except sqlite3.Error as error:
        raise StateUnavailable(file, error) from None
