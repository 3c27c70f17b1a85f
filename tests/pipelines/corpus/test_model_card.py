import json
from pathlib import Path

import pytest

from surgchain.pipelines.commands.card import card
from surgchain.pipelines.corpus import model_card
from surgchain.pipelines.corpus.project import Project
from surgchain.schemas.errors import InputError

LEAK = "cholec:06 lies on two sides: test: cholect50/VID06; train: cholec80/video06"


def model(place: str, **made) -> Path:
    folder = Path(place)
    folder.mkdir(parents=True)
    (folder / "surgchain.json").write_text(json.dumps({"mode": "chain", **made}))
    return folder


def tell(name: str, **told) -> None:
    path = Path("data/rounds") / name / "round.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **told}))


NON_COMMERCIAL = {
    "name": "LicenseRef-hospital",
    "non_commercial": True,
    "may_be_passed_on": False,
    "attribution": ["own"],
    "reasons": ["non-commercial: own", "may not be passed on: own"],
}


def test_licence_and_accepted_leaks_stand_on_both_cards(small_project: Path, capsys) -> None:
    tell("r0", licence=NON_COMMERCIAL, accepted_leaks=[LEAK])
    model("mine/grpo", model={"path": "Qwen/Qwen2.5-VL-7B-Instruct"})
    card("mine/grpo")
    said = capsys.readouterr().out
    assert "license: other" in said
    assert "license_name: licenseref-hospital" in said
    assert "base_model: Qwen/Qwen2.5-VL-7B-Instruct" in said
    assert "* non-commercial: own" in said
    assert "**The weights are for non-commercial use only.**" in said
    assert "**The weights may not be passed on.**" in said
    assert "**1 surgeries lie on two sides of the split**" in said
    assert f"* {LEAK}" in said
    card("r0")
    said = capsys.readouterr().out
    assert "**1 surgeries lie on two sides of the split**" in said
    assert "cholec:06 lies on two sides" in said
    assert "lies on one side of the split only" not in said


def test_without_a_leak_both_cards_say_so(small_project: Path, capsys) -> None:
    tell("r0", licence={**NON_COMMERCIAL, "name": "CC0-1.0"}, accepted_leaks=[])
    model("mine/coldstart")
    for name in ("mine/coldstart", "r0"):
        card(name)
        assert "A physical surgery" not in (said := capsys.readouterr().out)
        assert "None: a physical surgery lies on one side of the split only." in said


def test_a_refined_model_is_of_its_own_round(small_project: Path) -> None:
    told = dict.fromkeys(("licence",), NON_COMMERCIAL)
    tell("r0", **told, accepted_leaks=[], round_id="zero")
    tell("r1", **told, accepted_leaks=[], round_id="one")
    rounds = [
        model_card.of_model(Project(), model(place)).round_id
        for place in ("mine/pretrain", "mine/refine/r1")
    ]
    assert rounds == ["zero", "one"]
    with pytest.raises(InputError, match="no round 'r7'"):
        model_card.of_model(Project(), model("mine/refine/r7"))


def test_scores_with_their_intervals_and_the_materials_stand_on_the_card(
    small_project: Path, capsys
) -> None:
    folder = model("models/x")
    card("models/x")
    assert "Not evaluated" in capsys.readouterr().out
    scores = {"accuracy": 0.5, "low": 0.4, "high": 0.6, "n": 1080}
    told = {**scores, "by_task": {"phase": {**scores, "n": 270}}}
    Path("metrics/evaluate/x.json").write_text(json.dumps(told))
    rows = {"ward/phase": {"chains": 7}}
    bill = {"stage": "x", "round": "r0", "round_id": "one", "shards": "ab" * 32, "rows": rows}
    (folder / "materials.json").write_text(json.dumps({"stages": [bill]}))
    card("models/x")
    said = capsys.readouterr().out
    assert "| all | 0.500 | 0.400 to 0.600 | 1,080 |\n| phase | 0.500 |" in said
    assert "| x | r0 | ward/phase | 7 | 0 | 0 |" in said
