"""A checkpoint on this machine: every question gets its texts, and is asked once."""

from importlib import util
from pathlib import Path
from random import Random

import pytest

from surgchain.pipelines.surgbench import local
from surgchain.pipelines.surgbench.local import How
from surgchain.qa.metrics.asked import Asked
from surgchain.schemas.errors import InputError


@pytest.fixture
def toy():
    path = Path(__file__).parents[2] / "trainer" / "toy.py"
    spec = util.spec_from_file_location("surgbench_toy", path)
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_question_gets_its_texts_and_the_ledger_answers_the_second_run(toy, tmp_path) -> None:
    import torch

    from surgchain.trainer import starting

    torch.set_num_threads(1)
    model = starting.model(toy.MODEL, toy.corpus(tmp_path / "shards"), tmp_path / "model")
    picture = toy.picture(toy.scene("f", Random(0)))
    asked = [
        Asked(f"q{k}", f"f{k}", "v", "s", "here", "toy", "phase", "cholect50", "Which?", "packing")
        for k in range(5)
    ]
    how = How(model, samples=3, max_tokens=8, batch=2)

    def run(of: How) -> list:
        return list(local.replies(asked, lambda *_: picture, of, tmp_path / "ledger.sqlite"))

    first = run(how)
    assert [r.question_id for r in first] == [f"q{k}" for k in range(5)]
    assert all(len(r.texts) == 3 and any(r.texts) for r in first)
    (model / "tokenizer.json").unlink()  # it cannot be loaded any more
    assert run(how) == first
    with pytest.raises(InputError):
        run(how._replace(sees=False))  # another question, so it would have to be asked
