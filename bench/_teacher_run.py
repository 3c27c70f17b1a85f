"""One run of the vLLM teacher on made-up asks: `python bench/_teacher_run.py WORK ROWS BYTES`.

Three questions a frame; `BYTES` of picture each frame, 0 for a few. Prints rows per second, CPU
milliseconds per row, and the peak of the process's memory in MB.
"""

import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from surgchain.annotators.teachers import Ask
from surgchain.annotators.teachers.vllm import Teacher
from surgchain.schemas.records import Entity, Question, Scene

SCENE = Scene(
    frame_id="bench/v/000001",
    ontology="cholect50",
    instruments=(
        Entity(name="hook", box=(0.1, 0.1, 0.3, 0.3)),
        Entity(name="grasper", box=(0.6, 0.1, 0.9, 0.3)),
    ),
    triplets=(("hook", "dissect", "gallbladder"), ("grasper", "retract", "gallbladder")),
    phase="gallbladder-dissection",
    labelled=("instruments", "triplets", "phase"),
)
PER_FRAME = 3


def asks(rows: int, size: int) -> Iterator[Ask]:
    """Yield asks with pictures of incompressible bytes; nobody decodes them here."""
    noise = Random(0).randbytes(size + rows)
    for number in range(rows):
        frame = number // PER_FRAME
        words = f"Which phase of the operation is this? ({number % PER_FRAME})"
        yield Ask(
            frame_id=f"bench/v/{frame:06d}",
            question=Question(task="phase", text=words),
            scene=SCENE,
            picture=lambda frame=frame: noise[frame : frame + max(size, 64)],
            seed=0,
        )


def main(work: Path, rows: int, size: int) -> None:
    """Draft, and print the figures."""
    began, used = time.monotonic(), time.process_time()
    teacher = Teacher(model="m")
    got = sum(d.chain is not None for d in teacher.draft(asks(rows, size), work, {}))
    assert got == rows, f"{rows} asked, {got} answered"
    seconds, cpu = time.monotonic() - began, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(rows / seconds, cpu / rows * 1e3, peak)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
