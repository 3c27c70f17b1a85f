import numpy as np
import pytest

from surgchain.qa.agreement import boxes, coefficients, effort, gold, pairs
from surgchain.qa.agreement.report import Judged, report
from surgchain.schemas.records import Entity, LevelReview, Review


def review(chain: str, reviewer: str, decision: str | None, **more: object) -> Review:
    levels = {"level1": LevelReview(decision=decision)} if decision else {}
    return Review(
        **{
            "review_id": f"{chain}-{reviewer}",
            "chain_id": chain,
            "reviewer": reviewer,
            "reviewed_at": "2026-11-28T10:00:00Z",
            "seconds": 30.0,
            "decision": decision,
            "levels": levels,
            **more,
        }
    )


def judged(*reviews: Review) -> list[Judged]:
    return [Judged(r, "phase", "s/phase/embedded", f"surgery {r.chain_id}") for r in reviews]


def test_the_report_counts_what_was_judged_twice() -> None:
    found = report(
        judged(
            review("c1", "r1", "accept"),
            review("c1", "r2", "accept"),
            review("c2", "r1", "reject"),
            review("c2", "r2", "accept"),
            review("c3", "r1", None),
        )
    )
    assert found["overall"]["items_judged_twice"] == 2
    assert found["overall"]["percent"]["value"] == 0.5
    assert found["levels"]["level1"]["votes"] == 4
    assert found["pairs"]["r1 r2"]["n"] == 2
    assert found["pairs"]["r1 r2"]["kappa"]["value"] == 0.0
    assert found["reviewers"]["r1"]["decisions"] == {"accept": 1, "cannot judge": 1, "reject": 1}


def test_an_adjudication_is_not_a_vote() -> None:
    found = report(judged(review("c1", "r3", "accept", kind="adjudication")))
    assert (found["reviews"], found["overall"]["votes"]) == (0, 0)


def test_boxes_agree_by_the_best_matching_of_each_name() -> None:
    one = [Entity(name="grasper", box=(0, 0, 0.5, 0.5)), Entity(name="hook", box=(0, 0, 1, 1))]
    other = [Entity(name="grasper", box=(0, 0, 0.5, 1.0))]
    # grasper 0.25 / 0.5 = 0.5; the hook has no partner
    assert boxes.agreement(one, other) == 0.25
    assert boxes.agreement([], []) is None


def test_gold_is_right_when_a_planted_fault_is_not_accepted() -> None:
    tagged = LevelReview(decision="reject", error_tags=("wrong_verb",))
    reviews = [
        review("g1", "r1", "reject", levels={"level2": tagged}, kind="gold"),
        review("g2", "r1", "accept", kind="gold"),
        review("c9", "r1", "reject"),
    ]
    (score,) = gold.scores(reviews, {"g1": "wrong_verb", "g2": "wrong_phase"}).values()
    assert (score.seen, score.right, score.accuracy, score.named) == (2, 1, 0.5, 1.0)


def test_drift_is_the_last_window_less_the_first() -> None:
    reviews = [
        review(
            f"g{i}",
            "r1",
            "reject" if i < 20 else "accept",
            reviewed_at=f"2026-01-{i:03}",
            kind="gold",
        )
        for i in range(40)
    ]
    (score,) = gold.scores(reviews, {f"g{i}": "truncated" for i in range(40)}).values()
    assert score.drift == -1.0
    assert score.over_time == (1.0, 0.0)


def test_accuracy_on_gold_has_the_exact_interval() -> None:
    # 19 of 20, by statsmodels: proportion_confint(19, 20, method="beta")
    from statsmodels.stats.proportion import proportion_confint

    reviews = [review(f"g{i}", "r1", "reject" if i else "accept", kind="gold") for i in range(20)]
    (score,) = gold.scores(reviews, {f"g{i}": "truncated" for i in range(20)}).values()
    assert (score.low, score.high) == pytest.approx(proportion_confint(19, 20, method="beta"))


def test_a_second_look_is_no_vote() -> None:
    found = report(
        judged(
            review("c1", "r1", "accept"),
            review("c1", "r2", "reject"),
            review("c1", "r1", "reject", kind="second look"),
        )
    )
    assert (found["reviews"], found["overall"]["percent"]["value"]) == (2, 0.0)


