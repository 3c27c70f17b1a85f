from collections import Counter
from pathlib import Path

from surgchain.pipelines.corpus.project import Project
from surgchain.pipelines.explore import chain_markdown, curation, samples
from surgchain.pipelines.files import read_json
from surgchain.schemas.records import LevelReview

NOW = "2026-11-28T20:00:00Z"


def test_a_round_shows_what_came_in_and_what_did_not(small_project: Path, tmp_path: Path) -> None:
    found = list(samples.of_round(Project(), "r0", tmp_path / "pictures"))
    counted = read_json(Path("metrics/collect/r0.json"))
    assert Counter(s.fields["state"] for s in found) == {
        "accepted": counted["accepted"],
        "held": counted["held"],
        "rejected": sum(counted["rejected"].values()),
    }
    for sample in found:
        assert Path(sample.filepath).read_bytes().startswith(b"\xff\xd8\xff")
        assert (sample.fields["state"] == "rejected") == bool(sample.fields["faults"])
    boxed = [s for s in found if s.fields["state"] == "accepted" and s.claimed]
    assert boxed
    for sample in boxed:
        assert {n for n, _ in sample.claimed} <= {n for n, _ in sample.facts}


def test_a_later_round_shows_what_the_model_wrote(small_project: Path, tmp_path: Path) -> None:
    found = list(samples.of_round(Project(), "r1", tmp_path / "pictures"))
    own = [s for s in found if s.fields["self_made"]]
    assert len(own) == read_json(Path("metrics/collect/r1.json"))["released_by"]["self"]
    assert {s.fields["pathway"] for s in own} == {"self"}


def test_all_samples_have_the_same_fields(small_project: Path, tmp_path: Path) -> None:
    found = list(samples.of_round(Project(), "r0", tmp_path / "pictures"))
    assert len({tuple(s.fields) for s in found}) == 1


def test_a_fault_as_a_tag_is_a_reject_with_its_error_tag() -> None:
    found = curation.review("c-1", ["wrong_count", "blurred"], "ann", NOW)
    assert (found.decision, found.kind, found.comment) == ("reject", "curation", "blurred")
    assert found.levels == {"answer": LevelReview(decision="reject", error_tags=("wrong_count",))}


def test_the_worst_decision_counts_and_a_comment_is_none() -> None:
    assert curation.review("c-1", ["accept", "reject"], "ann", NOW).decision == "reject"
    assert curation.review("c-1", ["look"], "ann", NOW).decision is None


def test_the_same_tags_are_pulled_once(tmp_path: Path) -> None:
    rows, new = curation.merged(tmp_path / "none.parquet", {"c-1": ["accept"], "c-2": []}, "a", NOW)
    assert (len(rows), new, rows[0]["decision"]) == (1, 1, "accept")


def test_markup_in_a_chain_is_shown_as_text() -> None:
    assert chain_markdown.plain("<b>*x*</b>\n# y") == r"\<b\>\*x\*\</b\>" + "  \n" + r"\# y"
    assert chain_markdown.marked("ab<c", [2, 4]) == r"ab **>> \<c <<** "
