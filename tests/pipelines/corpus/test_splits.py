import pytest

from surgchain.pipelines.corpus import splits
from surgchain.schemas.errors import ParamsError


def test_the_side_of_a_surgery_depends_on_nothing_but_its_id():
    ids = [f"cholec:{n:03d}" for n in range(2000)]
    sides = [splits.by_hash(i, 0.25, 0.1) for i in ids]
    assert sides == [splits.by_hash(i, 0.25, 0.1) for i in ids]
    assert sides.count("test") == pytest.approx(500, abs=60)
    assert sides.count("val") == pytest.approx(200, abs=45)


def test_shares_of_nothing_and_of_all():
    assert {splits.by_hash(f"a:{n}", 0, 0) for n in range(50)} == {"train"}
    assert {splits.by_hash(f"a:{n}", 1, 0) for n in range(50)} == {"test"}


@pytest.mark.parametrize(
    ("dataset", "name", "sizes"),
    [
        ("cholect50", "rendezvous", (35, 5, 10)),
        ("cholect50", "challenge", (40, 5, 5)),
        ("cholec80", "endonet", (40, 0, 40)),
        ("cholec80", "tecno", (32, 8, 40)),
        ("cholec80", "camma", (40, 8, 32)),
    ],
)
def test_official_splits_have_the_published_sizes(dataset, name, sizes):
    sides = [s for videos in splits.official()[dataset][name].values() for s in videos]
    assert tuple(sides.count(s) for s in ("train", "val", "test")) == sizes


def test_a_wrong_name_answers_with_the_names():
    with pytest.raises(ParamsError, match="no split policy 'rdv' for format 'cholect50'; one of"):
        splits.of_dataset("cholect50", "rdv", "VID01")
    assert splits.of_dataset("cholect50", "rendezvous", "VID74") == "test"
    assert splits.of_dataset("cholect50", "rendezvous", "VID99") is None
