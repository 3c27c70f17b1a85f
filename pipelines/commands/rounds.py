"""`surgchain rounds list|rollback`: what each round brought, and the newest one taken back."""

from pathlib import Path
from typing import Annotated, Any

import typer

from surgchain.pipelines import params, round_lines
from surgchain.pipelines.corpus.lineage import trained_on
from surgchain.pipelines.corpus.project import Project
from surgchain.pipelines.files import whole_file
from surgchain.pipelines.status import status
from surgchain.schemas.errors import InputError

app = typer.Typer(
    no_args_is_help=True,
    help="""Rounds of self-improvement: what each brought, and the way back.

    Example: surgchain rounds list && surgchain rounds rollback""",
)
GAUGES = {
    "self_made": "own",
    "agreement": "agree",
    "near_duplicates": "twins",
    "distinct": "dist-3",
    "entropy": "bits",
}
"""Figure of a round -> head of its column."""


@app.command("list")
def list_() -> None:
    """Show the chains, gauges and dev gain of every round."""
    found = status()
    heads = "".join(f"{head:>8}" for head in GAUGES.values())
    print(f"{'round':8}{'chains':>10}{'kept':>8}{heads}  dev gain")
    for name, size in found["rounds"].items():
        told = found["gauges"].get(name, {})
        kept = found["harvest"].get(name, {}).get("out", "")
        shown = "".join(f"{told[g]:8.3f}" if g in told else " " * 8 for g in GAUGES)
        print(f"{name:8}{size:>10,}{kept:>8}{shown}  {gain(told)}".rstrip())


def gain(told: dict[str, Any]) -> str:
    """Say a round's gain on the locked dev questions, and whether the rule stops there."""
    if "dev" not in told:
        return ""
    g = told["dev"]
    stop = ": stop" if told["stop"] else ""
    return f"{g['mean']:+.3f} [{g['low']:+.3f}, {g['high']:+.3f}]{stop}"


@app.command()
def rollback(
    name: Annotated[str | None, typer.Argument(help="A round; none: the newest.")] = None,
    params_path: Annotated[Path, typer.Option("--params")] = params.DEFAULT_PATH,
) -> None:
    """Take the newest round out of params.yaml, and say which checkpoints learned from it.

    Nothing is deleted: what the round made stays until you remove it, and is made again if the
    round comes back. dvc.yaml makes its stages from params.yaml, so no stage of it is left.
    """
    rounds = params.read(params_path).get("rounds") or {}
    gone = name or round_lines.newest(rounds)
    if gone not in rounds:
        raise InputError(f"no round {gone!r} in {params_path}; there are {', '.join(rounds)}")
    later = [r for r, v in rounds.items() if v["after"] == gone or v["model"].endswith(f"/{gone}")]
    if later:
        raise InputError(f"{later[0]} follows {gone}; roll {later[0]} back first")
    text = round_lines.without(params_path.read_text(encoding="utf-8"), gone)
    with whole_file(params_path) as unfinished:
        unfinished.write_text(text, encoding="utf-8")
    print(f"{params_path}: round {gone} is out")
    held = [m["model"] for m in trained_on(Project(), [gone])]
    print("checkpoints that learned from it: " + (", ".join(held) or "none"))
    left = [str(p) for p in _places(gone) if p.exists()]
    print("still on disk, for you to remove: " + (" ".join(left) or "nothing"))


def _places(name: str) -> list[Path]:
    data = [Path("data") / kind / name for kind in ("harvest", "rounds", "shards")]
    counts = [Path(f"metrics/{kind}/{name}.json") for kind in ("harvest", "collect", "shard")]
    return [*data, Path("models/refine") / name, Path(f"data/evaluate/refine@{name}"), *counts]
