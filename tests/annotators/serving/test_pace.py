from surgchain.annotators.serving.pace import Pace


def windows(pace: Pace, rate_of: list[float], start: float = 0.0) -> list[int]:
    """Feed whole windows at given rates (answers per second); return the limit after each."""
    limits, now = [], start
    for rate in rate_of:
        for _ in range(max(16, 2 * pace.limit) + 1):
            pace.answered(now)
            now += 1 / rate
        limits.append(pace.limit)
    return limits


def test_the_limit_grows_while_the_rate_rises() -> None:
    assert windows(Pace(limit=8, most=64), [10, 20, 30, 40]) == [12, 18, 27, 40]


def test_it_stays_where_more_is_not_faster() -> None:
    assert windows(Pace(limit=8, most=64), [10, 10, 10.2]) == [12, 12, 12]


def test_it_shrinks_where_the_rate_falls_and_never_below_one() -> None:
    limits = windows(Pace(limit=8, most=64), [100, 10, 10, 10])
    assert limits[:2] == [12, 10]
    assert windows(Pace(limit=1, most=64, best=1e9), [1, 1]) == [1, 1]


def test_it_never_exceeds_the_most() -> None:
    assert windows(Pace(limit=8, most=10), [10, 20, 30]) == [10, 10, 10]


def test_a_burst_of_refusals_halves_it_once() -> None:
    pace = Pace(limit=40, most=64)
    for now in (5.0, 5.1, 5.9):
        pace.overloaded(now)
    assert pace.limit == 20
    pace.overloaded(6.1)
    assert pace.limit == 10
