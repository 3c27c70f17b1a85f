"""The card beside the weights: what they were made of, and the terms that follow."""

import json

import pytest
import yaml

from surgchain.schemas.errors import InputError
from surgchain.trainer import corpus, materials, model_folder

FREE = {"name": "CC0-1.0", "non_commercial": False, "may_be_passed_on": True, "reasons": []}
STRICT = {
    "name": "CC-BY-NC-SA-4.0", "non_commercial": True, "may_be_passed_on": True,
    "reasons": ["non-commercial: cholec80"],
}  # fmt: skip


def stage(name: str, licence: dict | None) -> dict:
    rows = {"toy/phase": {"chains": 3, "own": 1, "questions": 1200}}
    return {"stage": name, "round": "r0", "round_id": "round-1", "shards": "ab" * 32,
            "rows": rows, "licence": licence}  # fmt: skip


def test_a_stage_tells_its_rows_by_source_and_task_and_its_round(base, toy, tmp_path):
    chains, frames = toy.rows(surgeries=1, frames=4)
    chains[0]["pathway"] = "self"
    shards = toy.write(tmp_path / "s", chains, frames)
    told = {"round": "r3", "round_id": "round-x", "licence": STRICT}
    (shards / materials.ROUND).write_text(json.dumps(told))
    found = corpus.of(shards, model_folder.load(base), "direct")
    made = materials.of_stage("refine@r3", shards, found)
    assert made["rows"] == {
        "toy/localization": {"chains": 4, "questions": 4},
        "toy/phase": {"chains": 3, "own": 1, "questions": 4},
        "toy/triplet": {"chains": 4, "questions": 4},
    }
    assert (made["round"], made["round_id"], made["licence"]) == ("r3", "round-x", STRICT)


def test_a_card_lists_every_stage_and_the_strictest_terms(base, tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"
    for folder in (first, second):
        folder.mkdir()
        model_folder.write_card(folder, model_folder.read_card(base))
    materials.write(first, None, stage("pretrain", STRICT))
    materials.write(second, first, stage("coldstart", FREE))
    assert [s["stage"] for s in materials.read(second)] == ["pretrain", "coldstart"]
    text = (second / "README.md").read_text()
    head = yaml.safe_load(text.split("---")[1])
    assert (head["license"], head["pipeline_tag"]) == ("cc-by-nc-sa-4.0", "image-text-to-text")
    assert "| pretrain | r0 | toy/phase | 3 | 1 | 1,200 |" in text
    assert "| coldstart | r0 | toy/phase | 3 | 1 | 1,200 |" in text
    assert "* non-commercial: cholec80\n* **For non-commercial use only.**" in text
    assert "May not be passed on" not in text


def test_what_says_no_licence_may_not_be_passed_on():
    terms = materials.binding([stage("pretrain", FREE), stage("coldstart", None)])
    assert (terms["name"], terms["may_be_passed_on"]) == ("LicenseRef-unknown", False)


def test_a_broken_bill_is_one_clear_error(tmp_path):
    (tmp_path / "materials.json").write_text("{}")
    with pytest.raises(InputError, match=r"materials\.json: cannot be read"):
        materials.read(tmp_path)
