"""The pictures of the asks as a server takes them: read, encoded and hashed once per frame."""

import math
from io import BytesIO
from pathlib import Path

from PIL import Image
from pydantic import BaseModel, ConfigDict, Field

from surgchain.annotators.serving import payloads
from surgchain.annotators.serving.payloads import Picture
from surgchain.annotators.teachers import Ask
from surgchain.schemas.dialects import FULL
from surgchain.schemas.errors import InputError
from surgchain.schemas.ids import sha256_hex


class Eyes(BaseModel):
    """How a Qwen-VL processor resizes a picture (smart_resize of transformers)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    multiple: int = Field(default=28, ge=1)
    """Both sides become multiples of this many pixels: patch size times merge size."""
    min_pixels: int = Field(default=3136, ge=1)
    """Fewer are enlarged."""
    max_pixels: int = Field(default=1_003_520, ge=1)
    """More are made smaller; Surg-R1 was trained with 1,003,520."""

    def seen(self, width: int, height: int) -> tuple[int, int]:
        """Return width and height as the model sees them."""
        m, area = self.multiple, width * height
        w, h = max(m, round(width / m) * m), max(m, round(height / m) * m)
        if w * h > self.max_pixels:
            by = math.sqrt(area / self.max_pixels)
            w, h = (max(m, math.floor(s / by / m) * m) for s in (width, height))
        elif w * h < self.min_pixels:
            by = math.sqrt(self.min_pixels / area)
            w, h = (math.ceil(s * by / m) * m for s in (width, height))
        return w, h


class Pictures:
    """Gives the picture of an ask; that of the last frame is kept, since its questions follow."""

    def __init__(self, folder: Path | None, eyes: Eyes | None) -> None:
        """`folder`: where pictures are put for the server to read; None: they travel along."""
        self._folder, self._eyes = folder, eyes
        self._last: tuple[str, tuple[Picture | None, tuple[int, int]]] = ("", (None, (FULL, FULL)))

    def of(self, ask: Ask) -> tuple[Picture | None, tuple[int, int]]:
        """Return the picture, None where it is damaged, and its size as the model sees it."""
        if self._last[0] != ask.frame_id:
            self._last = (ask.frame_id, self._read(ask))
        return self._last[1]

    def _read(self, ask: Ask) -> tuple[Picture | None, tuple[int, int]]:
        size = (FULL, FULL)
        try:
            jpeg = ask.picture()
            if self._eyes is not None:
                size = self._eyes.seen(*Image.open(BytesIO(jpeg)).size)
        except (InputError, OSError):
            return None, size
        return self._put(jpeg) if self._folder else payloads.embedded(jpeg), size

    def _put(self, jpeg: bytes) -> Picture:
        assert self._folder is not None
        name = sha256_hex(jpeg)
        path = self._folder / f"{name}.jpg"
        if not path.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(jpeg)
        return Picture(f"file://{path.resolve()}".encode(), name)
