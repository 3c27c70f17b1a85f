"""The control beside a model: its own run without the pictures, found among its neighbours."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from surgchain.pipelines.files import read_json
from surgchain.pipelines.surgbench import frozen_suites, results, ways
from surgchain.pipelines.surgbench import replies as kept
from surgchain.pipelines.surgbench.results import Scored
from surgchain.pipelines.surgbench.ways import Way


def blind_of(folder: Path, way: Way, told: Mapping[str, Any]) -> dict[str, Scored]:
    """Return name -> the same model's blind run on the same questions, where one was made.

    Looked for beside the folder of its own results: same kind, name and weights, same suite.
    """
    for other in sorted(folder.parent.iterdir()):
        if not (other / ways.FILE).exists() or not (other / "results.json").exists():
            continue
        blind = ways.read(other)
        values = read_json(other / "results.json")
        same = all(values.get(f) == told[f] for f in frozen_suites.IDENTITY)
        if same and way.sees_for(blind):
            return {blind.label: results.score(*kept.read(other))}
    return {}
