import pytest

from surgchain.pipelines.corpus.licences import CorpusLicence, combined
from surgchain.schemas.errors import InputError


def test_share_alike_takes_the_whole_and_non_commercial_binds_it():
    found = combined({"c80": "CC-BY-NC-SA-4.0", "psi": "MIT", "dsad": "CC-BY-4.0"})
    assert found == CorpusLicence(
        name="CC-BY-NC-SA-4.0",
        non_commercial=True,
        may_be_passed_on=True,
        attribution=("c80", "dsad", "psi"),
        reasons=("share-alike: c80", "non-commercial: c80"),
    )


@pytest.mark.parametrize(
    ("sources", "name"),
    [
        ({}, "CC0-1.0"),
        ({"a": "CC0-1.0"}, "CC0-1.0"),
        ({"a": "CC0-1.0", "b": "MIT"}, "MIT"),
        ({"a": "MIT", "b": "CC-BY-4.0"}, "CC-BY-4.0"),
        ({"a": "CC-BY-NC-4.0", "b": "CC-BY-4.0"}, "CC-BY-NC-4.0"),
        ({"a": "CC-BY-NC-SA-3.0-US", "b": "CC-BY-NC-SA-4.0"}, "CC-BY-NC-SA-4.0"),
        ({"a": "LicenseRef-hospital", "b": "CC-BY-NC-SA-4.0"}, "LicenseRef-hospital"),
    ],
)
def test_the_licence_of_a_mix(sources, name):
    assert combined(sources).name == name


@pytest.mark.parametrize(
    ("sources", "words"),
    [
        ({"pitvqa": "CC-BY-NC-ND-4.0"}, "source 'pitvqa' is under CC-BY-NC-ND-4.0: chains"),
        (
            {"a": "CC-BY-SA-4.0", "b": "CC-BY-NC-SA-4.0"},
            "each wants the whole under itself: CC-BY-NC-SA-4.0: b; CC-BY-SA-4.0: a",
        ),
        ({"a": "CC-BY-SA-4.0", "b": "CC-BY-NC-4.0"}, "and b forbids commercial use"),
        ({"a": "GPL"}, "source 'a': unknown licence 'GPL'; one of CC0-1.0"),
    ],
)
def test_an_impossible_mix_is_refused_with_the_sources_named(sources, words):
    with pytest.raises(InputError, match=words):
        combined(sources)


def test_what_stays_in_the_house_may_not_be_passed_on():
    found = combined({"h": "LicenseRef-hospital", "p": "CC0-1.0"})
    assert (found.may_be_passed_on, found.reasons[-1]) == (False, "may not be passed on: h")
