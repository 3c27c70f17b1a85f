"""Choose the chains that people should see, and say why.

Reads   chains and verdicts of one source.
Writes  <out>: a table of (chain_id, stratum, reason). Chains chosen here wait for a person, but for
        the gold ones, which carry a planted fault and enter nowhere, and those near the threshold,
        which enter as a person's edit or not at all.

    audit          drawn at random: speaks for its stratum, and may release it
    policy         every chain of a task that policy names
    disagreement   another chain of the same question of the same frame answers otherwise
    doubt          the model was of two minds: a middling share of its samples were right
    near           it failed narrowly: no check gave it less than `near`
    rare           its answer is rare in its stratum
    gold           hidden: a planted fault, to see whether reviewers see it
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
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

FAILED = ("gold", "near")
"""Reasons of chains that did not pass."""
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
    near: float = Field(default=0.0, ge=0, le=1)
    """Chains that failed with this score or more of every check go to people; 0: none does. An edit
    of theirs enters; an accept tells that the checkers were wrong, and does not."""
    rare_at_most: int = Field(default=0, ge=0)
    """An answer with as few chains in its stratum is rare; 0: none is."""
    gold: int = Field(default=0, ge=0)
    """Chains with a planted fault that are hidden among the others."""
    blind: bool = True
    """Whether the checkers' findings are never shown to reviewers; false: to each of them after
    their first decision was read. Read by `surgchain review push`."""


def choose(
    written: Iterable[Chain], verdicts: Mapping[str, Verdict], source: str, section: Params
) -> list[dict[str, str]]:
    """Return the rows: the audit first, since what was drawn at random must stay called so."""
    strata: dict[str, list[Chain]] = defaultdict(list)
    failed: list[Chain] = []
    for chain in written:
        found = verdicts.get(chain.chain_id)
        if found and found.passed:
            strata[stratum(source, chain)].append(chain)
        else:
            failed.append(chain)
    chosen = [
        (chain, reason)
        for _, passed in sorted(strata.items())
        for reason, chain in _chosen(passed, section)
    ]
    planted = [c for c in failed if c.provenance and c.provenance.planted]
    chosen += [(c, "gold") for c in _drawn(planted, "gold", section.gold)]
    known = {c.chain_id for c in planted}
    chosen += [
        (c, "near") for c in failed if c.chain_id not in known and _near(c, verdicts, section.near)
    ]
    reasons: dict[str, dict[str, str]] = {}
    for chain, reason in chosen:
        row = {"chain_id": chain.chain_id, "stratum": stratum(source, chain), "reason": reason}
        reasons.setdefault(chain.chain_id, row)
    return list(reasons.values())


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


def _near(chain: Chain, verdicts: Mapping[str, Verdict], least: float) -> bool:
    found = verdicts.get(chain.chain_id)
    if least == 0 or found is None or not found.checks:
        return False
    return min(found.checks.values()) >= least


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
    judged = {v.chain_id: v for v in tables.read(verdicts, Verdict)}
    written = list(tables.read(chains, Chain))
    rows = choose(written, judged, source, section)
    tables.write_rows(out, rows, TASKS)
    failed = sum(
        not (found and found.passed) for found in (judged.get(c.chain_id) for c in written)
    )
    of_failed = sum(r["reason"] in FAILED for r in rows)
    counts = Counts()
    counts.taken, counts.out = len(written), len(rows)
    counts.refuse("did not pass", number=failed - of_failed)
    counts.refuse("not chosen", number=len(written) - failed - len(rows) + of_failed)
    counts.write(metrics, reasons=dict(Counter(r["reason"] for r in rows)))


if __name__ == "__main__":
    main(run)
