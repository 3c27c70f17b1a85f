"""Where the path stands: the counts of every stage, read from their metrics files."""

from collections import Counter
from pathlib import Path
from typing import Any

from surgchain.pipelines import params
from surgchain.pipelines.files import read_json

METRICS = Path("metrics")


def status(params_file: Path = params.DEFAULT_PATH, metrics: Path = METRICS) -> dict[str, Any]:
    """Return the counts; a stage that has not run counts 0, a model that is not there is left out.

    videos, frames, questions, drafts = rejected (by fault) + held + accepted, rounds, stages; then
    `refused` (by stage and reason), `planted` (found of planted, by fault), `gauges` (by round).
    """
    values = params.read(params_file)
    sources, rounds = sorted(values.get("sources") or {}), ["r0", *(values.get("rounds") or {})]

    def of(stage: str, name: str) -> dict[str, Any]:
        path = metrics / stage / f"{name}.json"
        found: dict[str, Any] = read_json(path) if path.exists() else {}
        return found

    def total(stage: str, key: str) -> int:
        return sum(int(of(stage, s).get(key, 0)) for s in sources)

    first = of("collect", "r0")
    trained = ["pretrain", "coldstart", "grpo", *(f"refine@{r}" for r in rounds[1:])]
    return {
        "videos": total("ingest", "videos"),
        "frames": total("frames", "out"),
        "questions": total("questions", "questions"),
        "drafts": total("draft", "out"),
        "rejected": first.get("rejected", {}),
        "held": first.get("held", 0),
        "accepted": first.get("accepted", 0),
        "rounds": {r: of("collect", r).get("examples", 0) for r in rounds},
        "stages": {
            name: {k: scores[k] for k in ("accuracy", "low", "high", "n")}
            for name in trained
            if (scores := of("evaluate", name))
        },
        "refused": _refused(of, sources),
        "planted": _planted(of, sources),
        "harvest": {r: of("harvest", r) for r in rounds[1:] if of("harvest", r)},
        "gauges": {r: told for r in rounds[1:] if (told := _gauges(of, r))},
    }


def _gauges(of: Any, name: str) -> dict[str, Any]:
    """Return how a round looks from afar: the harvest's gauges, its own share, its dev gain."""
    told: dict[str, Any] = dict(of("harvest", name).get("gauges", {}))
    released = of("collect", name).get("released_by", {})
    if released:
        told["self_made"] = released.get("self", 0) / sum(released.values())
    learnt = of("train", f"refine@{name}")
    return {**told, **{key: learnt[key] for key in ("dev", "stop") if key in learnt}}


def _refused(of: Any, sources: list[str]) -> dict[str, dict[str, int]]:
    refused: dict[str, Counter[str]] = {}
    for stage in ("ingest", "frames", "questions", "draft"):
        for source in sources:
            refused.setdefault(stage, Counter()).update(of(stage, source).get("refused", {}))
    return {stage: dict(reasons) for stage, reasons in refused.items() if reasons}


def _planted(of: Any, sources: list[str]) -> dict[str, dict[str, int]]:
    planted: dict[str, Counter[str]] = {}
    for source in sources:
        for fault, found in of("check", source).get("planted", {}).items():
            planted.setdefault(fault, Counter()).update({"n": found["n"], "found": found["found"]})
    return {fault: dict(found) for fault, found in sorted(planted.items())}
