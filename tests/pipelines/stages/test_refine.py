"""Stage 4 learns from chains the model wrote, a declared share of its rows."""

import json
from pathlib import Path

import pytest
import yaml

from surgchain.pipelines.stages import refine
from surgchain.schemas.errors import InputError
from surgchain.trainer import dev


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


def test_the_round_is_judged_on_locked_questions_and_the_next_reads_what_was_answered(
    trained, tmp_path
):
    values = yaml.safe_load(trained.params.read_text())
    values["refine"] |= {"dev_questions": 9, "dev_tokens": 60}
    params = tmp_path / "params.yaml"
    params.write_text(yaml.safe_dump(values))

    def refined(name: str, model: Path) -> dict:
        metrics = tmp_path / f"{name}.json"
        work = tmp_path / "work"
        refine.run(name, model, trained.shards, tmp_path / name, work, metrics, params)
        return json.loads(metrics.read_text())

    first = refined("r1", trained.folder / "grpo")
    judged = dev.read(tmp_path / "r1")
    assert (first["dev"], first["stop"]) == (judged.gain._asdict(), judged.stop)
    assert judged.gain.n == 9
    assert judged.stop == (judged.gain.mean <= 0)
    assert all(s.startswith("toy:val") for s in judged.dev.surgeries.values())
    second = refined("r2", tmp_path / "r1")
    after = dev.read(tmp_path / "r2")
    gains = [after.dev.right[q] - judged.dev.right[q] for q in judged.dev.right]
    assert second["dev"]["mean"] == pytest.approx(sum(gains) / 9)


def test_a_corpus_without_validation_questions_is_told_before_time_is_spent(trained, tmp_path):
    chains, frames = trained.toy.rows()
    for row in (r for r in frames if r["split"] == "val"):
        row["questions"] = []
    shards = trained.toy.write(tmp_path / "shards", chains, frames)
    params = tmp_path / "params.yaml"
    params.write_text("refine: {dev_questions: 9}\n")
    with pytest.raises(InputError, match="no validation question"):
        refine.run(
            "r1", trained.folder / "grpo", shards, tmp_path / "out", tmp_path / "work",
            tmp_path / "m.json", params,
        )  # fmt: skip


def test_the_card_beside_the_weights_names_all_four_stages(trained):
    text = (trained.folder / "refine" / "README.md").read_text()
    for name in ("pretrain", "coldstart", "grpo", "refine@r1"):
        assert f"| {name} | " in text
