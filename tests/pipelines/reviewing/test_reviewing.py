from pathlib import Path

import pytest

from surgchain.annotators.label_studio import log
from surgchain.annotators.label_studio.assign import Assigned, Wanted
from surgchain.pipelines.reviewing import adjudicating, desk, planning, standing
from surgchain.pipelines.reviewing.desk import Desk
from surgchain.qa.release import release
from surgchain.schemas import reviews as table
from surgchain.schemas.errors import InputError
from surgchain.schemas.records import LevelReview, Review
from surgchain.schemas.reviews import Reviewed


def reviewed(chain: str, reviewer: str, decision: str, kind: str = "review") -> Reviewed:
    review = Review(
        review_id=f"{chain}{reviewer}",
        chain_id=chain,
        reviewer=reviewer,
        reviewed_at="2026-11-28T10:00:00Z",
        seconds=1.0,
        decision=decision,
        levels={"level2": LevelReview(decision=decision, error_tags=("wrong_verb",))},
        kind=kind,
        confidence=2,
    )
    return Reviewed(review=review, asked="phase", stratum="s", reason="audit", surgery="g")


def test_what_people_differ_about_waits_until_a_third_has_decided() -> None:
    two = [reviewed("c", "r1", "accept"), reviewed("c", "r2", "reject")]
    alike = [reviewed("d", "r1", "accept"), reviewed("d", "r2", "accept")]
    assert list(adjudicating.queue([*two, *alike])) == ["c"]
    assert adjudicating.queue([*two, reviewed("c", "r3", "accept", "adjudication")]) == {}


def test_the_third_person_reads_what_was_said_and_not_by_whom() -> None:
    said = adjudicating.said(
        [reviewed("c", "anna", "reject").review, reviewed("c", "bert", "accept").review]
    )
    assert said.splitlines()[:2] == [
        "Reviewer A: reject, sure 2 of 5",
        "  level2: reject (wrong_verb)",
    ]
    assert "anna" not in said


def test_a_stratum_explains_itself() -> None:
    assert standing.says(release("s", 28, 29), 0.9, 0.95) == (
        "28 of 29 accepted as written: with 95 % confidence at least 85 % of its chains are right; "
        "90 % are asked for, so its chains wait: 17 more accepted in a row would release them"
    )
    assert standing.says(release("s", 29, 29), 0.9, 0.95).endswith("so all may enter")


def test_a_log_that_was_cut_behind_the_snapshot_is_refused(tmp_path: Path) -> None:
    place = Desk(tmp_path / "reviews", tmp_path / "state")
    entries = log.append(place.log, log.START, [])
    table.write(place.snapshot, [], "f" * 64)
    assert entries == []
    with pytest.raises(InputError, match="the log was cut"):
        desk.stand(place)


def test_two_at_once_are_refused(tmp_path: Path) -> None:
    place = Desk(tmp_path / "reviews", tmp_path / "state")
    with place.alone(), pytest.raises(InputError, match="another push or pull"), place.alone():
        pass


def test_one_account_is_one_reviewer(tmp_path: Path) -> None:
    place = Desk(tmp_path / "reviews", tmp_path / "state")
    place.bind("a", 5)
    place.bind("a", 5)
    place.bind("b", 6)
    with pytest.raises(InputError, match="b has account 6 already"):
        place.bind("c", 6)
    assert place.accounts() == {"a": 5, "b": 6}


def test_a_push_that_breaks_off_remembers_who_was_to_see_what(tmp_path: Path) -> None:
    place = Desk(tmp_path / "reviews", tmp_path / "state")
    given = [Assigned("a", Wanted("c", "s", "audit"))]

    def broken() -> None:
        with planning.intending(place, given):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken()
    assert planning.intended(place) == given
    with planning.intending(place, given):
        pass
    assert planning.intended(place) == []
