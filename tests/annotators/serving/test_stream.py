import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count, islice

import pytest

from surgchain.annotators.serving import stream
from surgchain.annotators.serving.stream import Stream


class Opened:
    """Counts what is open and under way."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds, self.closed, self.under_way, self.most = seconds, False, 0, 0

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator:
        yield self.work
        self.closed = True

    async def work(self, job: int) -> int:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await asyncio.sleep(self.seconds if job % 7 else 3 * self.seconds)
        self.under_way -= 1
        if job == 13_13:
            raise ValueError("job 1313")
        return job * job


def test_results_come_in_the_order_of_the_jobs_whoever_ends_first() -> None:
    opened = Opened(0.002)
    assert list(Stream(range(100), opened, 8)) == [n * n for n in range(100)]
    assert opened.most == 8
    assert opened.closed


def test_no_jobs_are_no_results() -> None:
    assert list(Stream([], Opened(), 8)) == []


def test_what_a_worker_raises_comes_out_after_what_was_done_before() -> None:
    results = iter(Stream([1, 2, 1313, 3], Opened(0.001), 1))
    assert [next(results), next(results)] == [1, 4]
    with pytest.raises(ValueError, match="job 1313"):
        next(results)


def test_stopping_early_stops_the_work() -> None:
    jobs = count()
    assert list(islice(Stream(jobs, Opened(0.001), 4), 10)) == [n * n for n in range(10)]
    assert next(jobs) <= 10 + stream.AHEAD


def test_one_slow_job_does_not_let_the_others_run_away() -> None:
    class Slow(Opened):
        async def work(self, job: int) -> int:
            await asyncio.sleep(0.3 if job == 0 else 0)
            return job

    seen = []

    def jobs():
        for n in range(3 * stream.AHEAD):
            seen.append(n)
            yield n

    first = next(iter(Stream(jobs(), Slow(), 2)))
    assert first == 0
    assert len(seen) <= stream.AHEAD + 3
