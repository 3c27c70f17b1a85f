from surgchain.pipelines.corpus.reviews import decided, edited, preferences, releases
from surgchain.schemas.records import Chain, LevelReview, Provenance, Question, Review
from surgchain.schemas.reviews import Reviewed

TEXT = (
    "<think>\nLevel 1: A hook.\nLevel 2: The hook cuts.\nLevel 3: Dissection.\n</think>\n"
    "<answer>preparation</answer>"
)


def chain(chain_id: str) -> Chain:
    return Chain(
        chain_id=chain_id,
        frame_id="phantom/VID01/000003",
        question=Question(task="phase", text="Which phase?"),
        text=TEXT,
        provenance=Provenance(generator="embedded", model="1", saw_facts=True, seed=0),
    )


def reviewed(
    chain_id: str, reviewer: str, decision: str | None, kind: str = "review", **more: str
) -> Reviewed:
    levels = {part: LevelReview(decision="edit", edited_text=text) for part, text in more.items()}
    review = Review(
        review_id=f"{chain_id}-{reviewer}",
        chain_id=chain_id,
        reviewer=reviewer,
        reviewed_at=f"2026-11-28T10:00:00Z{reviewer}",
        seconds=1.0,
        decision=decision,
        levels=levels,
        kind=kind,
    )
    return Reviewed(review=review, asked="phase", stratum="s", reason="audit", surgery="phantom:01")


def outcome(*items: Reviewed) -> tuple[str, str]:
    (found,) = decided(items).values()
    return found.outcome, found.why


def test_one_reject_rejects_however_many_accept() -> None:
    found = outcome(
        *(reviewed("c", f"r{i}", d) for i, d in enumerate(["accept", "reject", "accept"]))
    )
    assert found == ("rejected", "a reject wins")


def test_a_third_person_settles_what_two_differ_about() -> None:
    two = [reviewed("c", "r1", "accept"), reviewed("c", "r2", "edit", level2="The hook rests.")]
    assert outcome(*two) == ("waiting", "the reviewers differ")
    third = reviewed("c", "r3", "accept", kind="adjudication")
    assert outcome(*two, third) == ("accepted", "adjudicated")


def test_an_adjudication_may_overrule_a_reject() -> None:
    third = reviewed("c", "r3", "accept", kind="adjudication")
    assert outcome(reviewed("c", "r1", "reject"), third) == ("accepted", "adjudicated")


def test_two_edits_to_other_words_differ() -> None:
    found = outcome(
        reviewed("c", "r1", "edit", level2="The hook rests."),
        reviewed("c", "r2", "edit", level2="The hook dissects."),
    )
    assert found == ("waiting", "the reviewers differ")


def test_what_could_not_be_judged_waits() -> None:
    assert outcome(reviewed("c", "r1", None)) == ("waiting", "could not be judged")
    assert outcome(reviewed("c", "r1", "edit")) == ("waiting", "an edit that changed nothing")


def test_gold_decides_nothing() -> None:
    assert decided([reviewed("c", "r1", "reject", kind="gold")]) == {}


def test_an_edit_is_a_new_chain_that_points_at_the_old_one() -> None:
    new = edited(chain("c1"), reviewed("c1", "r1", "edit", level2="The hook rests.").review)
    assert new.text == TEXT.replace("The hook cuts.", "The hook rests.")
    assert new.chain_id != "c1"
    assert new.provenance == Provenance(
        generator="human", model="r1", saw_facts=False, seed=0, parent_chain_id="c1"
    )


def test_an_audit_of_29_accepts_releases_and_picked_chains_do_not_count() -> None:
    audit = [reviewed(f"c{i}", "r1", "accept") for i in range(29)]
    picked = reviewed("p", "r1", "reject").model_copy(update={"reason": "rare"})
    (found,) = releases([*audit, picked], at=0.9, confidence=0.95).values()
    assert (found.seen, found.accepted, found.released) == (29, 29, True)
    (found,) = releases([*audit[:28], picked], at=0.9, confidence=0.95).values()
    assert (found.released, found.more) == (False, 1)


def test_preferences_pair_an_edit_with_what_it_edits_and_accepts_with_rejects() -> None:
    items = [
        reviewed("c1", "r1", "edit", level2="The hook rests."),
        reviewed("c2", "r1", "accept"),
        reviewed("c3", "r1", "reject"),
    ]
    chains = {c: chain(c) for c in ("c1", "c2", "c3")}
    found = [(p["chosen_id"][:2], p["rejected_id"], p["why"]) for p in preferences(items, chains)]
    assert found == [("c-", "c1", "edit"), ("c2", "c3", "accept over reject")]


def test_a_second_look_changes_the_vote_of_who_looked_again() -> None:
    first = [reviewed("c", "r1", "accept"), reviewed("c", "r2", "accept")]
    again = reviewed("c", "r1", "edit", kind="second look", level2="The hook rests.")
    assert outcome(*first) == ("accepted", "agreed")
    assert outcome(*first, again) == ("waiting", "the reviewers differ")
    assert outcome(first[0], again) == ("edited", "one reviewer")


def test_what_is_known_of_a_stratum_comes_from_first_looks() -> None:
    first = [reviewed(f"c{n}", "r1", "accept" if n else "reject") for n in range(29)]
    persuaded = reviewed("c0", "r1", "accept", kind="second look")
    (found,) = releases([*first, persuaded], at=0.9, confidence=0.95).values()
    assert (found.accepted, found.seen, found.released) == (28, 29, False)
