"""The labels of a phantom surgery, as the public datasets write theirs.

`labels/VIDxx.json` is the official CholecT50 JSON (CAMMA-public/cholect50 README-Format): per
second vectors `[triplet, tool, score, x, y, w, h, verb, target, score, -1, -1, -1, -1, phase]`,
boxes from the top left, normalised. `cvs/all_metadata.csv` has the columns of Endoscapes2023:
frame number at 25 fps, and the mean of three raters for each criterion, up to the first cut.
"""

from collections.abc import Iterable
from typing import Any

from surgchain.pipelines.phantom.film import FPS, Second
from surgchain.pipelines.phantom.paint import Seen
from surgchain.pipelines.phantom.plot import CLIPPING
from surgchain.schemas.ontology import NULL_TARGET, NULL_VERB, Ontology

Vector = list[float]
CVS_HEADER = "vid,frame,C1,C2,C3,is_ds_keyframe"
_NO_BOX = [-1.0] * 4


def label_json(number: int, seconds: Iterable[Second], ontology: Ontology) -> dict[str, Any]:
    """Return the JSON of a surgery."""
    annotations = {str(s.second): _vectors(s, ontology) for s in seconds}
    return {
        "info": {"dataset": "surgchain phantom", "version": 1.0, "description": "procedural"},
        "licenses": {
            "id": 1,
            "name": "CC0-1.0",
            "url": "https://creativecommons.org/publicdomain/zero/1.0/",
        },
        "categories": _categories(ontology),
        "video": number,
        "fps": 1,
        "num_frames": len(annotations),
        "annotations": annotations,
    }


def _categories(ontology: Ontology) -> dict[str, dict[str, str]]:
    lists = {
        "instrument": ontology.names("instruments"),
        "verb": ontology.names("verbs"),
        "target": ontology.names("targets"),
        "phase": ontology.names("phases"),
        "triplet": tuple(",".join(t) for t in ontology.triplets),
    }
    return {key: {str(i): n for i, n in enumerate(names)} for key, names in lists.items()}


def _vectors(second: Second, ontology: Ontology) -> list[Vector]:
    if not second.seen:
        return [[-1, -1, -1.0, *_NO_BOX, -1, -1, -1.0, *_NO_BOX, second.phase]]
    return [_vector(s, second.phase, ontology) for s in second.seen]


def _vector(seen: Seen, phase: int, ontology: Ontology) -> Vector:
    hand = seen.pose.hand
    verb, target = (hand.verb, hand.target) if seen.pose.acting else (NULL_VERB, NULL_TARGET)
    x1, y1, x2, y2 = seen.box
    box = [round(v, 4) for v in (x1, y1, x2 - x1, y2 - y1)]
    return [
        ontology.triplets.index((hand.instrument, verb, target)),
        ontology.names("instruments").index(hand.instrument),
        1.0,
        *box,
        ontology.names("verbs").index(verb),
        ontology.names("targets").index(target),
        1.0,
        *_NO_BOX,
        phase,
    ]


def cvs_rows(number: int, seconds: Iterable[Second]) -> list[str]:
    """Return the rows of a surgery in the csv of criteria: every second up to the first cut."""
    rows = []
    for second in seconds:
        if second.phase > CLIPPING or second.state.cut:
            break
        scores = ",".join(f"{c:g}" for c in second.state.criteria())
        rows.append(f"{number},{second.second * FPS},{scores},TRUE")
    return rows
