"""The stop rule of the rounds: one locked set of questions, asked after every refinement.

models/refine/r1/dev.json
{"locked": "3f...", "round": "r1", "right": {"q-1": true, ...}, "surgeries": {"q-1": "a:1", ...},
 "gain": {"mean": 0.02, "low": -0.01, "high": 0.05, "n": 300}, "stop": false}

The questions are of the validation surgeries, drawn by content; `locked` is the hash of what is
asked and of the right answers, so that two rounds are compared on the very same set, or not at all.
The test surgeries are not looked at. A round whose model gains nothing on them is the last one:
`harvest` does not sample it.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from surgchain.qa.metrics import intervals
from surgchain.schemas.errors import InputError
from surgchain.schemas.ids import content_id
from surgchain.trainer import evaluation
from surgchain.trainer.evaluation import Asked
from surgchain.trainer.model_folder import Loaded
from surgchain.trainer.shards import Shards

FILE = "dev.json"


class Dev(NamedTuple):
    """What a model answered right of the locked set."""

    locked: str
    """Hash of the questions and their right answers."""
    right: dict[str, bool]
    surgeries: dict[str, str]


class Judged(NamedTuple):
    """A round's model beside the one before it."""

    dev: Dev
    round: str
    gain: intervals.Interval
    """Paired by question, bootstrapped over surgeries."""
    stop: bool


def questions(file: Shards, number: int) -> list[Asked]:
    """Return the locked set; the same questions for the same validation surgeries."""
    return evaluation.choose(evaluation.questions(file), number, seed=0)


def measure(
    loaded: Loaded, file: Shards, asked: Sequence[Asked], batch: int, max_tokens: int
) -> Dev:
    """Ask a model the locked set, greedily."""
    found = [a for p in evaluation.answered(loaded, file, asked, batch, max_tokens) for a in p]
    locked = content_id("dev", *((a.item.question_id, a.item.gold) for a in asked))
    return Dev(
        locked,
        {a.asked.item.question_id: a.score.right for a in found},
        {a.asked.item.question_id: a.asked.item.surgery_id for a in found},
    )


def judge(before: Dev, after: Dev, round_name: str) -> Judged:
    """Set two models side by side; raise `InputError` where they were not asked the same."""
    if before.locked != after.locked:
        raise InputError(
            f"round {round_name}: its dev questions are not those of the round before; "
            f"the validation surgeries or `refine.dev_questions` changed: repeat the rounds"
        )
    names = sorted(after.right)
    gain = intervals.paired(
        [float(before.right[n]) for n in names],
        [float(after.right[n]) for n in names],
        [after.surgeries[n] for n in names],
    )
    return Judged(after, round_name, gain, stop=gain.mean <= 0)


def write(folder: Path, judged: Judged) -> None:
    """Write it beside the weights."""
    values = {
        **judged.dev._asdict(),
        "round": judged.round,
        "gain": judged.gain._asdict(),
        "stop": judged.stop,
    }
    (folder / FILE).write_text(json.dumps(values, indent=1, sort_keys=True) + "\n", "utf-8")


def read(folder: Path) -> Judged | None:
    """Return what was written; None where the model was not asked; raise `InputError`."""
    path = folder / FILE
    if not path.exists():
        return None
    try:
        v: Any = json.loads(path.read_text("utf-8"))
        found = Dev(v["locked"], v["right"], v["surgeries"])
        return Judged(found, v["round"], intervals.Interval(**v["gain"]), bool(v["stop"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: cannot be read: {error!r}; run `dvc repro` again") from error


def require_going_on(model: Path) -> None:
    """Raise `InputError` where the stop rule ended with this model."""
    judged = read(model)
    if judged and judged.stop:
        g = judged.gain
        raise InputError(
            f"{model}: round {judged.round} gained {g.mean:+.3f} [{g.low:+.3f}, {g.high:+.3f}] on "
            f"{g.n} locked dev questions: no further round; `surgchain rounds rollback` takes the "
            f"newest one out, `refine.dev_questions: 0` lifts the rule"
        )
