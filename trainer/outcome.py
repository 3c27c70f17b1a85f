"""What a training stage leaves: a model folder with its curve, and the metrics."""

import csv
import time
from pathlib import Path
from typing import Any

from surgchain.trainer import model_folder, reporting
from surgchain.trainer.model_folder import Loaded
from surgchain.trainer.runs import Point

CURVE = "curve.csv"


def save(loaded: Loaded, points: list[Point], work: Path, out: Path) -> None:
    """Write the model, its curve and what the run in `work` reported into an empty folder."""
    model_folder.save(loaded, out)
    reporting.keep(work, out)
    keys = sorted({k for p in points for k in p} - {"step"})
    with (out / CURVE).open("w", newline="", encoding="utf-8") as opened:
        writer = csv.DictWriter(opened, ["step", *keys], restval="")
        writer.writeheader()
        writer.writerows(points)


def figures(loaded: Loaded, points: list[Point], started: float) -> dict[str, Any]:
    """Return the figures of a run for its metrics file."""
    weights = list(loaded.model.parameters())
    return {
        "parameters": sum(w.numel() for w in weights),
        "trained_parameters": sum(w.numel() for w in weights if w.requires_grad),
        "steps": int(points[-1]["step"]) if points else 0,
        "seconds": round(time.monotonic() - started, 1),
        "cpu_seconds": round(time.process_time(), 1),
        "loss_first": points[0]["loss"] if points else None,
        "loss_last": points[-1]["loss"] if points else None,
        "curve": [{k: p[k] for k in sorted(p) if k in ("step", "loss", "reward")} for p in points],
    }
