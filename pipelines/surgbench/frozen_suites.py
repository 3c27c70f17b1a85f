"""Suites as files: a name, a version, what is asked, and where fixed the hash of the questions.

    name: demo
    version: 2
    asks: every question with a known answer about the test surgeries of the phantoms
    sources: phantoms
    surgeries: test
    arena: surgbench-demo-2          # names the key metric of each dataset
    questions: {sha256: 4be1..., number: 960}

Those of `frozen/` ship with surgchain. Their questions depend on the data of the project, so no
hash is fixed there; `surgchain` writes the hash of what was asked into the results, and results
are compared only where suite, version and hash agree. A file of one's own may fix it: then other
questions, or other gold answers, are refused before anyone is asked.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from surgchain.qa import arena
from surgchain.qa.metrics.asked import PROTOCOLS, Asked, Protocol
from surgchain.schemas.errors import InputError
from surgchain.schemas.ids import sha256_hex
from surgchain.schemas.records import TASKS, Task

FOLDER = Path(__file__).with_name("frozen")
IDENTITY = ("suite", "suite_version", "suite_sha256")
"""The fields of the results that say on what a model was evaluated."""


class Fixed(BaseModel):
    """Which questions a suite asks, exactly."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    """Of the ids and gold answers, before any limit."""
    number: int = Field(ge=1)
    """How many they are."""


class Frozen(BaseModel):
    """A suite as its file says it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,40}$")
    version: int = Field(ge=1)
    """Counts up with every change of this file that changes a score."""
    asks: str
    """What is asked, for people."""
    sources: Literal["phantoms", "others", "others_or_all"]
    """`others_or_all`: all but the phantoms, or all where there is nothing else."""
    surgeries: Literal["test", "unseen_centres"]
    tasks: tuple[Task, ...] = TASKS
    protocols: tuple[Protocol, ...] = PROTOCOLS
    arena: str | None = None
    """List of `qa/arena.yaml`: the key metric of each dataset; none: no score."""
    questions: Fixed | None = None
    """None: whatever the project has; the results tell the hash."""


def available() -> tuple[str, ...]:
    """Return the names of the suites that ship with surgchain."""
    return tuple(sorted(p.stem for p in FOLDER.glob("*.yaml")))


def load(name: str) -> Frozen:
    """Return a suite by its name, or by the path of its file; raise `InputError`."""
    path = Path(name) if name.endswith((".yaml", ".yml")) else FOLDER / f"{name}.yaml"
    if not path.exists():
        raise InputError(
            f"no suite {name!r}; one of {', '.join(available())}, or the path of a YAML file"
        )
    try:
        found = Frozen.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        raise InputError(f"{path}: not YAML: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise InputError(f"{path}: {where}: {first['msg']}") from error
    if found.arena is not None:
        arena.key_list(found.arena)
    return found


def content_sha256(asked: Iterable[Asked]) -> str:
    """Return the hash of questions with their gold answers, in whatever order they come."""
    lines = sorted(f"{a.question_id}\t{a.gold}\n" for a in asked)
    return sha256_hex("".join(lines).encode())


def require_fixed(suite: Frozen, asked: list[Asked]) -> None:
    """Raise `InputError` where a suite fixes its questions and these are others."""
    fixed = suite.questions
    if fixed is None:
        return
    found = content_sha256(asked)
    if found != fixed.sha256:
        raise InputError(
            f"suite {suite.name} version {suite.version} fixes {fixed.number:,} questions "
            f"({fixed.sha256[:12]}), and this project has {len(asked):,} others ({found[:12]}): "
            f"other data, labels or settings; use the same, or write a suite of your own"
        )


def frozen(suite: Frozen, asked: list[Asked]) -> str:
    """Return a suite's file with its questions fixed, as YAML."""
    fixed = Fixed(sha256=content_sha256(asked), number=len(asked))
    values = suite.model_copy(update={"questions": fixed}).model_dump(mode="json")
    return yaml.safe_dump(values, sort_keys=False)


def require_same(first: Mapping[str, Any], second: Mapping[str, Any]) -> None:
    """Raise `InputError` that names the difference where two results are of different suites."""
    for field in IDENTITY:
        one, other = (r.get(field, "none") for r in (first, second))
        if one != other:
            told = " and ".join(f"{r.get('model', '?')} on {_identity(r)}" for r in (first, second))
            raise InputError(
                f"results of different suites, so no comparison: {told} "
                f"({field.replace('_', ' ')} differs); evaluate both on one suite with one --limit"
            )


def _identity(results: Mapping[str, Any]) -> str:
    name, version, sha256 = (results.get(f, "?") for f in IDENTITY)
    return f"{name} version {version}, questions {str(sha256)[:12]}"
