import json
from pathlib import Path

import pytest

from surgchain.schemas import ontology
from surgchain.schemas.errors import InputError

CHOLECT50 = ontology.load("cholect50")


def test_cholect50_lists_are_those_of_the_label_files(real: Path) -> None:
    label = json.loads((real / "CholecT50" / "labels" / "VID68.json").read_text())["categories"]
    for key, facet in (("instrument", "instruments"), ("verb", "verbs"), ("target", "targets")):
        assert CHOLECT50.names(facet) == tuple(label[key][str(i)] for i in range(len(label[key])))
    assert CHOLECT50.names("phases") == tuple(label["phase"][str(i)] for i in range(7))
    assert [",".join(t) for t in CHOLECT50.triplets] == [
        label["triplet"][str(i)] for i in range(100)
    ]


@pytest.mark.parametrize("name", ontology.available())
def test_every_ontology_cites_its_dataset_and_its_triplets_use_its_words(name: str) -> None:
    words = ontology.load(name)
    assert words.cites
    for instrument, verb, target in words.triplets:
        assert instrument in words.names("instruments")
        assert verb in words.names("verbs")
        assert target in words.names("targets")
    assert set(words.phase_follows) <= set(words.names("phases"))


@pytest.mark.parametrize(
    ("facet", "spelling", "name"),
    [
        ("phases", "Calot Triangle Dissection", "carlot-triangle-dissection"),
        ("phases", "carlotTriangleDissection", "carlot-triangle-dissection"),
        ("instruments", "L-hook", "hook"),
        ("targets", "Cystic Duct", "cystic_duct"),
        ("targets", "spleen", None),
    ],
)
def test_reading_accepts_the_usual_spellings(facet: str, spelling: str, name: str | None) -> None:
    assert CHOLECT50.lookup(facet, spelling) == name


def test_an_ontology_that_does_not_exist_answers_with_the_list() -> None:
    with pytest.raises(InputError, match=r"ontology .colect50. does not exist; one of .*cholect50"):
        ontology.load("colect50")


def test_a_broken_ontology_names_the_file_and_the_key(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("name: mine\nprocedure: x\ncites: us\nphasess: []\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"mine.yaml: phasess: Extra inputs"):
        ontology.load(str(path))
