"""The registry of physical surgeries: which video of which dataset shows which operation.

The key of a split is the operation, never the dataset: Cholec80's video68, CholecT50's VID68 and
the public Endoscapes video 2 are one patient, `cholec:68`.
"""

import re

CHOLEC80_VIDEOS = 80
_CHOLEC = {"cholec80", "cholect50"}


def surgery_id(dataset: str, video: str, prefix: str = "") -> str:
    """Return the id of the operation that a video shows.

    With a prefix, every video is an operation of its own. A dataset that the registry does not
    know has its own name space.
    """
    if prefix:
        return f"{prefix}:{video}"
    number = _number(video)
    if dataset in _CHOLEC and number is not None:
        return f"cholec:{number:02d}"
    return f"{dataset}:{video}"


def _number(video: str) -> int | None:
    match = re.match(r"^(?:VID|vid|video)(\d{1,4})(?!\d)", video)
    return int(match[1]) if match else None
