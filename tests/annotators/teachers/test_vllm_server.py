"""The vLLM teacher against a real `vllm serve` on the CPU: `make test-teacher`.

A tiny Qwen-VL built by the trainer, untrained: what it writes is noise, so the levels hold nonsense
words; that they are there, guided by the schema, each question once, is what is tested.
"""

import json
import os
import re
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
import real_vllm
from PIL import Image

from surgchain.annotators.ledger import totals
from surgchain.annotators.serving import launch
from surgchain.annotators.teachers import Ask, Draft
from surgchain.annotators.teachers.vllm import LEDGER, Teacher
from surgchain.pipelines.commands.estimate import estimate
from surgchain.pipelines.files import read_json
from surgchain.pipelines.stages import draft as stage
from surgchain.schemas import chain_text, tables
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.frame_shards import ShardWriter, write_index
from surgchain.schemas.ids import sha256_hex
from surgchain.schemas.records import Chain, Frame, Question, Scene

pytestmark = real_vllm.NEEDED
CONTEXT = 8192
FLAGS = (
    "--dtype", "float32", "--enforce-eager", "--max-model-len", str(CONTEXT),
    "--max-num-batched-tokens", "16384", "--max-num-seqs", "16",
    # a seeded request whose prefill is cut in pieces kills the CPU engine of 0.32.0
    # (RuntimeError: CPU Generator does not use offset)
    "--no-enable-chunked-prefill",
    # a model that has learnt nothing writes white space between the fields until it is cut
    "--structured-outputs-config", '{"backend": "xgrammar", "disable_any_whitespace": true}',
)  # fmt: skip
PORT = 18_431
START_S = 600
CHOLECT50 = ontologies.load("cholect50")
SHORT = {"model": "tiny", "longest_level": 60, "max_tokens": 900, "in_flight": 4,
         "temperature": 1.0}  # fmt: skip


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from surgchain.annotators import prompts
    from surgchain.trainer import tiny_model
    from surgchain.trainer.settings import Model

    folder = tmp_path_factory.mktemp("model")
    texts = [p.read_text("utf-8") for p in Path(prompts.__file__).parent.glob("*.md")]
    tiny_model.build(Model(), texts * 3, CHOLECT50.names("phases"), folder)
    config = json.loads((folder / "config.json").read_text("utf-8"))
    config["text_config"]["max_position_embeddings"] = CONTEXT
    config["max_position_embeddings"] = CONTEXT
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    return folder


def real_frames(real: Path, number: int) -> Iterator[tuple[Scene, Image.Image]]:
    for path in sorted((real / "CholecT50/videos").rglob("*.png"))[:number]:
        labels = json.loads((real / f"CholecT50/labels/{path.parent.name}.json").read_text("utf-8"))
        rows = labels["annotations"][str(int(path.stem))]
        scene = Scene(
            frame_id=f"cholect50/{path.parent.name}/{path.stem}",
            ontology="cholect50",
            triplets=[CHOLECT50.triplets[int(r[0])] for r in rows if r[0] >= 0],
            phase=CHOLECT50.names("phases")[int(rows[0][14])],
            labelled=("triplets", "phase"),
        )
        yield scene, Image.open(path).convert("RGB")


def painted_frames(number: int) -> Iterator[tuple[Scene, Image.Image]]:
    from surgchain.pipelines.phantom.film import Surgery

    surgery = Surgery(7, 3, "south", seconds=60, width=320, height=240)
    for frame in range(0, 25 * number, 25):
        picture, phase, _, _ = surgery.at(frame)
        scene = Scene(
            frame_id=f"cholect50/painted/{frame:06d}",
            ontology="cholect50",
            phase=CHOLECT50.names("phases")[phase],
            labelled=("phase",),
        )
        yield scene, Image.fromarray(picture)


@pytest.fixture(scope="module")
def asks(request: pytest.FixtureRequest) -> list[Ask]:
    """Three questions about each of twelve frames: real ones where they are, painted ones else."""
    try:
        frames = list(real_frames(request.getfixturevalue("real"), 12))
    except pytest.skip.Exception:
        frames = list(painted_frames(12))
    found = []
    for scene, picture in frames:
        jpeg = BytesIO()
        picture.save(jpeg, "JPEG")
        found += [
            Ask(scene.frame_id, Question(task="phase", text=text), scene, jpeg.getvalue, 0)
            for text in ("Which phase is this?", "Name the phase.", "What is being done?")
        ]
    return found


