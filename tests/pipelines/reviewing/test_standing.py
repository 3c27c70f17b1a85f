from surgchain.annotators.label_studio.sent import Sent
from surgchain.annotators.label_studio.shown import Shown
from surgchain.annotators.label_studio.snapshot import Snapshot
from surgchain.pipelines.reviewing import standing
from surgchain.schemas.records import Review
from surgchain.schemas.reviews import Reviewed

PHASE, CVS = "phantom/phase/embedded", "phantom/cvs/embedded"


def sent(chain_id: str, reviewer: str = "anna", stratum: str = PHASE, **more: str) -> Sent:
    values = {"kind": "review", "reason": "audit", **more}
    return Sent(
        chain_id=chain_id, server="u", project=1, task=1, reviewer=reviewer, asked="phase",
        stratum=stratum, surgery="g", page="p", shown=Shown(parts={}), **values,
    )  # fmt: skip


def reviewed(chain_id: str, decision: str, reviewer: str = "anna", **more: str) -> Reviewed:
    review = Review(
        review_id=f"{chain_id}{reviewer}", chain_id=chain_id, reviewer=reviewer,
        reviewed_at="2026-11-28T10:00:00Z", seconds=30.0, decision=decision,
        kind=more.get("kind", "review"),
    )  # fmt: skip
    return Reviewed(
        review=review, asked="phase", stratum=PHASE, reason=more.get("reason", "audit"),
        surgery="g", planted=more.get("planted", ""),
    )  # fmt: skip


def stand(rows: list[Sent], items: list[Reviewed]) -> dict:
    return standing.standing(rows, Snapshot(), items, at=0.9, confidence=0.95)


def test_a_kind_that_may_enter_and_one_that_nobody_saw() -> None:
    rows = [sent(f"c{n}") for n in range(29)] + [sent("v0", stratum=CVS)]
    found = stand(rows, [reviewed(f"c{n}", "accept") for n in range(29)])
    assert {n: (s["sent"], s["seen"], s["released"]) for n, s in found["strata"].items()} == {
        PHASE: (29, 29, True),
        CVS: (1, 0, False),
    }
    waits, scarce = found["next"]
    assert waits == "anna has 1 chains to look at"
    assert scarce == (
        f"too few were drawn at random to release {CVS}, even if all that wait are accepted: "
        f"raise handoff: {{audit_min: ...}} in params.yaml, then dvc repro and "
        f"surgchain review push (a kind that has no more chains enters one by one, as people "
        f"accept them)"
    )


def test_when_every_kind_may_enter_the_next_step_is_told() -> None:
    rows = [sent(f"c{n}") for n in range(29)]
    found = stand(rows, [reviewed(f"c{n}", "accept") for n in range(29)])
    assert found["next"] == [
        "every kind may enter: set collect: {release: audited} in params.yaml, then dvc repro"
    ]


def test_chains_picked_for_a_reason_do_not_count_as_drawn() -> None:
    found = stand([sent("c1"), sent("c2", reason="policy")], [])
    assert found["strata"][PHASE]["sent"] == 1


def test_two_reviewers_of_one_chain_are_one_chain_sent() -> None:
    found = stand([sent("c1"), sent("c1", "bert")], [])
    assert found["strata"][PHASE]["sent"] == 1
    assert found["reviewers"]["bert"]["minutes_left"] == 1


def test_who_looked_again_and_changed_is_told() -> None:
    rows = [sent("c1"), sent("c2")]
    items = [
        reviewed("c1", "accept"), reviewed("c1", "reject", kind="second look"),
        reviewed("c2", "accept"), reviewed("c2", "accept", kind="second look"),
    ]  # fmt: skip
    found = stand(rows, items)["reviewers"]["anna"]
    assert found == {"sent": 2, "done": 2, "minutes_left": 0, "looked_again": 2, "changed": 1}


def test_gold_is_scored_and_not_a_kind() -> None:
    rows = [sent("c1"), sent("g1", kind="gold", reason="gold", planted="wrong_verb")]
    items = [reviewed("g1", "reject", kind="gold", reason="gold", planted="wrong_verb")]
    found = stand(rows, items)
    assert found["strata"][PHASE]["sent"] == 1
    assert (found["gold"]["anna"]["right"], found["gold"]["anna"]["seen"]) == (1, 1)


def test_what_it_means_is_said_once_in_words() -> None:
    assert standing.means(0.9, 0.95).endswith(
        "with 95 % confidence, and 90 % are asked for. That takes 29 accepted in a row, and more "
        "where one was not."
    )
