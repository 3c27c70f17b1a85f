"""Suites are files with a version; other questions, or another version, are never compared."""

from pathlib import Path

import pytest
import yaml
from factories_asked import question

from surgchain.pipelines.corpus.project import Project
from surgchain.pipelines.surgbench import frozen_suites, suites
from surgchain.schemas.errors import InputError

IDENTITY = {"model": "m", "suite": "demo", "suite_version": 2, "suite_sha256": "ab" * 32}


def test_the_suites_that_ship_can_be_loaded_and_name_an_arena_list() -> None:
    found = {name: frozen_suites.load(name) for name in frozen_suites.available()}
    assert {n: (f.name, f.version, f.arena) for n, f in found.items()} == {
        "demo": ("demo", 2, "surgbench-demo-2"),
        "external": ("external", 2, None),
        "public": ("public", 2, "surgbench-public-2"),
    }


def test_the_hash_is_of_ids_and_gold_answers_in_any_order() -> None:
    asked = [question(0, "preparation"), question(1, "gallbladder-packaging")]
    same = frozen_suites.content_sha256(reversed(asked))
    assert frozen_suites.content_sha256(asked) == same
    relabelled = [asked[0], asked[1]._replace(gold="preparation")]
    assert frozen_suites.content_sha256(relabelled) != same
    assert frozen_suites.content_sha256(asked[:1]) != same


def test_a_suite_that_fixes_its_questions_refuses_others(small_project) -> None:
    loaded = suites.load(Project(), "demo")
    text = frozen_suites.frozen(loaded.frozen, loaded.asked)
    Path("mine.yaml").write_text(text)
    assert suites.load(Project(), "mine.yaml").asked == loaded.asked
    some = suites.load(Project(), "mine.yaml", limit=2)  # fixed are the questions before a limit
    assert some.frozen.questions.number == len(loaded.asked) > len(some.asked)
    values = yaml.safe_load(text)
    Path("mine.yaml").write_text(yaml.safe_dump({**values, "protocols": ["open"]}))
    with pytest.raises(InputError, match=r"version 2 fixes .* others"):
        suites.load(Project(), "mine.yaml")


def test_a_suite_asks_its_tasks_and_protocols_only(small_project) -> None:
    values = {**frozen_suites.load("demo").model_dump(mode="json"), "tasks": ["phase"]}
    Path("mine.yaml").write_text(yaml.safe_dump({**values, "protocols": ["choice"]}))
    asked = suites.load(Project(), "mine.yaml").asked
    assert {(a.task, a.protocol) for a in asked} == {("phase", "choice")}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"version": 0}, "version"),
        ({"sources": "all"}, "sources"),
        ({"arena": "none-such"}, "no arena list"),
        ({"questions": {"sha256": "12", "number": 3}}, "questions.sha256"),
        ({"asked": "typo"}, "asked"),
    ],
)
def test_a_file_that_is_no_suite_is_refused(tmp_path: Path, change: dict, told: str) -> None:
    values = {**frozen_suites.load("demo").model_dump(mode="json"), **change}
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(values))
    with pytest.raises(InputError, match=told):
        frozen_suites.load(str(path))


def test_an_unknown_suite_answers_with_those_there_are() -> None:
    with pytest.raises(InputError, match="demo, external, public"):
        frozen_suites.load("none")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"suite": "public"}, "suite differs"),
        ({"suite_version": 1}, "suite version differs"),
        ({"suite_sha256": "cd" * 32}, "suite sha256 differs"),
    ],
)
def test_results_of_different_suites_are_refused_with_the_difference_named(
    change: dict, told: str
) -> None:
    frozen_suites.require_same(IDENTITY, {**IDENTITY, "model": "n"})
    with pytest.raises(InputError, match=told):
        frozen_suites.require_same(IDENTITY, {**IDENTITY, **change})


def test_results_of_before_there_were_versions_are_refused() -> None:
    old = {"model": "n", "suite": "demo"}
    with pytest.raises(InputError, match=r"n on demo version \?.*suite version differs"):
        frozen_suites.require_same(IDENTITY, old)
