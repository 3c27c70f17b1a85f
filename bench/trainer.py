"""Each training stage beside a control, on surgeries nobody looked at: `make bench-trainer`.

It trains on the corpus that `make repro` leaves, and asks about phantom surgeries of another seed
that nothing else in the project reads: they are made here, and opened once, when all models of all
seeds are trained.

The cold start sees few chains, since chains cost a teacher and labels do not. GRPO and the harvest
ask about surgeries that have labels and were not learnt before: on those learnt by heart the
samples are right, and GRPO gained nothing (docs/experiments.md). For each seed: pretrain,
coldstart, grpo, harvest, refine; two controls: steps of cold-start learning that cost as much as
grpo did, on the old chains and on direct questions about all surgeries, and the refine steps
without the new chains; and a twin that learns direct answers for as many steps as the cold start.
`DIALS` were chosen on the demo's own test surgeries. Gains are paired by question, bootstrapped
over surgeries, and pooled over seeds. Models stand in work/bench/trainer; what is there is not
made again.

    python bench/trainer.py [SEED ...]      0 1 2 where none is given
    python bench/trainer.py --train SEED    one seed, without opening the held-out questions
    python bench/trainer.py --short         one seed of a few steps: whether it all runs; no figure
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from rows import Row, finish

from surgchain.pipelines import params
from surgchain.qa.metrics import intervals
from surgchain.schemas import tables
from surgchain.schemas.errors import InputError
from surgchain.schemas.ids import content_id
from surgchain.schemas.records import Example

SHORT = "--short" in sys.argv
WORK = Path("work/bench/trainer-short" if SHORT else "work/bench/trainer")
CORPUS = WORK / "corpus"
SHARDS = CORPUS / "shards"
CHAINS = 1600
FRESH = WORK / "fresh"
"""Surgeries with labels and without chains, which stages 1 and 2 do not learn."""
BOTH = WORK / "both"
HELD = WORK / "heldout"
QUESTIONS = 24 if SHORT else 3200
DIALS: dict[str, dict[str, Any]] = {
    "pretrain": {
        "steps": 850, "grounding_steps": 550,
        "task_weights": {"phase": 2.0, "localization": 2.0},
    },
    "coldstart": {
        "steps": 600, "rate": 2.5e-3, "direct_share": 0.3,
        "task_weights": {"cvs": 2.0, "phase": 1.2, "localization": 1.2},
    },
    "grpo": {"steps": 30, "batch": 32, "max_tokens": 110},
    "harvest": {"questions": 800, "max_tokens": 110},
    "refine": {"steps": 100},
}  # fmt: skip
if SHORT:
    DIALS = {
        "pretrain": {"steps": 6, "grounding_steps": 3, "warmup": 1},
        "coldstart": {"steps": 6, "warmup": 1},
        "grpo": {"steps": 2, "batch": 3, "group": 4, "max_tokens": 60},
        "harvest": {"questions": 6, "samples": 4, "max_tokens": 60, "guided": 4},
        "refine": {"steps": 3, "warmup": 1},
    }
GAINS = (
    ("base", "pretrain", "pretrain over base"),
    ("pretrain", "coldstart", "coldstart over pretrain"),
    ("coldstart", "grpo", "grpo over coldstart"),
    ("grpo-control", "grpo", "grpo over its compute-matched control"),
    ("grpo", "refine", "refine over grpo"),
    ("refine-control", "refine", "refine over its control"),
    ("twin", "coldstart", "coldstart over its direct-answer twin"),
)
MODELS = (
    "base", "pretrain", "coldstart", "grpo", "grpo-control", "refine", "refine-control", "twin",
)  # fmt: skip
OURS = ("pretrain", "coldstart", "grpo", "refine")
PAID = (*OURS, "harvest")
Answers = dict[str, dict[str, Any]]


def stage(name: str, /, **paths: Any) -> None:
    """Run one stage as dvc does."""
    options = [w for k, v in paths.items() for w in (f"--{k.replace('_', '-')}", str(v))]
    subprocess.run(
        [sys.executable, "-m", f"surgchain.pipelines.stages.{name}", *options], check=True
    )


def filmed(folder: Path, name: str, surgeries: int, seed: int, policy: str) -> Path:
    """Make the shards of new phantom surgeries, without a chain, unless they are there."""
    shards = folder / "shards"
    if shards.exists():
        return shards
    root, ingest, frames = folder / "raw", folder / "ingest" / name, folder / "frames" / name
    source = {
        "format": "cholect50", "root": str(root), "surgery_prefix": name,
        "split": {"policy": policy},
    }  # fmt: skip
    path = written(folder / "params.yaml", {
        "phantoms": {name: {"surgeries": 2 if SHORT else surgeries, "seed": seed}},
        "sources": {name: source}, "frames": {}, "questions": {}, "shard": {},
    })  # fmt: skip
    at = {"source": name, "params": path}
    stage("phantom", name=name, out=root, params=path)
    stage(
        "ingest", root=root, withdrawals="withdrawals.jsonl", out=ingest,
        metrics=folder / "ingest.json", **at,
    )  # fmt: skip
    stage("frames", root=root, ingest=ingest, out=frames, metrics=folder / "frames.json", **at)
    stage(
        "questions", ingest=ingest, frames=frames / "index.parquet",
        out=folder / f"questions/{name}.parquet", metrics=folder / "questions.json", **at,
    )  # fmt: skip
    tables.write(folder / "round/examples.parquet", [], tables.EXAMPLES)
    return sharded(folder / "round", folder, path, shards)


def written(path: Path, values: dict[str, Any]) -> Path:
    """Write a file of params."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(values), encoding="utf-8")
    return path


