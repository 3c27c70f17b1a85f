"""The whole path, at its smallest: `dvc repro` on the smoke profile, in a folder of its own."""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import datasets
import pyarrow.parquet as pq
import pytest
import yaml

from surgchain.pipelines.corpus import charts
from surgchain.qa.funnel import ALL
from surgchain.schemas.records import Provenance, Verdict

ROOT = Path(__file__).parent.parent
COPIED = (
    "schemas",
    "qa",
    "annotators",
    "trainer",
    "pipelines",
    "profiles",
    "reviews",
    "dvc.yaml",
    "withdrawals.jsonl",
    ".dvcignore",
)
KINDS = ("chains", "frames")
BIN = Path(sys.executable).parent
QUIET = {"DVC_NO_ANALYTICS": "1", "OMP_NUM_THREADS": "1", "PATH": f"{BIN}:{os.environ['PATH']}"}

pytestmark = pytest.mark.slow


def new_project(folder: Path) -> Path:
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__")
            )
        else:
            shutil.copy(ROOT / name, folder / name)
    run(folder, "git", "init", "--quiet")
    run(folder, "dvc", "init", "--quiet")
    shutil.copytree(ROOT / ".dvc" / "plots", folder / ".dvc" / "plots", dirs_exist_ok=True)
    who = "-c", "user.name=a", "-c", "user.email=a@example.org"
    run(folder, "git", *who, "commit", "--quiet", "--allow-empty", "--message", "begun")
    run(folder, "surgchain", "profile", "use", "smoke")
    return folder


