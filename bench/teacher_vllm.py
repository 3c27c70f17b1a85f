"""The teacher beside `vllm bench serve`: the same requests to the same real server on the CPU.

`make teacher-cpu`, then `python bench/teacher_vllm.py [--short]`. The requests of a whole draft are
recorded once; then the teacher (ledger on) and vLLM's own load generator send them in turns, with
as many under way. The first turn only fills the server's caches.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from statistics import median
from threading import Thread

from PIL import Image
from rows import Row, finish

from surgchain.annotators import prompts
from surgchain.annotators.ledger import totals
from surgchain.annotators.serving import launch
from surgchain.annotators.teachers import Ask
from surgchain.annotators.teachers.vllm import LEDGER, URLS, Teacher
from surgchain.pipelines.phantom.film import Surgery
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.records import Question, Scene
from surgchain.trainer import tiny_model
from surgchain.trainer.settings import Model

HERE = Path(__file__).parent
VLLM = HERE.parent / ".venvs" / "vllm"
PHASES = ontologies.load("cholect50").names("phases")
CONTEXT, AT_ONCE, PER_FRAME = 8192, 8, 3
FRAMES, RUNS = (12, 2) if "--short" in sys.argv else (32, 5)
FLAGS = (
    "--dtype", "float32", "--enforce-eager", "--max-model-len", str(CONTEXT),
    "--max-num-batched-tokens", "16384", "--max-num-seqs", "16", "--no-enable-chunked-prefill",
    "--structured-outputs-config", '{"backend": "xgrammar", "disable_any_whitespace": true}',
)  # fmt: skip
TEACHER = Teacher(
    model="tiny", longest_level=60, max_tokens=900, in_flight=AT_ONCE, temperature=1.0
)


def asks() -> Iterator[Ask]:
    """Yield questions about painted frames, those of a frame together."""
    surgery = Surgery(7, 3, "south", seconds=60, width=320, height=240)
    for frame in range(FRAMES):
        picture, phase, _, _ = surgery.at(25 * frame)
        jpeg = BytesIO()
        Image.fromarray(picture).save(jpeg, "JPEG")
        scene = Scene(
            frame_id=f"bench/v/{frame:06d}",
            ontology="cholect50",
            phase=PHASES[phase],
            labelled=("phase",),
        )
        for number in range(PER_FRAME):
            question = Question(task="phase", text=f"Which phase is this? ({number})")
            yield Ask(scene.frame_id, question, scene, jpeg.getvalue, number)


def weights(folder: Path) -> Path:
    """Build the tiny model, with room for a whole prompt."""
    texts = [p.read_text("utf-8") for p in Path(prompts.__file__).parent.glob("*.md")]
    tiny_model.build(Model(), texts * 3, PHASES, folder)
    config = json.loads((folder / "config.json").read_text("utf-8"))
    config["max_position_embeddings"] = CONTEXT
    config["text_config"]["max_position_embeddings"] = CONTEXT
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    return folder


class Recorder(BaseHTTPRequestHandler):
    """Takes every request down, and answers none well."""

    bodies: tuple[list[bytes]] = ([],)

    def do_GET(self) -> None:
        """Know no page."""
        self.send_error(404)

    def do_POST(self) -> None:
        """Take a request down."""
        self.bodies[0].append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_error(400)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def recorder() -> Iterator[str]:
    """Give the address of a recorder."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()


def recorded(path: Path, some: list[Ask]) -> None:
    """Write the requests of a draft, one a line."""
    with recorder() as os.environ[URLS], tempfile.TemporaryDirectory() as work:
        list(TEACHER.draft(some, Path(work), {}))
    lines = sorted(Recorder.bodies[0])
    assert len(lines) == len(some)
    path.write_bytes(b"\n".join(lines) + b"\n")


def ours(url: str, some: list[Ask]) -> tuple[float, float]:
    """Draft; return requests and tokens per second."""
    os.environ[URLS] = url
    with tempfile.TemporaryDirectory() as work:
        began = time.monotonic()
        drafts = list(TEACHER.draft(some, Path(work), {}))
        seconds = time.monotonic() - began
        held = totals(Path(work) / LEDGER)
    assert len(drafts) == len(some)
    assert held.failed == 0
    return held.answered / seconds, held.completion_tokens / seconds


def theirs(url: str, bodies: Path, number: int) -> tuple[float, float]:
    """Send the same by vLLM's own generator; return requests and tokens per second."""
    port = url.removesuffix("/v1").rpartition(":")[2]
    python, script = str(VLLM / "bin/python"), str(HERE / "_vllm_serve.py")
    done = subprocess.run(
        [python, script, port, str(bodies), str(AT_ONCE)],
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    requests, tokens, completed = map(float, done.stdout.split()[-3:])
    assert completed == number
    return requests, tokens


def main() -> None:
    """Measure in turns."""
    os.environ.update(
        {launch.VARIABLE: str(VLLM), "VLLM_CPU_KVCACHE_SPACE": "1", "VLLM_NO_USAGE_STATS": "1",
         "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    )  # fmt: skip
    some = list(asks())
    with tempfile.TemporaryDirectory() as folder:
        place, bodies = Path(folder), Path(folder) / "bodies.jsonl"
        recorded(bodies, some)
        weights(place / "model")
        log = place / "vllm.log"
        with launch.served(str(place / "model"), "tiny", FLAGS, log, start_s=900) as url:
            ours(url, some)
            turns = [(ours(url, some), theirs(url, bodies, len(some))) for _ in range(RUNS)]
    mine, vllms = (
        [median(c) for c in zip(*side, strict=True)] for side in zip(*turns, strict=True)
    )
    ratio = median(m[1] / t[1] for m, t in turns)
    n = len(some) * RUNS
    finish("teacher_vllm", [
        Row("real server: requests", mine[0], "1/s", "", n, {"vllm bench serve": vllms[0]}),
        Row("real server: tokens written", mine[1], "1/s", "", n, {"vllm bench serve": vllms[1]}),
        Row("real server: tokens over vllm bench serve", ratio, "x", ">= 0.95", RUNS),
    ])  # fmt: skip


if __name__ == "__main__":
    main()
