from io import BytesIO
from pathlib import Path

import datasets
import pytest
from PIL import Image

from surgchain.pipelines.corpus import shards
from surgchain.schemas import chain_text
from surgchain.schemas.records import (
    Chain,
    Example,
    Provenance,
    Question,
    Scene,
    Verdict,
    Video,
)

FRAME_ID = "phantom/VID01/000003"
SCENE = Scene(frame_id=FRAME_ID, ontology="cholect50", phase="preparation", labelled=("phase",))
VIDEO = Video(
    video_id="phantom/VID01",
    surgery_id="phantom:01",
    source="phantom",
    centre="a",
    procedure="laparoscopic cholecystectomy",
    split="train",
    path="videos/VID01.mp4",
    fps=1.0,
    licence="Apache-2.0",
)
QUESTION = Question(task="phase", text="Which phase?", options=("preparation", "cleaning"))


@pytest.fixture(scope="module")
def picture() -> bytes:
    stored = BytesIO()
    Image.new("RGB", (8, 6), (200, 10, 10)).save(stored, "PNG")
    return stored.getvalue()


def example(chain_id: str) -> Example:
    chain = Chain(
        chain_id=chain_id,
        frame_id=FRAME_ID,
        question=QUESTION,
        text=chain_text.render("A grasper.", "It rests.", "The operation begins.", "preparation"),
        provenance=Provenance(
            generator="model",
            model="abc",
            saw_facts=False,
            seed=1,
            round="r1",
            pathway="self",
            samples=8,
            samples_right=3,
        ),
    )
    verdict = Verdict(chain_id=chain_id, passed=True, checks={"format": 1.0})
    return Example(
        chain=chain,
        source="phantom",
        split="train",
        round="r1",
        released_by="self",
        verdict=verdict,
    )


def test_a_chain_row_loads_with_its_picture_and_its_lineage(tmp_path: Path, picture: bytes) -> None:
    rows = [shards.chain_row(example(f"c{n}"), VIDEO, SCENE, picture) for n in range(3)]
    assert shards.write(tmp_path, "chains", rows, shards.CHAIN_ROWS, 10**9) == 3
    loaded = datasets.Dataset.from_file(str(tmp_path / "chains-train-00000.arrow"))
    row = loaded[1]
    assert row["image"].size == (8, 6)
    assert row["image"].getpixel((3, 3)) == (200, 10, 10)
    assert row["question"] == "Which phase?\nA. preparation\nB. cleaning"
    assert row["answer"] == "preparation"
    assert Provenance.model_validate_json(row["provenance"]).samples_right == 3
    assert Verdict.model_validate_json(row["verdict"]).passed
    assert Scene.model_validate_json(row["scene"]) == SCENE


def test_a_frame_row_holds_all_its_questions(tmp_path: Path, picture: bytes) -> None:
    row = shards.frame_row(FRAME_ID, VIDEO, SCENE, [QUESTION], picture)
    shards.write(tmp_path, "frames", [row], shards.FRAME_ROWS, 10**9)
    (loaded,) = datasets.Dataset.from_file(str(tmp_path / "frames-train-00000.arrow"))
    assert loaded["questions"] == [
        {
            "question_id": QUESTION.id_for(FRAME_ID),
            "task": "phase",
            "text": "Which phase?",
            "options": ["preparation", "cleaning"],
            "gold": None,
        }
    ]


def test_a_shard_is_cut_by_size_and_by_split(tmp_path: Path, picture: bytes) -> None:
    rows = [
        {**shards.frame_row(f"f{n}", VIDEO, SCENE, [QUESTION], picture), "split": split}
        for split in ("test", "train")
        for n in range(300)
    ]
    assert shards.write(tmp_path, "frames", rows, shards.FRAME_ROWS, 60_000) == 600
    names = sorted(p.name for p in tmp_path.iterdir())
    assert names[0] == "frames-test-00000.arrow"
    assert len(names) > 2
    sizes = [len(datasets.Dataset.from_file(str(tmp_path / n))) for n in names]
    assert sum(sizes) == 600


def test_the_same_rows_give_the_same_bytes(tmp_path: Path, picture: bytes) -> None:
    rows = [shards.chain_row(example("c1"), VIDEO, SCENE, picture)]
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        shards.write(tmp_path / name, "chains", rows, shards.CHAIN_ROWS, 10**9)
    a, b = (next((tmp_path / n).iterdir()).read_bytes() for n in ("a", "b"))
    assert a == b
