"""A vision-language model behind one or more `vllm serve`, or any OpenAI-compatible server.

Addresses and the key come from the environment, and go nowhere else:

    SURGCHAIN_TEACHER_URLS=http://gpu1:8000/v1,http://gpu2:8000/v1   SURGCHAIN_TEACHER_KEY=...

Every answer is in `<work>/ledger.sqlite` before it is used; after a kill -9 the same command sends
only what was in flight. `surgchain draft --retry failed` asks again for what failed.
"""

import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import ExitStack, asynccontextmanager
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from surgchain.annotators import ledger as ledgers
from surgchain.annotators.budget import Budget, Purse
from surgchain.annotators.ledger import Ledger
from surgchain.annotators.serving import launch
from surgchain.annotators.serving.chains import ChainWriter, Job, Mode, Style
from surgchain.annotators.serving.choosing import best_of, twins_agree
from surgchain.annotators.serving.client import Client, Limits
from surgchain.annotators.serving.payloads import Sampling
from surgchain.annotators.serving.pictures import Eyes, Pictures
from surgchain.annotators.serving.stream import Stream
from surgchain.annotators.teachers import Ask, Draft, Writer
from surgchain.schemas.dialects import Spoken
from surgchain.schemas.ids import content_id

URLS, KEY = "SURGCHAIN_TEACHER_URLS", "SURGCHAIN_TEACHER_KEY"
LEDGER = "ledger.sqlite"
Outcome = tuple[Job, Draft]


