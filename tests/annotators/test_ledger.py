import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from surgchain.annotators.ledger import Entry, Ledger, Purged, failures, totals
from surgchain.schemas.errors import InputError

WRITER = """
import asyncio, sys
from pathlib import Path
from surgchain.annotators.ledger import Entry, Ledger

async def main():
    with Ledger(Path(sys.argv[1])) as ledger:
        for number in range(100_000):
            await ledger.put(Entry(f"k{number}", "x" * 500))
            print(number, flush=True)

asyncio.run(main())
"""


def put(ledger: Ledger, *entries: Entry) -> None:
    async def all_of_them() -> None:
        await asyncio.gather(*(ledger.put(e) for e in entries))

    asyncio.run(all_of_them())


def test_what_was_put_is_there_after_opening_it_again(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    entry = Entry("k", "an answer", "", 100, 20, 1.5)
    with Ledger(path) as ledger:
        put(ledger, entry)
    with Ledger(path) as ledger:
        assert ledger.get("k") == entry
        assert ledger.get("other") is None


def test_what_was_written_at_once_is_found_without_opening_it_again(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l.sqlite") as ledger:
        ledger.write([Entry("k1", "answer")])
        assert ledger.get("k1") == Entry("k1", "answer")


def test_totals_and_reasons_add_up(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with Ledger(path) as ledger:
        put(
            ledger,
            *(Entry(f"a{n}", "yes", "", 10, 2, 0.5) for n in range(3)),
            *(Entry(f"f{n}", "", "refused") for n in range(2)),
            Entry("g", "", "the server hung"),
        )
        assert totals(path)[:5] == (3, 3, 30, 6, 1.5)
        assert list(failures(path)) == [("refused", 2), ("the server hung", 1)]
        assert ledger.forget_failed() == 3
        assert totals(path)[:5] == (3, 0, 30, 6, 1.5)


def spoken(**texts: str) -> list[Entry]:
    """Entries of frames: `ward__VID01__000001` is ward/VID01/000001."""
    return [Entry(k, text, frame_id=k.replace("__", "/")) for k, text in texts.items()]


def test_texts_leave_with_their_video_and_the_bytes_of_the_file_with_them(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with Ledger(path) as ledger:
        ledger.write(
            spoken(ward__VID01__000001="the secret of one", ward__VID01__000002="and two",
                   ward__VID010__000001="another patient", ward__VID02__000001="a third")
        )  # fmt: skip
        assert ledger.forget_videos(["ward/VID01"]) == Purged(4, 2, 2, 0)
        assert ledger.get("ward__VID01__000001") is None
        assert ledger.get("ward__VID010__000001").answer == "another patient"
        on_disk = b"".join(p.read_bytes() for p in tmp_path.iterdir())
        assert b"another patient" in on_disk
        assert b"the secret" not in on_disk
        assert b"and two" not in on_disk
        assert ledger.forget_videos(["ward/VID01"]) == Purged(2, 2, 0, 0)


def test_a_text_that_says_no_frame_leaves_too_since_nobody_knows_whose_it_is(
    tmp_path: Path,
) -> None:
    path = tmp_path / "ledger.sqlite"
    with sqlite3.connect(path) as older:  # as written before rows said their frame
        older.execute(
            "CREATE TABLE rows (key TEXT PRIMARY KEY, answer TEXT NOT NULL, reason TEXT NOT NULL, "
            "prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL, "
            "seconds REAL NOT NULL)"
        )
        older.execute("INSERT INTO rows VALUES ('k', 'whose?', '', 1, 2, 0.5)")
    older.close()
    with Ledger(path) as ledger:
        assert ledger.get("k") == Entry("k", "whose?", "", 1, 2, 0.5, "")
        ledger.write(spoken(ward__VID02__000001="kept"))
        assert ledger.forget_videos(["ward/VID01"]) == Purged(2, 1, 1, 1)


def test_the_size_counts_what_is_still_in_the_log(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l.sqlite") as ledger:
        empty = totals(ledger.path).size
        ledger.write(Entry(f"k{n}", "x" * 1000) for n in range(100))
        assert 100_000 <= totals(ledger.path).size - empty <= 200_000


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with Ledger(path), pytest.raises(InputError, match="another process is drafting into it"):
        Ledger(path)


def test_a_file_that_is_no_ledger_is_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"not a database at all, but long enough to be read as one" * 20)
    with pytest.raises(InputError, match="not a ledger"):
        Ledger(path)


def test_kill_9_loses_no_row_that_was_reported(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    for _ in range(3):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE, text=True
        )
        told = [int(process.stdout.readline()) for _ in range(40)]
        os.kill(process.pid, signal.SIGKILL)
        told += [int(line) for line in process.stdout if line.endswith("\n")]
        process.wait()
        with Ledger(path) as ledger:
            assert [n for n in told if ledger.get(f"k{n}") is None] == []
