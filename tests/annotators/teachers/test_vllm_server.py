"""The vLLM teacher against a real `vllm serve` on the CPU: `make test-teacher`.

A tiny Qwen-VL built by the trainer, untrained: what it writes is noise, so the levels hold nonsense
words; that they are there, guided by the schema, each question once, is what is tested.
"""

import json
import os
import threading
import time
from collections import Counter
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from surgchain.annotators.ledger import totals
from surgchain.annotators.serving import launch
from surgchain.annotators.teachers import Ask, Draft
from surgchain.annotators.teachers.vllm import LEDGER, Teacher
from surgchain.schemas import chain_text
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.records import Question, Scene

ENVIRONMENT = Path(os.environ.get(launch.VARIABLE, "unset"))
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (ENVIRONMENT / "bin" / "vllm").exists(),
        reason=f"no vLLM ({launch.VARIABLE} is {ENVIRONMENT}); run `make test-teacher`",
    ),
]
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
CHOLECT50 = ontologies.load("cholect50")


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


@pytest.fixture(scope="module")
def asks(real: Path) -> list[Ask]:
    found = []
    for path in sorted((real / "CholecT50/videos").rglob("*.png"))[:12]:
        labels = json.loads((real / f"CholecT50/labels/{path.parent.name}.json").read_text("utf-8"))
        rows = labels["annotations"][str(int(path.stem))]
        scene = Scene(
            frame_id=f"cholect50/{path.parent.name}/{path.stem}",
            ontology="cholect50",
            triplets=[CHOLECT50.triplets[int(r[0])] for r in rows if r[0] >= 0],
            phase=CHOLECT50.names("phases")[int(rows[0][14])],
            labelled=("triplets", "phase"),
        )
        jpeg = BytesIO()
        Image.open(path).convert("RGB").save(jpeg, "JPEG")
        found += [
            Ask(scene.frame_id, Question(task="phase", text=text), scene, jpeg.getvalue, 0)
            for text in ("Which phase is this?", "Name the phase.", "What is being done?")
        ]
    return found


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SURGCHAIN_TEACHER_URLS", f"http://127.0.0.1:{PORT}/v1")
    for name, value in (
        ("VLLM_CPU_KVCACHE_SPACE", "1"),
        ("VLLM_NO_USAGE_STATS", "1"),
        ("HF_HUB_OFFLINE", "1"),
        ("OMP_NUM_THREADS", "1"),
    ):
        monkeypatch.setenv(name, value)


def test_a_server_killed_in_the_middle_and_started_again_answers_every_question_once(
    weights: Path, asks: list[Ask], environment: None, tmp_path: Path
) -> None:
    teacher = Teacher(
        model="tiny", longest_level=60, max_tokens=900, in_flight=4, attempts=20,
        give_up_after_s=600, temperature=1.0,
    )  # fmt: skip
    found: list[Draft] = []
    notes: dict = {}
    drafting = threading.Thread(
        target=lambda: found.extend(teacher.draft(asks, tmp_path / "work", notes)), daemon=True
    )
    (tmp_path / "work").mkdir()
    serving = (str(weights), "tiny", FLAGS, tmp_path / "vllm.log")
    with launch.served(*serving, start_s=600, port=PORT):
        drafting.start()
        while totals(tmp_path / "work" / LEDGER).answered < len(asks) // 3:
            assert drafting.is_alive()
            time.sleep(0.05)
    assert len(found) < len(asks)
    with launch.served(*serving, start_s=600, port=PORT):
        drafting.join(600)
    assert [d.ask for d in found] == asks
    how = Counter(d.how for d in found)
    assert how["answered"] + how["repaired"] + how["failed"] == len(asks)
    assert how["answered"] + how["repaired"] >= 0.9 * len(asks), [d.failed for d in found]
    for draft in (d for d in found if d.chain):
        parts = chain_text.parse(draft.chain.text)
        assert parts.level_order == (1, 2, 3)
        assert parts.answer.text in CHOLECT50.names("phases")
    assert notes["cache_hit_rate"]["prefix_cache"] > 0.3