@pytest.fixture(scope="module")
def serving(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable]:
    """What starts a server at our port, with the environment that it wants."""
    seen = ("--allowed-local-media-path", str(tmp_path_factory.getbasetemp()))
    log = tmp_path_factory.mktemp("server") / "vllm.log"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SURGCHAIN_TEACHER_URLS", f"http://127.0.0.1:{PORT}/v1")
        patch.setenv("SURGCHAIN_TEACHER_KEY", "the-key")
        for name, value in (
            ("VLLM_CPU_KVCACHE_SPACE", "1"),
            ("VLLM_NO_USAGE_STATS", "1"),
            ("HF_HUB_OFFLINE", "1"),
            ("OMP_NUM_THREADS", "1"),
        ):
            patch.setenv(name, value)
        yield lambda: launch.served(
            str(weights), "tiny", (*FLAGS, *seen), log, start_s=START_S, port=PORT
        )


@pytest.fixture(scope="module")
def server(serving: Callable) -> Iterator[None]:
    """A server for all tests of this file; the last one kills it."""
    with serving():
        yield


def written(drafts: list[Draft]) -> list[str]:
    """The texts of the chains, each with three levels and an answer of its task."""
    texts = [d.chain.text for d in drafts if d.chain]
    for text in texts:
        parts = chain_text.parse(text)
        assert parts.level_order == (1, 2, 3)
        assert parts.answer.text in CHOLECT50.names("phases")
    return texts


def test_questions_of_a_frame_share_its_picture_and_its_prompt_in_the_servers_caches(
    server: None, asks: list[Ask], tmp_path: Path
) -> None:
    notes: dict = {}
    drafts = list(Teacher(**SHORT).draft(asks, tmp_path, notes))
    assert len(written(drafts)) >= 0.9 * len(asks), Counter(d.failed for d in drafts)
    assert notes["cache_hit_rate"]["prefix_cache"] > 0.5
    assert notes["cache_hit_rate"]["mm_cache"] > 0.5


def test_levels_asked_for_one_after_the_other(
    server: None, asks: list[Ask], tmp_path: Path
) -> None:
    drafts = list(Teacher(**SHORT, mode="staged").draft(asks[:6], tmp_path, {}))
    texts = written(drafts)
    assert len(texts) >= 5, Counter(d.failed for d in drafts)
    assert totals(tmp_path / LEDGER).answered >= 3 * len(texts)


def test_pictures_that_the_server_reads_itself(
    server: None, asks: list[Ask], tmp_path: Path
) -> None:
    drafts = list(Teacher(**SHORT, picture="path").draft(asks[:3], tmp_path, {}))
    assert len(written(drafts)) >= 2, Counter(d.failed for d in drafts)
    assert len(list((tmp_path / "pictures").iterdir())) == 1


def test_what_the_server_refuses_fails_with_its_words_and_the_rest_is_answered(
    server: None, asks: list[Ask], tmp_path: Path
) -> None:
    no_picture = asks[0]._replace(picture=lambda: b"\xff\xd8\xff\xe0 no picture at all")
    long = Question(task="phase", text="Which phase is this? " * CONTEXT)
    some = [no_picture, asks[3]._replace(question=long), asks[6]]
    drafts = list(Teacher(**SHORT).draft(some, tmp_path, {}))
    assert [d.how for d in drafts[:2]] == ["failed", "failed"]
    assert all(d.failed.startswith("the server refused it (400): ") for d in drafts[:2])
    assert "the-key" not in str(drafts)
    assert drafts[2].how in {"answered", "repaired"}