def run(folder: Path, *command: str) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **QUIET},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}: {done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = new_project(tmp_path_factory.mktemp("whole") / "project")
    run(folder, "dvc", "repro")
    return folder


def status(project: Path) -> dict:
    return json.loads(run(project, "surgchain", "status", "--json"))


def hashes(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != ".gitignore")
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_status_tells_of_every_stage_and_adds_up(project: Path) -> None:
    found = status(project)
    assert found["videos"] == 8
    assert found["frames"] > 0
    rejected = sum(found["rejected"].values())
    assert found["drafts"] == rejected + found["held"] + found["accepted"]
    assert found["rounds"]["r0"] == found["accepted"]
    assert set(found["stages"]) == {"pretrain", "coldstart", "grpo", "refine@r1"}
    for scores in found["stages"].values():
        assert 0 <= scores["low"] <= scores["accuracy"] <= scores["high"] <= 1
        assert scores["n"] > 0


def test_a_second_repro_does_nothing(project: Path) -> None:
    assert "Data and pipelines are up to date." in run(project, "dvc", "repro")


def test_dvc_shows_the_figures_of_the_report(project: Path) -> None:
    run(project, "surgchain", "report")
    page = (project / "reports" / "index.html").read_text(encoding="utf-8")
    files = json.loads(run(project, "dvc", "metrics", "show", "--json"))[""]["data"]
    metrics = {name.removeprefix("metrics/"): file["data"] for name, file in files.items()}
    first = metrics["collect/r0.json"]
    for name in ("accepted", "held"):
        shown = f'<td class="n">{first[name]:,}</td>'
        assert re.search(f"<td>{name}[^<]*</td>{shown}", page), name
    for fault, number in first["rejected"].items():
        assert f'<td>{fault}</td><td class="n">{number}</td>' in page
    for name in ("pretrain", "coldstart", "grpo", "refine@r1"):
        found = metrics[f"evaluate/{name}.json"]
        assert "{accuracy:.3f} [{low:.3f}, {high:.3f}]".format(**found) in page
        spent = metrics[f"train/{name}.json"]
        assert f"{spent['parameters']:,}</td>" in page
    plots = json.loads(run(project, "dvc", "plots", "show", "--json"))["data"]
    for source in ("north", "south"):
        dropped: Counter[str] = Counter()
        for row in points(plots, f"metrics/check/{source}.funnel.csv"):
            if row["class"] == ALL:
                dropped[row["checker"]] += int(row["dropped"])
        for checker, number in dropped.items():
            assert f'<td>{source}</td><td>{checker}</td><td class="n">{number}</td>' in page
    for name, unit in (("loss of the training stages", "loss"), ("reward of stage 3", "reward")):
        drawn = [
            (float(p["step"]), float(p[unit]))
            for p in points(plots, name)
            if "grpo" in p.get("filename", "grpo")
        ]
        assert charts.curve("grpo", drawn, unit) in page


def points(plots: dict, name: str) -> list[dict]:
    (plot,) = plots[name]
    found: list[dict] = plot["content"]["data"]["values"]
    return found


def test_planted_faults_are_rejected_and_counted(project: Path) -> None:
    found = status(project)
    assert sum(p["n"] for p in found["planted"].values()) > 0
    assert found["rejected"]


def test_shards_load_and_carry_the_picture(project: Path) -> None:
    shard = project / "data" / "shards" / "r0" / "chains-train-00000.arrow"
    row = datasets.Dataset.from_file(str(shard))[0]
    assert row["image"].size[0] > 0
    assert row["text"].startswith("<think>")


def test_the_lineage_of_a_chain_the_model_wrote_can_be_read(project: Path) -> None:
    shard = project / "data" / "shards" / "r1" / "chains-train-00000.arrow"
    rows = list(datasets.Dataset.from_file(str(shard)).remove_columns("image"))
    own = [r for r in rows if r["generator"] == "model"]
    harvested = json.loads((project / "metrics" / "harvest" / "r1.json").read_text())
    assert len(own) <= harvested["out"]
    for row in own:
        provenance = Provenance.model_validate_json(row["provenance"])
        assert provenance.round == row["round"] == "r1"
        assert provenance.pathway in {"self", "guided"}
        assert len(provenance.model) >= 8
        assert Verdict.model_validate_json(row["verdict"]).passed
    assert {r["round"] for r in rows} <= {"r0", "r1"}


def test_a_change_of_one_source_reruns_only_what_depends_on_it(project: Path) -> None:
    path = project / "params.yaml"
    before = path.read_text()
    values = yaml.safe_load(before)
    values["phantoms"]["north"]["seed"] += 1
    path.write_text(yaml.safe_dump(values, sort_keys=False))
    planned = run(project, "dvc", "repro", "--dry")
    path.write_text(before)
    running = {line.split("'")[1] for line in planned.splitlines() if line.startswith("Running")}
    assert "phantom@north" in running
    assert not {s for s in running if s.endswith("@south")}


def test_kill_minus_9_and_the_same_command_again_give_the_same_bytes(
    project: Path, tmp_path: Path
) -> None:
    other = new_project(tmp_path / "killed")
    for victim in ("phantom", "frames", "draft", "shard-r0"):
        kill_in_stage(other, victim)
    run(other, "dvc", "repro", "shard-r0")
    for place in ("ingest", "frames", "questions", "drafts", "verdicts", "rounds/r0", "shards/r0"):
        assert hashes(other / "data" / place) == hashes(project / "data" / place), place


def kill_in_stage(folder: Path, victim: str) -> None:
    """Start `dvc repro` and kill it with all its children a moment into a stage."""
    process = subprocess.Popen(
        ["dvc", "repro", "shard-r0"],
        cwd=folder,
        env={**os.environ, **QUIET},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    reached = False
    for line in process.stdout:
        reached = line.startswith("Running stage") and victim in line
        if reached:
            time.sleep(1.5)
            break
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert reached, f"{victim} did not run"


def test_a_patient_leaves_shards_and_checkpoints(project: Path, tmp_path: Path) -> None:
    left = shutil.copytree(project, tmp_path / "left", symlinks=True)
    asked = "surgchain", "withdraw", "north:VID01"
    told = run(left, *asked, "--reason", "consent withdrawn")
    held = {
        *(f"data/shards/{r}/{k}-train-00000.arrow" for r in ("r0", "r1") for k in KINDS),
        *(f"models/{m}" for m in ("pretrain", "coldstart", "grpo", "refine/r1")),
    }
    (line,) = map(json.loads, (left / "withdrawals.jsonl").read_text().splitlines())
    assert set(line["held_by"]) == held
    assert all(f"{place}" in told for place in held)
    assert "free of it   no round yet" in told
    # the same surgery once more, as another dataset shows it
    params = yaml.safe_load((left / "params.yaml").read_text())
    params["sources"]["twin"] = params["sources"]["north"]
    (left / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    run(left, "surgchain", "profile", "sync")
    run(left, "dvc", "repro", "refine@r1")
    assert (
        surgeries(left, "twin")
        == surgeries(left, "north")
        == surgeries(project, "north") - {"north:VID01"}
    )
    for shard in sorted((left / "data" / "shards").rglob("*.arrow")):
        rows = datasets.Dataset.from_file(str(shard))
        assert "north:VID01" not in set(rows["surgery_id"]), shard
        assert not [f for f in rows["frame_id"] if "/VID01/" in f and f[:5] != "south"], shard
    for model in ("pretrain", "refine/r1"):
        assert hashes(left / "models" / model) != hashes(project / "models" / model)
        found = json.loads(run(left, "surgchain", "explain", f"models/{model}", "--json"))
        learnt = {s for sides in found["learnt_from"].values() for s in sides["train"]}
        assert "north:VID02" in learnt
        assert "north:VID01" not in learnt
    told = run(left, *asked)
    assert "on that day it was held by" in told
    assert "nothing that the path made holds it any more" in told


def surgeries(project: Path, source: str) -> set[str]:
    table = pq.read_table(project / "data" / "ingest" / source / "videos.parquet")
    return set(table.column("surgery_id").to_pylist())
