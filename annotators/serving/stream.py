"""Many coroutines at once, their results as an ordinary iterator in the order of the jobs.

The event loop runs in a thread of its own, so that whoever takes the results may write files in
the meantime. Jobs are taken from their iterator one by one, as workers come free, and never run
further ahead than `AHEAD` of the oldest that is not done: memory stays flat.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import AbstractAsyncContextManager
from queue import SimpleQueue
from typing import Generic, TypeVar

J = TypeVar("J")
R = TypeVar("R")
Work = Callable[[J], Awaitable[R]]
AHEAD = 5_000
LOOK_AGAIN_S = 0.05
_End = tuple[None, BaseException | None]


class Stream(Generic[J, R]):
    """Runs `work` on every job; `opened` gives it, with whatever must be open meanwhile."""

    def __init__(
        self, jobs: Iterable[J], opened: Callable[[], AbstractAsyncContextManager[Work[J, R]]],
        workers: int,
    ) -> None:  # fmt: skip
        self._jobs = enumerate(jobs)
        self._opened = opened
        self._workers = workers
        self._taken = 0
        self._done: SimpleQueue[tuple[int, R] | _End] = SimpleQueue()
        self._stop = threading.Event()

    def __iter__(self) -> Iterator[R]:
        """Yield the results; what a worker raises comes out here, after the others have stopped."""
        thread = threading.Thread(target=self._run, name="stream", daemon=True)
        thread.start()
        early: dict[int, R] = {}
        try:
            while True:
                number, result = self._done.get()
                if number is None:
                    if isinstance(result, BaseException):
                        raise result
                    return
                early[number] = result  # type: ignore[assignment]
                while self._taken in early:
                    self._taken += 1
                    yield early.pop(self._taken - 1)
        finally:
            self._stop.set()
            thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except BaseException as error:  # noqa: BLE001  (raised again by who iterates)
            self._done.put((None, error))
        else:
            self._done.put((None, None))

    async def _main(self) -> None:
        async with self._opened() as work:
            try:
                async with asyncio.TaskGroup() as group:
                    for _ in range(self._workers):
                        group.create_task(self._worker(work))
            except BaseExceptionGroup as group_error:
                raise _first(group_error) from group_error

    async def _worker(self, work: Work[J, R]) -> None:
        async for number, job in self._next():
            self._done.put((number, await work(job)))

    async def _next(self) -> AsyncIterator[tuple[int, J]]:
        while not self._stop.is_set():
            found = next(self._jobs, None)
            if found is None:
                return
            while self._is_ahead(found[0]):  # noqa: ASYNC110  (the other side is a thread)
                await asyncio.sleep(LOOK_AGAIN_S)
            yield found

    def _is_ahead(self, number: int) -> bool:
        return number - self._taken > AHEAD and not self._stop.is_set()


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    error = group.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error
