import json
import subprocess
import sys
from pathlib import Path

from surgchain.pipelines.commands import explain
from surgchain.pipelines.corpus.project import Project
from surgchain.schemas import tables
from surgchain.schemas.records import Example

EXAMPLES = Path("data/rounds/r1/examples.parquet")


def test_the_page_names_film_label_verdict_and_models(small_project: Path, capsys) -> None:
    first = next(iter(tables.read(EXAMPLES, Example)))
    explain.explain(first.chain.chain_id)
    told = capsys.readouterr().out
    for word in ("data/raw/ward/videos/", "labels/VID0", "verdict     passed", "models/refine/r1"):
        assert word in told


def test_a_model_cannot_steer_the_terminal(small_project: Path) -> None:
    assert explain.shown("a\x1b[2Jb\x07\x9bc\u202e") == "a\\x1b[2Jb\\x07\\x9bc\\x202e"


def test_a_checkpoint_and_a_row_are_explained_too(small_project: Path, capsys) -> None:
    explain.explain("models/grpo", as_json=True)
    assert json.loads(capsys.readouterr().out)["model"] == "models/grpo"
    explain.explain("models/grpo")
    told = capsys.readouterr().out
    assert "went into   refine@r1 · models/refine/r1" in told
    assert "measured    right 0.500 [0.400, 0.600] of 80 questions" in told
    row = "data/shards/r0/frames-test-00000.arrow:0"
    found = explain.explained(Project(), row)
    assert found["video"]["split"] == "test"
    explain.explain(row)
    told = capsys.readouterr().out
    assert f"shard       {row}" in told
    assert "model       models/grpo · by grpo" in told


def test_explain_loads_no_heavy_package(small_project: Path) -> None:
    first = next(iter(tables.read(EXAMPLES, Example)))
    code = (  # pandas comes in by `pa.scalar`, for a third of a second
        "import sys; from surgchain.pipelines.commands import explain; "
        f"explain.explain('{first.chain.chain_id}'); "
        "print([m for m in ('torch', 'datasets', 'cv2', 'polars', 'pandas') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.splitlines()[-1] == "[]"
