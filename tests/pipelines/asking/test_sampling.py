from collections import Counter
from itertools import pairwise

from surgchain.pipelines.asking.sampling import Candidate, Caps, refusals


def phase(number: int, name: str, split: str = "train", video: str = "v") -> Candidate:
    return Candidate(f"q{number}", video, split, float(number), "phase", (name,))


TEN = [phase(n, "long" if n < 8 else "short") for n in range(10)]


def kept(candidates: list[Candidate], caps: Caps) -> list[Candidate]:
    refused = refusals(candidates, caps)
    return [c for c in candidates if c.question_id not in refused]


def test_without_caps_nothing_is_refused() -> None:
    assert refusals(TEN, Caps()) == {}


def test_a_cap_on_the_source_says_so_for_the_rest() -> None:
    assert Counter(refusals(TEN, Caps(per_source=4)).values()) == {"over cap_per_source": 6}


def test_a_higher_cap_only_adds() -> None:
    few, more = (set(kept(TEN, Caps(per_task=n))) for n in (3, 6))
    assert few < more
    assert (len(few), len(more)) == (3, 6)


def test_the_order_of_the_candidates_does_not_matter() -> None:
    caps = Caps(per_class=2)
    assert set(kept(TEN, caps)) == set(kept(TEN[::-1], caps))


def test_phases_are_balanced_against_the_rarest_of_each_split() -> None:
    test = [phase(n + 100, "long", split="test") for n in range(5)]
    found = Counter((c.split, *c.classes) for c in kept([*TEN, *test], Caps(phase_balance=1.5)))
    assert found == {("train", "long"): 3, ("train", "short"): 2, ("test", "long"): 5}


def test_two_questions_of_a_class_are_so_many_seconds_apart_in_a_video_only() -> None:
    other = [phase(n + 100, "long", video="w")._replace(time_s=float(n)) for n in range(3)]
    left = kept([*TEN, *other], Caps(seconds_apart=3.0))
    for video, name in (("v", "long"), ("v", "short"), ("w", "long")):
        times = sorted(c.time_s for c in left if c.video_id == video and c.classes == (name,))
        assert times
        assert all(b - a >= 3.0 for a, b in pairwise(times))


def test_a_question_of_several_classes_stays_while_one_of_them_has_room() -> None:
    both = Candidate("q1", "v", "train", 0.0, "triplet", ("common", "rare"))
    common = [Candidate(f"c{n}", "v", "train", 0.0, "triplet", ("common",)) for n in range(5)]
    left = kept([*common, both], Caps(per_class=2))
    assert both in left
