import json
import subprocess
import sys
from pathlib import Path

import datasets
import pyarrow as pa
import pytest

from surgchain.annotators.ledger import Entry, Ledger
from surgchain.pipelines.commands.report import report
from surgchain.pipelines.commands.withdraw import withdraw
from surgchain.pipelines.corpus import holdings, passing_over, withdrawal
from surgchain.pipelines.corpus.project import Project
from surgchain.pipelines.files import read_json
from surgchain.pipelines.sources import Reading, SourceParams
from surgchain.pipelines.stages import ingest
from surgchain.pipelines.stages.ingest import may_show, surgery_of
from surgchain.schemas import reviews, shard_manifest, tables
from surgchain.schemas.errors import InputError
from surgchain.schemas.records import Chain, Review, Scene, Video
from surgchain.schemas.reviews import Reviewed

LEDGER = Path("withdrawals.jsonl")
SCRIPT = Path(__file__).parents[2] / "small_project.py"


def reading(video: str) -> Reading:
    scene = Scene(frame_id=f"x/{video}/000001", ontology="cholect50")
    return Reading(
        video=video, path="", fps=1.0, centre="", procedure="", licence="CC0-1.0",
        scenes=[scene, scene], rows=3, joined=1,
    )  # fmt: skip


def test_a_surgery_is_withdrawn_from_end_to_end(small_project: Path, capsys) -> None:
    withdraw("ward:VID02", "consent withdrawn")
    told = capsys.readouterr().out
    assert "shard        data/shards/r1/chains-train-00000.arrow: " in told
    assert "learnt from  models/refine/r1" in told
    assert "free of it   no round yet" in told
    (line,) = withdrawal.read(LEDGER)
    shards = {
        f"data/shards/{r}/{kind}-train-00000.arrow"
        for r in ("r0", "r1")
        for kind in ("chains", "frames")
    }
    models = {"models/pretrain", "models/coldstart", "models/grpo", "models/refine/r1"}
    assert set(line.held_by) == shards | models
    before = len(list(tables.read(Path("data/ingest/ward/videos.parquet"), Video)))
    subprocess.run([sys.executable, SCRIPT, ".", "again"], check=True, capture_output=True)
    after = list(tables.read(Path("data/ingest/ward/videos.parquet"), Video))
    assert len(after) == before - 1
    for shard in Path("data/shards").rglob("*.arrow"):
        rows = datasets.Dataset.from_file(str(shard.resolve()))
        assert "ward:VID02" not in set(rows["surgery_id"])
        assert not any("VID02" in f for f in rows["frame_id"])
        assert b"VID02" not in shard.read_bytes()
    assert shard_manifest.verify(Path("data/shards/r1")) > 0
    found = holdings.of(Project(), "ward:VID02")
    assert (found.videos, found.chains, found.rounds, found.shards) == ((), {}, {}, {})
    assert found.free_rounds == ("r0", "r1")
    counted = read_json(Path("metrics/ingest/ward.json"))
    assert counted["refused"][passing_over.REASON] > 0
    withdraw("ward:VID02")
    told = capsys.readouterr().out
    assert "consent withdrawn" in told
    assert "nothing that the path made holds it any more" in told


def test_what_the_teachers_wrote_about_it_leaves_their_ledgers(small_project: Path, capsys) -> None:
    path = Path("work/draft/ward/ledger.sqlite")
    with Ledger(path) as ledger:
        ledger.write(
            Entry(f"k{v}", f"text about {v}", frame_id=f"ward/{v}/000003")
            for v in ("VID01", "VID02", "VID03")
        )
    Path("work/pretrain/run-1").mkdir(parents=True)
    copy = Path("work/draft/ward/pictures/0123.jpg")
    copy.parent.mkdir()
    copy.write_bytes(b"a picture")
    withdraw("ward:VID02", "consent withdrawn")
    told = capsys.readouterr().out
    assert f"ledger       {path}: 3 texts = 2 kept + 1 deleted" in told
    assert "runs         work/pretrain: checkpoints that may have learnt from it" in told
    assert not copy.parent.exists()
    assert b"text about VID02" not in path.read_bytes()
    assert b"text about VID01" in path.read_bytes()
    (line,) = withdrawal.read(LEDGER)
    assert line.videos == ("ward/VID02",)


