"""`surgchain evaluate` called as the command line does."""

import json
from pathlib import Path

from surgchain.pipelines.commands.evaluate import evaluate

OUT = Path("out")
DEFAULTS = {
    "suite": "demo", "model": None, "endpoint": None, "name": "", "teacher": False,
    "rescore": False, "out": OUT, "limit": 3, "samples": 1, "max_tokens": 64, "blind": False,
    "boxes": None, "logprobs": False, "arena": None,
}  # fmt: skip


def evaluated(chat=None, **more) -> dict:
    """Evaluate, a model behind the server `chat` where one is given; return the results."""
    server = {"endpoint": chat.url, "name": "m"} if chat else {}
    values = {**DEFAULTS, **server, **more}
    evaluate(**values)
    return json.loads((values["out"] / "results.json").read_text())
