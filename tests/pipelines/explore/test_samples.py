from collections import Counter
from pathlib import Path

from surgchain.pipelines.corpus.project import Project
from surgchain.pipelines.explore import chain_markdown, samples
from surgchain.pipelines.files import read_json


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


def test_markup_in_a_chain_is_shown_as_text() -> None:
    assert chain_markdown.plain("<b>*x*</b>\n# y") == r"\<b\>\*x\*\</b\>" + "  \n" + r"\# y"
    found = chain_markdown.marked("ab<c` d_e", [2, 5, 4, 9], ["wrong_verb", "leak"])
    assert found == r"ab`` <c` `` *(wrong\_verb)* d\_e"