class Teacher(Writer):
    """Settings of the vLLM teacher."""

    model: str
    """Name under which the servers serve it."""
    sees_facts: bool = True
    """Whether the prompt holds what is known of the frame, and the answer."""
    twin_share: float = Field(default=0.0, ge=0, le=1)
    """Part of the frames whose questions are also drafted without the facts, to gauge leaks."""
    mode: Mode = "whole"
    """`whole`: three levels in one reply; `staged`: each level sees the ones before it."""
    samples: int = Field(default=1, ge=1)
    """Chains drawn per question, each with its own seed."""
    keep: Literal["all", "best"] = "all"
    """Which of them: all, or the one with the best verdict."""
    temperature: float = Field(default=0.7, ge=0)
    """Of the sampling; 0 is greedy."""
    top_p: float = Field(default=0.95, gt=0, le=1)
    """Nucleus of the sampling."""
    max_tokens: int = Field(default=900, ge=16)
    """Of one reply."""
    longest_level: int = Field(default=1200, ge=20)
    """Characters of a level at most; three times what the prompt asks for."""
    picture: Literal["base64", "path"] = "base64"
    """How pictures go: in the request, or as files that the server may read
    (`--allowed-local-media-path`)."""
    dialect: Literal["thousandths", "pixels"] = "thousandths"
    """How the model writes boxes: Qwen3-VL in thousandths, Qwen2.5-VL in pixels."""
    eyes: Eyes = Eyes()
    """How the model's processor resizes; read for the dialect `pixels` only."""
    in_flight: int = Field(default=64, ge=1)
    """Requests at one server at most; fewer are sent while more would not be faster."""
    timeout_s: float = Field(default=600.0, gt=0)
    """Seconds that one attempt may take."""
    attempts: int = Field(default=4, ge=1)
    """Attempts at one request."""
    give_up_after_s: float = Field(default=300.0, ge=0)
    """Seconds without any server after which the job stops, with all that was paid for kept."""
    budget: Budget = Budget()
    """What it may cost; none: no bound."""
    launch: bool = False
    """Start `vllm serve` from the environment that SURGCHAIN_VLLM names, and stop it after."""
    weights: str = ""
    """Folder of the model to launch; empty: its name."""
    flags: tuple[str, ...] = ()
    """Further flags of `vllm serve`."""
    start_s: float = Field(default=900.0, gt=0)
    """Seconds that it may take to come up."""

    def draft(self, asks: Iterable[Ask], work: Path, notes: dict[str, Any]) -> Iterator[Draft]:
        """Yield the drafts in the order of the asks."""
        with ExitStack() as stack:
            addresses = self._addresses(stack, work)
            book = stack.enter_context(Ledger(work / LEDGER))
            tally: Counter[str] = Counter()
            opened = partial(self._opened, addresses, book, notes)
            width = self.in_flight * max(1, len(addresses))
            stream: Stream[Job, Outcome] = Stream(self._jobs(asks, work), opened, width)
            for _, group in groupby(stream, key=lambda outcome: outcome[0].number):
                yield from self._chosen(list(group), tally)
            notes["twins"] = {"n": tally["twins"], "agree": tally["agree"]}
            notes["ledger"] = ledgers.totals(book.path)._asdict()

    def _addresses(self, stack: ExitStack, work: Path) -> list[str]:
        if not self.launch:
            return [u.strip() for u in os.environ.get(URLS, "").split(",") if u.strip()]
        server = launch.served(
            self.weights or self.model, self.model, self.flags, work / "vllm.log",
            start_s=self.start_s,
        )  # fmt: skip
        return [stack.enter_context(server)]

    @asynccontextmanager
    async def _opened(
        self, addresses: list[str], book: Ledger, notes: dict[str, Any]
    ) -> AsyncIterator[ChainWriter]:
        limits = Limits(
            timeout_s=self.timeout_s,
            attempts=self.attempts,
            most_in_flight=self.in_flight,
            give_up_after_s=self.give_up_after_s,
        )
        held = ledgers.totals(book.path)
        purse = Purse(self.budget, held.prompt_tokens, held.completion_tokens)
        async with Client(addresses, os.environ.get(KEY, ""), limits) as client:
            await client.check(self.model)
            before = await client.cache_counters()
            writer = ChainWriter(client, book, purse, self._style())
            began = time.monotonic()
            yield writer
            notes["seconds"] = time.monotonic() - began
            after = await client.cache_counters()
            notes["cache_hit_rate"] = hit_rates(before, after)
            notes["chains"] = dict(writer.told)

    def _style(self) -> Style:
        sampling = Sampling(self.model, self.temperature, self.top_p, self.max_tokens, None)
        return Style(self.mode, sampling, self.samples, Spoken(self.dialect), self.longest_level)

    def _jobs(self, asks: Iterable[Ask], work: Path) -> Iterator[Job]:
        """Yield the chains to write: the questions of a frame next to each other."""
        folder = work / "pictures" if self.picture == "path" else None
        pictures = Pictures(folder, self.eyes if self.dialect == "pixels" else None)
        for number, ask in enumerate(asks):
            picture, size = pictures.of(ask)
            for sample in range(self.samples):
                yield Job(number, ask, picture, size, sample, self.sees_facts)
            if self.sees_facts and _share("twin", ask.frame_id) < self.twin_share:
                yield Job(number, ask, picture, size, 0, sees_facts=False)

    def _chosen(self, outcomes: list[Outcome], tally: Counter[str]) -> Iterator[Draft]:
        """Yield what is kept of the chains of one ask, its twin apart."""
        own = [d for job, d in outcomes if job.sees_facts == self.sees_facts]
        twins = [d for job, d in outcomes if job.sees_facts != self.sees_facts]
        agree = twins_agree(own, twins)
        tally["twins"] += agree is not None
        tally["agree"] += bool(agree)
        yield from best_of(own) if self.keep == "best" else own
        yield from twins


def _share(what: str, frame_id: str) -> float:
    """Return a number in [0, 1) that stays with a frame."""
    return int(content_id(what, frame_id).rpartition("-")[2][:8], 16) / 2**32


def hit_rates(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    """Return cache -> part of its queries that it answered meanwhile."""
    rates = {}
    for name, value in after.items():
        if name.endswith("_hits"):
            asked = name.replace("_hits", "_queries")
            began = before if after.get(asked, 0.0) >= before.get(asked, 0.0) else {}  # restarted
            queries = after.get(asked, 0.0) - began.get(asked, 0.0)
            if queries > 0:
                rates[name.removesuffix("_hits")] = (value - began.get(name, 0.0)) / queries
    return rates
