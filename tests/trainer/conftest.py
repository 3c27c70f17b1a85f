"""One toy corpus and one untrained tiny model, made once."""

from importlib import util
from pathlib import Path
from types import ModuleType

import pytest


def _toy() -> ModuleType:
    spec = util.spec_from_file_location("trainer_toy", Path(__file__).parent / "toy.py")
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def toy() -> ModuleType:
    """The module that makes toy corpora."""
    return _toy()


@pytest.fixture(scope="session")
def shards_folder(toy: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shards of nine toy surgeries."""
    return toy.corpus(tmp_path_factory.mktemp("toy") / "shards")


@pytest.fixture(scope="session")
def base(toy: ModuleType, shards_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained tiny model for them."""
    import torch

    from surgchain.trainer import starting

    torch.set_num_threads(1)
    return starting.model(toy.MODEL, shards_folder, tmp_path_factory.mktemp("base") / "m")


@pytest.fixture(scope="session")
def cold(base: Path, shards_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model that keeps the form of chains, and is right sometimes."""
    from surgchain.trainer import corpus, learning, model_folder, rows, sft

    folder = tmp_path_factory.mktemp("cold")
    section = learning.Learning(steps=60, batch=8, rate=5e-3, warmup=2, workers=0)
    loaded = model_folder.load(base)
    found = corpus.of(shards_folder, loaded, "direct")
    drawn = rows.draw(found.chains.pointers, learning.rows_wanted(section), 0)
    data = corpus.rows_of(found, loaded, drawn)
    trained, _ = sft.run(base, section, data, folder / "work")
    model_folder.save(model_folder.speaking(trained, "chain"), folder / "m")
    return folder / "m"
