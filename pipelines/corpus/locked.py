"""dvc.lock, read: which stage made what of what, and what followed from it."""

from pathlib import Path
from typing import Any, NamedTuple

import yaml

from surgchain.schemas.errors import InputError

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Run(NamedTuple):
    """A stage that ran."""

    stage: str
    deps: dict[str, str]
    """Path -> hash of what it read."""
    outs: dict[str, str]
    """Path -> hash of what it wrote."""
    params: dict[str, Any]
    """Its settings, as they were."""


def runs(path: Path) -> list[Run]:
    """Return the stages that ran; none where nothing has; raise `InputError` for a broken file."""
    if not path.exists():
        return []
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _LOADER)  # noqa: S506 (a safe one)
        return [_run(name, stage) for name, stage in content["stages"].items()]
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{path}: cannot be read as dvc.lock: {reason}") from error


def _run(name: str, stage: dict[str, Any]) -> Run:
    def hashes(kind: str) -> dict[str, str]:
        return {e["path"]: e.get("md5", "") for e in stage.get(kind) or ()}

    settings = {k: v for file in (stage.get("params") or {}).values() for k, v in file.items()}
    return Run(name, hashes("deps"), hashes("outs"), settings)


def made_by(found: list[Run], path: str) -> Run | None:
    """Return the run that wrote a path, or a folder that holds it."""
    return next((r for r in found if any(_within(path, out) for out in r.outs)), None)


def following(found: list[Run], path: str) -> list[Run]:
    """Return the runs that read a path, or anything that was made of it, in the lock's order."""
    made, left = {path}, list(found)
    reached: list[Run] = []
    while True:
        new = [r for r in left if any(_within(d, m) or _within(m, d) for d in r.deps for m in made)]
        if not new:
            return sorted(reached, key=found.index)
        reached += new
        left = [r for r in left if r not in new]
        made |= {out for r in new for out in r.outs}


def before(found: list[Run], path: str) -> list[Run]:
    """Return the runs that led to a path, the last one first, each before those it stands on."""
    seen: set[str] = set()
    reached: list[Run] = []

    def add(path: str) -> None:
        run = made_by(found, path)
        if run and run.stage not in seen:
            seen.add(run.stage)
            for dep in run.deps:
                add(dep)
            reached.append(run)

    add(path)
    return reached[::-1]


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")
