"""Every pattern of the reader takes time linear in a text, however hostile."""

import pkgutil
import re
import time
from importlib import import_module

import pytest

import surgchain.qa

SMALL, LARGE = 20_000, 80_000
"""Linear time grows four times between them, quadratic time sixteen times."""
HOSTILE = (
    "a", "a ", "the ", "is ", "i ", "1, ", "[1, ", "<a ", "<", "</a", "level 1: ", "i cannot ",
    "later a ", "Dr ", "Aa ", "no ", ". ", "\n", "two minutes ", "walked a ", "wasted ",
    "criterion ",
)  # fmt: skip
TAKEN = "x!"


def patterns():
    """Every compiled pattern at the top of a module of qa."""
    for module in pkgutil.walk_packages(surgchain.qa.__path__, "surgchain.qa."):
        for name, value in vars(import_module(module.name)).items():
            if isinstance(value, re.Pattern) or type(value).__name__ == "_Regexp":
                yield pytest.param(value, id=f"{module.name}.{name}")


def seconds(pattern, text):
    begun = time.process_time()
    for _ in pattern.finditer(text):
        pass
    return time.process_time() - begun


@pytest.mark.parametrize("pattern", list(dict.fromkeys(patterns())))
def test_a_pattern_takes_linear_time(pattern):
    for piece in HOSTILE:
        small = seconds(pattern, piece * (SMALL // len(piece)) + TAKEN)
        large = seconds(pattern, piece * (LARGE // len(piece)) + TAKEN)
        assert large < 9 * small + 0.1, (piece, small, large)
