"""Which of a question's samples is kept."""

from surgchain.schemas.records import Finding, Verdict
from surgchain.trainer.pathways.self_ import Tried, choose

PASS = Verdict(chain_id="c", passed=True, checks={})
FINDING = Finding(checker="grounding", fault="hallucinated_instrument", reason="no hook")
FAIL = Verdict(chain_id="c", passed=False, checks={}, findings=(FINDING,))


def test_the_first_right_sample_that_passes_is_kept_and_the_rest_say_why_not():
    verdicts = {1: FAIL, 3: PASS}
    tried = choose(
        ["a", "b", "b", "c", "d", "e"], [True, True, True, True, True, False],
        [False, True, True, True, True, False], verdicts.__getitem__, most_right=4,
    )  # fmt: skip
    assert tried == Tried(
        kept=3,
        verdicts=verdicts,
        refused={
            0: "wrong answer",
            1: "check: hallucinated_instrument",
            2: "the same text again",
            4: "another of its question was kept",
            5: "breaks the form",
        },
        right=4,
    )


def test_a_question_that_is_known_already_gives_nothing():
    tried = choose(["a", "b"], [True, True], [True, True], lambda _: PASS, most_right=1)
    assert tried == Tried(None, {}, dict.fromkeys((0, 1), "question is known already"), 2)
