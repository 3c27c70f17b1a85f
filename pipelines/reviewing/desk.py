"""The files of a review, and the one who may write them.

reviews/sent.jsonl        the ledger: what was sent to whom          (git or DVC)
reviews/log.jsonl         every version of every annotation          (git or DVC)
reviews/accounts.json     pseudonym -> number of the account
reviews/reviews.parquet   the reviews that stand                     (a dependency of dvc.yaml)
work/label-studio/        our own server: database, token, password  (never committed)
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from surgchain.annotators.label_studio import credentials, log, sent, server
from surgchain.annotators.label_studio.client import Client
from surgchain.annotators.label_studio.log import Entry
from surgchain.annotators.label_studio.sent import Sent
from surgchain.annotators.label_studio.snapshot import SECOND_LOOK, Snapshot, snapshot
from surgchain.pipelines.files import read_json, write_json
from surgchain.schemas import reviews as table
from surgchain.schemas.errors import InputError
from surgchain.schemas.reviews import Reviewed


class Desk(NamedTuple):
    """Where the files lie."""

    folder: Path = Path("reviews")
    state: Path = Path("work/label-studio")

    @property
    def sent(self) -> Path:
        """The ledger."""
        return self.folder / "sent.jsonl"

    @property
    def log(self) -> Path:
        """The log."""
        return self.folder / "log.jsonl"

    @property
    def snapshot(self) -> Path:
        """The reviews that stand."""
        return self.folder / "reviews.parquet"

    def client(self, url: str) -> Client:
        """Return our account on a server."""
        return Client(url, credentials.token(server.token_file(self.state)))

    def key(self) -> str:
        """Return the secret in the addresses of pictures."""
        return credentials.made(self.state / "pictures.key")

    def pictures(self, address: str) -> str:
        """Return what the addresses of pictures begin with."""
        return f"{address.rstrip('/')}/{self.key()}"

    def accounts(self) -> dict[str, int]:
        """Return the number of each reviewer's account, by pseudonym."""
        path = self.folder / "accounts.json"
        return read_json(path) if path.exists() else {}

    def bind(self, reviewer: str, account: int) -> None:
        """Note the account of a reviewer; raise where either is another's already."""
        accounts = self.accounts()
        for name, number in accounts.items():
            if (name == reviewer) != (number == account):
                raise InputError(
                    f"{self.folder / 'accounts.json'}: {name} has account {number} already; "
                    f"one reviewer, one account"
                )
        write_json(self.folder / "accounts.json", {**accounts, reviewer: account})

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other pushes and pulls away for the length of a block."""
        self.state.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.state / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise InputError(
                    f"{self.folder}: another push or pull is under way; try again when it is done"
                ) from error
            yield


def stand(desk: Desk) -> tuple[list[Entry], list[Sent], Snapshot]:
    """Return log, ledger and what stands; raise where the log is shorter than its snapshot."""
    entries, rows = log.read(desk.log), sent.read(desk.sent)
    head = table.head_of(desk.snapshot)
    if head not in ("", log.START, *(e.hash for e in entries)):
        raise InputError(
            f"{desk.log}: the entry that {desk.snapshot} was made from is gone: the log was cut; "
            f"restore it from git or DVC"
        )
    return entries, rows, snapshot(entries, rows, desk.accounts())


def write(desk: Desk, entries: list[Entry], rows: list[Sent], found: Snapshot) -> None:
    """Write the reviews that stand, where they are not what is written already."""
    reviewed = _reviewed(rows, found)
    if desk.snapshot.exists() and table.read(desk.snapshot) == reviewed:
        return  # the same reviews: no stage has to run again
    table.write(desk.snapshot, reviewed, log.head(entries))


def _reviewed(rows: list[Sent], found: Snapshot) -> list[Reviewed]:
    of = {(s.chain_id, s.reviewer, s.kind): s for s in rows}
    of |= {(c, r, SECOND_LOOK): s for (c, r, kind), s in of.items() if kind == "review"}
    return [
        Reviewed(
            review=r,
            asked=(s := of[r.chain_id, r.reviewer, r.kind]).asked,
            stratum=s.stratum,
            reason=s.reason,
            surgery=s.surgery,
            planted=s.planted,
        )
        for r in found.reviews
    ]
