"""`surgchain estimate`: what drafting the whole corpus would cost, from a pilot.

The pilot's questions are spread over the corpus, and its answers go into the ledger: they are part
of the real run, and are not paid for again.
"""

import math
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from rich.console import Console
from rich.table import Table

from surgchain.annotators.budget import Budget
from surgchain.annotators.teachers import Ask, Draft
from surgchain.pipelines import params
from surgchain.pipelines.commands.draft import WORK, chosen
from surgchain.pipelines.stages.draft import Asks, Params, asks_of, chosen_teachers
from surgchain.schemas import tables
from surgchain.schemas.errors import InputError

DATA = Path("data")


class Pilot(NamedTuple):
    """What a pilot took, with all that a question brings: levels, samples, twins, repairs."""

    asked: int
    """Questions."""
    sent: int
    """Those that the ledger did not have yet; only they tell the speed."""
    failed: int
    """Questions without any chain."""
    seconds: float
    """Of drafting; the start of a server does not count."""
    prompt_tokens: int
    """Of all requests of the pilot, also where the ledger had the answer."""
    completion_tokens: int
    disk_bytes: float
    """Of the table of its chains, and of its rows in the ledger."""


class Cost(NamedTuple):
    """What the whole corpus takes."""

    questions: int
    prompt_tokens: float
    completion_tokens: float
    hours: float
    gpu_hours: float
    money: float
    gigabytes: float
    failed: float
    """Questions that would stay without a chain."""


def estimate(
    questions: Annotated[int, typer.Option(help="Questions of the pilot.", min=1)] = 50,
    gpus: Annotated[int, typer.Option(help="GPUs behind the servers, for GPU hours.", min=0)] = 1,
    params_path: Annotated[Path, typer.Option("--params")] = params.DEFAULT_PATH,
) -> None:
    """Draft a few questions by the first teacher, and say what all of them would cost.

    Example: surgchain estimate --questions 50 --gpus 8
    """
    section = params.load("draft", Params, params_path)
    teacher = chosen_teachers(section, params_path)[0].writer
    budget: Budget = getattr(teacher, "budget", Budget())
    costs = {}
    names = chosen(None, params_path)
    for name in names:
        asks = asks_of(
            section,
            DATA / "ingest" / name,
            DATA / "frames" / name,
            DATA / "questions" / f"{name}.parquet",
        )
        if not len(asks):
            raise InputError(f"{name}: no question to draft; see draft.splits, or run `dvc repro`")
        notes: dict[str, Any] = {}
        few = Spread(asks, max(1, questions // len(names)))
        began = time.monotonic()
        drafts = list(teacher.draft(few, WORK / name, notes))
        pilot = measured(drafts, notes.get("seconds", time.monotonic() - began), notes)
        costs[name] = projected(pilot, len(asks), budget, gpus)
    Console().print(_table(costs))


class Spread:
    """A number of asks, evenly spread over all of them."""

    def __init__(self, asks: Asks, number: int) -> None:
        self.asks, self.number = asks, min(number, len(asks))

    def __iter__(self) -> Iterator[Ask]:
        wanted = {i * len(self.asks) // self.number for i in range(self.number)}
        yield from (ask for i, ask in enumerate(self.asks) if i in wanted)


def measured(drafts: list[Draft], seconds: float, notes: dict[str, Any]) -> Pilot:
    """Return the figures of a pilot."""
    asked = _asks(d for d in drafts if d.how != "left")
    chains = [d.chain for d in drafts if d.chain]
    spent, held = notes.get("chains", {}), notes.get("ledger", {})
    rows = max(1, held.get("answered", 0) + held.get("failed", 0))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chains.parquet"
        tables.write(path, chains, tables.CHAINS)
        size = path.stat().st_size
    return Pilot(
        asked=len(asked),
        sent=len(_asks(d for d in drafts if d.how in {"answered", "repaired"})),
        failed=len(asked - _asks(d for d in drafts if d.chain)),
        seconds=seconds,
        prompt_tokens=spent.get("prompt_tokens", 0),
        completion_tokens=spent.get("completion_tokens", 0),
        disk_bytes=size + spent.get("requests", 0) * held.get("size", 0) / rows,
    )


def _asks(drafts: Iterable[Draft]) -> set[str]:
    """Return the questions of drafts; a question may have several, its twin among them."""
    return {d.ask.question.id_for(d.ask.frame_id) for d in drafts}


def projected(pilot: Pilot, questions: int, budget: Budget, gpus: int) -> Cost:
    """Scale a pilot to all questions; hours are nan where the ledger had every answer."""
    times = questions / max(pilot.asked, 1)
    prompt, completion = pilot.prompt_tokens * times, pilot.completion_tokens * times
    hours = pilot.seconds / pilot.sent * questions / 3600 if pilot.sent else float("nan")
    return Cost(
        questions=questions,
        prompt_tokens=prompt,
        completion_tokens=completion,
        hours=hours,
        gpu_hours=hours * gpus,
        money=budget.cost(round(prompt), round(completion)),
        gigabytes=pilot.disk_bytes * times / 1e9,
        failed=questions * pilot.failed / max(pilot.asked, 1),
    )


def _table(costs: dict[str, Cost]) -> Table:
    """Return the costs, a column a source."""
    table = Table(title="What drafting would take")
    table.add_column()
    for name in costs:
        table.add_column(name, justify="right")
    for field in Cost._fields:
        values = (getattr(cost, field) for cost in costs.values())
        table.add_row(field.replace("_", " "), *map(_told, values))
    return table


def _told(value: float) -> str:
    if math.isnan(value):
        return "not known: all of the pilot was in the ledger"
    return f"{value:,.0f}" if value == round(value) or value >= 100 else f"{value:.3g}"  # noqa: PLR2004