def sharded(round_folder: Path, made: Path, params_path: Path, out: Path) -> Path:
    """Write the shards of a round over the sources that lie in `made`, unless they are there."""
    if not out.exists():
        stage(
            "shard", round=round_folder, ingest=made / "ingest", frames=made / "frames",
            questions=made / "questions", out=out, metrics=out.with_suffix(".json"),
            params=params_path,
        )  # fmt: skip
    return out


def held_out() -> Path:
    """Return the shards of the surgeries that are asked about."""
    return filmed(HELD, "heldout", 30, 2041, "all-test")


def fresh() -> Path:
    """Return the shards of surgeries that have labels, no chains, and were not learnt before."""
    return filmed(FRESH, "fresh", 16, 901, "all-train")


def joined() -> Path:
    """Return a folder with the demo's surgeries and the fresh ones side by side."""
    fresh()
    for source, made in (("phantom", Path("data")), ("fresh", FRESH)):
        for part in (f"ingest/{source}", f"frames/{source}", f"questions/{source}.parquet"):
            link = BOTH / part
            link.parent.mkdir(parents=True, exist_ok=True)
            link.unlink(missing_ok=True)
            link.symlink_to((made / part).resolve())
    own, new = params.read(), params.read(FRESH / "params.yaml")
    written(BOTH / "params.yaml", {**own, "sources": {**own["sources"], **new["sources"]}})
    return BOTH


def corpus() -> None:
    """Write round r0 with `CHAINS` of its chains and all its questions, unless it is there."""
    if SHARDS.exists():
        return
    examples = list(tables.read(Path("data/rounds/r0/examples.parquet"), Example))
    if not examples:
        raise InputError("data/rounds/r0 is empty; run `make repro` first")
    drawn = sorted(content_id("drawn", e.chain.chain_id) for e in examples)[:CHAINS]
    few = [e for e in examples if content_id("drawn", e.chain.chain_id) <= drawn[-1]]
    shutil.copytree("data/rounds/r0", CORPUS / "round", dirs_exist_ok=True)
    tables.write(CORPUS / "round/examples.parquet", few, tables.EXAMPLES)
    sharded(CORPUS / "round", Path("data"), params.DEFAULT_PATH, SHARDS)


def seeded(seed: int, folder: Path, **changes: dict[str, Any]) -> Path:
    """Write the project's params with our dials, a seed for everything that draws, and changes."""
    values = params.read()
    values["model"] = {**values["model"]}
    values["model"]["tiny"] = {**values["model"].get("tiny", {}), "seed": seed}
    for name, dials in DIALS.items():
        values[name] = {**dials, "seed": seed, **changes.get(name, {})}
    values["evaluate"] = {"questions": QUESTIONS, "max_tokens": 60 if SHORT else 120}
    path = folder / f"params-{'-'.join(changes) or 'own'}.yaml"
    path.write_text(yaml.safe_dump(values), encoding="utf-8")
    return path


def learn(name: str, section: str, folder: Path, params_path: Path, **paths: Any) -> float:
    """Train one model, unless it is there; return its CPU seconds."""
    metrics = folder / f"{name}.json"
    if not metrics.exists():
        stage(
            section, **paths, out=folder / name, work=folder / f"work-{name}", metrics=metrics,
            params=params_path,
        )  # fmt: skip
    return float(json.loads(metrics.read_text())["cpu_seconds"])


def train(seed: int) -> dict[str, float]:
    """Train all models of a seed; return the CPU seconds of each."""
    folder = WORK / str(seed)
    folder.mkdir(parents=True, exist_ok=True)
    own = seeded(seed, folder)
    first = seeded(seed, folder, pretrain={"steps": 1, "grounding_steps": 0, "rate": 1e-9})
    spent = {
        "base": learn("base", "pretrain", folder, first, shards=SHARDS),
        "pretrain": learn("pretrain", "pretrain", folder, own, shards=SHARDS),
    }
    spent["coldstart"] = learn(
        "coldstart", "coldstart", folder, own, model=folder / "pretrain", shards=SHARDS
    )
    cold = folder / "coldstart"
    spent["grpo"] = learn("grpo", "grpo", folder, own, model=cold, shards=fresh())
    steps = json.loads((folder / "coldstart.json").read_text())["steps"]
    matched = max(1, round(steps * spent["grpo"] / spent["coldstart"]))
    plain = {"steps": matched, "own_share": 0.0, "direct_share": 0.25}
    control = seeded(seed, folder, refine=plain)
    labelled = sharded(CORPUS / "round", joined(), BOTH / "params.yaml", BOTH / "shards")
    spent["grpo-control"] = learn(
        "grpo-control", "refine", folder, control, model=cold, shards=labelled, round="r0"
    )  # fmt: skip
    spent |= second_round(folder, own, seed)
    direct = seeded(seed, folder, coldstart={"direct_share": 1.0})
    spent["twin"] = learn(
        "twin", "coldstart", folder, direct, model=folder / "pretrain", shards=SHARDS
    )
    return spent


