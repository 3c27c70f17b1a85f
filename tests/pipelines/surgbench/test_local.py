"""A checkpoint on this machine: every question gets its texts, and is asked once."""

from importlib import util
from pathlib import Path
from random import Random

import pytest

from surgchain.annotators.ledger import Entry, Ledger
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
        Asked(
            f"q{k}",
            f"f{k}",
            "v",
            "s",
            "here",
            "toy",
            "phase",
            "cholect50",
            f"Which {k}?",
            "packing",
        )
        for k in range(5)
    ]
    how = How(model, samples=3, max_tokens=8, batch=2)

    def run(of: How) -> list:
        return list(local.replies(asked, lambda *_: picture, of, tmp_path / "ledger.sqlite"))

    first = run(how)
    assert [r.question_id for r in first] == [f"q{k}" for k in range(5)]
    assert all(len(r.texts) == 3 and any(r.texts) for r in first)
    with Ledger(tmp_path / "ledger.sqlite") as book:
        keys = [key for (key,) in book._db.execute("SELECT key FROM rows")]
        assert len(keys) == 3 * len(asked)
        book.write(Entry(key, "from the ledger") for key in keys)
    assert {t for r in run(how) for t in r.texts} == {"from the ledger"}
    blind = run(how._replace(sees=False))  # another question, so it is asked
    assert "from the ledger" not in {t for r in blind for t in r.texts}
    other = local.replies(
        asked, lambda *_: toy.picture(toy.scene("g", Random(1))), how, tmp_path / "ledger.sqlite"
    )
    assert "from the ledger" not in {t for r in other for t in r.texts}
    (model / "tokenizer.json").unlink()  # another checkpoint now, and one that is broken
    with pytest.raises(InputError):
        run(how)
