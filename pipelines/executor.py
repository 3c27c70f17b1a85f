"""One small executor for every per-video and per-shard stage: paths go out, never pictures."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from typing import TypeVar

from surgchain.pipelines.progress import progress

I = TypeVar("I")  # noqa: E741  (an item of work)
O = TypeVar("O")  # noqa: E741  (its outcome)


def fan_out(
    work: Callable[[I], O], items: Sequence[I], *, workers: int, label: str, unit: str
) -> Iterator[tuple[I, O]]:
    """Yield (item, outcome) in the order of the items, whichever ends first.

    `work` is a function of a module, or a partial of one. `workers` 0 means one per core. What
    `work` raises comes out here, at the item's turn.
    """
    workers = min(workers or os.cpu_count() or 1, max(1, len(items)))
    if workers == 1:
        for item in progress(items, label, total=len(items), unit=unit):
            yield item, work(item)
        return
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
