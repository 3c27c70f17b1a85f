"""`surgchain evaluate --endpoint`, and the judge, with a real `vllm serve`: `make test-teacher`.

The tiny model of the trainer, with words that it has not learnt to order: what it answers is noise,
but each triplet is as likely to vLLM as to transformers.
"""

import json
import math
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import real_vllm

from surgchain.annotators.serving import launch

pytestmark = real_vllm.NEEDED
CONTEXT = 4096
FLAGS = (
    "--dtype", "float32", "--enforce-eager", "--max-model-len", str(CONTEXT),
    "--max-num-batched-tokens", "8192", "--max-num-seqs", "16", "--no-enable-chunked-prefill",
    "--generation-config", "vllm",
    # a model that has learnt nothing writes white space between the fields until it is cut
    "--structured-outputs-config", '{"backend": "xgrammar", "disable_any_whitespace": true}',
)  # fmt: skip
QUIET = {
    "VLLM_CPU_KVCACHE_SPACE": "1", "VLLM_NO_USAGE_STATS": "1", "HF_HUB_OFFLINE": "1",
    "OMP_NUM_THREADS": "1",
}  # fmt: skip
START_S = 600


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that SURGCHAIN_SERVED names, say models/grpo; else a new tiny model."""
    from surgchain.qa import lexicon  # its sentences give the tokenizer words
    from surgchain.schemas import ontology as ontologies
    from surgchain.trainer import tiny_model
    from surgchain.trainer.settings import Model

    if named := os.environ.get("SURGCHAIN_SERVED"):
        return Path(named).resolve()
    folder = tmp_path_factory.mktemp("model")
    words = ontologies.load("cholect50")
    texts = [Path(lexicon.__file__).read_text("utf-8"), *(", ".join(t) for t in words.triplets)]
    tiny_model.build(Model(), texts * 3, words.names("phases"), folder)
    config = json.loads((folder / "config.json").read_text("utf-8"))
    config["text_config"]["max_position_embeddings"] = CONTEXT
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    return folder


@pytest.fixture(scope="module")
def server(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log = tmp_path_factory.mktemp("server") / "vllm.log"
    length = json.loads((weights / "config.json").read_text("utf-8"))["text_config"]
    context = str(min(CONTEXT, length["max_position_embeddings"]))
    flags = [context if f == str(CONTEXT) else f for f in FLAGS]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in QUIET.items():
            patch.setenv(name, value)
        with launch.served(str(weights), "tiny", flags, log, start_s=START_S) as url:
            yield url


def test_a_real_server_is_evaluated_and_triplets_ranked_by_log_probability(
    small_project, server: str, weights: Path
) -> None:
    from factories_evaluate import evaluated

    from surgchain.pipelines.surgbench import replies as kept

    found = evaluated(
        endpoint=server, name="tiny", logprobs=True, limit=2, max_tokens=24, out=Path("served")
    )
    assert sum(t["failures"]["failed_request"] for t in found["tasks"].values()) == 0
    asked, replies = kept.read(Path("served"))
    tables = [dict(r.logprobs) for a, r in zip(asked, replies, strict=True)
              if a.task == "triplet" and not a.options]  # fmt: skip
    assert [len(t) for t in tables] == [100, 100]
    assert all(-1e4 < v <= 0 and math.isfinite(v) for t in tables for v in t.values())
    assert "logprob_map_ivt" in found["tasks"]["ward/triplet"]["figures"]
    assert alike(tables, asked, weights) < 1e-2


def alike(tables: list[dict[str, float]], asked: list, weights: Path) -> float:
    """The largest difference from what transformers gives for the same words and pictures."""
    from surgchain.pipelines.corpus.project import Project
    from surgchain.pipelines.surgbench import forms, suites
    from surgchain.pipelines.surgbench.foreign_checkpoint import Foreign
    from surgchain.pipelines.surgbench.local import Shown
    from surgchain.trainer.shards import decoded

    see, other = suites.pictures(Project()), Foreign(weights)
    of = [a for a in asked if a.task == "triplet" and not a.options]
    far = []
    for one, table in zip(of, tables, strict=True):
        picture = decoded(see(one.source, one.frame_id))
        shown = Shown(one, forms.asked(one, "thousandths", picture.size), picture, picture.size)
        mine = other.logprobs(shown, "", tuple(table))
        far += [abs(mine[name] - value) for name, value in table.items()]
    return max(far)


def test_a_real_server_gives_opinions_of_chains_that_are_kept(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from factories import chain

    from surgchain.annotators import judge
    from surgchain.annotators.ledger import totals

    monkeypatch.setenv(judge.URLS, server)
    settings = judge.Settings(model="tiny", max_tokens=400)
    chains = [chain(), chain(chain_id="c2", answer="preparation")]
    said = list(judge.opinions(chains, settings, tmp_path))
    assert [(o.chain_id, o.model, o.prompt_sha256) for o in said] == [
        (name, "tiny", judge.prompt_sha256()) for name in ("c1", "c2")
    ]
    # what the tiny model says is noise, but noise in the form that was asked for
    assert {o.follows for o in said} <= {"yes", "no", "open"}
    assert all(o.reason for o in said)
    kept = totals(tmp_path / judge.LEDGER)
    assert list(judge.opinions(chains, settings, tmp_path)) == said
    assert totals(tmp_path / judge.LEDGER) == kept
