"""A round is taken out of a params file; everything else stays as it was written."""

from pathlib import Path

import pytest

from surgchain.pipelines import round_lines
from surgchain.schemas.errors import InputError

ROOT = Path(__file__).parents[2]
BLOCK = """\
sources: {}
# round: the round it follows
rounds:
  r1: {after: r0, model: models/grpo}   # the first
  r2:
    after: r1
    model: models/refine/r1

frames: {}  # as it is
"""
R1 = {"after": "r0", "model": "models/grpo"}
R2 = {"after": "r1", "model": "models/refine/r1"}


def test_the_lines_of_a_round_go_and_comments_stay() -> None:
    assert (
        round_lines.without(BLOCK, "r2")
        == """\
sources: {}
# round: the round it follows
rounds:
  r1: {after: r0, model: models/grpo}   # the first

frames: {}  # as it is
"""
    )


def test_the_last_round_leaves_an_empty_mapping() -> None:
    once = round_lines.without(BLOCK, "r2")
    assert (
        round_lines.without(once, "r1")
        == """\
sources: {}
# round: the round it follows
rounds: {}   # the first

frames: {}  # as it is
"""
    )


def test_rounds_on_one_line_stay_on_one_line() -> None:
    text = "rounds: {r1: {after: r0, model: m}, r2: {after: r1, model: n}}  # two\nframes: {}\n"
    assert round_lines.without(text, "r2") == (
        "rounds: {r1: {after: r0, model: m}}  # two\nframes: {}\n"
    )


def test_rounds_at_the_end_of_a_file_without_a_last_newline() -> None:
    text = "rounds:\n  r1: {after: r0, model: m}\n  r2: {after: r1, model: n}"
    assert round_lines.without(text, "r2") == "rounds:\n  r1: {after: r0, model: m}\n"
    assert round_lines.without("rounds:\n  r1: {after: r0, model: m}", "r1").strip() == "rounds: {}"


def test_every_profile_of_the_project_can_lose_its_newest_round() -> None:
    import yaml

    for path in sorted((ROOT / "profiles").glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        before = yaml.safe_load(text)
        name = round_lines.newest(before["rounds"])
        after = yaml.safe_load(round_lines.without(text, name))
        assert name not in after["rounds"]
        assert {k: v for k, v in before.items() if k != "rounds"} == {
            k: v for k, v in after.items() if k != "rounds"
        }


def test_the_newest_is_the_one_that_no_other_follows() -> None:
    assert round_lines.newest({"r2": R2, "r1": R1}) == "r2"
    with pytest.raises(InputError, match="no round to take out"):
        round_lines.newest({})
    with pytest.raises(InputError, match="r1 and b are both newest"):
        round_lines.newest({"r1": R1, "b": R1})
