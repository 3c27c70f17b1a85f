"""Chains of the drawn operations, with what is really there."""

from pathlib import Path
from typing import NamedTuple

from surgchain.annotators.label_studio import sent
from surgchain.annotators.label_studio.shown import ShownBox
from surgchain.schemas import tables
from surgchain.schemas.boxes import Box, iou
from surgchain.schemas.records import Chain, Scene


class Drawn(NamedTuple):
    """A chain that both see, with what is really there."""

    chain: Chain
    scene: Scene
    task: dict[str, sent.Sent]
    """By reviewer."""

    def box(self, name: str) -> Box:
        """Where the one instrument of a name lies."""
        (found,) = [e.box for e in self.scene.instruments if e.name == name]
        assert found
        return found

    def words(self) -> str:
        """What the instruments really do."""
        done = [
            f"The {i} {v}s the {t.replace('_', ' ')}."
            for i, v, t in self.scene.triplets
            if t != "null_target"
        ]
        return " ".join(done)

    def off(self) -> list[ShownBox]:
        """Boxes that lie where their instrument does not."""
        return [b for b in self.task["r1"].shown.boxes if iou(b.box, self.box(b.name)) < 0.5]


def chosen(folder: Path, pushed: list[sent.Sent]) -> dict[str, Drawn]:
    """A sound chain, and three with a fault that the checkers were not asked about."""
    data = folder / "data"
    scenes = {s.frame_id: s for s in tables.read(data / "ingest/phantom/scenes.parquet", Scene)}
    of: dict[str, dict[str, sent.Sent]] = {}
    for s in pushed:
        if s.kind == "review":
            of.setdefault(s.chain_id, {})[s.reviewer] = s
    drawn: dict[str, list[Drawn]] = {}
    for chain in tables.read(data / "drafts/phantom.parquet", Chain):
        if len(of.get(chain.chain_id, {})) == 2 and not chain.question.options:
            scene = scenes[chain.frame_id]
            names = [e.name for e in scene.instruments]
            if len(names) == len(set(names)) == 2:
                of_fault = drawn.setdefault(chain.provenance.planted, [])
                of_fault.append(Drawn(chain, scene, of[chain.chain_id]))
    return {
        "accepted": next(d for d in drawn[""] if d.chain.question.task == "cvs"),
        "edited": drawn["wrong_verb"][0],
        "moved": next(
            d for d in drawn["box_mismatch"]
            if d.chain.question.task == "localization" and len(d.off()) == 1
        ),
        "rejected": next(
            d for d in drawn["hallucinated_instrument"] if d.chain.question.task != "cvs"
        ),
    }  # fmt: skip
