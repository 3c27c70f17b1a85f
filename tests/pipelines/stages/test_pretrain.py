"""Stage 1 leaves a checkpoint folder, its curve, and counts that add up."""

import csv
import json

import pytest

from surgchain.pipelines.stages import pretrain
from surgchain.schemas.errors import ParamsError
from surgchain.trainer import model_folder


def test_it_leaves_a_model_that_answers_directly(trained):
    card = model_folder.read_card(trained.folder / "pretrain")
    assert (card.mode, card.spoken.dialect, card.settings) == ("direct", "bins", trained.toy.MODEL)


def test_its_metrics_count_the_rows_and_show_the_curve(trained):
    figures = json.loads(trained.metrics("pretrain").read_text())
    assert (figures["in"], figures["out"], figures["refused"]) == (72, 72, {})
    assert figures["steps"] == 6
    assert [p["step"] for p in figures["curve"]] == [1, 2, 3, 4, 5, 6]
    assert figures["loss_last"] < figures["loss_first"]


def test_the_whole_curve_lies_beside_the_weights(trained):
    with (trained.folder / "pretrain" / "curve.csv").open() as opened:
        rows = list(csv.DictReader(opened))
    assert len(rows) == 6
    assert float(rows[0]["learning_rate"]) < float(rows[1]["learning_rate"])


def test_nothing_is_left_in_the_work_folder(trained):
    assert not (trained.folder / "work").exists()


def test_an_unknown_key_is_one_line(trained, tmp_path):
    params = tmp_path / "params.yaml"
    params.write_text("model: {}\npretrain: {epochs: 3}\n")
    with pytest.raises(ParamsError, match=r"unknown key pretrain\.epochs"):
        pretrain.run(trained.shards, tmp_path / "o", tmp_path / "w", tmp_path / "m.json", params)
