"""What became of each question: six outcomes that never overlap, and sum to all questions."""

import factories_asked as few

from surgchain.qa.metrics import asked as suites
from surgchain.qa.metrics import outcomes
from surgchain.qa.metrics.asked import Said
from surgchain.qa.metrics.tally import tally


def told(task: str, gold: str, said: dict[int, Said], number: int) -> dict[str, float]:
    asked = [few.question(k, gold, task) for k in range(number)]
    replies = [(f"q{k}", s) for k, s in said.items()]
    (group,) = suites.groups(asked, suites.aligned(asked, replies))
    return outcomes.told(group, tally(group).right)


def test_each_question_has_one_outcome() -> None:
    found = told(
        "phase",
        "preparation",
        {
            0: Said(("preparation",)),
            1: Said(("gallbladder-packaging",)),
            2: Said(("a; b",)),
            3: Said((None,), refused=True),
            4: Said((None,), failed=True),
            5: Said((None, "preparation"), failed=True),  # a sample is not the answer
            6: Said(("I cannot assist",), refused=True),
        },
        8,
    )
    counts = {n: found[n] for n in outcomes.OUTCOMES}
    assert counts == {
        "right": 1, "wrong": 1, "unparsed": 1, "refused": 2, "failed_request": 2, "missing": 1,
    }  # fmt: skip
    assert sum(counts.values()) == 8
    assert found["parse_failure_rate"] == 1 / 8
    assert (found["refusal_rate"], found["failed_request_rate"]) == (2 / 8, 2 / 8)


def test_a_failed_request_is_no_parse_failure() -> None:
    found = told("phase", "preparation", {0: Said((None,), failed=True)}, 1)
    assert (found["failed_request"], found["unparsed"], found["parse_failure_rate"]) == (1, 0, 0)


def test_a_foreign_class_and_a_box_inside_out_are_wrong_and_told() -> None:
    foreign = told("phase", "preparation", {0: Said(("sleeping",))}, 1)
    assert (foreign["wrong"], foreign["outside_ontology"]) == (1, 1)
    turned = told("localization", "hook [0, 0, 100, 100]", {0: Said(("hook [100, 100, 0, 0]",))}, 1)
    assert (turned["wrong"], turned["boxes_inside_out"]) == (1, 1)


def test_boxes_are_right_as_scoring_has_it() -> None:
    gold = "hook [0, 0, 100, 100]; hook [500, 500, 600, 600]"
    said = {
        0: Said((gold,)),
        1: Said(("hook [0, 0, 100, 100]",)),  # half the overlap, but one is missing
        2: Said(("hook [0, 0, 100, 100]; hook [0, 0, 100, 100]",)),
        3: Said(("hook [0, 0, 100, 100]; grasper [500, 500, 600, 600]",)),
    }
    found = told("localization", gold, said, 4)
    assert (found["right"], found["wrong"]) == (2, 2)
