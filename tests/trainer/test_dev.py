"""The stop rule: the same locked questions after every round, an end where nothing is gained."""

import pytest

from surgchain.schemas.errors import InputError
from surgchain.trainer import dev, model_folder
from surgchain.trainer.dev import Dev
from surgchain.trainer.shards import Shards

SURGERIES = {"q1": "s1", "q2": "s1", "q3": "s2", "q4": "s2"}


def said(*right: str, locked: str = "a") -> Dev:
    return Dev(locked, {q: q in right for q in SURGERIES}, SURGERIES)


def test_a_gain_goes_on_and_none_is_the_end():
    up = dev.judge(said("q1"), said("q1", "q3"), "r1")
    # s1: 0 of 2, s2: 1 of 2; a draw of s1 alone gives 0, of s2 alone 1/2
    assert (up.gain.mean, up.gain.low, up.gain.high, up.stop) == (0.25, 0.0, 0.5, False)
    assert dev.judge(said("q1"), said("q2"), "r1").stop
    assert dev.judge(said("q1", "q2"), said("q1"), "r1").stop


def test_two_rounds_that_were_asked_other_questions_are_not_compared():
    with pytest.raises(InputError, match="round r2: its dev questions are not those of the round"):
        dev.judge(said(locked="a"), said(locked="b"), "r2")


def test_what_was_written_is_read_and_the_rule_holds_the_next_round(tmp_path):
    dev.require_going_on(tmp_path)  # nobody asked
    dev.write(tmp_path, dev.judge(said("q1"), said("q1", "q3"), "r1"))
    dev.require_going_on(tmp_path)
    judged = dev.judge(said("q1", "q2"), said("q1"), "r1")
    dev.write(tmp_path, judged)
    assert dev.read(tmp_path) == judged
    with pytest.raises(InputError, match=r"round r1 gained -0\.250 .* on 4 locked dev questions"):
        dev.require_going_on(tmp_path)
    (tmp_path / dev.FILE).write_text("{}")
    with pytest.raises(InputError, match=r"dev\.json: cannot be read"):
        dev.read(tmp_path)


def test_the_set_is_locked_by_its_questions_and_right_answers(toy, base, shards_folder, tmp_path):
    loaded, file = model_folder.load(base), Shards(shards_folder, "frames", "val")

    def lock(of: Shards, number: int) -> str:
        return dev.measure(loaded, of, dev.questions(of, number), 8, 4).locked

    assert lock(file, 6) == lock(file, 6) != lock(file, 5)
    assert {a.item.surgery_id[:7] for a in dev.questions(file, 30)} == {"toy:val"}
    chains, frames = toy.rows()
    asked = {a.item.question_id for a in dev.questions(file, 6)}
    for q in (q for f in frames for q in f["questions"] if q["question_id"] in asked):
        q["gold"] = "preparation" if q["task"] == "phase" else q["gold"]
    changed = Shards(toy.write(tmp_path / "s", chains, frames), "frames", "val")
    assert lock(changed, 6) != lock(file, 6)