@pytest.fixture
def project(asks: list[Ask], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The frames and questions as the stages before leave them; the current folder."""
    monkeypatch.chdir(tmp_path)
    frames = {a.frame_id: a for a in asks}
    folder = Path("data/frames/cholect50")
    folder.mkdir(parents=True)
    with ShardWriter(folder, "cholect50/all") as writer:
        for number, (frame_id, one) in enumerate(frames.items()):
            jpeg = one.picture()
            width, height = Image.open(BytesIO(jpeg)).size
            record = Frame(
                frame_id=frame_id, video_id="cholect50/all", index=number, time_s=float(number),
                width=width, height=height, sha256=sha256_hex(jpeg),
            )  # fmt: skip
            writer.add(record, jpeg)
    write_index(folder, writer.index)
    scenes = [a.scene for a in frames.values()]
    tables.write(Path("data/ingest/cholect50/scenes.parquet"), scenes, tables.SCENES)
    rows = [
        {"question_id": a.question.id_for(a.frame_id), "frame_id": a.frame_id,
         "video_id": "cholect50/all", "split": "train", "question": a.question.model_dump()}
        for a in asks
    ]  # fmt: skip
    tables.write_rows(Path("data/questions/cholect50.parquet"), rows, tables.QUESTIONS)
    return tmp_path


def params(**more: object) -> Path:
    """Write params.yaml (JSON is YAML) with the tiny model as the teacher."""
    draft = {"teacher": "vllm", "limit": 12, "options": {**SHORT, **more}}
    path = Path("params.yaml")
    path.write_text(json.dumps({"sources": {"cholect50": {}}, "draft": draft}), "utf-8")
    return path


def drafted(path: Path) -> dict:
    """Run the draft stage as dvc.yaml does; return its metrics."""
    stage.run(
        "cholect50", Path("data/ingest/cholect50"), Path("data/frames/cholect50"),
        Path("data/questions/cholect50.parquet"), Path("data/drafts/cholect50.parquet"),
        Path("metrics/draft.json"), Path("work/draft/cholect50"), path,
    )  # fmt: skip
    return read_json(Path("metrics/draft.json"))


def test_what_a_pilot_paid_for_is_not_paid_for_again(
    server: None, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = params(budget={"price_completion": 1000.0})
    estimate(questions=4, gpus=2, params_path=path)
    table = capsys.readouterr().out
    told = {row[0]: row[1] for row in cells(table)}
    assert told["questions"] == "12"
    assert float(told["completion tokens"].replace(",", "")) > 12 * 40
    assert all(float(told[name]) > 0 for name in ("hours", "gpu hours", "money", "gigabytes"))
    found = drafted(path)
    assert found["in"] == 12
    assert found["how"]["ledger"] >= 3


def cells(table: str) -> Iterator[list[str]]:
    """The rows of a printed table with two columns."""
    for line in table.splitlines():
        row = [cell.strip() for cell in line.strip("│┃ ").split("│")]
        if len(row) == 2:
            yield row


def test_the_profile_of_a_whole_corpus_wants_flags_that_this_vllm_knows() -> None:
    profile = Path(__file__).parents[3] / "profiles" / "surg-r1-7b.yaml"
    comment = profile.read_text("utf-8").partition("vllm serve ")[2].partition("teacher: vllm")[0]
    wanted = set(re.findall(r"(--[a-z-]+)\s", comment.partition("surgchain")[0]))
    program = real_vllm.ENVIRONMENT / "bin" / "vllm"
    told = subprocess.run(
        [program, "serve", "--help=all"], capture_output=True, text=True, check=True
    ).stdout
    assert {"--tensor-parallel-size", "--enable-prefix-caching"} <= wanted
    assert [flag for flag in sorted(wanted) if not re.search(rf"{flag}\b", told)] == []


def kill_9(port: int) -> None:
    """Kill the server at a port and its workers, as a machine that runs out of memory does."""
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        words = place.read_bytes().split(b"\0")
        if b"serve" in words and str(port).encode() in words:
            os.killpg(int(place.parent.name), signal.SIGKILL)


def test_a_server_killed_in_the_middle_and_started_again_answers_every_question_once(
    server: None, serving: Callable, asks: list[Ask], tmp_path: Path
) -> None:
    teacher = Teacher(**SHORT, attempts=20, give_up_after_s=START_S)
    found: list[Draft] = []
    drafting = threading.Thread(
        target=lambda: found.extend(teacher.draft(asks, tmp_path, {})), daemon=True
    )
    totals(tmp_path / LEDGER)
    drafting.start()
    while totals(tmp_path / LEDGER).answered < len(asks) // 3:
        assert drafting.is_alive()
        time.sleep(0.05)
    kill_9(PORT)
    assert len(found) < len(asks)
    with serving():
        drafting.join(START_S)
    assert [d.ask for d in found] == asks
    how = Counter(d.how for d in found)
    assert how["answered"] + how["repaired"] + how["failed"] == len(asks)
    assert len(written(found)) >= 0.9 * len(asks), Counter(d.failed for d in found)
    held = totals(tmp_path / LEDGER)
    assert held.answered + held.failed == len(asks) + how["repaired"] + how["failed"]


def test_a_server_that_the_stage_launches_itself(
    serving: Callable, weights: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SURGCHAIN_TEACHER_URLS")
    path = params(launch=True, weights=str(weights), flags=FLAGS, start_s=START_S, twin_share=1.0)
    found = drafted(path)
    chains = list(tables.read(Path("data/drafts/cholect50.parquet"), Chain))
    assert found["questions"] == 12
    assert found["in"] == 24 == sum(found["how"].values())  # each with its twin
    assert len(chains) == found["out"] >= 20
    assert found["teachers"]["0-vllm"]["twins"]["n"] >= 9
    assert not serving_from(weights)


def serving_from(weights: Path) -> list[str]:
    """The processes whose command names a folder of weights."""
    commands = [p.read_bytes() for p in Path("/proc").glob("[0-9]*/cmdline") if p.exists()]
    return [c.decode(errors="replace") for c in commands if str(weights).encode() in c]