def test_what_no_stage_makes_again_is_named(small_project: Path, capsys) -> None:
    report(Path("reports/index.html"))
    chain_id = next(iter(tables.read(Path("data/drafts/ward.parquet"), Chain))).chain_id
    review = Review(
        review_id="r1", chain_id=chain_id, reviewer="ana", reviewed_at="2026-11-28T20:00:00Z",
        decision="accept", seconds=30.0,
    )  # fmt: skip
    seen = Reviewed(review=review, asked="phase", stratum="s", reason="audit", surgery="ward:VID02")
    reviews.write(Path("reviews/reviews.parquet"), [seen, seen], "")
    Path("work/explore/db").mkdir(parents=True)
    withdraw("ward:VID02", "consent withdrawn")
    told = capsys.readouterr().out
    assert "page         reports/index.html: shows its frames" in told
    assert "reviews      reviews/reviews.parquet: 2 decisions about its chains (kept" in told
    assert "explore      work/explore/db: FiftyOne's copy" in told
    subprocess.run([sys.executable, SCRIPT, ".", "again"], check=True, capture_output=True)
    report(Path("reports/index.html"))
    withdraw("ward:VID02")
    assert "page " not in capsys.readouterr().out


def test_a_text_that_comes_back_leaves_with_the_next_draft(small_project: Path) -> None:
    """Another machine has a ledger of its own, and hears of it by withdrawals.jsonl alone."""
    withdraw("ward:VID02", "consent withdrawn")
    path = Path("work/draft/ward/ledger.sqlite")
    with Ledger(path) as ledger:
        ledger.write(
            Entry(f"k{v}", f"text about {v}", frame_id=f"ward/{v}/000003")
            for v in ("VID01", "VID02")
        )
    subprocess.run([sys.executable, SCRIPT, ".", "again"], check=True, capture_output=True)
    purged = read_json(Path("metrics/draft/ward.json"))["ledgers_purged"]
    assert purged == {str(path): {"before": 2, "kept": 1, "purged": 1, "unknown": 0}}
    assert b"text about VID02" not in path.read_bytes()
    assert b"text about VID01" in path.read_bytes()


def test_a_ledger_in_use_is_not_purged_and_it_is_said(small_project: Path) -> None:
    path = Path("work/draft/ward/ledger.sqlite")
    with Ledger(path), pytest.raises(InputError, match="another process is drafting into it"):
        withdraw("ward:VID02", "consent withdrawn")
    assert withdrawal.surgeries(LEDGER) == {"ward:VID02"}  # it left all the same
    withdraw("ward:VID02")


def test_a_test_surgery_was_measured_with_and_not_learnt_from(small_project: Path) -> None:
    found = holdings.of(Project(), "ward:VID03")
    assert found.learnt == ()
    assert set(found.measured) == {
        "models/pretrain", "models/coldstart", "models/grpo", "models/refine/r1",
    }  # fmt: skip
    assert set(found.shards) == {f"data/shards/{r}/frames-test-00000.arrow" for r in ("r0", "r1")}


@pytest.mark.parametrize(("form", "video"), [("cholec80", "video68"), ("cholect50", "VID68")])
def test_a_surgery_does_not_come_back_under_another_name(form: str, video: str) -> None:
    section = SourceParams(format=form, root="x")
    assert surgery_of(reading(video), section) == "cholec:68"


@pytest.mark.parametrize(
    ("form", "video", "paired", "passed"),
    [
        ("cholec80", "video68", {}, True),
        ("cholec80", "video69", {}, False),
        ("m2cai16_tool_locations", "v05", {}, True),  # one of cholec:67..76, nobody says which
        ("m2cai16_tool_locations", "v05", {"v05": "cholec:71"}, False),
        ("m2cai16_tool_locations", "v05", {"v05": "cholec:68"}, True),
    ],
)
def test_a_video_that_may_show_who_left_is_passed_over(form, video, paired, passed) -> None:
    section = SourceParams(format=form, root="x", surgeries=paired)
    assert may_show(reading(video), section, {"cholec:68"}) is passed


