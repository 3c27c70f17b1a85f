"""Colours against the pixels under the box."""

import io

import numpy as np
import pytest
from factories import chain, scene
from PIL import Image

from surgchain.qa import judge
from surgchain.schemas import ontology as ontologies

CHECKER = judge.load(["appearance"])
BROWN, BLUE = (150, 60, 40), (40, 60, 190)


@pytest.fixture(scope="module")
def picture():
    """Brown all over, but for the grasper's box, which is blue."""
    pixels = np.full((434, 774, 3), BROWN, dtype=np.uint8)
    pixels[177:253, 51:281] = BLUE
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("level1", "wrong"),
    [
        ("The blue grasper and brown scissors are in view.", []),
        ("The grasper is yellow; scissors lie near.", ["grasper yellow"]),
        ("The scissors are green.", ["scissors green"]),
        ("The grasper is possibly yellow.", []),
        ("The grasper is not yellow.", []),
        ("A white clipper lies beside the yellow omentum.", []),
    ],
)
def test_a_colour_that_the_pixels_do_not_have_is_wrong(picture, level1, wrong):
    ontology = ontologies.load("cholect50")
    verdict = judge.judge(chain(level1=level1), scene(), ontology, CHECKER, picture=picture)
    assert [f.claim for f in verdict.findings] == wrong


def test_without_a_picture_no_colour_is_judged():
    ontology = ontologies.load("cholect50")
    verdict = judge.judge(chain(level1="The grasper is yellow."), scene(), ontology, CHECKER)
    assert verdict.passed
