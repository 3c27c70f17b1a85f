"""`wrong_appearance` on frames with pixels: phantom frames, and real ones of CholecT50."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

from surgchain.qa import judge
from surgchain.qa.people import share
from surgchain.qa.planting import colours, writer
from surgchain.qa.planting.plot import Plot
from surgchain.schemas import answers, tables
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.frame_shards import FrameShards
from surgchain.schemas.records import Chain, Entity, Question, Scene

PHANTOM = Path("data/frames/phantom")
WANTED = 400
"""Planted and clean chains of each kind of frame, at most."""


class Measured(NamedTuple):
    """What was planted and found on one kind of frame."""

    frames: str
    planted: int
    found: int
    clean: int
    alarms: int

    @property
    def recall(self) -> tuple[float | None, float | None, float | None]:
        """Share of the planted that was found, with Wilson's interval."""
        return tuple(share(self.found, self.planted))


def measured(seed: int) -> list[Measured]:
    """Plant and judge on every kind of frame that is there."""
    kinds = {"phantom": phantom(), "CholecT50": cholect50()}
    found = [_measured(name, frames, Random(seed)) for name, frames in kinds.items()]
    return [m for m in found if m.planted]


def phantom() -> Iterator[tuple[Scene, bytes]]:
    """Yield scenes of the phantom with their pictures, where the frames stage has run."""
    if not PHANTOM.is_dir():
        return
    shards = FrameShards(PHANTOM)
    for scene in tables.read(Path("data/ingest/phantom/scenes.parquet"), Scene):
        if scene.instruments and scene.frame_id in shards:
            yield scene, shards.picture(scene.frame_id)


def cholect50() -> Iterator[tuple[Scene, bytes]]:
    """Yield the labelled frames of CholecT50 that have boxes and a picture."""
    root = Path(os.environ.get("SURGCHAIN_REAL", "../shared/real")) / "CholecT50"
    ontology = ontologies.load("cholect50")
    for path in sorted((root / "labels").glob("*.json")):
        for frame, rows in json.loads(path.read_text(encoding="utf-8"))["annotations"].items():
            picture = root / "videos" / path.stem / f"{int(frame):06d}.png"
            boxed = [r for r in rows if r[1] >= 0 and r[3] >= 0]
            if boxed and picture.exists():
                yield (
                    _scene(f"cholect50/{path.stem}/{int(frame):06d}", boxed, ontology),
                    (picture.read_bytes()),
                )


def _scene(frame_id: str, rows: list[list[float]], ontology: ontologies.Ontology) -> Scene:
    """Read the rows of a frame: tool at 1, its box (x, y, width, height) at 3 to 6, phase at 14."""
    tools = ontology.names("instruments")
    return Scene(
        frame_id=frame_id,
        ontology="cholect50",
        instruments=tuple(
            Entity(
                name=tools[int(r[1])],
                box=(r[3], r[4], min(1.0, r[3] + r[5]), min(1.0, r[4] + r[6])),
            )
            for r in rows
        ),
        phase=ontology.names("phases")[int(rows[0][14])],
        labelled=("instruments", "phase"),
    )


def _measured(name: str, frames: Iterator[tuple[Scene, bytes]], rng: Random) -> Measured:
    checkers = judge.load([*judge.DEFAULT, "appearance"])
    planted = found = clean = alarms = 0
    for number, (scene, picture) in enumerate(frames):
        if planted >= WANTED:
            break
        chain = _clean(scene, rng, number)
        if chain is None:
            continue
        ontology = ontologies.load(scene.ontology)
        plot = Plot.of(chain, scene, ontology, rng)
        for plant, is_wrong in (
            (colours.wrong_appearance, True),
            (colours.right_appearance, False),
        ):
            text = plant(plot, picture)
            if text is None:
                continue
            spoilt = chain.model_copy(update={"text": text})
            verdict = judge.judge(spoilt, scene, ontology, checkers, picture=picture)
            hit = any(f.fault == "wrong_appearance" for f in verdict.findings)
            planted, found = planted + is_wrong, found + (is_wrong and hit)
            clean, alarms = clean + (not is_wrong), alarms + (not is_wrong and hit)
    return Measured(name, planted, found, clean, alarms)


def _clean(scene: Scene, rng: Random, number: int) -> Chain | None:
    ontology = ontologies.load(scene.ontology)
    question = Question(task="phase", text="Which phase is this?")
    if not answers.from_scene(scene, "phase", ontology):
        return None
    text = writer.write(scene, question, ontology, rng)
    if text is None:
        return None
    return Chain(chain_id=f"c{number}", frame_id=scene.frame_id, question=question, text=text)
