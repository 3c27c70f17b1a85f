"""A whole group: figures equal the plain metrics, failures stay in, draws are over surgeries."""

import numpy as np
import pytest
from factories_asked import question

from surgchain.qa.metrics import asked as suites
from surgchain.qa.metrics import classes, cvs, draws, intervals, scoring
from surgchain.qa.metrics.asked import Asked, Said
from surgchain.qa.metrics.tally import tally
from surgchain.schemas import ontology
from surgchain.schemas.errors import InputError

CHOLEC = ontology.load("cholect50")
PHASES = CHOLEC.names("phases")


def scored(asked: list[Asked], said: list[str | None]):
    replies = [(a.question_id, Said((s,))) for a, s in zip(asked, said, strict=True)]
    (group,) = suites.groups(asked, suites.aligned(asked, replies))
    return tally(group)


def random_phases(number: int = 200):
    rng = np.random.default_rng(0)
    gold = rng.integers(0, 7, number)
    said = np.where(rng.random(number) < 0.6, gold, rng.integers(0, 7, number))
    surgeries = [f"s{k}" for k in rng.integers(0, 5, number)]
    asked = [
        question(k, PHASES[g], surgery=s)
        for k, (g, s) in enumerate(zip(gold, surgeries, strict=True))
    ]
    return asked, gold, said


def test_phase_figures_are_those_of_the_plain_metric() -> None:
    asked, gold, said = random_phases()
    found = scored(asked, [PHASES[s] for s in said]).figures()
    plain = classes.by_frame(gold, said, 7).macro()
    assert {n: found[n] for n in plain} == pytest.approx(plain)


def test_the_interval_of_a_mean_is_near_that_of_the_plain_bootstrap() -> None:
    asked, gold, said = random_phases()
    drawn = scored(asked, [PHASES[s] for s in said]).drawn["accuracy"]
    plain = intervals.over_surgeries((gold == said).astype(float), [a.surgery_id for a in asked])
    assert draws.interval(drawn) == pytest.approx((plain.low, plain.high), abs=0.01)


def test_of_one_surgery_there_is_no_interval() -> None:
    drawn = scored([question(0, PHASES[0])], [PHASES[0]]).drawn["accuracy"]
    assert drawn.tolist() == [1.0]
    assert draws.interval(drawn) is None


def test_missing_unreadable_and_foreign_answers_are_wrong_in_every_task() -> None:
    golds = {
        "phase": PHASES[0],
        "vqa": "yes",
        "triplet": "hook, dissect, gallbladder",
        "localization": "hook [0, 0, 100, 100]",
        "cvs": "C1: no; C2: no; C3: no",
    }
    for task, gold in golds.items():
        asked = [question(k, gold, task) for k in range(4)]
        replies = [("q0", Said((gold,))), ("q1", Said((None,))), ("q2", Said(("I; think",)))]
        (group,) = suites.groups(asked, suites.aligned(asked, replies))
        assert tally(group).values.tolist() == [1.0, 0.0, 0.0, 0.0], task
        assert group.missing == [False, False, False, True]


def test_partial_credit_of_boxes_is_that_of_the_reward() -> None:
    gold = "grasper [0, 0, 200, 200]; hook [500, 500, 600, 600]"
    said = ["grasper [0, 0, 200, 100]", "hook [500, 500, 600, 600]; grasper [600, 0, 0, 200]"]
    asked = [question(k, gold, "localization") for k in range(2)]
    expected = [scoring.score(s, gold, "localization", CHOLEC).value for s in said]
    assert scored(asked, said).values.tolist() == pytest.approx(expected)


def test_cvs_figures_are_those_of_the_plain_metric() -> None:
    rng = np.random.default_rng(1)
    gold, said = rng.random((60, 3)) < 0.3, rng.random((60, 3)) < 0.4
    words = [
        ["; ".join(f"C{k}: {'yes' if v else 'no'}" for k, v in enumerate(r, 1)) for r in m]
        for m in (gold, said)
    ]
    asked = [question(k, g, "cvs", f"s{k % 4}") for k, g in enumerate(words[0])]
    found, plain = scored(asked, words[1]).figures(), cvs.scored(gold, said, np.ones(60, bool))
    for name in ("C1", "C2", "C3"):
        assert found[f"accuracy_{name}"] == pytest.approx(plain[name]["accuracy"])
        assert found[f"balanced_{name}"] == pytest.approx(plain[name]["balanced_accuracy"])
    assert found["mean_ap"] == pytest.approx(plain["mean"]["ap"])
    assert found["all_three"] == pytest.approx(plain["all_three"]["accuracy"])


def test_votes_of_samples_rank_triplets() -> None:
    hook, clip = "hook, dissect, gallbladder", "clipper, clip, cystic_duct"
    asked = [question(0, hook, "triplet"), question(1, clip, "triplet")]
    replies = [("q0", Said((clip, hook, hook))), ("q1", Said((clip, clip, clip)))]
    (group,) = suites.groups(asked, suites.aligned(asked, replies))
    found = tally(group).figures()
    assert (found["accuracy_ivt"], found["map_ivt"], found["votes"]) == (0.5, 1.0, 3.0)


def test_odd_files_are_refused() -> None:
    asked = [question(0, PHASES[0])]
    with pytest.raises(InputError, match="another suite"):
        suites.aligned(asked, [("q9", Said((PHASES[0],)))])
    with pytest.raises(InputError, match="two answers"):
        suites.aligned(asked, [("q0", Said((None,))), ("q0", Said((None,)))])
    with pytest.raises(InputError, match="stands twice"):
        suites.aligned(asked * 2, [])
    mixed = [question(0, PHASES[0]), question(1, "Preparation", ontology="cholec80")]
    with pytest.raises(InputError, match="mixes ontologies"):
        suites.groups(mixed, [None, None])


def test_controls_say_what_is_most_frequent_among_the_known() -> None:
    known = [question(k, PHASES[1]) for k in range(2)] + [
        question(2, PHASES[2], text="Which of A?")
    ]
    asked = [question(3, PHASES[0]), question(4, PHASES[0], text="Which of A?")]
    assert [s.answers for s in suites.majority(asked, known)] == [(PHASES[1],)] * 2
    assert [s.answers for s in suites.by_words(asked, known)] == [(PHASES[1],), (PHASES[2],)]
