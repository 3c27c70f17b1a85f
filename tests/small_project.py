"""A small project, made by the real stages: `python tests/small_project.py FOLDER [again]`.

Three phantom surgeries, rounds r0 and r1 with their shards, and a dvc.lock as DVC would write it.
What a model would have harvested is drafted by the teacher with another seed, since no model is
trained here.
"""

import json
import shutil
import sys
from importlib import import_module
from pathlib import Path

import typer
import yaml

from surgchain.pipelines.files import write_json
from surgchain.schemas import tables
from surgchain.schemas.ids import content_id
from surgchain.schemas.records import Chain

ROOT = Path(__file__).parent.parent
DVC = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))
SPLIT = {"policy": "lists", "lists": {"train": ["VID01", "VID02"], "test": ["VID03"]}}
PARAMS = {
    "phantoms": {"ward": {"surgeries": 3, "seed": 5, "seconds": 20.0, "workers": 1}},
    "sources": {
        "ward": {
            "format": "cholect50", "root": "data/raw/ward", "surgery_prefix": "ward",
            "split": SPLIT,
        }
    },
    "rounds": {"r1": {"after": "r0", "model": "models/grpo"}},
    "frames": {"workers": 1}, "questions": {}, "draft": {"options": {"fault_rate": 0.2}},
    "check": {}, "handoff": {"audit_min": 2}, "collect": {}, "shard": {"max_mb": 1},
    "card": {"creator": "The Ward", "contact": "data@ward.example"},
}  # fmt: skip
HARVEST_PARAMS = {**PARAMS, "draft": {"seed": 9, "limit": 20, "options": {"fault_rate": 0.0}}}


def build(root: Path) -> None:
    """Make the project in an empty folder, by the commands of dvc.yaml."""
    Path("withdrawals.jsonl").touch()
    shutil.copytree(ROOT / "reviews", "reviews")
    Path("params.yaml").write_text(yaml.safe_dump(PARAMS, sort_keys=False))
    run_stage("phantom", "ward")
    rebuild()
    _trained(Path("metrics"))
    (root / "dvc.lock").write_text(yaml.safe_dump({"schema": "2.0", "stages": _stages()}))


def rebuild() -> None:
    """Run every stage from ingest to the shards, as `dvc repro` does after a withdrawal."""
    for stage in ("ingest", "frames", "questions", "draft", "check", "handoff"):
        run_stage(stage, "ward")
    run_stage("collect-r0")
    run_stage("shard-r0")
    _harvest()
    run_stage("collect", "r1")
    run_stage("shard", "r1")


def run_stage(name: str, key: str = "", **other: str) -> None:
    """Run a stage as dvc.yaml calls it, in this process; `other`: options to replace."""
    stage = DVC["stages"][name]
    words = stage.get("do", stage)["cmd"]
    item = {**PARAMS["sources"].get(key, {}), **PARAMS["rounds"].get(key, {})}
    words = words.replace("${key}", key)
    for field, value in item.items():
        words = words.replace(f"${{item.{field}}}", str(value))
    _, _, module, *arguments = words.split()
    for option, value in other.items():
        flag = f"--{option}"
        if flag in arguments:
            arguments[arguments.index(flag) + 1] = value
        else:
            arguments += [flag, value]
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(import_module(module).run)
    app(arguments, standalone_mode=False)


def _harvest() -> None:
    out = Path("data/harvest/r1")
    out.mkdir(parents=True, exist_ok=True)
    Path("other.yaml").write_text(yaml.safe_dump(HARVEST_PARAMS, sort_keys=False))
    chains, counts = out / "chains.parquet", "metrics/harvest/r1.json"
    run_stage("draft", "ward", out=str(chains), metrics=counts, params="other.yaml")
    own = [_as_the_models(c) for c in tables.read(chains, Chain)]
    tables.write(chains, own, tables.CHAINS)
    run_stage(
        "check", "ward", chains=str(chains), out=str(out / "verdicts.parquet"),
        metrics="metrics/check/r1.json", funnel=str(out / "funnel.csv"),
        page=str(out / "page.html"),
    )  # fmt: skip


def _as_the_models(chain: Chain) -> Chain:
    origin = chain.provenance.model_copy(
        update={"generator": "model", "model": "0123456789abcdef", "saw_facts": False,
                "round": "r1", "pathway": "self", "samples": 8, "samples_right": 3}
    )  # fmt: skip
    chain_id = content_id("c", "model", chain.chain_id)
    return chain.model_copy(update={"chain_id": chain_id, "provenance": origin})


def _trained(metrics: Path) -> None:
    for name in ("pretrain", "coldstart", "grpo", "refine@r1"):
        curve = [{"step": s, "loss": 2.0 / s} for s in range(1, 9)]
        write_json(metrics / f"train/{name}.json", {"curve": curve})
        scores = {"accuracy": 0.5, "low": 0.4, "high": 0.6, "n": 80}
        write_json(metrics / f"evaluate/{name}.json", scores)
        folder = Path("models", *name.split("@"))
        folder.mkdir(parents=True)
        (folder / "model.safetensors").write_bytes(name.encode())
        (folder / "surgchain.json").write_text(json.dumps({"dialect": "bins"}))


def _stages() -> dict[str, object]:
    def stage(out: str, *deps: str) -> dict[str, object]:
        name = out.rpartition("/")[2]
        return {
            "cmd": f"python -m surgchain.pipelines.stages.x --out {out}",
            "deps": [{"path": d, "md5": content_id("m", d)} for d in deps],
            "params": {"params.yaml": {"shard": {}}},
            "outs": [{"path": out, "md5": content_id("m", name)}],
        }

    return {
        "ingest@ward": stage("data/ingest/ward", "data/raw/ward"),
        "frames@ward": stage("data/frames/ward", "data/raw/ward", "data/ingest/ward"),
        "collect-r0": stage("data/rounds/r0", "data/ingest/ward", "data/drafts/ward.parquet"),
        "shard-r0": stage("data/shards/r0", "data/rounds/r0", "data/frames/ward"),
        "pretrain": stage("models/pretrain", "data/shards/r0"),
        "coldstart": stage("models/coldstart", "models/pretrain", "data/shards/r0"),
        "grpo": stage("models/grpo", "models/coldstart", "data/shards/r0"),
        "harvest@r1": stage("data/harvest/r1", "models/grpo", "data/shards/r0"),
        "collect@r1": stage("data/rounds/r1", "data/rounds/r0", "data/harvest/r1"),
        "shard@r1": stage("data/shards/r1", "data/rounds/r1", "data/frames/ward"),
        "refine@r1": stage("models/refine/r1", "models/grpo", "data/shards/r1"),
    }


if __name__ == "__main__":
    import os

    os.chdir(sys.argv[1])
    rebuild() if sys.argv[2:] == ["again"] else build(Path.cwd())
