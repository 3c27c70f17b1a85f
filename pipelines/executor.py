"""One small executor for every per-video and per-shard stage: paths go out, never pictures.

`local` runs processes on this machine. `dask` runs the same functions on a Dask cluster, whose
workers see the same files under the same paths: the one at `SURGCHAIN_SCHEDULER` (tcp://...), or
one made here where that is not set. The outcomes, and so the bytes, are those of `local`.
"""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import ExitStack
from typing import Any, Literal, TypeVar

from surgchain.pipelines.progress import progress
from surgchain.schemas.errors import ParamsError

I = TypeVar("I")  # noqa: E741  (an item of work)
O = TypeVar("O")  # noqa: E741  (its outcome)
Executor = Literal["local", "dask"]
SCHEDULER = "SURGCHAIN_SCHEDULER"
SECONDS_TO_CONNECT = 20


def fan_out(
    work: Callable[[I], O],
    items: Sequence[I],
    *,
    workers: int,
    label: str,
    unit: str,
    executor: Executor = "local",
) -> Iterator[tuple[I, O]]:
    """Yield (item, outcome) in the order of the items, whichever ends first.

    `work` is a function of a module, or a partial of one. `workers` 0 means one per core; a
    cluster has its own. What `work` raises comes out here, at the item's turn.
    """
    workers = min(workers or os.cpu_count() or 1, max(1, len(items)))
    if executor == "dask":
        yield from _on_dask(work, items, workers, label, unit)
    elif workers == 1:
        for item in progress(items, label, total=len(items), unit=unit):
            yield item, work(item)
    else:
        yield from _in_processes(work, items, workers, label, unit)


def _in_processes(
    work: Callable[[I], O], items: Sequence[I], workers: int, label: str, unit: str
) -> Iterator[tuple[I, O]]:
    spawned = multiprocessing.get_context("spawn")  # forking beside torch or pyarrow may hang
    with ProcessPoolExecutor(workers, mp_context=spawned) as pool:
        futures: list[Future[O]] = [pool.submit(work, item) for item in items]
        try:
            for _ in progress(as_completed(futures), label, total=len(items), unit=unit):
                pass
            for item, future in zip(items, futures, strict=True):
                yield item, future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _on_dask(
    work: Callable[[I], O], items: Sequence[I], workers: int, label: str, unit: str
) -> Iterator[tuple[I, O]]:
    try:
        import distributed
    except ImportError as error:
        raise ParamsError(
            "executor: dask needs Dask; pip install 'surgchain[dask]', or use executor: local"
        ) from error
    with ExitStack() as stack:
        client = stack.enter_context(_client(distributed, stack, workers))
        # pure: two equal items are two pieces of work, and no item is hashed to find that out
        futures = client.map(work, list(items), pure=False)
        done = distributed.as_completed(futures, loop=client.loop)
        for _ in progress(done, label, total=len(items), unit=unit):
            pass
        for item, future in zip(items, futures, strict=True):
            yield item, future.result()


def _client(distributed: Any, stack: ExitStack, workers: int) -> Any:
    address = os.environ.get(SCHEDULER, "")
    if not address:
        cluster = distributed.LocalCluster(
            n_workers=workers, threads_per_worker=1, dashboard_address=None, silence_logs=40
        )
        address = stack.enter_context(cluster).scheduler_address
    try:
        return distributed.Client(address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ParamsError(
            f"{SCHEDULER}={address}: no scheduler answers there; start one with `dask scheduler`"
        ) from error
