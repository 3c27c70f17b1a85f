"""One sentence added to a clean chain: the faults it brings, or none."""

import hand_written
import pytest

from surgchain.qa import judge

CLEAN = hand_written.clean_levels()
SCENES = hand_written.scenes()
CHECKERS = judge.load()
LINES = [
    line
    for name in (
        "added",
        "harmless",
        "harmless2",
        "harmless3",
        "leaks",
        "leaks2",
        "leaks3",
        "harmless4",
    )
    for line in (hand_written.HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("line", LINES)
def test_an_added_sentence_brings_its_fault_and_no_other(line):
    head, _, wanted = line.rpartition("=>")
    name, level, sentence = head.strip().split(" ", 2)
    levels = list(CLEAN[name])
    levels[int(level) - 1] += " " + sentence
    found = {f.fault for f in hand_written.verdict(SCENES[name], levels, CHECKERS).findings}
    if "criterion_contradiction" in wanted:
        found.discard("answer_not_entailed")  # the answer is right all the same
    assert found == set(wanted.split())
