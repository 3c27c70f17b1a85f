"""A second `dvc repro` on a whole project of any size: what it costs to find that all is done.

The folder holds a large round, as `_large_round.make` and the stage `shard` left it. The code of
this repository, its dvc.yaml and small stand-ins for what the later stages write (models, reports)
come beside it; `dvc commit` takes all of it into the cache by hard links, as if it had run.
"""

import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
COPIED = ("schemas", "qa", "annotators", "trainer", "pipelines", "reviews")
SOURCE = {"format": "cholect50", "root": "raw", "surgery_prefix": "ward"}
ENVIRONMENT = {
    **os.environ,
    "DVC_NO_ANALYTICS": "1",
    "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
}
DONE = "Data and pipelines are up to date."


def seconds(project: Path) -> tuple[float, float]:
    """Return the time of a `dvc repro` that has nothing to do, and its CPU time."""
    _completed(project)
    _run(project, "dvc", "repro")  # once, so that DVC has remembered every file's time and size
    began, used = time.monotonic(), _used()
    told = _run(project, "dvc", "repro")
    spent = time.monotonic() - began, _used() - used
    assert DONE in told, told[-2000:]
    return spent


def _used() -> float:
    of = resource.getrusage(resource.RUSAGE_CHILDREN)
    return of.ru_utime + of.ru_stime


def _completed(project: Path) -> None:
    """Put the code beside the data, and commit everything that dvc.yaml names."""
    for name in COPIED:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, project / name, ignore=ignored)
    for name in ("dvc.yaml", ".dvcignore", "withdrawals.jsonl"):
        shutil.copy(ROOT / name, project / name)
    (project / "raw").mkdir()
    (project / "raw/labels.json").write_text("{}")
    values = yaml.safe_load((ROOT / "profiles/smoke.yaml").read_text(encoding="utf-8"))
    values |= {"phantoms": {}, "sources": {"ward": SOURCE}}
    (project / "params.yaml").write_text(yaml.safe_dump(values, sort_keys=False))
    _run(project, "git", "init", "--quiet")
    _run(project, "dvc", "init", "--quiet")
    _run(project, "dvc", "config", "cache.type", "hardlink")
    _run(project, "surgchain", "profile", "sync")
    listed = (
        "import dvc.repo as r; "
        "print(*[o for s in r.Repo().index.stages for o in s.outs], sep='\\n')"
    )
    for out in _run(project, sys.executable, "-c", listed).splitlines():
        _stand_in(project / out)
    _run(project, "dvc", "commit", "--force")


def _stand_in(out: Path) -> None:
    if out.exists():
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    if out.suffix:
        out.write_text("{}\n")
    else:
        out.mkdir()
        (out / "model.safetensors").write_bytes(b"0" * 5_000_000)


def _run(project: Path, *command: str) -> str:
    done = subprocess.run(
        command, cwd=project, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}: {done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout
