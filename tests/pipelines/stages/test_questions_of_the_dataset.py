import json

from surgchain.pipelines.stages import ingest, questions
from surgchain.schemas import tables

TURNS = [
    {"from": "human", "value": "Use the Knife."},
    {"from": "gpt", "value": "Move the Knife[0.14, 0.50, 0.90, 0.77] up."},
]


def test_what_a_dataset_asks_itself_is_asked_where_there_is_a_picture(tmp_path):
    (tmp_path / "raw").mkdir()
    items = [{"conversations": TURNS, "image": f"D:/v/7/000{n}.jpg"} for n in (1, 2)]
    (tmp_path / "raw/smllm_train.json").write_text(json.dumps(items))
    params = tmp_path / "params.yaml"
    params.write_text("sources: {cop: {format: copesd, root: x}}\nquestions: {}\n")
    out, index, table = tmp_path / "ingest", tmp_path / "index.parquet", tmp_path / "q.parquet"
    ledger = tmp_path / "none.jsonl"
    ingest.run("cop", tmp_path / "raw", out, tmp_path / "i.json", ledger, params)
    frame = {"frame_id": "cop/7/0001", "video_id": "cop/7", "index": 1, "time_s": 1.0}
    tables.write_rows(index, [frame], tables.FRAME_INDEX)
    questions.run("cop", out, index, table, tmp_path / "q.json", params)
    (row,) = tables.read_rows(table)
    assert (row["frame_id"], row["question"]["task"]) == ("cop/7/0001", "vqa")
    assert row["question"]["gold"] == "Move the Knife [140, 500, 900, 770] up."
    counts = json.loads((tmp_path / "q.json").read_text())
    assert (counts["in"], counts["out"], counts["refused"]) == (2, 1, {"no picture": 1})
