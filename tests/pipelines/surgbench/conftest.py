"""A running chat server, as the teachers' tests have it."""

from collections.abc import Iterator
from importlib import util
from pathlib import Path
from types import ModuleType

import pytest


def _servers() -> ModuleType:
    path = Path(__file__).parents[2] / "annotators" / "conftest.py"
    spec = util.spec_from_file_location("surgbench_servers", path)
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def chat() -> Iterator[object]:
    """One running server, which says `preparation` to everything."""
    module = _servers()
    with module.running(module.ChatServer()) as server:
        server.answer = lambda _: "<think>I see.</think><answer>preparation</answer>"
        yield server
