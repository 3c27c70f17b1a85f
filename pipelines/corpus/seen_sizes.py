"""What size a picture has when a model is shown it: boxes in pixels are written for that size.

Qwen2.5-VL's processor makes both sides multiples of 28 and keeps the area within limits; a trainer
may shrink the picture before.
"""

import io
import math

from PIL import Image

PATCH = 28
"""Pixels of a side that make one visual token of Qwen2.5-VL: patches of 14, merged by 2."""
LEAST_PIXELS, MOST_PIXELS = 56 * 56, 16_384 * 28 * 28
"""Area limits in the preprocessor_config.json of the Qwen2.5-VL checkpoints."""
LLAMA_FACTORY_LEAST, LLAMA_FACTORY_MOST = 32 * 32, 768 * 768
"""LLaMA-Factory's `image_min_pixels` and `image_max_pixels`, where nothing is set."""


def of_picture(picture: bytes) -> tuple[int, int]:
    """Return width and height in pixels."""
    with Image.open(io.BytesIO(picture)) as opened:
        return opened.size


def qwen25(width: int, height: int, most: int | None = None) -> tuple[int, int]:
    """Return width and height of a picture after Qwen2.5-VL's processor; `most`: its `max_pixels`.

    Qwen2-VL's `smart_resize`; transformers' own is the oracle of the test.
    """
    most = most or MOST_PIXELS
    sides = [max(PATCH, round(s / PATCH) * PATCH) for s in (height, width)]
    area = height * width
    if sides[0] * sides[1] > most:
        shrink = math.sqrt(area / most)
        sides = [max(PATCH, math.floor(s / shrink / PATCH) * PATCH) for s in (height, width)]
    elif sides[0] * sides[1] < LEAST_PIXELS:
        grow = math.sqrt(LEAST_PIXELS / area)
        sides = [math.ceil(s * grow / PATCH) * PATCH for s in (height, width)]
    return sides[1], sides[0]


def llama_factory(width: int, height: int, most: int | None = None) -> tuple[int, int]:
    """Return what Qwen2.5-VL sees through LLaMA-Factory; `most`: its `image_max_pixels`.

    It resizes first (`Qwen2VLPlugin._preprocess_image`, 0.9.5), then the processor does.
    """
    most = most or LLAMA_FACTORY_MOST
    if width * height > most:
        width, height = _scaled(width, height, most)
    if width * height < LLAMA_FACTORY_LEAST:
        width, height = _scaled(width, height, LLAMA_FACTORY_LEAST)
    return qwen25(max(width, PATCH), max(height, PATCH))


def _scaled(width: int, height: int, area: int) -> tuple[int, int]:
    factor = math.sqrt(area / (width * height))
    return int(width * factor), int(height * factor)
