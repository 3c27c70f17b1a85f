"""Which questions are asked, what counts as the answer, and what the majority would score."""

from surgchain.trainer.evaluation import Asked, answer_of, choose, judged, majority, summary
from surgchain.trainer.shards import Item


def asked(
    number: int, task: str = "phase", gold: str = "preparation", options: tuple[str, ...] = ()
) -> Asked:
    item = Item(
        f"f{number}", f"s{number % 2}", "toy", f"q{number}", task, "?", gold, "", "",
        options=options,
    )  # fmt: skip
    return Asked(number, item, "cholect50")


def test_tasks_are_asked_equally_and_a_small_task_leaves_its_share_to_the_others():
    of = [asked(k) for k in range(50)] + [
        asked(k, "cvs", "C1: no; C2: no; C3: no") for k in range(4)
    ]
    drawn = choose(of, 20, seed=0)
    tasks = [a.item.task for a in drawn]
    assert (tasks.count("cvs"), tasks.count("phase")) == (4, 16)
    assert drawn == choose(reversed(of), 20, seed=0)


def test_questions_without_a_known_answer_are_not_asked():
    assert choose([asked(0, gold="")], 5, seed=0) == []


def test_the_answer_of_a_chain_is_in_its_tag_and_nowhere_else():
    assert answer_of("<think>x</think><answer>preparation</answer>", "chain") == "preparation"
    assert answer_of("preparation", "chain") is None
    assert answer_of("<answer>a</answer><answer>b</answer>", "chain") is None
    assert answer_of("<answer>cut off by the leng", "chain") is None
    assert answer_of("preparation", "direct") == "preparation"


def test_what_cannot_be_parsed_stays_in_the_denominator():
    done = [judged(asked(0), "preparation", "direct"), judged(asked(1), "a; b", "direct")]
    figures = summary(done)
    assert (figures["accuracy"], figures["n"], figures["parse_failures"]) == (0.5, 2, 0.5)
    assert figures["by_task"]["phase"]["majority"] == 1.0


def test_criteria_are_reported_one_by_one():
    gold = "C1: yes; C2: no; C3: no"
    done = [judged(asked(0, "cvs", gold), "C1: yes; C2: no; C3: yes", "direct")]
    of_task = summary(done)["by_task"]["cvs"]
    assert of_task["criteria"] == {"C1": 1.0, "C2": 1.0, "C3": 0.0}
    assert of_task["accuracy"] == 0.0


def test_the_majority_says_the_most_frequent_answer_of_each_task():
    golds = ["preparation", "preparation", "gallbladder-packaging"]
    items = [asked(k, gold=g).item for k, g in enumerate(golds)]
    items.append(asked(9, "triplet", "hook, dissect, gallbladder").item)
    assert majority(items) == 0.75


def test_the_letter_of_the_right_option_is_right():
    options = ("gallbladder-packaging", "preparation")
    said = [judged(asked(0, options=options), t, "direct") for t in ("B", "A", "A or B")]
    assert [(a.score.right, a.score.parsed) for a in said] == [
        (True, True),
        (False, True),
        (False, False),
    ]


def test_open_and_multiple_choice_questions_are_told_apart():
    options = ("gallbladder-packaging", "preparation")
    done = [judged(asked(k), "gallbladder-packaging", "direct") for k in range(2)]
    done += [judged(asked(k, options=options), "B", "direct") for k in (2, 3, 4)]
    figures = summary(done)
    told = {p: (f["accuracy"], f["n"]) for p, f in figures["by_protocol"].items()}
    assert told == {"open": (0.0, 2), "choice": (1.0, 3)}
    of_task = figures["by_task"]["phase"]
    assert [of_task[p]["accuracy"] for p in ("open", "choice")] == [0.0, 1.0]
