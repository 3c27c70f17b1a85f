from pathlib import Path

import pytest

from surgchain.pipelines import params, profiles, sections
from surgchain.schemas.errors import InputError, ParamsError

DVC = """stages:
  collect-r0:
    deps:
      # sources: begin data/drafts/{}.parquet
      - data/drafts/old.parquet
      # sources: end
      - pipelines/stages/collect.py
"""


def test_each_source_gets_each_path_of_the_mark() -> None:
    assert profiles.with_sources(DVC, ["a", "b"]) == DVC.replace(
        "      - data/drafts/old.parquet\n",
        "      - data/drafts/a.parquet\n      - data/drafts/b.parquet\n",
    )


def test_writing_the_lists_twice_changes_nothing() -> None:
    once = profiles.with_sources(DVC, ["a", "b"])
    assert profiles.with_sources(once, ["a", "b"]) == once


def test_an_environment_variable_wins_over_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "root: ${SURGCHAIN_SOME_ROOT:-../shared}/x"
    assert profiles.resolved(text, "p") == "root: ../shared/x"
    monkeypatch.setenv("SURGCHAIN_SOME_ROOT", "/data")
    assert profiles.resolved(text, "p") == "root: /data/x"


def test_a_variable_without_a_value_is_named() -> None:
    with pytest.raises(ParamsError, match=r"profiles/p.yaml: set the .* SURGCHAIN_NOWHERE"):
        profiles.resolved("root: ${SURGCHAIN_NOWHERE}", "p")


def test_a_wrong_profile_answers_with_the_list(tmp_path: Path) -> None:
    (tmp_path / "demo.yaml").write_text("{}")
    with pytest.raises(InputError, match="no profile named 'dmeo'; one of demo"):
        profiles.use("dmeo", tmp_path)


def params_file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "params.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_unknown_key_is_named_with_the_keys_there_are(tmp_path: Path) -> None:
    path = params_file(tmp_path, "shard: {max_megabytes: 1}")
    with pytest.raises(ParamsError) as refused:
        sections.validate(path)
    assert str(refused.value) == f"{path}: unknown key shard.max_megabytes; one of max_mb"


def test_an_unknown_section_is_named(tmp_path: Path) -> None:
    with pytest.raises(ParamsError, match="unknown section 'hand_off'; one of "):
        sections.validate(params_file(tmp_path, "hand_off: {}"))


def test_a_value_out_of_range_is_named_with_what_was_given(tmp_path: Path) -> None:
    with pytest.raises(ParamsError, match=r"handoff.audit_share: .*less than or equal to 1.*got 2"):
        sections.validate(params_file(tmp_path, "handoff: {audit_share: 2}"))


def test_a_round_needs_its_model(tmp_path: Path) -> None:
    with pytest.raises(ParamsError, match=r"rounds.r1.model"):
        sections.validate(params_file(tmp_path, "rounds: {r1: {after: r0}}"))


@pytest.mark.parametrize(
    ("rounds", "told"),
    [
        (
            "rounds:\n  r1: {after: r0, model: m}\n  r1: {after: r0, model: n}",
            "line 3: 'r1' stands twice; give one of them another name",
        ),
        (
            "rounds: {r0: {after: r0, model: m}}",
            "rounds.r0: r0 is the round that the drafts make; give this one another name",
        ),
        (
            "rounds: {r1: {after: r1, model: m}}",
            "rounds.r1.after: no round 'r1' above it; one of r0",
        ),
        (
            "rounds: {r1: {after: r0, model: m}, r2: {after: r3, model: m}}",
            "rounds.r2.after: no round 'r3' above it; one of r0, r1",
        ),
    ],
)
def test_two_rounds_of_one_name_are_refused(tmp_path: Path, rounds: str, told: str) -> None:
    path = params_file(tmp_path, rounds)
    with pytest.raises(ParamsError) as refused:
        sections.validate(path)
    assert str(refused.value) == f"{path}: {told}"


def test_two_sources_of_one_name_are_refused_by_every_stage(tmp_path: Path) -> None:
    path = params_file(tmp_path, "sources:\n  ward: {format: a}\n  ward: {format: b}")
    with pytest.raises(ParamsError, match=r"params.yaml: line 3: 'ward' stands twice"):
        params.read(path)


def test_a_missing_params_file_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ParamsError, match="surgchain profile use demo"):
        params.read(tmp_path / "params.yaml")


def test_params_that_are_no_yaml_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(ParamsError) as refused:
        params.read(params_file(tmp_path, "a: [1,\nb: {"))
    assert "\n" not in str(refused.value)
