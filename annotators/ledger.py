"""The ledger: what a teacher was asked and answered, durable before anything uses it.

    key      hash of the whole payload: prompt, picture hash, model, parameters
    answer   the text that came back, or what was left of it
    reason   empty for an answer; otherwise why the row failed
    frame_id the frame it speaks of, so that it can leave with its patient; empty: not known

SQLite in WAL mode with one writer. Answers that arrive together are committed together, each
commit with an fsync; `put` returns when its row is on disk. A kill -9 loses what was in flight.
"""

import asyncio
import fcntl
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, Self

from surgchain.schemas.errors import InputError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS rows (
  key TEXT PRIMARY KEY, answer TEXT NOT NULL, reason TEXT NOT NULL,
  prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL, seconds REAL NOT NULL,
  frame_id TEXT NOT NULL DEFAULT ''
)
"""
_OLDER = "ALTER TABLE rows ADD COLUMN frame_id TEXT NOT NULL DEFAULT ''"
BUSY_MS = 30_000


class Entry(NamedTuple):
    """One row of the ledger."""

    key: str
    answer: str
    reason: str = ""
    """Why it failed; empty for an answer."""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    """From sending to the last byte, the attempts that failed included."""
    frame_id: str = ""
    """The frame it speaks of; empty: not known, as in ledgers of older versions."""


class Purged(NamedTuple):
    """What left a ledger: before = kept + purged."""

    before: int
    kept: int
    purged: int
    unknown: int
    """Of the purged, those that do not say their frame."""


class Totals(NamedTuple):
    """What a ledger holds."""

    answered: int
    failed: int
    prompt_tokens: int
    completion_tokens: int
    seconds: float
    size: int
    """Bytes on disk, those in the write-ahead log included."""


class Ledger:
    """A ledger on disk. Reading is free for all; writing takes the one writer's lock."""

    def __init__(self, path: Path) -> None:
        """Open or make a ledger; raise `InputError` where another process writes to it."""
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = path.with_name(path.name + ".lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InputError(f"{path}: another process is drafting into it; wait for it") from error
        self._db = connect(path)
        self._reader = connect(path)  # reads while the writer waits for its fsync
        self._held = {_short(k) for (k,) in self._reader.execute("SELECT key FROM rows")}
        self._waiting: list[tuple[Entry, asyncio.Future[None]]] = []
        self._flushing: asyncio.Task[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the files; what `put` returned for is on disk already."""
        self._reader.close()
        self._db.close()
        self._lock.close()

    def get(self, key: str) -> Entry | None:
        """Return the row of a key, or None."""
        if _short(key) not in self._held:  # most are new, and a look-up would cost a GIL turn
            return None
        row = self._reader.execute("SELECT * FROM rows WHERE key = ?", (key,)).fetchone()
        return Entry(*row) if row else None

    async def put(self, entry: Entry) -> None:
        """Write a row, and return when it is on disk; rows that wait together share a commit."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((entry, done))
        if self._flushing is None:
            self._flushing = asyncio.create_task(self._flush())
        await done

    async def _flush(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                await asyncio.to_thread(self.write, [entry for entry, _ in batch])
            except sqlite3.Error as error:
                for _, done in batch:
                    done.set_exception(InputError(f"{self.path}: cannot be written: {error}"))
                continue
            for _, done in batch:
                if not done.cancelled():
                    done.set_result(None)
        self._flushing = None

    def write(self, entries: Iterable[Entry]) -> None:
        """Write rows in one durable commit; a row of the same key is replaced."""
        rows = list(entries)
        with self._db:
            self._db.executemany("INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        self._held.update(_short(r.key) for r in rows)

    def forget_failed(self) -> int:
        """Delete the rows that failed, so that they are asked again; return their number."""
        with self._db:
            return self._db.execute("DELETE FROM rows WHERE reason != ''").rowcount

    def forget_videos(self, video_ids: Iterable[str]) -> Purged:
        """Delete the rows about the frames of videos, and those that do not say their frame.

        All in one commit; deleted texts are overwritten on disk.
        """
        with self._db:
            count = "SELECT COUNT(*) FROM rows"
            before = self._db.execute(count).fetchone()[0]
            unknown = self._db.execute("DELETE FROM rows WHERE frame_id = ''").rowcount
            for video_id in video_ids:
                self._db.execute(
                    "DELETE FROM rows WHERE substr(frame_id, 1, length(:v)) = :v",
                    {"v": f"{video_id}/"},
                )
            kept = self._db.execute(count).fetchone()[0]
        if kept < before:  # what was deleted leaves the file and its log, too
            self._db.execute("VACUUM")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._held = {_short(k) for (k,) in self._reader.execute("SELECT key FROM rows")}
        return Purged(before, kept, before - kept, unknown)


def _short(key: str) -> int:
    return hash(key)


def connect(path: Path) -> sqlite3.Connection:
    """Open the file of a ledger; raise `InputError` where it is no ledger."""
    try:
        db = sqlite3.connect(path, check_same_thread=False)  # one thread at a time, by design
        db.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute(_SCHEMA)
        if "frame_id" not in {row[1] for row in db.execute("PRAGMA table_info(rows)")}:
            db.execute(_OLDER)
        db.execute("PRAGMA secure_delete = ON")
    except sqlite3.Error as error:
        raise InputError(f"{path}: not a ledger: {error}; move it away to start anew") from error
    return db


def totals(path: Path) -> Totals:
    """Return what a ledger holds, without taking the writer's lock."""
    db = connect(path)
    try:
        row = db.execute(
            "SELECT COALESCE(SUM(reason = ''), 0), COALESCE(SUM(reason != ''), 0), "
            "COALESCE(SUM(prompt_tokens), 0), COALESCE(SUM(completion_tokens), 0), "
            "COALESCE(SUM(seconds), 0.0) FROM rows"
        ).fetchone()
        pages, of_bytes = (db.execute(f"PRAGMA page_{w}").fetchone()[0] for w in ("count", "size"))
    finally:
        db.close()
    answered, failed, prompt, completion, seconds = row
    return Totals(answered, failed, prompt, completion, seconds, pages * of_bytes)


def failures(path: Path) -> Iterator[tuple[str, int]]:
    """Yield (reason, number of rows), the most frequent first."""
    db = connect(path)
    try:
        yield from db.execute(
            "SELECT reason, COUNT(*) FROM rows WHERE reason != '' GROUP BY reason "
            "ORDER BY COUNT(*) DESC, reason"
        ).fetchall()
    finally:
        db.close()
