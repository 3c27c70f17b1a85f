"""A toy corpus for the trainer: coloured squares as instruments, in real shards with pictures."""

import io
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw

from surgchain.pipelines.corpus import shards
from surgchain.schemas import answers, boxes, chain_text, ontology
from surgchain.schemas.records import (
    Chain,
    Entity,
    Example,
    Provenance,
    Question,
    Scene,
    Verdict,
    Video,
)
from surgchain.trainer.settings import Model, Tiny

ONTOLOGY = ontology.load("cholect50")
COLOURS = {"grasper": (40, 60, 220), "hook": (240, 240, 60), "clipper": (240, 240, 240)}
PHASES = {
    "grasper": "preparation", "hook": "gallbladder-dissection", "clipper": "clipping-and-cutting",
}  # fmt: skip
TRIPLETS = {
    "grasper": ("grasper", "retract", "gallbladder"),
    "hook": ("hook", "dissect", "gallbladder"),
    "clipper": ("clipper", "clip", "cystic_duct"),
}
QUESTIONS = {
    "phase": "Which phase is this?",
    "triplet": "List every action.",
    "localization": "Locate all instruments.",
}
MODEL = Model(
    tiny=Tiny(
        hidden=64, layers=2, vision_hidden=64, vision_layers=1, patch=16, pixels=64 * 48,
        vocabulary=700, bins=41,
    ),
    context=256,
)  # fmt: skip


def scene(frame_id: str, rng: Random) -> Scene:
    """A frame with one instrument, from which everything else follows."""
    name = rng.choice(sorted(COLOURS))
    x, y = rng.uniform(0, 0.7), rng.uniform(0, 0.7)
    return Scene(
        frame_id=frame_id, ontology="cholect50", width=64, height=48,
        instruments=(Entity(name=name, box=(x, y, x + 0.3, y + 0.3)),),
        triplets=(TRIPLETS[name],), phase=PHASES[name],
        labelled=("instruments", "triplets", "phase"),
    )  # fmt: skip


def picture(of: Scene) -> bytes:
    image = Image.new("RGB", (64, 48), (150, 60, 50))
    for entity in of.instruments:
        x1, y1, x2, y2 = entity.box or (0, 0, 1, 1)
        ImageDraw.Draw(image).rectangle((x1 * 64, y1 * 48, x2 * 64, y2 * 48), COLOURS[entity.name])
    stored = io.BytesIO()
    image.save(stored, "PNG")
    return stored.getvalue()


def question(of: Scene, task: str) -> Question:
    gold = answers.from_scene(of, task, ONTOLOGY)
    return Question(task=task, text=QUESTIONS[task], gold=gold)


def chain(of: Scene, asked: Question, **more: object) -> Chain:
    entity = of.instruments[0]
    instrument, verb, target = of.triplets[0]
    text = chain_text.render(
        f"A {entity.name} is in view {boxes.to_text(entity.box)}.",
        f"The {instrument} {verb}s the {target.replace('_', ' ')}.",
        f"This is {of.phase}.",
        asked.gold,
    )
    provenance = Provenance(generator="embedded", model="toy", saw_facts=True, seed=0)
    values = {"text": text, "provenance": provenance, **more}
    chain_id = f"chain-{of.frame_id}-{asked.task}-{len(more)}"
    return Chain(chain_id=chain_id, frame_id=of.frame_id, question=asked, **values)


def video(surgery: int, split: str) -> Video:
    return Video(
        video_id=f"toy/{split}{surgery}", surgery_id=f"toy:{split}{surgery}", source="toy",
        centre="here", procedure="laparoscopic cholecystectomy", split=split, path="", fps=1.0,
        licence="CC0-1.0",
    )  # fmt: skip


def rows(surgeries: int = 3, frames: int = 8, seed: int = 0) -> tuple[list[dict], list[dict]]:
    """Rows of chains (train only) and of frames (train, val, test), sorted as shards want them."""
    rng, chains, pictures = Random(seed), [], []
    for split in ("test", "train", "val"):
        for surgery in range(surgeries):
            of = video(surgery, split)
            for number in range(frames):
                facts = scene(f"{of.video_id}/{number:06d}", rng)
                asked = [question(facts, t) for t in QUESTIONS]
                shown = picture(facts)
                pictures.append(shards.frame_row(facts.frame_id, of, facts, asked, shown))
                chains += [_row(chain(facts, q), of, facts, shown) for q in asked]
    return [c for c in chains if c["split"] == "train"], pictures


def _row(written: Chain, of: Video, facts: Scene, shown: bytes) -> dict:
    example = Example(
        chain=written, source="toy", split=of.split, round="r0", released_by="checked",
        verdict=Verdict(chain_id=written.chain_id, passed=True, checks={}),
    )  # fmt: skip
    return shards.chain_row(example, of, facts, shown)


def write(folder: Path, chains: list[dict], pictures: list[dict]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    shards.write(folder, "chains", iter(chains), shards.CHAIN_ROWS, 512_000_000)
    shards.write(folder, "frames", iter(pictures), shards.FRAME_ROWS, 512_000_000)
    shards.finish(folder)
    return folder


def corpus(folder: Path, **dials: int) -> Path:
    """Write a whole toy corpus."""
    return write(folder, *rows(**dials))
