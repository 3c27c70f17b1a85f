"""One level of a clean chain written anew: what it brings, or nothing (`a|b`: either of two)."""

import hand_written
import pytest

from surgchain.qa import judge

CLEAN = hand_written.clean_levels()
SCENES = hand_written.scenes()
CHECKERS = judge.load()
SETS = [f"levels{n}{kind}" for n in ("", 2, 3, 4, 5, 6) for kind in ("", "_faulty")]
SETS += [
    "states",
    "states_faulty",
    "verdicts",
    "remarks",
    "nouns",
    "passages",
    "reasoning",
    "reasoning2",
]
LINES = [
    line
    for name in SETS
    for line in (hand_written.HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    if " =>" in line and line[0] != "#"
]


def verdict(line):
    """Judge the clean chain of a line's scene with one level replaced."""
    name, level, text = line.rpartition("=>")[0].strip().split(" ", 2)
    levels = list(CLEAN[name])
    levels[int(level) - 1] = text.replace(" ; ", "\n")
    return hand_written.verdict(SCENES[name], levels, CHECKERS)


@pytest.mark.parametrize("line", LINES)
def test_a_level_written_anew_has_its_fault_and_no_other(line):
    wanted = line.rpartition("=>")[2].split()
    found = {f.fault for f in verdict(line).findings}
    if "criterion_contradiction" in wanted:
        found.discard("answer_not_entailed")  # the answer is right all the same
    allowed = {name for either in wanted for name in either.split("|")}
    missed = [either for either in wanted if not found & set(either.split("|"))]
    assert (missed, found - allowed) == ([], set())
