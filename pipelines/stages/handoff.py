"""Choose the chains that people should see, and say why.

Reads   chains and verdicts of one source.
Writes  <out>: a table of (chain_id, stratum, reason). Chains chosen here wait for a person.
"""

from collections import defaultdict
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import typer
from pydantic import Field

from surgchain.pipelines import params
from surgchain.pipelines.corpus.rounds import stratum
from surgchain.pipelines.counts import Counts
from surgchain.pipelines.stages import main
from surgchain.schemas import tables
from surgchain.schemas.ids import content_id
from surgchain.schemas.records import Chain, Verdict

TASKS = pa.schema([("chain_id", pa.string()), ("stratum", pa.string()), ("reason", pa.string())])


class Params(params.Section):
    """What people are shown."""

    audit_share: float = Field(default=0.05, ge=0, le=1)
    """Share of each stratum's passed chains that goes to people, drawn by content hash."""
    audit_min: int = Field(default=10, ge=0)
    """Chains at least per stratum, where it has that many."""


def choose(passed: list[Chain], source: str, section: Params) -> list[dict[str, str]]:
    """Return the rows of the audit sample: a share of each stratum, drawn by content hash."""
    strata: dict[str, list[Chain]] = defaultdict(list)
    for chain in passed:
        strata[stratum(source, chain)].append(chain)
    rows = []
    for name, chains in sorted(strata.items()):
        wanted = max(section.audit_min, round(section.audit_share * len(chains)))
        drawn = sorted(chains, key=lambda c: content_id("audit", c.chain_id))[:wanted]
        rows += [{"chain_id": c.chain_id, "stratum": name, "reason": "audit"} for c in drawn]
    return rows


def run(
    source: Annotated[str, typer.Option(help="Name of the source in params.yaml.")],
    chains: Annotated[Path, typer.Option(help="Drafts (CHAINS).")],
    verdicts: Annotated[Path, typer.Option(help="Their verdicts (VERDICTS).")],
    out: Annotated[Path, typer.Option(help="Table of what people should see.")],
    metrics: Annotated[Path, typer.Option(help="Counts, as JSON.")],
    params_path: Annotated[Path, typer.Option("--params")] = params.DEFAULT_PATH,
) -> None:
    """Choose what people see of one source."""
    section = params.load("handoff", Params, params_path)
    passed_ids = {v.chain_id for v in tables.read(verdicts, Verdict) if v.passed}
    written = list(tables.read(chains, Chain))
    passed = [c for c in written if c.chain_id in passed_ids]
    rows = choose(passed, source, section)
    tables.write_rows(out, rows, TASKS)
    counts = Counts()
    counts.taken, counts.out = len(written), len(rows)
    counts.refuse("did not pass", number=len(written) - len(passed))
    counts.refuse("not drawn", number=len(passed) - len(rows))
    counts.write(metrics)


if __name__ == "__main__":
    main(run)
