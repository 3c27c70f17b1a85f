"""Results as JSON: nothing undefined in it, an interval beside every figure, one scale for all."""

import json

import numpy as np
import pytest
from factories_asked import question

from surgchain.pipelines.surgbench import comparing, results
from surgchain.pipelines.surgbench.replies import Reply
from surgchain.qa.metrics.asked import Asked
from surgchain.qa.metrics.outcomes import OUTCOMES
from surgchain.schemas import ontology

CHOLEC = ontology.load("cholect50")
ANSWERS = {
    "phase": CHOLEC.names("phases")[:3],
    "triplet": tuple(", ".join(t) for t in CHOLEC.triplets[:3]),
    "localization": ("hook [0, 0, 100, 100]", "grasper [0, 0, 50, 50]", "hook [0, 0, 300, 300]"),
    "cvs": ("C1: no; C2: no; C3: yes", "C1: yes; C2: no; C3: no", "C1: no; C2: yes; C3: yes"),
}
TOLD = {"suite": "demo", "suite_version": 2, "suite_sha256": "ab" * 32, "model": "m"}


def asked_of(tasks: tuple[str, ...], number: int = 24) -> list[Asked]:
    rng = np.random.default_rng(0)
    found = []
    for task in tasks:
        for k in range(number):
            gold = ANSWERS[task][rng.integers(0, 3)]
            one = question(len(found), gold, task, f"s{k % 3}", source="phantom")
            found.append(one._replace(centre=("north", "south")[k % 3 == 0]))
    return found


def replies_to(asked: list[Asked], right: float) -> list[Reply]:
    rng = np.random.default_rng(1)
    other = [ANSWERS[a.task][rng.integers(0, 3)] for a in asked]
    return [
        Reply(a.question_id, (a.gold if rng.random() < right else o,))
        for a, o in zip(asked, other, strict=True)
    ]


def test_results_hold_an_interval_for_every_figure_and_nothing_undefined() -> None:
    asked = asked_of(tuple(ANSWERS))
    scored = results.score(asked, replies_to(asked, 0.7))
    found = results.results(scored, asked, TOLD, "surgbench-demo-2")
    json.dumps(found, allow_nan=False)
    for told in found["tasks"].values():
        without = set(told["figures"]) - set(told["intervals"])
        assert without <= {"votes"}
        for name, (low, high) in told["intervals"].items():
            assert low <= told["figures"][name] <= high
        assert set(told["controls_intervals"]["majority"]) == set(told["intervals"])
        assert {c: v["surgeries"] for c, v in told["by_centre"].items()} == {"north": 2, "south": 1}
        assert "low" in told["by_centre"]["north"]
        assert "low" not in told["by_centre"]["south"]
        assert sum(told["failures"][o] for o in OUTCOMES) == told["n"]


def test_the_model_and_its_controls_stand_on_one_scale() -> None:
    asked = asked_of(tuple(ANSWERS))
    scored = results.score(asked, replies_to(asked, 0.9))
    found = results.results(scored, asked, TOLD, "surgbench-demo-2")["arena"]
    assert found["ranked"][0]["model"] == "m"
    assert {p["model"] for p in found["ranked"]} == {"m", "majority", "words"}
    keys = results.arena.key_list("surgbench-demo-2").keys
    mean = np.mean([scored.tallies[k].figures()[m] for k, m in keys.items()])
    assert found["score"] == pytest.approx(mean)
    assert found["low"] <= found["score"] <= found["high"]
    first = found["pairs"][0]
    assert (first["first"], first["verdict"]) == ("m", "better")
    assert first["low"] > 0


def test_a_suite_that_lacks_a_dataset_of_the_list_has_no_score() -> None:
    asked = asked_of(("phase", "triplet", "localization"))
    scored = results.score(asked, replies_to(asked, 0.9))
    found = results.results(scored, asked, TOLD, "surgbench-demo-2")["arena"]
    assert set(found) == {"list", "refused"}
    assert "m has no figure for phantom/cvs" in found["refused"]


def test_two_models_are_ranked_on_the_same_questions_only() -> None:
    asked = asked_of(tuple(ANSWERS))
    models = [
        (name, results.score(asked, replies_to(asked, right)))
        for name, right in (("weak", 0.2), ("strong", 0.9))
    ]
    found = results.standings(models, "surgbench-demo-2")
    assert [p["model"] for p in found["ranked"]] == ["strong", "weak"]
    fewer = [a for a in asked if a.question_id != "q0"]  # one phase less
    models[1] = ("strong", results.score(fewer, replies_to(fewer, 0.9)))
    refused = results.standings(models, "surgbench-demo-2")["refused"]
    assert "weak and strong were not asked the same about phantom/phase" in refused


def test_figures_that_one_model_lacks_are_left_out_of_the_gains() -> None:
    asked = asked_of(("triplet",))
    plain = results.score(asked, replies_to(asked, 0.5))
    ranked = [
        r._replace(logprobs=tuple((t, -1.0 - k) for k, t in enumerate(ANSWERS["triplet"])))
        for r in replies_to(asked, 0.9)
    ]
    scored = results.score(asked, ranked)
    assert "logprob_map_ivt" in scored.tallies["phantom/triplet"].drawn
    for pair in ((plain, scored), (scored, plain)):
        figures = {g.figure for g in comparing.gains(*pair)}
        assert figures == set(plain.tallies["phantom/triplet"].drawn)