def two_surgeries() -> list[Judged]:
    """r1 and r2 agree in one operation and not in the other; r3 is alone."""
    reviews = [
        *(review(f"a{n}", r, "accept") for n in range(10) for r in ("r1", "r2")),
        *(review(f"b{n}", "r1", "accept") for n in range(10)),
        *(review(f"b{n}", "r2", "reject") for n in range(10)),
        review("c1", "r3", "accept"),
    ]
    return [Judged(r, "phase", "s/phase/embedded", r.chain_id[0]) for r in reviews]


def test_each_task_stratum_and_reviewer_has_an_interval_over_surgeries() -> None:
    found = report(two_surgeries())
    expected = {"value": 0.5, "low": 0.0, "high": 1.0}
    places = (
        found["overall"], found["levels"]["level1"], found["tasks"]["phase"],
        found["strata"]["s/phase/embedded"], found["reviewers"]["r1"], found["reviewers"]["r2"],
    )  # fmt: skip
    assert [p["percent"] for p in places] == [expected] * 6
    assert found["reviewers"]["r3"]["percent"] is None
    assert found["reviewers"]["r3"]["reviews"] == 1


def test_cohens_kappa_of_a_pair_has_an_interval_over_surgeries() -> None:
    reviews = []
    for surgery in range(12):  # in each: both accept 3, both reject 2, they differ on 1
        both = [("accept", "accept")] * 3 + [("reject", "reject")] * 2 + [("accept", "reject")]
        for number, pair in enumerate(both):
            reviews += [
                review(f"{surgery}-{number}", f"r{n}", d) for n, d in enumerate(pair, start=1)
            ]
    found = report([Judged(r, "phase", "s", r.chain_id.partition("-")[0]) for r in reviews])
    # po 5/6, pe = (4/6 * 3/6 + 2/6 * 3/6) = 1/2: kappa 2/3; every operation alike: no spread
    (pair,) = found["pairs"].values()
    about = pytest.approx(2 / 3)
    assert pair == {"n": 72, "kappa": dict.fromkeys(("value", "low", "high"), about)}


def test_kappa_of_the_bootstrap_is_that_of_the_library() -> None:
    generator = np.random.default_rng(3)
    both = generator.integers(0, 9, size=(5, 3, 3)).astype(float)
    for table, found in zip(both, pairs.kappas(both), strict=True):
        first = [str(a) for a in range(3) for b in range(3) for _ in range(int(table[a, b]))]
        second = [str(b) for a in range(3) for b in range(3) for _ in range(int(table[a, b]))]
        assert found == pytest.approx(coefficients.cohen(first, second))


def test_boxes_have_an_interval_over_surgeries() -> None:
    one = Entity(name="hook", box=(0, 0, 0.5, 0.5))
    half = Entity(name="hook", box=(0, 0, 0.5, 0.25))
    reviews = [
        *(review(f"a{n}", r, "accept", boxes=(one,)) for n in range(4) for r in ("r1", "r2")),
        *(review(f"b{n}", "r1", "accept", boxes=(one,)) for n in range(4)),
        *(review(f"b{n}", "r2", "accept", boxes=(half,)) for n in range(4)),
    ]
    found = report([Judged(r, "phase", "s", r.chain_id[0]) for r in reviews])
    expected = {"value": 0.75, "low": 0.5, "high": 1.0, "pairs": 8}
    assert found["overall"]["boxes"] == expected
    assert found["tasks"]["phase"]["boxes"] == expected
    assert found["reviewers"]["r2"]["boxes"] == expected


def test_time_and_edit_distance_are_told() -> None:
    edit = {"level2": LevelReview(decision="edit", edited_text="x", edit_distance=0.25)}
    reviews = [
        review("c1", "r1", "edit", seconds=10.0, levels=edit),
        review("c2", "r1", "accept", seconds=20.0),
        review("c3", "r1", "accept", seconds=90.0),
    ]
    assert effort.of(reviews) == {
        "items": 3,
        "seconds": {"q1": 15.0, "median": 20.0, "q3": 55.0},
        "edit_distance": {"level2": 0.25},
    }
    assert effort.of([]) == {"items": 0, "seconds": None, "edit_distance": None}
