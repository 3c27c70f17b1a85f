"""The figures as a CSV, for `dvc plots` and spreadsheets: one row a figure.

task,figure,value,low,high,majority,words
phantom/phase,accuracy,0.6,0.51,0.68,0.2,0.22

dvc plots show reports/surgbench/models_grpo/figures.csv -x value -y task
dvc metrics show reports/surgbench/models_grpo/results.json
"""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from surgchain.pipelines.files import whole_file

FILE = "figures.csv"
HEADS = ("task", "figure", "value", "low", "high", "majority", "words")


def write(path: Path, tasks: Mapping[str, Any]) -> None:
    """Write the figures of all tasks; a cell is empty where nothing is defined."""
    with whole_file(path) as unfinished, unfinished.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(HEADS)
        for task, t in tasks.items():
            for figure, value in t["figures"].items():
                low, high = t["intervals"].get(figure, ("", ""))
                beside = (t["controls"][c].get(figure, "") for c in ("majority", "words"))
                rows.writerow((task, figure, value, low, high, *beside))
