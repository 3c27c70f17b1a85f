"""The four training stages, harvest and evaluation, run once on a toy corpus."""

from importlib import util
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest
import yaml

STEPS = {"batch": 8, "warmup": 2, "save_every": 1000, "log_every": 1, "workers": 0}


class Trained(NamedTuple):
    """Where the stages put things."""

    folder: Path
    params: Path
    toy: ModuleType

    @property
    def shards(self) -> Path:
        return self.folder / "shards"

    def metrics(self, name: str) -> Path:
        return self.folder / "metrics" / f"{name}.json"


def _toy() -> ModuleType:
    path = Path(__file__).parents[2] / "trainer" / "toy.py"
    spec = util.spec_from_file_location("stages_toy", path)
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Models of all four stages, of a few steps each."""
    import torch

    from surgchain.pipelines.stages import coldstart, evaluate, grpo, harvest, pretrain, refine

    torch.set_num_threads(1)
    toy, folder = _toy(), tmp_path_factory.mktemp("trained")
    toy.corpus(folder / "shards")
    sections = {
        "model": toy.MODEL.model_dump(),
        "pretrain": {"steps": 6, **STEPS},
        "coldstart": {"steps": 160, **STEPS, "rate": 5e-3},
        "grpo": {
            "steps": 2,
            **STEPS,
            "batch": 3,
            "group": 4,
            "max_tokens": 80,
            "alarms": {"held_every": 2, "held_questions": 6, "drop": 1.0},
        },
        "harvest": {
            "questions": 9,
            "samples": 4,
            "max_tokens": 80,
            "checkers": ["format"],
            "guided": 3,
        },
        "refine": {"steps": 2, **STEPS},
        "evaluate": {"questions": 12, "batch": 6, "max_tokens": 80},
    }
    params = folder / "params.yaml"
    params.write_text(yaml.safe_dump(sections))
    done = Trained(folder, params, toy)
    common = {"shards": done.shards, "params_path": params}

    def places(name: str) -> dict[str, Path]:
        return {"out": folder / name, "work": folder / "work", "metrics": done.metrics(name)}

    pretrain.run(**common, **places("pretrain"))
    coldstart.run(model=folder / "pretrain", **common, **places("coldstart"))
    grpo.run(model=folder / "coldstart", **common, **places("grpo"))
    harvest.run(
        "r1",
        folder / "grpo",
        done.shards,
        folder / "harvest",
        folder / "work",
        done.metrics("harvest"),
        params,
    )
    refine.run(round_name="r1", model=folder / "grpo", **common, **places("refine"))
    for name in ("pretrain", "grpo"):
        out, metrics = folder / "answers" / name, done.metrics(f"evaluate-{name}")
        evaluate.run(name, folder / name, done.shards, out, metrics, params)
    return done
