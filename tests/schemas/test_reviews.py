from pathlib import Path

from surgchain.schemas import reviews
from surgchain.schemas.records import Entity, LevelReview, Review
from surgchain.schemas.reviews import Reviewed


def reviewed() -> Reviewed:
    review = Review(
        review_id="r-1",
        chain_id="c-1",
        reviewer="surgeon-1",
        reviewed_at="2026-11-28T10:00:00Z",
        seconds=31.5,
        decision="edit",
        levels={
            "level1": LevelReview(decision="accept"),
            "level2": LevelReview(
                decision="edit", edited_text="x", edit_distance=0.25, error_tags=("wrong_verb",)
            ),
        },
        boxes=(Entity(name="hook", box=(0.1, 0.2, 0.3, 0.4)), Entity(name="clipper")),
        confidence=4,
    )
    return Reviewed(review=review, asked="phase", stratum="s", reason="audit", surgery="g")


def test_a_snapshot_is_read_as_it_was_written_and_names_its_log(tmp_path: Path) -> None:
    path = tmp_path / "reviews.parquet"
    reviews.write(path, [reviewed()], "abc")
    assert reviews.read(path) == [reviewed()]
    assert reviews.head_of(path) == "abc"


def test_the_same_reviews_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        reviews.write(tmp_path / name, [reviewed()], "abc")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_the_snapshot_that_ships_is_empty_and_readable() -> None:
    root = Path(__file__).parent.parent.parent
    assert reviews.read(root / "reviews" / "reviews.parquet") == []
