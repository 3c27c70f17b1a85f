"""COCO files as the surgical datasets write them: ids as numbers or strings, boxes in pixels."""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from surgchain.pipelines.sources import Reading, _outlines, _text
from surgchain.pipelines.sources._boxes import from_size
from surgchain.schemas.boxes import Box
from surgchain.schemas.errors import InputError


@dataclass
class Coco:
    """One file, by image."""

    categories: dict[int, str]
    images: list[dict[str, Any]]
    annotations: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    """By image id."""
    strays: list[tuple[int, str]] = field(default_factory=list)
    """(number in the file, reason) of annotations that belong to no image."""
    actions: dict[int, str] = field(default_factory=dict)
    """`action_categories` or `actions_categories`, where the file has them."""

    def of(self, image: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the annotations of an image."""
        return self.annotations.get(whole(image.get("id")) or 0, [])


def load(path: Path) -> Coco:
    """Read a file; raise `InputError` where it is not COCO."""
    content = _text.json_of(path)
    if not isinstance(content, dict) or not isinstance(content.get("images"), list):
        raise InputError(f"{path}: not COCO: no list `images`")
    images = [i for i in content["images"] if isinstance(i, dict)]
    coco = Coco(names_of(content.get("categories")), images)
    coco.actions = names_of(content.get("action_categories", content.get("actions_categories")))
    known = {whole(i.get("id")) for i in coco.images}
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for number, annotation in enumerate(content.get("annotations", [])):
        image = whole(annotation.get("image_id")) if isinstance(annotation, dict) else None
        if image is None or image not in known:
            coco.strays.append((number, "annotation of no image"))
        else:
            found[image].append(annotation)
    coco.annotations = dict(found)
    return coco


def refuse_strays(reading: Reading, coco: Coco, place: str) -> None:
    """Refuse the annotations of a file that belong to none of its images."""
    for number, reason in coco.strays:
        reading.rows += 1
        reading.refuse(f"{place}:annotation {number}", reason)


def names_of(rows: Any) -> dict[int, str]:
    """Return the names of a list of categories by id; ids may be numbers or digits."""
    return {
        number: str(row.get("name"))
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, dict) and (number := whole(row.get("id"))) is not None
    }


def whole(value: Any) -> int | None:
    """Return an id that is written as a number or as digits; else None."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and value.isdecimal() else None


def file_name(image: dict[str, Any]) -> PurePosixPath | str:
    """Return the path of an image below its folder, or the reason why it is refused."""
    name = image.get("file_name")
    if not isinstance(name, str) or not name:
        return "image without a file name"
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        return "file name leaves its folder"
    return path


def size(image: dict[str, Any]) -> tuple[int, int] | None:
    """Return width and height in pixels, or None where the file does not say."""
    width, height = whole(image.get("width")), whole(image.get("height"))
    return (width, height) if width and height else None


def box(annotation: dict[str, Any], width: int, height: int) -> Box | str:
    """Return the box [x, y, w, h] in pixels as one in [0, 1], or the reason why it is none.

    Where no `bbox` is written, the box is the one around the mask of `segmentation`.
    """
    numbers = annotation.get("bbox")
    if numbers is None and annotation.get("segmentation") is not None:
        return _outlines.box(annotation["segmentation"], width, height)
    if not isinstance(numbers, list) or len(numbers) != 4:  # noqa: PLR2004
        return "box is not four numbers"
    try:
        x, y, w, h = (float(v) for v in numbers)
    except (TypeError, ValueError):
        return "box is not four numbers"
    return from_size(x / width, y / height, w / width, h / height)
