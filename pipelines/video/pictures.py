"""A picture as it is stored: RGB, no larger than asked, JPEG of a declared quality, no metadata."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

RGB = NDArray[np.uint8]


class Shape(NamedTuple):
    """How pictures are stored."""

    quality: int
    """Of JPEG, 1..100."""
    max_width: int | None
    max_height: int | None
    """Pixels; a larger picture is reduced and keeps its aspect. None: as it is."""

    def fit(self, width: int, height: int) -> tuple[int, int]:
        """Return the stored size of a picture; never larger than it is."""
        scale = min(1.0, (self.max_width or width) / width, (self.max_height or height) / height)
        return max(1, round(width * scale)), max(1, round(height * scale))


def from_video(frame: Any, shape: Shape) -> RGB:
    """Return an `av.VideoFrame` as [H, W, 3], turned as its recording says.

    Colours follow the matrix and range that the recording declares.
    """
    width, height = shape.fit(frame.width, frame.height)
    if frame.rotation % 180:
        height, width = shape.fit(frame.height, frame.width)
    reduced = (width, height) != (frame.width, frame.height)
    rgb: RGB = frame.reformat(
        width, height, format="rgb24", interpolation="AREA" if reduced else None
    ).to_ndarray()
    return np.rot90(rgb, frame.rotation // 90) if frame.rotation else rgb


def from_file(path: Path, shape: Shape) -> RGB | None:
    """Return a PNG or JPEG file as [H, W, 3], upright; none where it cannot be read in full."""
    try:
        with Image.open(path, formats=("PNG", "JPEG")) as opened:
            image = ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError):
        return None
    size = shape.fit(*image.size)
    if size != image.size:
        image = image.resize(size, Image.Resampling.BOX)
    return np.asarray(image)


def jpeg(rgb: RGB, quality: int) -> bytes:
    """Return the JPEG of [H, W, 3]; 4:2:0, as the videos are."""
    encoded: bytes = simplejpeg.encode_jpeg(
        np.ascontiguousarray(rgb), quality=quality, colorsubsampling="420", fastdct=False
    )
    return encoded
