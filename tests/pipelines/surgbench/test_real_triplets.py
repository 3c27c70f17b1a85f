"""The real CholecT50 sample, scored: the majority class below, the teacher that knows above.

VID70 and VID74 train, VID68 is asked about, as the profile `cholect50-sample` has it. What the
majority class scores is counted here from the raw labels again.
"""

import json
import os
import shlex
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import yaml
from factories_evaluate import evaluated

from surgchain.pipelines.surgbench import replies as kept
from surgchain.schemas import ontology as ontologies

ROOT = Path(__file__).parents[3]
STAGES = yaml.safe_load((ROOT / "dvc.yaml").read_text("utf-8"))["stages"]
PROFILE = yaml.safe_load((ROOT / "profiles" / "cholect50-sample.yaml").read_text("utf-8"))
TEST, TRAIN = ("VID68",), ("VID70", "VID74")
CHOLECT50 = ontologies.load("cholect50")


@pytest.fixture(scope="module")
def sample(real: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample up to its questions, by the commands of dvc.yaml."""
    folder = tmp_path_factory.mktemp("sample")
    source = {**PROFILE["sources"]["cholect50"], "root": str(real / "CholecT50")}
    values = {"phantoms": {}, "sources": {"cholect50": source}, "frames": {"workers": 1},
              "questions": PROFILE["questions"]}  # fmt: skip
    (folder / "params.yaml").write_text(yaml.safe_dump(values))
    (folder / "withdrawals.jsonl").touch()
    for stage in ("ingest", "frames", "questions"):
        words = STAGES[stage]["do"]["cmd"].replace("${key}", "cholect50")
        words = words.replace("${item.root}", shlex.quote(source["root"]))
        command = [sys.executable, *shlex.split(words)[1:]]
        done = subprocess.run(
            command, cwd=folder, env=dict(os.environ), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def here(sample: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.chdir(sample)
    return tmp_path


def test_the_teacher_that_is_shown_the_facts_is_the_upper_bound_on_real_frames(here: Path) -> None:
    found = evaluated(suite="public", teacher=True, limit=None, out=here / "teacher")
    tasks = found["tasks"]
    assert found["controls_learn_from"] == "training surgeries"
    assert set(tasks) >= {"cholect50/triplet", "cholect50/phase"}
    for name, t in tasks.items():
        teacher, majority = t["figures"][t["key"]], t["controls"]["majority"][t["key"]]
        assert teacher >= 0.99, name
        assert majority <= teacher, name
        assert t["failures"]["parse_failure_rate"] == 0.0
    page = (here / "teacher" / "index.html").read_text()
    assert "an upper bound" in page
    assert "cholect50/triplet" in page


def test_the_majority_class_is_that_of_the_raw_labels(here: Path, real: Path) -> None:
    found = evaluated(suite="public", teacher=True, limit=None, out=here / "teacher")
    asked, _ = kept.read(here / "teacher")
    for task, gold in (("phase", phases), ("triplet", triplets)):
        train = Counter(g for v in TRAIN for g in gold(real, v).values() if g)
        known = {a.frame_id: a.gold for a in asked if a.task == task and not a.options}
        labels = gold(real, TEST[0])
        assert {f: labels[int(f.rpartition("/")[2])] for f in known} == {
            f: parsed(g) if task == "triplet" else g for f, g in known.items()
        }
        answer = train.most_common(1)[0][0]
        right = sum(labels[int(f.rpartition("/")[2])] == answer for f in known)
        control = found["tasks"][f"cholect50/{task}"]["controls"]["majority"]
        key = "accuracy" if task == "phase" else "accuracy_ivt"
        assert control[key] == pytest.approx(right / len(known), abs=1e-9)


def rows(real: Path, video: str) -> dict[int, list[list[float]]]:
    labels = json.loads((real / "CholecT50" / "labels" / f"{video}.json").read_text())
    pictures = {int(p.stem) for p in (real / "CholecT50" / "videos" / video).glob("*.png")}
    return {int(n): r for n, r in labels["annotations"].items() if int(n) in pictures}


def phases(real: Path, video: str) -> dict[int, str]:
    names = CHOLECT50.names("phases")
    return {n: names[int(r[0][14])] for n, r in rows(real, video).items()}


def triplets(real: Path, video: str) -> dict[int, frozenset[str]]:
    lawful = CHOLECT50.triplets
    return {
        n: frozenset(", ".join(lawful[int(one[0])]) for one in r if one[0] >= 0)
        for n, r in rows(real, video).items()
    }


def parsed(gold: str) -> frozenset[str]:
    return frozenset(gold.split("; "))
