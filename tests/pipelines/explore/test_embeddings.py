from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from surgchain.pipelines.explore import embeddings

TEXTS = ["A hook cuts the duct.", "A hook cuts the duct [1, 2].", "A grasper holds the liver."]


def painted(folder: Path, name: str, colour: str) -> str:
    Image.new("RGB", (320, 240), colour).save(folder / name, quality=95)
    return str(folder / name)


def test_chains_that_say_the_same_lie_in_one_place() -> None:
    found = embeddings.of_words(TEXTS)
    assert np.allclose(found[0], found[1], atol=1e-5)
    assert np.linalg.norm(found[0] - found[2]) > 0.5
    at = embeddings.flat(found)
    assert at.shape == (3, 2)
    assert np.linalg.norm(at[0] - at[2]) > 100 * np.linalg.norm(at[0] - at[1])


def test_frames_that_look_alike_lie_close(tmp_path: Path) -> None:
    paths = [painted(tmp_path, f"{c}.jpg", c) for c in ("#a00000", "#a80808", "#0000a0")]
    first, second, other = embeddings.of_pictures(paths)
    assert np.linalg.norm(first - second) < 0.2 * np.linalg.norm(first - other)
    assert first.shape == (16 * 12 * 3 + 64,)
    assert first[-64:].sum() == pytest.approx(1)


def test_the_same_round_gives_the_same_map() -> None:
    twice = [embeddings.flat(embeddings.of_words(TEXTS)) for _ in range(2)]
    assert (twice[0] == twice[1]).all()


def test_a_round_of_one_chain_is_a_point() -> None:
    assert embeddings.flat(embeddings.of_words(TEXTS[:1])).tolist() == [[0.0, 0.0]]
