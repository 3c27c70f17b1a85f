"""How checkers agree with people: by hand, and against scikit-learn."""

import pytest

from surgchain.qa import people
from surgchain.schemas.records import Finding, LevelReview, Review, Verdict

CHECKERS = ("grounding", "relations", "leak")


def verdict(chain_id, *checkers):
    faults = {"grounding": "wrong_side", "relations": "wrong_verb", "leak": "meta_talk"}
    findings = tuple(Finding(checker=c, fault=faults[c], reason="r") for c in checkers)
    return Verdict(chain_id=chain_id, passed=not findings, checks={}, findings=findings)


def review(chain_id, reviewer="r0", kind="review", **levels):
    """A review; a level is its decision, or a tag of a fault in it."""
    found = {
        name: LevelReview(decision=value)
        if value in ("accept", "edit", "reject")
        else LevelReview(decision="reject", error_tags=(value,))
        for name, value in levels.items()
    }
    return Review(
        review_id=f"{chain_id}/{reviewer}/{kind}", chain_id=chain_id, reviewer=reviewer, kind=kind,
        reviewed_at="2026-01-01T00:00:00Z", seconds=9,
        decision="reject" if any(v.decision != "accept" for v in found.values()) else "accept",
        levels=found,
    )  # fmt: skip


def agreed(verdicts, reviews):
    return people.agreement(verdicts, reviews, CHECKERS)


def test_precision_and_recall_by_hand():
    verdicts = [verdict("a", "relations"), verdict("b", "relations"), verdict("c"), verdict("d")]
    reviews = [
        review("a", level2="wrong_verb"), review("b", level2="accept"),
        review("c", level2="wrong_target"), review("d", level2="accept"),
    ]  # fmt: skip
    found = agreed(verdicts, reviews)["relations"]
    assert (found.chains, found.flagged, found.at_fault, found.both) == (4, 2, 2, 1)
    assert found.precision.value == found.recall.value == 0.5
    assert found.kappa.value == 0.0


def test_an_untagged_edit_of_a_level_speaks_of_its_checker_only():
    found = agreed([verdict("a", "relations", "grounding")], [review("a", level2="edit")])
    assert (found["relations"].both, found["grounding"].both) == (1, 0)


def test_a_tag_speaks_of_its_own_checker_wherever_it_stands():
    found = agreed([verdict("a", "leak")], [review("a", level2="meta_talk")])
    assert (found["leak"].both, found["relations"].at_fault) == (1, 0)


def test_second_looks_do_not_count_and_an_adjudication_settles():
    reviews = [
        review("a", level2="accept"),
        review("a", "r1", kind="second look", level2="wrong_verb"),
        review("b", level2="accept"), review("b", "r1", level2="accept"),
        review("b", "r2", kind="adjudication", level2="wrong_verb"),
    ]  # fmt: skip
    found = agreed([verdict("a", "relations"), verdict("b", "relations")], reviews)["relations"]
    assert (found.chains, found.at_fault) == (2, 1)


def test_no_reviews_give_no_figures():
    found = agreed([verdict("a", "leak")], [])["leak"]
    assert found.precision == found.recall == found.kappa == people.Share(None, None, None)


def test_wilsons_interval_is_that_of_the_textbook():
    # Brown, Cai and DasGupta 2001: 7 of 10 gives 0.397 to 0.892
    found = people.share(7, 10)
    assert (round(found.low, 3), round(found.high, 3)) == (0.397, 0.892)


def test_kappa_is_scikit_learns():
    from sklearn.metrics import cohen_kappa_score

    pairs = [(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15
    found = people.of_pairs(pairs).kappa
    assert found.value == pytest.approx(cohen_kappa_score(*zip(*pairs, strict=True)))
    assert found.low < found.value < found.high


def test_a_checker_below_the_least_precision_is_doubted_only_over_enough_chains():
    few = people.of_pairs([(True, False)] * (people.FEWEST - 1))
    enough = people.of_pairs([(True, False)] * people.FEWEST)
    good = people.of_pairs([(True, True)] * people.FEWEST)
    named = {"grounding": few, "relations": enough, "leak": good}
    assert people.doubted(named, 0.5) == {"relations"}
    assert people.doubted(named, None) == frozenset()
