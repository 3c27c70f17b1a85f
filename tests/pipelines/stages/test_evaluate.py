"""Evaluation: unseen surgeries only, failures in the denominator, the majority beside it."""

import json

import pytest

from surgchain.pipelines.stages import evaluate
from surgchain.schemas import tables


@pytest.mark.parametrize(("name", "mode"), [("pretrain", "direct"), ("grpo", "chain")])
def test_it_asks_of_test_surgeries_in_the_mode_of_the_model(trained, name, mode):
    figures = json.loads(trained.metrics(f"evaluate-{name}").read_text())
    assert (figures["n"], figures["surgeries"], figures["mode"]) == (12, 3, mode)
    assert {t: v["n"] for t, v in figures["by_task"].items()} == {
        "localization": 4, "phase": 4, "triplet": 4,
    }  # fmt: skip
    assert figures["low"] <= figures["accuracy"] <= figures["high"]


def test_the_figures_are_those_of_the_answers(trained):
    figures = json.loads(trained.metrics("evaluate-grpo").read_text())
    rows = tables.read_rows(trained.folder / "answers" / "grpo" / "answers.parquet")
    assert len(rows) == 12
    assert all(r["frame_id"].startswith("toy/test") for r in rows)
    assert figures["accuracy"] == pytest.approx(sum(r["right"] for r in rows) / 12)
    assert figures["parse_failures"] == pytest.approx(sum(not r["parsed"] for r in rows) / 12)
    assert not any(r["right"] for r in rows if not r["parsed"])
    for protocol, told in figures["by_protocol"].items():
        own = [r["right"] for r in rows if r["protocol"] == protocol]
        assert (told["n"], told["accuracy"]) == (len(own), pytest.approx(sum(own) / len(own)))
    assert sum(t["n"] for t in figures["by_protocol"].values()) == 12


def test_dials_are_chosen_on_the_validation_surgeries(trained, tmp_path):
    path = tmp_path / "params.yaml"
    path.write_text("evaluate: {split: val, questions: 3, max_tokens: 10}\n")
    evaluate.run(
        "pretrain", trained.folder / "pretrain", trained.shards, tmp_path / "a",
        tmp_path / "m.json", path,
    )  # fmt: skip
    rows = tables.read_rows(tmp_path / "a" / "answers.parquet")
    assert [r["frame_id"].split("/")[1][:3] for r in rows] == ["val"] * 3
