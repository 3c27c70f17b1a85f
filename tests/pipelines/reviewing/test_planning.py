from surgchain.annotators.label_studio.assign import Wanted
from surgchain.annotators.label_studio.sent import Sent
from surgchain.annotators.label_studio.shown import Shown
from surgchain.pipelines.reviewing import planning
from surgchain.schemas.records import Review

WANTED = [Wanted(f"c{n}", "s", "audit") for n in range(30)]


def sent(chain_id: str, reviewer: str = "a") -> Sent:
    return Sent(
        chain_id=chain_id, server="u", project=1, task=1, reviewer=reviewer, kind="review",
        asked="phase", stratum="s", reason="audit", surgery="g", page="p", shown=Shown(parts={}),
    )  # fmt: skip


def review(chain_id: str, seconds: float = 30.0) -> Review:
    return Review(
        review_id=chain_id, chain_id=chain_id, reviewer="a", reviewed_at="2026", seconds=seconds,
        decision="accept",
    )  # fmt: skip


def plan(before: list[Sent], reviews: list[Review], minutes: float) -> list[str]:
    given = planning.plan(WANTED, before, reviews, ["a"], overlap=1, overlap_of={}, minutes=minutes)
    return [g.wanted.chain_id for g in given]


def test_a_minute_a_chain_is_the_budget_while_little_is_known() -> None:
    assert len(plan([], [], minutes=7)) == 7


def test_a_second_push_adds_nothing_while_the_first_waits() -> None:
    before = [sent(c) for c in plan([], [], minutes=7)]
    assert plan(before, [], minutes=7) == []


def test_a_second_push_adds_as_much_as_was_done() -> None:
    before = [sent(c) for c in plan([], [], minutes=7)]
    more = plan(before, [review(s.chain_id) for s in before[:3]], minutes=7)
    assert len(more) == 3
    assert not {s.chain_id for s in before} & set(more)


def test_the_budget_follows_the_time_that_reviews_take() -> None:
    reviews = [review(f"d{n}", seconds=30.0) for n in range(20)]
    assert len(plan([], reviews, minutes=7)) == 14


def test_a_push_says_why_and_how_long() -> None:
    given = planning.plan(
        [*WANTED[:4], Wanted("p", "s", "policy"), Wanted("g", "s", "gold")],
        [], [], ["a", "b"], overlap=1, overlap_of={}, minutes=60,
    )  # fmt: skip
    assert planning.told(given, []) == [
        "chosen: 4 audit, 1 policy, 1 hidden gold",
        "about 3 minutes for a",
        "about 3 minutes for b",
    ]
