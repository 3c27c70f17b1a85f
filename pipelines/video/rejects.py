"""What was refused, to look at: a page of small pictures, by reason.

A picture that may show a person is kept only as a mosaic of 12 x 8 squares, unless
`frames.keep_rejected` says otherwise: the page is no way out of the operating room.
"""

import base64
import html
from collections import defaultdict
from pathlib import Path
from typing import TypedDict

import cv2

from surgchain.pipelines.files import whole_file
from surgchain.pipelines.video import pictures, screen
from surgchain.pipelines.video.jobs import Job
from surgchain.pipelines.video.pictures import RGB

EACH = 24
"""Pictures of one reason that are kept of a video."""
SIZE = (192, 128)
MOSAIC = (12, 8)
_STYLE = (
    "body{font:14px sans-serif;margin:2em}figure{display:inline-block;margin:4px}"
    "figcaption{font-size:11px;color:#555;max-width:192px;overflow-wrap:anywhere}"
)


class Reject(TypedDict):
    """A picture that was refused."""

    frame_id: str
    reason: str
    thumbnail: str
    """JPEG, base64."""


def reject(job: Job, frame_id: str, reason: str, rgb: RGB) -> Reject:
    """Return what is kept of a refused picture."""
    hidden = reason == screen.OUT_OF_BODY and not job.keep_rejected
    small = cv2.resize(rgb, MOSAIC if hidden else SIZE, interpolation=cv2.INTER_AREA)
    small = cv2.resize(small, SIZE, interpolation=cv2.INTER_NEAREST)
    thumbnail = base64.b64encode(pictures.jpeg(small, 70)).decode()
    return Reject(frame_id=frame_id, reason=reason, thumbnail=thumbnail)


def write_page(path: Path, source: str, rejects: list[Reject], counts: dict[str, int]) -> None:
    """Write the contact sheet of a source: every reason with its count and some pictures."""
    of_reason: dict[str, list[Reject]] = defaultdict(list)
    for one in rejects:
        of_reason[one["reason"]].append(one)
    title = f"{html.escape(source)}: refused pictures"
    parts = [
        "<!doctype html><meta charset=utf-8>",
        f"<title>{title}</title><style>{_STYLE}</style><h1>{title}</h1>",
    ]
    for reason, number in sorted(counts.items()):
        parts.append(f"<h2>{html.escape(reason)}: {number:,}</h2>")
        parts += [_figure(one) for one in of_reason[reason][:200]]
    with whole_file(path) as unfinished:
        unfinished.write_text("\n".join(parts) + "\n", encoding="utf-8")


def _figure(one: Reject) -> str:
    return (
        f'<figure><img width={SIZE[0]} height={SIZE[1]} alt="" src="data:image/jpeg;base64,'
        f'{one["thumbnail"]}"><figcaption>{html.escape(one["frame_id"])}</figcaption></figure>'
    )
