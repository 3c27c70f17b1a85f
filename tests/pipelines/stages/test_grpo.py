"""Stage 3 changes the weights by rewards, and logs every part of them."""

import csv
import json

from surgchain.trainer import model_folder


def test_it_needs_no_chains_and_keeps_the_mode(trained):
    figures = json.loads(trained.metrics("grpo").read_text())
    assert (figures["in"], figures["out"]) == (72, 72)
    assert model_folder.read_card(trained.folder / "grpo").mode == "chain"


def test_the_weights_moved(trained):
    before = model_folder.content_hash(trained.folder / "coldstart")
    assert model_folder.content_hash(trained.folder / "grpo") != before


def test_the_curve_holds_every_reward_and_the_share_of_flat_groups(trained):
    with (trained.folder / "grpo" / "curve.csv").open() as opened:
        rows = list(csv.DictReader(opened))
    assert len(rows) == 2
    wanted = ("rewards/form/mean", "rewards/score/mean", "rewards/right/mean")
    for name in (*wanted, "frac_reward_zero_std", "entropy", "completions/mean_length"):
        assert rows[0][name], name
    assert not rows[0]["held_out"]
    assert 0 <= float(rows[1]["held_out"]) <= 1  # asked every second step
