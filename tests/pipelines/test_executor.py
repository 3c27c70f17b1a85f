"""The same outcomes in the same order, whoever does the work."""

import os
import time
from functools import partial

import pytest

from surgchain.pipelines.executor import SCHEDULER, Executor, fan_out
from surgchain.schemas.errors import ParamsError


def wait_and_tell(base: int, number: int) -> tuple[int, int]:
    time.sleep(0.05 * (3 - number % 4))
    return base + number, os.getpid()


def fail_on_two(number: int) -> int:
    if number == 2:
        raise ZeroDivisionError(number)
    return number


def run(workers: int, executor: Executor = "local") -> list[tuple[int, tuple[int, int]]]:
    work = partial(wait_and_tell, 100)
    return list(
        fan_out(work, range(6), workers=workers, label="t", unit="items", executor=executor)
    )


@pytest.mark.parametrize("workers", [1, 2, 0])
def test_outcomes_come_in_the_order_of_the_items(workers: int) -> None:
    assert [(i, o) for i, (o, _) in run(workers)] == [(n, 100 + n) for n in range(6)]


def test_one_worker_works_here_and_more_work_elsewhere() -> None:
    assert {pid for _, (_, pid) in run(1)} == {os.getpid()}
    assert os.getpid() not in {pid for _, (_, pid) in run(2)}


@pytest.mark.parametrize("workers", [1, 2])
def test_what_the_work_raises_comes_out_at_its_turn(workers: int) -> None:
    outcomes = fan_out(fail_on_two, range(4), workers=workers, label="t", unit="items")
    assert [next(outcomes), next(outcomes)] == [(0, 0), (1, 1)]
    with pytest.raises(ZeroDivisionError):
        next(outcomes)


def test_a_cluster_gives_what_processes_give(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="pip install 'surgchain[dask]'")
    monkeypatch.delenv(SCHEDULER, raising=False)
    assert [(i, o) for i, (o, _) in run(2, "dask")] == [(n, 100 + n) for n in range(6)]
    outcomes = fan_out(fail_on_two, range(4), workers=1, label="t", unit="items", executor="dask")
    assert [next(outcomes), next(outcomes)] == [(0, 0), (1, 1)]
    with pytest.raises(ZeroDivisionError):
        next(outcomes)


def test_a_cluster_elsewhere_is_reached_by_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed", reason="pip install 'surgchain[dask]'")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=None, silence_logs=40
    ) as cluster:
        monkeypatch.setenv(SCHEDULER, cluster.scheduler_address)
        assert [(i, o) for i, (o, _) in run(2, "dask")] == [(n, 100 + n) for n in range(6)]


def test_an_address_where_nobody_answers_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="pip install 'surgchain[dask]'")
    monkeypatch.setenv(SCHEDULER, "tcp://127.0.0.1:9")
    monkeypatch.setattr("surgchain.pipelines.executor.SECONDS_TO_CONNECT", 1)
    with pytest.raises(ParamsError, match=r"_SCHEDULER=tcp://127\.0\.0\.1:9: no scheduler"):
        run(1, "dask")
