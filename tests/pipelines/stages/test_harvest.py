"""The harvest: counts that add up, provenance that leads back, only training frames."""

import json
import re
import shutil
import sqlite3

import pytest
import yaml

from surgchain.pipelines.stages import harvest
from surgchain.schemas import chain_text, tables
from surgchain.schemas.errors import InputError
from surgchain.schemas.records import Chain, Verdict
from surgchain.trainer import dev, model_folder


def test_every_sample_is_accounted_for(trained):
    figures = json.loads(trained.metrics("harvest").read_text())
    assert figures["sampled"] == figures["in"] - figures["redrafted"] == 9 * 4
    assert figures["in"] == figures["out"] + sum(figures["refused"].values())
    assert figures["kept"] == figures["passed"] == figures["out"] - figures["redrafted_kept"]
    assert sum(int(k) * n for k, n in figures["right_histogram"].items()) == figures["right"]


def test_a_kept_chain_carries_its_checkpoint_round_and_pathway(trained):
    chains = list(tables.read(trained.folder / "harvest" / "chains.parquet", Chain))
    assert chains, "the toy model is right sometimes"
    wanted = model_folder.content_hash(trained.folder / "grpo")
    for chain in chains:
        made = chain.provenance
        if made.pathway == "guided":
            assert (made.generator, made.samples_right, made.saw_facts) == ("embedded", 0, True)
            continue
        assert (made.generator, made.model, made.round) == ("model", wanted, "r1")
        assert (made.pathway, made.samples, made.saw_facts) == ("self", 4, False)
        assert 1 <= made.samples_right <= 4
        assert re.fullmatch(r"c-[0-9a-f]{16}", chain.chain_id)
        assert chain.frame_id.startswith("toy/train")
        assert chain_text.parse(chain.text).answer is not None


def test_each_chain_has_its_verdict_in_the_same_order(trained):
    folder = trained.folder / "harvest"
    chains = [c.chain_id for c in tables.read(folder / "chains.parquet", Chain)]
    assert chains == [v.chain_id for v in tables.read(folder / "verdicts.parquet", Verdict)]


def test_the_gauges_of_the_round_stand_in_its_metrics(trained):
    told = json.loads(trained.metrics("harvest").read_text())["gauges"]
    assert 1 / 4 <= told["agreement"] <= 1  # four samples a question
    assert 0 < told["distinct"] <= 1
    assert 0 <= told["near_duplicates"] < 1
    assert told["entropy"] > 0


def test_a_model_that_the_stop_rule_ended_with_is_not_sampled(trained, tmp_path):
    model = shutil.copytree(trained.folder / "grpo", tmp_path / "model")
    same = dev.Dev("a", {"q": True}, {"q": "s"})
    dev.write(model, dev.judge(same, same, "r1"))
    with pytest.raises(InputError, match=r"round r1 gained \+0\.000 .*: no further round"):
        harvest.run(
            "r2", model, trained.shards, tmp_path / "out", tmp_path / "work", tmp_path / "m.json",
            trained.params,
        )  # fmt: skip


def test_a_harvest_that_was_cut_asks_only_for_what_is_missing(trained, tmp_path):
    settings = yaml.safe_load(trained.params.read_text())
    settings["harvest"]["batch"] = 3
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(settings))

    def harvested(place, work):
        harvest.run(
            "r1", trained.folder / "grpo", trained.shards, tmp_path / place, work,
            tmp_path / "m.json", tmp_path / "params.yaml",
        )  # fmt: skip
        return [(tmp_path / place / f"{t}.parquet").read_bytes() for t in ("chains", "verdicts")]

    whole, cut = tmp_path / "whole", tmp_path / "cut"
    first = harvested("first", whole)
    kept = rows(whole)
    assert len(kept) > 3, "several batches"
    with sqlite3.connect(whole / harvest.SAMPLES) as book:  # of whom it speaks, to leave with them
        frames = [f for (f,) in book.execute("SELECT frame_id FROM rows")]
    assert all(f.startswith("toy/train") for f in frames)
    cut.mkdir()
    shutil.copy(whole / harvest.SAMPLES, cut)
    with sqlite3.connect(cut / harvest.SAMPLES) as book:  # as after a kill in the second batch
        book.execute("DELETE FROM rows WHERE rowid > 4")
    assert harvested("second", cut) == first
    assert rows(cut) == kept
    with sqlite3.connect(cut / harvest.SAMPLES) as book:  # what stands there is not sampled again
        book.execute("UPDATE rows SET answer = replace(answer, 'Level 1', 'Level 9')")
    assert harvested("third", cut) != first


def rows(work):
    with sqlite3.connect(work / harvest.SAMPLES) as book:
        return book.execute("SELECT key, answer FROM rows ORDER BY key").fetchall()
