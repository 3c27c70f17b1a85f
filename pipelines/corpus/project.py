"""Where a project keeps what its path made: the outputs that dvc.yaml names, for the commands.

Stages get every path as an argument; only commands, which look at everything, use this.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from surgchain.pipelines import params
from surgchain.schemas.errors import InputError


class Written(NamedTuple):
    """A table of chains, and the table of their verdicts."""

    chains: Path
    verdicts: Path


class Project(NamedTuple):
    """The folder of a project."""

    root: Path = Path()

    @property
    def data(self) -> Path:
        """Return the folder of all outputs but models."""
        return self.root / "data"

    @property
    def params(self) -> Path:
        """Return the file of settings."""
        return self.root / params.DEFAULT_PATH

    @property
    def withdrawals(self) -> Path:
        """Return the ledger of surgeries that left."""
        return self.root / "withdrawals.jsonl"

    def sources(self) -> list[str]:
        """Return the names of the selected sources that have been ingested."""
        named = sorted(params.read(self.params).get("sources") or {})
        return [s for s in named if (self.data / "ingest" / s / "videos.parquet").exists()]

    def ingested(self, source: str, table: str) -> Path:
        """Return `videos` or `scenes` of a source."""
        return self.data / "ingest" / source / f"{table}.parquet"

    def frame_index(self, source: str) -> Path:
        """Return the table of a source's pictures."""
        return self.data / "frames" / source / "index.parquet"

    def written(self) -> Iterator[Written]:
        """Yield the tables of chains: drafts of the sources, then harvests of the rounds."""
        for source in self.sources():
            chains = self.data / "drafts" / f"{source}.parquet"
            if chains.exists():
                yield Written(chains, self.data / "verdicts" / f"{source}.parquet")
        for chains in sorted((self.data / "harvest").glob("*/chains.parquet")):
            yield Written(chains, chains.with_name("verdicts.parquet"))

    def rounds(self) -> list[str]:
        """Return the rounds that were collected, in their order: r0, then those of params.yaml."""
        named = ["r0", *(params.read(self.params).get("rounds") or {})]
        return [r for r in named if self.examples(r).exists()]

    def examples(self, name: str) -> Path:
        """Return the examples of a round."""
        return self.data / "rounds" / name / "examples.parquet"

    def shards(self, name: str) -> Path:
        """Return the folder of a round's shards."""
        return self.data / "shards" / name

    def reviews(self) -> list[Path]:
        """Return the snapshots of reviewers' decisions."""
        found = sorted((self.root / "reviews").glob("*.parquet"))
        return [path for path in found if path != self.curation]

    @property
    def curation(self) -> Path:
        """Return the snapshot of the tags that were set in FiftyOne."""
        return self.root / "reviews" / "curation.parquet"

    def require_round(self, name: str) -> Path:
        """Return the examples of a round; raise `InputError` with the rounds that are there."""
        path = self.examples(name)
        if not path.exists():
            known = ", ".join(self.rounds()) or "none: run `dvc repro`"
            raise InputError(f"no round {name!r} in {self.data / 'rounds'}; there are: {known}")
        return path
