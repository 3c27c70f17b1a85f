"""Ways of writing each kind of claim: many, different, and none of the embedded teacher's."""

import ast
import re
from pathlib import Path
from random import Random
from typing import get_args

import pytest

import surgchain.annotators.teachers.prose as teacher
from surgchain.qa.planting import ways
from surgchain.schemas.records import ClaimKind

FEWEST = 40
BLANK = re.compile(r"\{\w*\}")


def skeleton(text):
    """A way with its blanks as #, its case and marks taken away."""
    return " ".join(re.findall(r"[a-z#]+", BLANK.sub("#", text).lower()))


def literals(path):
    """The strings of a file, the values of its f-strings as #."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.JoinedStr):
            parts = (p.value if isinstance(p, ast.Constant) else "#" for p in node.values)
            yield "".join(map(str, parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@pytest.mark.parametrize("kind", ways.KINDS)
def test_each_kind_of_claim_is_written_in_at_least_forty_ways(kind):
    found = ways.of(kind)
    assert len(set(found)) >= FEWEST
    assert len(set(found)) == len(found)
    assert all(w == w.strip() and w for w in found)


WRITTEN_BY = {
    "entity": ("presence", "placed", "structures"),
    "box": ("boxes",),
    "relation": ("relations",),
    "phase": ("phases",),
    "step": ("steps",),
    "criterion": ("criteria", "views", "counted"),
    "count": ("counts",),
    "side": ("sides", "places"),
    "appearance": ("colours",),
}
"""Kind of claim -> the files that write it."""


@pytest.mark.parametrize("kind", get_args(ClaimKind))
def test_every_kind_of_claim_draws_forty_ways_by_seed(kind):
    for name in WRITTEN_BY[kind]:
        drawn = {ways.draw(name, Random(seed)) for seed in range(600)}
        assert len(drawn) >= FEWEST
        assert ways.draw(name, Random(5)) == ways.draw(name, Random(5))


def test_every_file_of_ways_is_a_kind():
    files = {p.stem for p in Path(ways.__file__).parent.glob("*.txt")}
    assert files == set(ways.KINDS)


def test_no_way_is_a_template_of_the_embedded_teacher():
    folder = Path(teacher.__file__).parent
    theirs = {skeleton(t) for p in folder.glob("*.py") for t in literals(p)}
    theirs = {t for t in theirs if len(set(t.split())) > 2}
    ours = {skeleton(w) for kind in ways.KINDS for w in ways.of(kind)}
    assert theirs
    assert not ours & theirs
