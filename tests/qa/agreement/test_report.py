from surgchain.qa.agreement import boxes, gold
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
    assert found["pairs"] == {"r1 r2": {"n": 2, "kappa": 0.0}}
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
        review("g1", "r1", "reject", levels={"level2": tagged}),
        review("g2", "r1", "accept"),
        review("c9", "r1", "reject"),
    ]
    (score,) = gold.scores(reviews, {"g1": "wrong_verb", "g2": "wrong_phase"}).values()
    assert (score.seen, score.right, score.accuracy, score.named) == (2, 1, 0.5, 1.0)


def test_drift_is_the_last_window_less_the_first() -> None:
    reviews = [
        review(f"g{i}", "r1", "reject" if i < 20 else "accept", reviewed_at=f"2026-01-{i:03}")
        for i in range(40)
    ]
    (score,) = gold.scores(reviews, {f"g{i}": "truncated" for i in range(40)}).values()
    assert score.drift == -1.0
