"""The environment of a real vLLM, for the suites of `make test-teacher`."""

import os
from pathlib import Path

import pytest

from surgchain.annotators.serving import launch

ENVIRONMENT = Path(os.environ.get(launch.VARIABLE, "unset"))
NEEDED = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (ENVIRONMENT / "bin" / "vllm").exists(),
        reason=f"no vLLM ({launch.VARIABLE} is {ENVIRONMENT}); run `make test-teacher`",
    ),
]
