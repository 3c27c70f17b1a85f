"""Planted colours: far from every pixel, or that of the pixels; not by the checker's measure."""

import io
from random import Random

import pytest
from factories import chain, scene
from PIL import Image

from surgchain.qa import judge
from surgchain.qa.planting import colours
from surgchain.qa.planting.plot import Plot
from surgchain.schemas import ontology as ontologies

ONTOLOGY = ontologies.load("cholect50")
APPEARANCE = judge.load(["appearance"])


@pytest.fixture
def plot():
    return Plot.of(chain(), scene(), ONTOLOGY, Random(4))


@pytest.fixture
def red():
    kept = io.BytesIO()
    Image.new("RGB", (100, 80), (190, 30, 30)).save(kept, "PNG")
    return kept.getvalue()


def faults(text, picture):
    judged = judge.judge(chain(text=text), scene(), ONTOLOGY, APPEARANCE, picture=picture)
    return [f.fault for f in judged.findings]


def test_a_wrong_colour_is_found(plot, red):
    assert faults(colours.wrong_appearance(plot, red), red) == ["wrong_appearance"]


def test_the_right_colour_passes(plot, red):
    text = colours.right_appearance(plot, red)
    assert "red" in text
    assert faults(text, red) == []


def test_the_distance_of_a_colour_to_itself_is_none(red):
    median, nearest = colours.distances(colours.pixels(red, (0.1, 0.1, 0.9, 0.9)), "red")
    assert median == pytest.approx(0, abs=0.5)
    assert nearest == pytest.approx(0, abs=0.5)
