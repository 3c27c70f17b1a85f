import hashlib
import json
import time
from pathlib import Path

import datasets
import pyarrow as pa
import pytest

from surgchain.pipelines.corpus import lineage, lookup
from surgchain.pipelines.corpus.project import Project
from surgchain.schemas import tables
from surgchain.schemas.errors import InputError
from surgchain.schemas.records import Example


def examples(name: str) -> list[Example]:
    return list(tables.read(Path(f"data/rounds/{name}/examples.parquet"), Example))


def test_a_chain_leads_back_to_the_film_the_label_and_the_verdict(small_project: Path) -> None:
    example = next(e for e in examples("r0") if e.chain.frame_id.endswith("/000003"))
    found = lineage.of_chain(Project(), example.chain.chain_id)
    film = small_project / found["video"]["file"]
    assert found["video"]["sha256"] == hashlib.sha256(film.read_bytes()).hexdigest()
    assert found["frame"]["frame_id"] == example.chain.frame_id
    assert found["frame"]["time_s"] == 3.0
    assert found["written"]["generator"] == "embedded"
    assert found["verdict"] == example.verdict.model_dump(mode="json")
    labels, criteria = found["facts_from"]
    path, _, rest = labels.partition(":")
    line, _, key = rest.partition(" ")
    assert key == 'key "3"'
    assert Path(path).read_text().splitlines()[int(line) - 1].strip().startswith('"3": [')
    path, _, line = criteria.partition(":")
    assert Path(path).read_text().splitlines()[int(line) - 1].split(",")[1] == "75"


def test_a_chain_leads_on_to_rounds_shards_and_every_model_made_of_them(
    small_project: Path,
) -> None:
    chain_id = examples("r0")[0].chain.chain_id
    found = lineage.of_chain(Project(), chain_id)
    assert [(r["round"], r["came_in"], r["released_by"]) for r in found["rounds"]] == [
        ("r0", "r0", "checked"),
        ("r1", "r0", "checked"),
    ]
    for shard in found["shards"]:
        row = datasets.Dataset.from_file(str(small_project / shard["file"]))[shard["row"]]
        assert row["chain_id"] == chain_id
    assert [s["round"] for s in found["shards"]] == ["r0", "r1"]
    models = {m["model"] for m in found["models"]}
    assert models == {"models/pretrain", "models/coldstart", "models/grpo", "models/refine/r1"}


def test_what_the_model_wrote_is_in_the_later_round_only(small_project: Path) -> None:
    own = next(e for e in examples("r1") if e.released_by == "self")
    found = lineage.of_chain(Project(), own.chain.chain_id)
    assert [r["round"] for r in found["rounds"]] == ["r1"]
    assert found["written"]["table"].startswith("data/harvest/r1/chains.parquet: row ")
    assert [m["model"] for m in found["models"]] == ["models/refine/r1"]


def test_a_row_of_a_shard_is_its_chain(small_project: Path) -> None:
    chain_id = examples("r0")[2].chain.chain_id
    shard = Path("data/shards/r0/chains-train-00000.arrow")
    assert lineage.of_row(Project(), shard, 2) == lineage.of_chain(Project(), chain_id)
    with pytest.raises(InputError, match="fewer rows"):
        lineage.of_row(Project(), shard, 10_000)


def test_a_checkpoint_leads_back_to_its_surgeries(small_project: Path) -> None:
    found = lineage.of_model(Project(), Path("models/refine/r1"))
    stages = [r["stage"] for r in found["runs"]]
    assert stages[0] == "refine@r1"
    assert set(stages) >= {"ingest@ward", "harvest@r1", "shard-r0"}
    made = {out: stages.index(r["stage"]) for r in found["runs"] for out in r["outs"]}
    for number, run in enumerate(found["runs"]):  # what it stands on comes after it
        assert all(made[d] > number for d in run["deps"] if d in made)
    assert found["learnt_from"] == {
        name: {"test": ["ward:VID03"], "train": ["ward:VID01", "ward:VID02"]}
        for name in ("r0", "r1")
    }


def test_a_checkpoint_leads_on_to_what_was_made_with_it_and_how_it_was_measured(
    small_project: Path,
) -> None:
    found = lineage.of_model(Project(), Path("models/grpo"))
    assert {w["stage"]: list(w["made"]) for w in found["went"]} == {
        "harvest@r1": ["data/harvest/r1"],
        "collect@r1": ["data/rounds/r1"],
        "shard@r1": ["data/shards/r1"],
        "refine@r1": ["models/refine/r1"],
    }
    assert found["scores"] == {"accuracy": 0.5, "low": 0.4, "high": 0.6, "n": 80}
    last = lineage.of_model(Project(), Path("models/refine/r1"))
    assert (last["went"], last["scores"]["n"]) == ([], 80)
    Path("metrics/evaluate/refine@r1.json").unlink()
    assert lineage.of_model(Project(), Path("models/refine/r1"))["scores"] is None


def test_a_row_of_frames_leads_on_to_the_models_that_saw_it(small_project: Path) -> None:
    shard = Path("data/shards/r1/frames-train-00000.arrow")
    found = lineage.of_row(Project(), shard, 1)
    assert found["shards"] == [{"round": "r1", "file": str(shard), "row": 1}]
    assert [m["model"] for m in found["models"]] == ["models/refine/r1"]
    before = lineage.of_row(Project(), Path("data/shards/r0/frames-train-00000.arrow"), 1)
    assert before["frame_id"] == found["frame_id"]
    assert {m["model"] for m in before["models"]} == {
        "models/pretrain", "models/coldstart", "models/grpo", "models/refine/r1",
    }  # fmt: skip


def test_what_nobody_knows_is_refused_in_one_line(small_project: Path) -> None:
    with pytest.raises(InputError, match="c-nix: no such chain in"):
        lineage.of_chain(Project(), "c-nix")
    with pytest.raises(InputError, match=r"no run in .* wrote it"):
        lineage.of_model(Project(), Path("models"))


def test_lineage_can_be_written_as_json(small_project: Path) -> None:
    found = lineage.of_chain(Project(), examples("r0")[0].chain.chain_id)
    assert json.loads(json.dumps(found))["chain_id"] == found["chain_id"]


def test_a_row_of_a_large_table_is_found_without_reading_it(tmp_path: Path) -> None:
    rows = [{"chain_id": f"c-{n * 7919 % 200_000:06d}", "text": "x" * 200} for n in range(200_000)]
    schema = pa.schema([("chain_id", pa.string()), ("text", pa.string())])
    path = tmp_path / "large.parquet"
    tables.write_rows(path, rows, schema)
    began = time.monotonic()
    assert lookup.first(path, "chain_id", "c-123456") in rows
    assert time.monotonic() - began < 0.5
    assert lookup.places(path, "chain_id", "c-nix") == []
