"""Choose the chains that people should see, and say why.

Reads   chains and verdicts of one source.
Writes  <out>: a table of (chain_id, stratum, reason). Chains chosen here wait for a person, but for
        the gold ones, which carry a planted fault and enter nowhere.

    audit          drawn at random: speaks for its stratum, and may release it
    policy         every chain of a task that policy names
    disagreement   another chain of the same question of the same frame answers otherwise
    doubt          the model was of two minds: a middling share of its samples were right
    rare           its answer is rare in its stratum
    gold           hidden: a planted fault, to see whether reviewers see it
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import typer
from pydantic import Field

from surgchain.pipelines import params
from surgchain.pipelines.corpus.rounds import stratum
from surgchain.pipelines.counts import Counts
from surgchain.pipelines.stages import main
from surgchain.schemas import chain_text, tables
from surgchain.schemas.ids import content_id
from surgchain.schemas.records import Chain, Task, Verdict

TASKS = pa.schema([("chain_id", pa.string()), ("stratum", pa.string()), ("reason", pa.string())])


class Params(params.Section):
    """What people are shown."""

    audit_share: float = Field(default=0.05, ge=0, le=1)
    """Share of each stratum's passed chains that goes to people, drawn by content hash."""
    audit_min: int = Field(default=10, ge=0)
    """Chains at least per stratum, where it has that many. A release at 0.90 takes 29 or more."""
    policy: tuple[Task, ...] = ()
    """Tasks of which every chain goes to people: [cvs] for anything near a patient; empty: none."""
    doubt: float = Field(default=0.0, ge=0, le=0.5)
    """A share of right samples at least this far from 0 and from 1 is doubt; 0: not looked at."""
    disagreement: bool = False
    """Whether chains that answer one question of one frame differently go to people."""
    rare_at_most: int = Field(default=0, ge=0)
    """An answer with as few chains in its stratum is rare; 0: none is."""
    gold: int = Field(default=0, ge=0)
    """Chains with a planted fault that are hidden among the others."""


def choose(
    passed: list[Chain], failed: list[Chain], source: str, section: Params
) -> list[dict[str, str]]:
    """Return the rows: the audit first, since what was drawn at random must stay called so."""
    strata: dict[str, list[Chain]] = defaultdict(list)
    for chain in passed:
        strata[stratum(source, chain)].append(chain)
    reasons: dict[str, tuple[str, str]] = {}
    for name, chains in sorted(strata.items()):
        for reason, chosen in _chosen(chains, section):
            reasons.setdefault(chosen.chain_id, (name, reason))
    planted = [c for c in failed if c.provenance and c.provenance.planted]
    for chain in _drawn(planted, "gold", section.gold):
        reasons.setdefault(chain.chain_id, (stratum(source, chain), "gold"))
    return [
        {"chain_id": chain_id, "stratum": name, "reason": reason}
        for chain_id, (name, reason) in reasons.items()
    ]


def _chosen(chains: list[Chain], section: Params) -> Iterator[tuple[str, Chain]]:
    wanted = max(section.audit_min, round(section.audit_share * len(chains)))
    yield from (("audit", c) for c in _drawn(chains, "audit", wanted))
    differing, common = _differing(chains), Counter(_answer(c) for c in chains)
    rules: dict[str, Callable[[Chain], bool]] = {
        "policy": lambda c: c.question.task in section.policy,
        "disagreement": lambda c: section.disagreement and c.chain_id in differing,
        "doubt": lambda c: section.doubt > 0 and _in_doubt(c, section.doubt),
        "rare": lambda c: common[_answer(c)] <= section.rare_at_most,
    }
    for reason, rule in rules.items():
        yield from ((reason, c) for c in chains if rule(c))


def _drawn(chains: list[Chain], purpose: str, number: int) -> list[Chain]:
    return sorted(chains, key=lambda c: content_id(purpose, c.chain_id))[:number]


def _answer(chain: Chain) -> str:
    answer = chain_text.parse(chain.text).answer
    return answer.text if answer else ""


def _differing(chains: list[Chain]) -> frozenset[str]:
    """Return the ids of chains whose twin, of the same frame and task, answers otherwise."""
    twins: dict[tuple[str, str], list[Chain]] = defaultdict(list)
    for chain in chains:
        twins[chain.frame_id, chain.question.task].append(chain)
    return frozenset(
        c.chain_id
        for group in twins.values()
        if len({_answer(c) for c in group}) > 1
        for c in group
    )


def _in_doubt(chain: Chain, margin: float) -> bool:
    found = chain.provenance
    if found is None or found.samples_right is None:
        return False
    return margin <= found.samples_right / found.samples <= 1 - margin


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
    failed = [c for c in written if c.chain_id not in passed_ids]
    rows = choose(passed, failed, source, section)
    tables.write_rows(out, rows, TASKS)
    gold = sum(r["reason"] == "gold" for r in rows)
    counts = Counts()
    counts.taken, counts.out = len(written), len(rows)
    counts.refuse("did not pass", number=len(failed) - gold)
    counts.refuse("not chosen", number=len(passed) - len(rows) + gold)
    counts.write(metrics, reasons=dict(Counter(r["reason"] for r in rows)))


if __name__ == "__main__":
    main(run)
