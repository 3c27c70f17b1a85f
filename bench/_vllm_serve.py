"""Requests sent by what is behind `vllm bench serve`: `python _vllm_serve.py PORT BODIES AT_ONCE`.

Runs in the environment of vLLM. BODIES holds a request a line, each sent as it is, but streamed.
Prints requests per second, tokens per second and the number that succeeded.
"""

import asyncio
import json
import sys
from contextlib import redirect_stdout
from pathlib import Path


def main(port: int, bodies: Path, at_once: int) -> None:
    """Send, and print the figures."""
    from vllm.benchmarks.datasets.datasets import SampleRequest
    from vllm.benchmarks.serve import TaskType, benchmark

    requests = []
    for line in bodies.read_text("utf-8").splitlines():
        body = json.loads(line)
        messages = body.pop("messages")
        requests.append(
            SampleRequest(
                prompt="",
                prompt_len=1,
                expected_output_len=body["max_tokens"],
                chat_messages=messages,
                request_overrides=body,
            )
        )
    base = f"http://127.0.0.1:{port}"
    with redirect_stdout(sys.stderr):
        found = asyncio.run(
            benchmark(
                task_type=TaskType.GENERATION,
                endpoint_type="openai-chat",
                api_url=f"{base}/v1/chat/completions",
                base_url=base,
                model_id="tiny",
                model_name="tiny",
                tokenizer=None,
                input_requests=requests,
                logprobs=None,
                request_rate=float("inf"),
                burstiness=1.0,
                disable_tqdm=True,
                num_warmups=0,
                profile=False,
                selected_percentile_metrics=["ttft"],
                selected_percentiles=[99.0],
                ignore_eos=False,
                goodput_config_dict={},
                max_concurrency=at_once,
                lora_modules=None,
                extra_headers=None,
                extra_body=None,
            )
        )
    print(found["request_throughput"], found["output_throughput"], found["completed"])


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
