"""Tags become reviews, reviews a round: with the numbers of the round they change."""

from collections import Counter
from pathlib import Path

import pytest

from surgchain.pipelines.corpus.project import Project
from surgchain.pipelines.explore import curation, samples
from surgchain.pipelines.explore.curation import Tagged
from surgchain.pipelines.files import read_json
from surgchain.pipelines.stages import collect
from surgchain.schemas import reviews, tables
from surgchain.schemas.records import Example, LevelReview

NOW = "2026-11-28T20:00:00Z"
LATER = "2026-11-29T20:00:00Z"


def tagged(*tags: str, chain_id: str = "c-1", frame_id: str = "ward/VID01/000003") -> Tagged:
    return Tagged(chain_id, frame_id, "phase", "ward/phase/embedded", "ward:VID01", tags)


def test_a_fault_as_a_tag_is_a_reject_with_its_error_tag() -> None:
    found = curation.review(tagged("wrong_count", "blurred"), "ann", NOW, "r0").review
    assert (found.decision, found.kind, found.comment) == (
        "reject", "curation", "blurred, wrong_count",
    )  # fmt: skip
    assert found.levels == {"answer": LevelReview(decision="reject", error_tags=("wrong_count",))}


@pytest.mark.parametrize(
    ("tags", "decision"),
    [
        (("keep", "drop"), "reject"), (("accept", "edit"), "edit"), (("keep",), "accept"),
        (("accept",), "accept"), (("drop-frame",), "reject"), (("reject",), "reject"),
        (("look",), None),
    ],
)  # fmt: skip
def test_the_worst_tag_decides_and_a_comment_decides_nothing(
    tags: tuple[str, ...], decision: str | None
) -> None:
    found = curation.review(tagged(*tags), "ann", NOW, "r0")
    assert found.review.decision == decision
    assert found.frame == ("ward/VID01/000003" if "drop-frame" in tags else "")


def test_the_snapshot_says_what_the_tags_say_now(tmp_path: Path) -> None:
    both = [tagged("drop"), tagged("look", chain_id="c-2")]
    first = curation.pulled([], both, "ann", NOW, "r0")
    assert (first.new, first.gone, len(first.reviewed)) == (2, 0, 2)
    other = curation.pulled(first.reviewed, [tagged("keep")], "bob", NOW, "r1")
    assert (other.new, other.gone, len(other.reviewed)) == (1, 0, 3)
    again = curation.pulled(other.reviewed, both, "ann", LATER, "r0")
    assert again == (other.reviewed, 0, 0)
    path = tmp_path / "curation.parquet"
    reviews.write(path, again.reviewed, "")
    assert reviews.read(path) == again.reviewed
    assert curation.tags(reviews.read(path), "r0") == {"c-1": ["drop"], "c-2": ["look"]}
    taken_away = curation.pulled(again.reviewed, [tagged("drop")], "ann", LATER, "r0")
    assert (taken_away.new, taken_away.gone) == (0, 1)
    assert {r.review.reviewer for r in taken_away.reviewed} == {"ann", "bob"}


def collected(*found: Tagged) -> dict:
    """Collect r0 of the small project again, with these tags; return its counts."""
    path = Project().curation
    reviews.write(path, curation.pulled([], found, "ann", NOW, "r0").reviewed, "")
    data = Path("data")
    collect.run(
        "r0", data / "ingest", data / "rounds" / "r0", Path("metrics/collect/r0.json"),
        drafts=data / "drafts", verdicts=data / "verdicts", handoff=data / "handoff",
        reviews=Path("reviews/reviews.parquet"), curation=path,
    )  # fmt: skip
    return read_json(Path("metrics/collect/r0.json"))


def examples() -> list[Example]:
    return list(tables.read(Project().examples("r0"), Example))


def of(example: Example, *tags: str) -> Tagged:
    chain = example.chain
    return tagged(*tags, chain_id=chain.chain_id, frame_id=chain.frame_id)


def test_what_a_curator_drops_stays_out_with_its_reason_counted(
    small_project: Path, tmp_path: Path
) -> None:
    before, counts = examples(), read_json(Path("metrics/collect/r0.json"))
    per_frame = Counter(e.chain.frame_id for e in before)
    frame = next(f for f, n in per_frame.items() if n > 1)
    whole = [e for e in before if e.chain.frame_id == frame]
    others = [e for e in before if e.chain.frame_id != frame]
    after = collected(
        of(whole[0], "drop-frame"), of(others[0], "drop"), of(others[1], "wrong_verb"),
        of(others[2], "edit"), of(others[3], "keep"), of(others[4], "look"),
    )  # fmt: skip
    gone = {e.chain.chain_id for e in [*whole, *others[:3]]}
    assert examples() == [e for e in before if e.chain.chain_id not in gone]
    new = {k: v for k, v in after["refused"].items() if k not in counts["refused"]}
    others_of_the_frame = new.pop("curation: its frame was dropped")
    assert new == {"curation: dropped": 2, "curation: wrong_verb": 1}
    held = counts["held"] + 1 - after["held"]  # one more by "edit"; some went with their frame
    assert others_of_the_frame == len(whole) - 1 + held
    assert after["in"] == counts["in"] == after["out"] + sum(after["refused"].values())
    assert after["kept_by_a_curator"] == 1
    states = Counter(s.fields["state"] for s in samples.of_round(Project(), "r0", tmp_path / "p"))
    assert states["refused"] == 3 + others_of_the_frame


def test_a_keep_lets_nothing_in(small_project: Path) -> None:
    before = examples()
    out = {
        c["chain_id"] for c in tables.read_rows(Project().examples("r0").with_name("held.parquet"))
    }
    assert out
    collected(*(tagged("keep", chain_id=c) for c in out))
    assert examples() == before


def test_without_tags_a_round_is_what_it_was(small_project: Path) -> None:
    before = examples(), read_json(Path("metrics/collect/r0.json"))
    assert (collected(), examples()) == before[::-1]
