"""Where a run's log goes: DVCLive's files by default, others by name, no server ever."""

import csv
import json
import subprocess
import sys
from importlib import util
from types import SimpleNamespace

import pytest

from surgchain.schemas.errors import InputError
from surgchain.trainer import corpus, learning, model_folder, outcome, reporting, rows, sft
from surgchain.trainer.learning import Learning

STEPS = {"steps": 3, "batch": 2, "rate": 1e-3, "warmup": 1, "log_every": 1, "workers": 0}


def learnt(shards_folder, base, work, **more):
    section = Learning(**STEPS, **more)
    found = corpus.of(shards_folder, model_folder.load(base), "direct")
    drawn = rows.draw(found.chains.pointers, learning.rows_wanted(section), 0)
    return sft.run(base, section, corpus.rows_of(found, model_folder.load(base), drawn), work)


def series(folder, name):
    with (folder / f"live/plots/metrics/{name}.tsv").open() as opened:
        return {int(r["step"]): float(r[name]) for r in csv.DictReader(opened, delimiter="\t")}


def test_the_curve_lies_in_the_models_folder_as_dvc_plots_it(shards_folder, base, tmp_path):
    called = []
    sys.addaudithook(lambda event, of: called.append(of[1]) if event == "socket.connect" else None)
    work, out = tmp_path / "stage" / "run-1", tmp_path / "model"
    trained, points = learnt(shards_folder, base, work)
    out.mkdir()
    outcome.save(trained, points, work, out)
    assert series(out, "loss") == pytest.approx({p["step"]: p["loss"] for p in points})
    last = json.loads((out / "live/metrics.json").read_text())
    assert (last["step"], last["loss"]) == (3, pytest.approx(points[-1]["loss"]))
    assert called == []  # nothing phones home


def test_a_step_that_a_killed_run_had_logged_already_stands_once(tmp_path):
    work = tmp_path / "stage" / "run-1"

    def go(steps, of_checkpoint):
        (callback,) = reporting.callbacks(["dvclive"], work)
        state = SimpleNamespace(log_history=list(of_checkpoint), is_world_process_zero=True)
        callback.on_train_begin(None, state, None)
        for step in steps:
            state.log_history.append({"step": step, "loss": 10.0 - step})
            callback.on_log(None, state, None)
        return state.log_history

    log = go((1, 2, 3), [])
    go((3, 4), log[:2])  # killed after step 3; the checkpoint is of step 2
    assert series(work, "loss") == {1: 9.0, 2: 8.0, 3: 7.0, 4: 6.0}


def test_a_repository_without_a_commit_is_one_clear_line(tmp_path, monkeypatch):
    for command in (["git", "init", "--quiet"], ["dvc", "init", "--quiet"]):
        subprocess.run([*command], cwd=tmp_path, check=True)
    monkeypatch.chdir(tmp_path)
    (callback,) = reporting.callbacks(["dvclive"], tmp_path / "stage" / "run-1")
    state = SimpleNamespace(log_history=[], is_world_process_zero=True)
    with pytest.raises(InputError, match="Empty git repo; `git commit` once, or leave dvclive out"):
        callback.on_train_begin(None, state, None)


def test_what_is_not_installed_is_named_with_its_command(tmp_path):
    absent = [n for n in ("tensorboard", "mlflow", "wandb") if util.find_spec(n) is None]
    if not absent:
        pytest.skip("tensorboard, mlflow and wandb are all installed here")
    for name in absent:
        with pytest.raises(InputError, match=f"{name} is not installed; `pip install {name}`"):
            reporting.callbacks([name], tmp_path)


def test_a_reporter_that_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="dvclive"):
        Learning(**STEPS, report_to=("carrier pigeon",))


@pytest.mark.parametrize("name", ["tensorboard", "mlflow", "wandb"])
def test_another_reporter_leaves_its_files_beside_the_work(
    shards_folder, base, tmp_path, monkeypatch, name
):
    pytest.importorskip(name)
    for variable in reporting._files(tmp_path):
        monkeypatch.setenv(variable, "")  # restored afterwards
        monkeypatch.delenv(variable)
    learnt(shards_folder, base, tmp_path / "work/pretrain/run-1", report_to=(name,))
    assert any(p.is_file() for p in (tmp_path / "work/logs/pretrain").rglob("*"))