def test_a_patient_who_left_one_dataset_does_not_come_back_through_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.chdir(tmp_path)
    for number in (67, 68):  # Cholec80, of which CholecT50's VID68 was withdrawn
        labels = Path(f"raw/phase_annotations/video{number}-phase.txt")
        labels.parent.mkdir(parents=True, exist_ok=True)
        labels.write_text("Frame\tPhase\n0\tPreparation\n25\tPreparation\n")
    Path("params.yaml").write_text("sources: {c80: {format: cholec80, root: raw}}\n")
    withdraw("cholec:68", "consent withdrawn", ahead=True)
    ingest.run("c80", Path("raw"), Path("data/ingest/c80"), Path("counts.json"))
    videos = list(tables.read(Path("data/ingest/c80/videos.parquet"), Video))
    assert [(v.video_id, v.surgery_id) for v in videos] == [("c80/video67", "cholec:67")]
    scenes = list(tables.read(Path("data/ingest/c80/scenes.parquet"), Scene))
    assert {s.frame_id.split("/")[1] for s in scenes} == {"video67"}
    assert read_json(Path("counts.json"))["refused"] == {passing_over.REASON: 2}
    withdraw("cholec:68")
    assert "nothing that the path made holds it any more" in capsys.readouterr().out


def test_a_video_that_may_show_a_surgery_is_told_with_it(small_project: Path) -> None:
    Path("params.yaml").write_text(
        Path("params.yaml").read_text().replace("format: cholect50", "format: m2cai16_tool")
    )
    path = Path("data/ingest/ward/videos.parquet")
    video = next(tables.read(path, Video))
    known = video.model_copy(update={"video_id": "ward/v5", "surgery_id": "m2cai16:05"})
    tables.write(path, [known], tables.VIDEOS)
    assert holdings.of(Project(), "cholec:70").videos == (known,)
    assert holdings.of(Project(), "cholec:61").videos == ()


def test_rows_of_a_withdrawn_surgery_are_passed_over_by_their_number() -> None:
    left = passing_over.passed_over(reading("VID68"))
    assert (left.scenes, left.joined, left.rows) == ([], 0, 3)
    assert dict(left.passed_over) == {"surgery withdrawn": 3}
    bulk = Reading("v", "", 1.0, "", "", "", bulk=pa.table({"a": [1, 2]}), rows=2)
    assert passing_over.passed_over(bulk).frames == 0


def test_a_line_of_the_ledger_is_never_rewritten(tmp_path: Path) -> None:
    path = tmp_path / "withdrawals.jsonl"
    first = withdrawal.add(path, "a:1", "first reason", ["models/x"])
    withdrawal.add(path, "a:2", "other", [])
    assert withdrawal.add(path, "a:1", "second reason", []) == first
    assert [w.surgery_id for w in withdrawal.read(path)] == ["a:1", "a:2"]
    assert json.loads(path.read_text().splitlines()[0])["held_by"] == ["models/x"]


def test_a_broken_ledger_stops_the_path(tmp_path: Path) -> None:
    path = tmp_path / "withdrawals.jsonl"
    path.write_text('{"surgery_id": "a:1", "reason": "x", "withdrawn_at": "t"}\n{"surgery": 1}\n')
    with pytest.raises(InputError, match=r"withdrawals\.jsonl:2: not a withdrawal: surgery_id"):
        withdrawal.surgeries(path)


def test_an_unknown_surgery_and_a_missing_reason_are_refused(small_project: Path) -> None:
    with pytest.raises(InputError, match="no such surgery is ingested; there are: ward:VID01"):
        withdraw("cholec:99", "x")
    with pytest.raises(InputError, match="give a reason"):
        withdraw("ward:VID01", " ")
    assert LEDGER.read_text() == ""
    withdraw("cholec:99", "never here", ahead=True)
    assert withdrawal.surgeries(LEDGER) == {"cholec:99"}
