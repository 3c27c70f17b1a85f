"""Rounds at a glance, and the newest one taken back."""

import json
from pathlib import Path

import pytest
import yaml

from surgchain.pipelines.commands import rounds
from surgchain.pipelines.commands import status as status_command
from surgchain.pipelines.files import read_json, write_json
from surgchain.pipelines.status import status
from surgchain.schemas.errors import InputError

GAUGES = {"agreement": 0.5, "distinct": 0.4, "entropy": 3.25, "near_duplicates": 0.1}


def measured(project: Path) -> None:
    path = project / "metrics/harvest/r1.json"
    write_json(path, {**read_json(path), "gauges": GAUGES})
    path = project / "metrics/train/refine@r1.json"
    gain = {"mean": -0.02, "low": -0.05, "high": 0.01, "n": 300}
    write_json(path, {**read_json(path), "dev": gain, "stop": True})


def test_status_and_the_list_show_what_a_round_brought(small_project: Path, capsys) -> None:
    measured(small_project)
    told = status()["gauges"]["r1"]
    released = read_json(Path("metrics/collect/r1.json"))["released_by"]
    own = released["self"] / sum(released.values())
    assert 0 < own < 1
    assert {k: told[k] for k in (*GAUGES, "self_made", "stop")} == {
        **GAUGES, "self_made": own, "stop": True
    }  # fmt: skip
    status_command.status()
    shown = " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert f"{own:.0%} its own, 50% samples agree, 10% near twins, distinct-3 0.40" in shown
    rounds.list_()
    lines = capsys.readouterr().out.splitlines()
    assert " ".join(lines[0].split()) == "round chains kept own agree twins dist-3 bits dev gain"
    assert lines[2].startswith("r1 ")
    assert lines[2].endswith("   0.500   0.100   0.400   3.250  -0.020 [-0.050, +0.010]: stop")


def test_the_newest_round_is_taken_out_and_its_checkpoints_are_named(
    small_project: Path, capsys
) -> None:
    before = yaml.safe_load(Path("params.yaml").read_text())
    rounds.rollback()
    told = capsys.readouterr().out
    assert "round r1 is out" in told
    assert "checkpoints that learned from it: models/refine/r1" in told
    assert "data/rounds/r1 data/shards/r1 models/refine/r1" in told
    after = yaml.safe_load(Path("params.yaml").read_text())
    assert after == {**before, "rounds": {}}
    assert Path("data/rounds/r1").exists(), "nothing is deleted"
    assert list(status()["rounds"]) == ["r0"]


def test_a_round_that_another_follows_stays(small_project: Path) -> None:
    path = Path("params.yaml")
    values = yaml.safe_load(path.read_text())
    values["rounds"]["r2"] = {"after": "r1", "model": "models/refine/r1"}
    path.write_text(yaml.safe_dump(values, sort_keys=False))
    whole = path.read_bytes()
    with pytest.raises(InputError, match="r2 follows r1; roll r2 back first"):
        rounds.rollback("r1")
    with pytest.raises(InputError, match="no round 'r7' in"):
        rounds.rollback("r7")
    assert path.read_bytes() == whole
    rounds.rollback()
    assert list(json.loads(json.dumps(yaml.safe_load(path.read_text())["rounds"]))) == ["r1"]
