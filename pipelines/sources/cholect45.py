"""CholecT45: triplets and their parts as rows of zeros and ones, one row a second.

    triplet/VID73.txt  instrument/VID73.txt  verb/VID73.txt  target/VID73.txt
    data/VID73/000012.png   (1 fps, or data/VID73.mp4)

    12,0,0,0,0,0,0,0,1,0,...        second, then 100 (6, 10, 15) columns; here triplet 7

A frame needs its rows of `triplet` and of `instrument`; `verb` and `target`, where they are there,
must hold what the triplets say. There are no phases and no boxes. A video without a triplet file
still has its instruments.
"""

from collections.abc import Iterator
from pathlib import Path

from surgchain.pipelines.sources import Reading, SourceParams, _text
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.errors import InputError
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Entity, Facet, Scene

LICENCE = "CC-BY-NC-SA-4.0"
CENTRE = "strasbourg"
KINDS = ("triplet", "instrument", "verb", "target")
Rows = dict[int, tuple[int, ...]]


def read(source: str, root: Path, params: SourceParams) -> Iterator[Reading]:
    """Read the folder video by video."""
    ontology = ontologies.load(params.ontology or "cholect50")
    videos = sorted({p.stem for kind in KINDS[:2] for p in (root / kind).glob("VID*.txt")})
    if not videos:
        raise InputError(f"{root}: neither triplet/VIDnn.txt nor instrument/VIDnn.txt are there")
    for video in videos:
        film = Path("data") / f"{video}.mp4"
        reading = Reading(
            video=video, path=str(film if (root / film).is_file() else film.with_suffix("")),
            fps=1.0, centre=CENTRE, procedure=ontology.procedure, licence=LICENCE,
        )  # fmt: skip
        _read_video(reading, source, root, ontology)
        yield reading


def _read_video(reading: Reading, source: str, root: Path, ontology: Ontology) -> None:
    classes = {
        "triplet": len(ontology.triplets),
        "instrument": len(ontology.instruments),
        "verb": len(ontology.verbs),
        "target": len(ontology.targets),
    }
    rows: dict[str, Rows] = {}
    for kind, number in classes.items():
        path = root / kind / f"{reading.video}.txt"
        if path.exists():
            rows[kind] = _rows(reading, path, f"{kind}/{path.name}", number)
    main = "triplet" if "triplet" in rows else "instrument"
    for second in sorted(rows[main]):
        beside = {k: r.get(second) for k, r in rows.items()}
        reading.joined += sum(1 for k, v in beside.items() if k != main and v is not None)
        fault = _fault(beside, ontology)
        if fault:
            reading.refuse(f"{main}/{reading.video}.txt:second {second}", fault)
        else:
            frame_id = f"{source}/{reading.video}/{second:06d}"
            reading.scenes.append(_scene(frame_id, beside, ontology))
    for kind in rows.keys() - {main}:
        for second in sorted(rows[kind].keys() - rows[main].keys()):
            where = f"{kind}/{reading.video}.txt:second {second}"
            reading.refuse(where, f"frame has no row of {main}")


def _rows(reading: Reading, path: Path, place: str, classes: int) -> Rows:
    """Return {second: classes that hold} of a file."""
    found: Rows = {}
    for line, text in enumerate(_text.text_of(path).splitlines(), start=1):
        if not text.strip():
            continue
        reading.rows += 1
        second, *flags = (v.strip() for v in text.split(","))
        number = _text.whole_number(second)
        if number is None or number < 0:
            reading.refuse(f"{place}:{line}", "frame is not a second", second)
        elif len(flags) != classes or set(flags) - {"0", "1"}:
            reading.refuse(f"{place}:{line}", f"row has not {classes} zeros and ones")
        elif number in found:
            reading.refuse(f"{place}:{line}", "frame twice in the file", number)
        else:
            found[number] = tuple(i for i, flag in enumerate(flags) if flag == "1")
    return found


def _fault(beside: dict[str, tuple[int, ...] | None], ontology: Ontology) -> str:
    """Say how the rows of one second contradict each other; empty where they do not."""
    triplets = beside.get("triplet")
    if triplets is None:
        return ""
    lists = {
        "instrument": ontology.names("instruments"),
        "verb": ontology.names("verbs"),
        "target": ontology.names("targets"),
    }
    for place, (kind, names) in enumerate(lists.items()):
        own = beside.get(kind)
        said = {ontology.triplets[t][place] for t in triplets}
        if own is not None and said - {names[i] for i in own}:
            return f"{kind}s of the triplets are not in the row of {kind}"
    return ""


def _scene(frame_id: str, beside: dict[str, tuple[int, ...] | None], ontology: Ontology) -> Scene:
    triplets, instruments = beside.get("triplet"), beside.get("instrument")
    names = ontology.names("instruments")
    labelled: list[Facet] = []
    labelled += ["instruments"] if instruments is not None else []
    labelled += ["triplets"] if triplets is not None else []
    return Scene(
        frame_id=frame_id,
        ontology=ontology.name,
        instruments=tuple(Entity(name=names[i]) for i in instruments or ()),
        triplets=ontology.in_order(ontology.triplets[t] for t in triplets or ()),
        labelled=tuple(labelled),
    )
