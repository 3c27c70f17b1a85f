"""A training stage over several processes, one a GPU.

    SURGCHAIN_ACCELERATE   ddp, fsdp, zero2, zero3, cpu (files of trainer/accelerate/), or the path
                           of a config of `accelerate` of your own; unset: one process
    SURGCHAIN_PROCESSES    processes, where the config's own number is not meant

A stage starts itself anew under accelerate's launcher; then every process prepares alike, the first
one before the others, and only the first one writes what the stage leaves. `batch` counts rows of
one process, so a step takes as many rows more as there are processes.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import yaml

from surgchain.schemas.errors import ParamsError
from surgchain.trainer import accelerate as configs

CONFIG, NUMBER = "SURGCHAIN_ACCELERATE", "SURGCHAIN_PROCESSES"
STARTED = "SURGCHAIN_STARTED"
"""Set in the processes that were started, so that they do not start others."""
FOLDER = Path(next(iter(configs.__path__)))


def world() -> int:
    """Return the number of processes."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def is_main() -> bool:
    """Say whether this is the process that writes."""
    return int(os.environ.get("RANK", "0")) == 0


@contextmanager
def main_first() -> Iterator[None]:
    """Let the first process go through the block before the others do."""
    if world() == 1:
        yield
        return
    import torch
    from accelerate import PartialState

    with PartialState(cpu=not torch.cuda.is_available()).main_process_first():
        yield


def spread() -> None:
    """Start this module anew in several processes, where the environment asks for it."""
    if os.environ.get(CONFIG) and STARTED not in os.environ:
        spec = sys.modules["__main__"].__spec__
        assert spec, "a stage is started by `python -m`"
        words = command(os.environ[CONFIG], os.environ.get(NUMBER), spec.name, sys.argv[1:])
        os.environ[STARTED] = "1"
        if "torch.distributed.run" in words:
            os.environ["ACCELERATE_USE_CPU"] = "true"  # what its launcher would say
        os.execv(sys.executable, words)  # noqa: S606  (ourselves)


def command(config: str, number: str | None, module: str, arguments: Sequence[str]) -> list[str]:
    """Return the command that starts a module in several processes."""
    path = config_file(config)
    values = yaml.safe_load(path.read_text(encoding="utf-8"))
    number = number or str(values["num_processes"])
    if values["distributed_type"] == "MULTI_CPU":
        # accelerate starts these by mpirun only, and one process where there is none
        launcher = ["torch.distributed.run", "--nproc_per_node", number]
    else:
        launcher = [
            "accelerate.commands.launch", "--config_file", str(path), "--num_processes", number,
        ]  # fmt: skip
    return [sys.executable, "-m", *launcher, "--module", module, *arguments]


def config_file(word: str) -> Path:
    """Return the config that a word or a path names; raise `ParamsError` with the list."""
    known = {p.stem: p for p in sorted(FOLDER.glob("*.yaml"))}
    path = known.get(word, Path(word))
    if not path.is_file():
        raise ParamsError(
            f"{CONFIG}: no config {word!r}; one of {', '.join(known)}, or the path of one"
        )
    return path
