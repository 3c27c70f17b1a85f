"""The same requests by distilabel: `python bench/_distilabel.py PORT ROWS` in its environment.

Prints rows per second and CPU milliseconds per row, the pipeline's own processes included.
"""

import os
import resource
import sys
import tempfile
import time

os.environ.update(HF_HUB_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1")
AT_ONCE = 64
TEXT = "Which phase of the operation is this? " * 100


def main(port: int, rows: int) -> None:
    """Generate, and print the figures."""
    from distilabel.models import OpenAILLM
    from distilabel.pipeline import Pipeline
    from distilabel.steps import LoadDataFromDicts
    from distilabel.steps.tasks import TextGeneration

    with (
        tempfile.TemporaryDirectory() as cache,
        Pipeline(name="bench", cache_dir=cache) as pipeline,
    ):
        data = [{"instruction": f"{TEXT}{number}"} for number in range(rows)]
        load = LoadDataFromDicts(data=data, batch_size=AT_ONCE)
        model = OpenAILLM(
            model="m",
            base_url=f"http://127.0.0.1:{port}/v1",
            api_key="none",
            generation_kwargs={"max_new_tokens": 900},
        )
        load >> TextGeneration(llm=model, input_batch_size=AT_ONCE)
        began = time.monotonic()
        found = pipeline.run(use_cache=False)
        seconds = time.monotonic() - began
        written = [row["generation"] for row in found["default"]["train"]]
    assert len(written) == rows
    assert all(written)
    print(rows / seconds, cpu_s() / rows * 1e3)


def cpu_s() -> float:
    """Return the CPU seconds of this process and of those that it started."""
    used = [resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