def second_round(folder: Path, own: Path, seed: int) -> dict[str, float]:
    """Harvest, collect, shard, and refine with and without what was harvested."""
    grpo, shards = folder / "grpo", folder / "shards"
    if not shards.exists():
        stage(
            "harvest", round="r1", model=grpo, shards=fresh(), params=own,
            out=folder / "harvest", work=folder / "work-harvest", metrics=folder / "harvest.json",
        )  # fmt: skip
        stage(
            "collect", round="r1", ingest=joined() / "ingest", after=CORPUS / "round",
            harvest=folder / "harvest", out=folder / "round", metrics=folder / "collect.json",
            params=BOTH / "params.yaml",
        )  # fmt: skip
        sharded(folder / "round", BOTH, BOTH / "params.yaml", shards)
    old = seeded(seed, folder, refine={"own_share": 0.0})
    return {
        "harvest": float(json.loads((folder / "harvest.json").read_text())["cpu_seconds"]),
        "refine": learn("refine", "refine", folder, own, model=grpo, shards=shards, round="r1"),
        "refine-control": learn(
            "refine-control", "refine", folder, old, model=grpo, shards=shards, round="r1"
        ),
    }


def answers(seed: int, name: str) -> Answers:
    """Evaluate a model once; return its answers by question."""
    folder = WORK / str(seed)
    out = folder / "answers" / name
    if not out.exists():
        stage(
            "evaluate", name=name, model=folder / name, shards=held_out(), out=out,
            metrics=folder / "answers" / f"{name}.json", params=folder / "params-own.yaml",
        )  # fmt: skip
    return {r["question_id"]: r for r in tables.read_rows(out / "answers.parquet")}


def gain(before: list[Answers], after: list[Answers]) -> intervals.Interval:
    """Return the paired gain in accuracy over all seeds, bootstrapped over surgeries."""
    pairs = [(b[q], a[q]) for b, a in zip(before, after, strict=True) for q in sorted(b)]
    return intervals.paired(
        [float(b["right"]) for b, _ in pairs],
        [float(a["right"]) for _, a in pairs],
        [a["surgery_id"] for _, a in pairs],
    )


def mean(said: list[Answers], value: str, task: str | None = None) -> tuple[float, int]:
    """Return the mean of a column over all seeds, of one task or of all, and its number."""
    values = [float(r[value]) for of in said for r in of.values() if task in (None, r["task"])]
    return sum(values) / max(1, len(values)), len(values)


def report(said: dict[str, list[Answers]], spent: list[dict[str, float]]) -> list[Row]:
    """Return the rows of the table."""
    rows = []
    for name in MODELS:
        value, n = mean(said[name], "right")
        cost = sum(s[name] for s in spent) / len(spent)
        rows.append(Row(f"{name}: accuracy", value, "share", n=n, beside={"CPU-s": cost}))
    for before, after, what in GAINS:
        of = gain(said[before], said[after])
        beside = {"low": of.low, "mean": of.mean, "high": of.high}
        goal = "" if before == "twin" else "> 0"  # the twin is told, whichever way it goes
        rows.append(Row(f"{what}: low end of gain", of.low, "share", goal, of.n, beside))
    best = max(OURS, key=lambda m: mean(said[m], "right"))
    boxes, n = mean(said[best], "score", "localization")
    rows.append(Row(f"{best}: mean IoU of boxes", boxes, "IoU", ">= 0.4", n))
    parsed, n = mean(said["refine"], "parsed")
    rows.append(Row("refine: parse failures", 1 - parsed, "share", "<= 0.01", n))
    rows.append(Row("held-out questions a seed", float(n // len(spent)), "", ">= 3000"))
    total = max(sum(s[m] for m in PAID) for s in spent) / 60
    rows.append(Row("CPU minutes of the dearest seed", total, "min", "<= 30"))
    return rows


def main() -> None:
    """Train, ask, print."""
    corpus()
    if sys.argv[1:2] == ["--train"]:
        train(int(sys.argv[2]))
        return
    seeds = [0] if SHORT else [int(a) for a in sys.argv[1:]] or [0, 1, 2]
    spent = [train(seed) for seed in seeds]
    said = {name: [answers(seed, name) for seed in seeds] for name in MODELS}
    rows = report(said, spent)
    if SHORT:
        print(*rows, sep="\n")
        return
    finish("trainer", rows)


if __name__ == "__main__":
    main()
