"""What holds of every source, whichever comes."""

import re
from inspect import signature
from itertools import takewhile
from pathlib import Path

import pytest

from surgchain.pipelines import params, sources
from surgchain.pipelines.corpus import licences, splits, surgeries
from surgchain.pipelines.sources import SourceParams
from surgchain.schemas.errors import InputError

ROOT = Path(__file__).parents[3]
NAMES = params.words_of(sources)
PAGES = ("README.md", "docs/sources.md")


def table(page):
    """Return the rows of a page's table of sources by format, each by column."""
    lines = (ROOT / page).read_text(encoding="utf-8").splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("| `format` |"))
    head, _, *rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in takewhile(lambda line: line.startswith("|"), lines[start:])
    ]
    return {row[0].strip("`"): dict(zip(head, row, strict=True)) for row in rows}


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


@pytest.mark.parametrize("page", PAGES)
def test_the_table_of_sources_is_the_registry_of_formats(page):
    assert sorted(table(page)) == sorted(NAMES)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", NAMES)
def test_the_table_says_task_licence_and_citation(name, page):
    row = table(page)[name]
    assert row["dataset"]
    assert row.get("task") or row["read"]
    if name == "folder":
        assert row["licence"].startswith("its own")
        return
    licence = params.chosen(sources, name, "source").LICENCE
    stated = "not stated" if licence == "LicenseRef-not-stated" else licence
    assert row["licence"].partition(":")[0] == stated
    assert re.fullmatch(r"[A-Z]\w+ et al\., .*\d{4}(\.\d{5})?", row["cite"])


def test_both_tables_say_the_same():
    one, other = map(table, PAGES)
    for name in set(NAMES) - {"folder"}:
        row = one[name]
        also = other[name]
        assert (row["dataset"], row["task"], row["cite"]) == (
            also["dataset"], also["read"], also["cite"],
        )  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_the_table_names_the_splits_of_a_source(name):
    named = splits.named_splits().get(name, ())
    said = table("docs/sources.md")[name]["named splits"]
    assert bool(named) <= bool(said)
    for split in named:
        assert split in said or split[:-1] in said  # `fold0` .. `fold3`


@pytest.mark.parametrize("name", NAMES)
def test_its_licence_is_known_to_the_algebra(name):
    module = params.chosen(sources, name, "source")
    if name != "folder":  # a hospital says its own
        assert module.LICENCE in licences.LICENCES


REAL = {
    # rows, scenes, questions, joined: seconds of 3 csv files, of 3 clips, rows of 7 txt files, keys
    # of 3 JSON files, items of one, seconds and events of 24, keyframes with their acting boxes
    "autolaparo": ("AutoLaparo", 6386 + 4718 + 3651, 14755, 0, 0),
    "cholec80": ("Cholec80", 3 * 32, 96, 0, 0),
    "cholect45": ("CholecT45", 3 * 1750 + 4 * 1357, 1750 + 1357, 0, 2 * 1750 + 3 * 1357),
    "cholect50": ("CholecT50", 848, 848, 0, 0),
    "copesd": ("CoPESD", 2 * 1787, 1787, 1787, 0),
    "multibypass140": ("MultiBypass140", 122462, 119894, 0, 0),
    "psi_ava": ("PSI-AVA", 1282 + 1029 + 3181 + 2623, 2311, 4949, 0),
}


@pytest.mark.parametrize("name", REAL)
def test_the_real_files_are_read_in_full_and_add_up(name, real):
    folder, *numbers = REAL[name]
    module = params.chosen(sources, name, "source")
    readings = list(module.read("x", real / folder, SourceParams(format=name, root="")))
    for r in readings:
        left = r.frames + len(r.asked) + r.joined + len(r.refused) + r.passed_over.total()
        assert r.rows == left, r.video
    assert [r for reading in readings for r in reading.refused] == []
    assert numbers == [
        sum(r.rows for r in readings),
        sum(r.frames for r in readings),
        sum(len(r.asked) for r in readings),
        sum(r.joined for r in readings),
    ]


def test_every_named_split_is_of_a_source_and_every_source_is_in_the_registry():
    known_only = {"endovis18_vqla", "m2cai16_tool"}  # what they show matters to other sources
    assert set(splits.named_splits()) - known_only <= set(NAMES)
    assert set(NAMES) - {"folder"} <= set(surgeries.registry())
