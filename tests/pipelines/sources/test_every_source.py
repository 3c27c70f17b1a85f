"""What holds of every source, whichever comes."""

from inspect import signature
from pathlib import Path

import pytest

from surgchain.pipelines import params, sources
from surgchain.pipelines.corpus import licences, splits, surgeries
from surgchain.pipelines.sources import SourceParams
from surgchain.schemas.errors import InputError

ROOT = Path(__file__).parents[3]
NAMES = params.words_of(sources)
TABLE = (ROOT / "docs/sources.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_a_source_reads_and_shows_its_raw_folder_and_a_row(name):
    module = params.chosen(sources, name, "source")
    assert list(signature(module.read).parameters)[:2] == ["source", "root"]
    shown = [line for line in module.__doc__.splitlines() if line.startswith("    ")]
    assert len(shown) >= 2, "the docstring shows the raw folder"


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_folder_is_one_clear_error(name, tmp_path):
    module = params.chosen(sources, name, "source")
    with pytest.raises(InputError) as error:
        list(module.read("x", tmp_path, SourceParams(format=name, root="")))
    assert "\n" not in str(error.value)
    assert str(tmp_path) in str(error.value)


@pytest.mark.parametrize("name", NAMES)
def test_the_table_of_sources_names_it(name):
    assert f"| `{name}` |" in TABLE


@pytest.mark.parametrize("name", NAMES)
def test_its_licence_is_known_to_the_algebra(name):
    module = params.chosen(sources, name, "source")
    if name != "folder":  # a hospital says its own
        assert module.LICENCE in licences.LICENCES


def test_every_named_split_is_of_a_source_and_every_source_is_in_the_registry():
    known_only = {"endovis18_vqla", "m2cai16_tool"}  # what they show matters to other sources
    assert set(splits.named_splits()) - known_only <= set(NAMES)
    assert set(NAMES) - {"folder"} <= set(surgeries.registry())
