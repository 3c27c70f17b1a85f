"""Words for instruments, tissue, verbs and phases, keyed by the names that all datasets share.

A class that is not listed is written as its dataset names it, without separators.
"""

from random import Random
from typing import NamedTuple

from surgchain.schemas.ontology import Ontology, folded
from surgchain.schemas.records import Triplet

PLURAL = frozenset({"scissors"})
"""Instruments whose word is a plural: the scissors cut."""
INSTRUMENTS: dict[str, tuple[str, ...]] = {
    "grasper": ("grasper", "grasping instrument"),
    "bipolar": ("bipolar instrument", "bipolar coagulator", "bipolar grasper"),
    "hook": ("L-hook", "cautery hook", "monopolar hook"),
    "scissors": ("laparoscopic scissors",),
    "clipper": ("clip applier", "clip applicator"),
    "irrigator": ("suction irrigator", "suction device"),
    "specimen_bag": ("specimen bag",),
}
BARE: dict[str, str] = {"bipolar": "bipolar instrument"}
"""Class names that are no noun by themselves."""
TARGETS: dict[str, tuple[str, ...]] = {
    "gallbladder": ("the gallbladder",),
    "cystic_plate": ("the cystic plate",),
    "cystic_duct": ("the cystic duct",),
    "cystic_artery": ("the cystic artery",),
    "cystic_pedicle": ("the cystic pedicle",),
    "blood_vessel": ("a blood vessel", "a vessel"),
    "fluid": ("the fluid", "pooled fluid"),
    "abdominal_wall_cavity": ("the abdominal cavity",),
    "liver": ("the liver",),
    "adhesion": ("an adhesion", "an adhesive band"),
    "omentum": ("the omentum",),
    "peritoneum": ("the peritoneum", "the peritoneal layer"),
    "gut": ("the bowel",),
    "specimen_bag": ("the specimen bag", "the retrieval bag"),
}
PHASES: dict[str, tuple[str, ...]] = {
    "preparation": ("the preparation phase",),
    "calot-triangle-dissection": (
        "the Calot triangle dissection phase",
        "Calot triangle dissection",
    ),
    "clipping-and-cutting": ("the clipping and cutting phase", "clipping and cutting"),
    "gallbladder-dissection": ("the gallbladder dissection phase", "gallbladder dissection"),
    "gallbladder-packaging": ("the gallbladder packaging phase", "gallbladder packaging"),
    "cleaning-and-coagulation": ("the cleaning and coagulation phase", "cleaning and coagulation"),
    "gallbladder-extraction": ("the gallbladder extraction phase", "gallbladder extraction"),
}


class Verb(NamedTuple):
    """A way to say what an instrument does; the object follows each form."""

    plain: str
    """The scissors `cut` it."""
    third: str
    """The hook `cuts` it."""
    gerund: str
    """The hook is `cutting` it."""
    participle: str
    """It is `cut` by the hook; empty where it has no good passive."""


VERBS: dict[str, tuple[Verb, ...]] = {
    "grasp": (
        Verb("grasp", "grasps", "grasping", "grasped"),
        Verb("hold", "holds", "holding", "held"),
        Verb("grip", "grips", "gripping", "gripped"),
    ),
    "retract": (
        Verb("retract", "retracts", "retracting", "retracted"),
        Verb("pull on", "pulls on", "pulling on", ""),
        Verb("exert traction on", "exerts traction on", "exerting traction on", ""),
        Verb("lift", "lifts", "lifting", "lifted"),
    ),
    "dissect": (
        Verb("dissect", "dissects", "dissecting", "dissected"),
        Verb("dissect free", "dissects free", "dissecting free", ""),
        Verb("mobilise", "mobilises", "mobilising", "mobilised"),
    ),
    "coagulate": (
        Verb("coagulate", "coagulates", "coagulating", "coagulated"),
        Verb("cauterise", "cauterises", "cauterising", "cauterised"),
        Verb("seal", "seals", "sealing", "sealed"),
    ),
    "clip": (
        Verb("clip", "clips", "clipping", "clipped"),
        Verb("place a clip on", "places a clip on", "placing a clip on", ""),
        Verb("apply a clip to", "applies a clip to", "applying a clip to", ""),
    ),
    "cut": (
        Verb("cut", "cuts", "cutting", "cut"),
        Verb("divide", "divides", "dividing", "divided"),
        Verb("transect", "transects", "transecting", "transected"),
    ),
    "aspirate": (
        Verb("aspirate", "aspirates", "aspirating", "aspirated"),
        Verb("suck up", "sucks up", "sucking up", ""),
        Verb("suction off", "suctions off", "suctioning off", ""),
    ),
    "irrigate": (
        Verb("irrigate", "irrigates", "irrigating", "irrigated"),
        Verb("rinse", "rinses", "rinsing", "rinsed"),
        Verb("flush", "flushes", "flushing", "flushed"),
    ),
    "pack": (
        Verb("pack", "packs", "packing", "packed"),
        Verb("stow", "stows", "stowing", "stowed"),
    ),
}


class Words:
    """The words of one chain: a class keeps its word from sentence to sentence, mostly its own."""

    def __init__(self, ontology: Ontology, rng: Random) -> None:
        self.rng = rng
        self._canonical = {
            facet: {t.name: t.canonical or t.name for t in ontology.terms(facet)}
            for facet in ("instruments", "structures", "targets", "phases")
        }
        self._chosen: dict[tuple[str, str], str] = {}
        self._verbs: dict[Triplet, Verb] = {}

    def shared(self, facet: str, name: str) -> str:
        """Return the name that all datasets share for a class."""
        return self._canonical[facet].get(name, name)

    def instrument(self, name: str) -> str:
        """Return the noun of an instrument, without article."""
        shared = self.shared("instruments", name)
        if shared not in INSTRUMENTS:
            return folded(name)
        own = BARE.get(shared, folded(shared))
        return self._word("instruments", shared, (own,) * 4 + INSTRUMENTS[shared])

    def plural(self, name: str) -> bool:
        """Say whether the noun of an instrument is a plural."""
        return self.shared("instruments", name) in PLURAL

    def target(self, name: str) -> str:
        """Return a target or a structure with its article."""
        shared = self.shared("structures", self.shared("targets", name))
        return self._word("targets", shared, TARGETS.get(shared, (f"the {folded(shared)}",)))

    def phase(self, name: str) -> str:
        """Return a phase as it stands after `belongs to`, a new draw each time."""
        shared = self.shared("phases", name)
        return self.rng.choice(PHASES.get(shared, (f"the {folded(name)} phase",)))

    def verb(self, triplet: Triplet) -> Verb:
        """Return a way to say the verb of a triplet, the plain one most of the time."""
        if triplet not in self._verbs:
            own = folded(triplet[1])
            known = VERBS.get(triplet[1], (Verb(own, f"{own}s", f"{own}ing", ""),))
            self._verbs[triplet] = self.rng.choice((known[0], known[0], *known))
        return self._verbs[triplet]

    def _word(self, facet: str, name: str, words: tuple[str, ...]) -> str:
        return self._chosen.setdefault((facet, name), self.rng.choice(words))


def article(noun: str) -> str:
    """Return `a` or `an`, as the noun sounds (an L-hook, a monopolar hook)."""
    return "an" if noun[0] in "aeiou" or noun.startswith("L-") else "a"


def listed(parts: list[str]) -> str:
    """Join words as English does: `a, b and c`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def sentence(text: str) -> str:
    """Begin with a capital letter and end with a full stop."""
    return f"{text[0].upper()}{text[1:]}."
