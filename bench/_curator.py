"""The same requests by Bespoke Curator: `python bench/_curator.py PORT ROWS` in its environment.

Prints rows per second and CPU milliseconds per row. Its constructor fetches a tokenizer from the
network; one of single bytes stands in for it, so that it starts without.
"""

import os
import resource
import sys
import tempfile
import time

AT_ONCE = 64
TEXT = "Which phase of the operation is this? " * 100


def stand_in_tokenizer() -> None:
    """Let tiktoken find its encoding without a network."""
    import tiktoken
    from tiktoken import registry

    ranks = {bytes([n]): n for n in range(256)}
    registry.ENCODINGS["cl100k_base"] = tiktoken.Encoding(
        "cl100k_base", pat_str=r"\S+|\s+", mergeable_ranks=ranks, special_tokens={}
    )


def main(port: int, rows: int) -> None:
    """Generate, and print the figures."""
    stand_in_tokenizer()
    with tempfile.TemporaryDirectory() as cache:
        os.environ.update(
            CURATOR_CACHE_DIR=cache,
            CURATOR_DISABLE_RICH_DISPLAY="1",
            TELEMETRY_ENABLED="false",
            HF_HUB_OFFLINE="1",
            OPENAI_API_KEY="none",
        )
        from bespokelabs import curator

        class Phase(curator.LLM):
            """One prompt a row, the answer as it is."""

            def prompt(self, row: dict) -> str:
                """Return the prompt."""
                return row["text"]

            def parse(self, row: dict, response: str) -> dict:
                """Return the row with its answer."""
                return {**row, "answer": response}

        model = Phase(
            model_name="m",
            backend="openai",
            backend_params={
                "base_url": f"http://127.0.0.1:{port}/v1",
                "max_concurrent_requests": AT_ONCE,
                "max_requests_per_minute": 10_000_000,
                "max_tokens_per_minute": 10_000_000_000,
                "require_all_responses": True,
            },
            generation_params={"max_tokens": 900},
        )
        began = time.monotonic()
        found = model([{"text": f"{TEXT}{number}"} for number in range(rows)])
        seconds = time.monotonic() - began
        written = list(getattr(found, "dataset", found))
    assert len(written) == rows
    assert all(row["answer"] for row in written)
    used = [resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(rows / seconds, sum(u.ru_utime + u.ru_stime for u in used) / rows * 1e3)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
