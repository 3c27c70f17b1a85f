"""The phases around a frame, by the labelled frames of its recording."""

from hypothesis import given
from hypothesis import strategies as st

from surgchain.qa.timelines import Neighbours, Timelines

FRAMES = [("v/000010", "a"), ("v/000020", "a"), ("v/000030", "b"), ("v/000050", "a"), ("w/1", "c")]


def test_neighbours_are_the_nearest_labelled_frames_before_and_after():
    timelines = Timelines(FRAMES)
    assert timelines.of("v/25") == Neighbours("a", "b", None)
    assert timelines.of("v/000030") == Neighbours("a", "a", "a")
    assert timelines.of("v/000050") == Neighbours("b", None, "b")
    assert timelines.of("v/000010") == Neighbours(None, "a", None)


def test_a_neighbour_beyond_reach_is_none():
    assert Timelines(FRAMES).of("v/40", reach=9) == Neighbours(None, None, None)
    assert Timelines(FRAMES).of("v/40", reach=10) == Neighbours("b", "a", None)


def test_a_recording_without_labels_or_a_frame_without_number_has_none():
    timelines = Timelines([*FRAMES, ("x/1", None), ("v/first", "a")])
    assert [timelines.of(f) for f in ("x/2", "v/first", "v/\u0663", "")] == [None] * 4


@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from("abc")), unique_by=lambda f: f[0]),
       st.integers(0, 30))  # fmt: skip
def test_it_is_what_looking_at_all_frames_gives_in_any_order(frames, number):
    timelines = Timelines((f"v/{n}", p) for n, p in frames)
    before = [p for n, p in sorted(frames) if n < number]
    after = [p for n, p in sorted(frames) if n > number]
    own = dict(frames).get(number)
    others = [p for p in before if p != own] if own else []
    wanted = Neighbours(*(x[0] if x else None for x in (before[::-1], after, others[::-1])))
    assert timelines.of(f"v/{number}") == (wanted if frames else None)
