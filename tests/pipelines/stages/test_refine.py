"""Stage 4 learns from chains the model wrote, a declared share of its rows."""

import json

from surgchain.pipelines.stages import refine


def test_a_round_without_own_chains_is_learnt_from_the_old_ones_and_says_so(trained):
    figures = json.loads(trained.metrics("refine").read_text())
    assert (figures["own_chains"], figures["own_rows_learnt"]) == (0, 0)
    assert figures["steps"] == 2


def test_own_chains_take_their_share(trained, tmp_path):
    chains, frames = trained.toy.rows()
    for row in chains[::3]:
        row["pathway"] = "self"
    shards = trained.toy.write(tmp_path / "shards", chains, frames)
    metrics = tmp_path / "m.json"
    refine.run(
        "r1", trained.folder / "grpo", shards, tmp_path / "out", tmp_path / "work", metrics,
        trained.params,
    )  # fmt: skip
    figures = json.loads(metrics.read_text())
    assert (figures["own_chains"], figures["own_rows_learnt"]) == (24, 8)
