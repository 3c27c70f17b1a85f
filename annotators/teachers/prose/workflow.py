"""Level 3: what the actions mean for the operation; every reason stands in levels 1 and 2."""

from surgchain.annotators.teachers.prose.perception import instruments
from surgchain.annotators.teachers.prose.words import Words, article, listed, sentence
from surgchain.schemas.answers import CRITERIA, CVS_YES, asserts_action
from surgchain.schemas.ontology import Ontology, folded, without_prefix
from surgchain.schemas.records import Scene, Task, Triplet

MARKS: dict[str, frozenset[tuple[str, str]]] = {
    "preparation": frozenset({("retract", "omentum"), ("cut", "adhesion"), ("grasp", "omentum"),
                              ("dissect", "omentum"), ("dissect", "adhesion")}),
    "calot-triangle-dissection": frozenset(
        {("dissect", t) for t in ("cystic_duct", "cystic_artery", "cystic_pedicle", "peritoneum",
                                  "cystic_plate")}),
    "clipping-and-cutting": frozenset(
        {(v, t) for v in ("clip", "cut") for t in ("cystic_duct", "cystic_artery", "blood_vessel",
                                                   "cystic_pedicle")}),
    "gallbladder-dissection": frozenset({("dissect", "gallbladder"), ("dissect", "cystic_plate")}),
    "gallbladder-packaging": frozenset({("pack", "gallbladder"), ("grasp", "specimen_bag")}),
    "cleaning-and-coagulation": frozenset({("irrigate", "liver"), ("aspirate", "fluid"),
                                           ("coagulate", "liver"),
                                           ("irrigate", "abdominal_wall_cavity")}),
    "gallbladder-extraction": frozenset({("grasp", "specimen_bag")}),
}  # fmt: skip
"""Verb and target by which a phase is known; other actions only agree with it."""
CARRIED: dict[str, frozenset[str]] = {
    "clipping-and-cutting": frozenset({"clipper", "scissors"}),
    "cleaning-and-coagulation": frozenset({"irrigator", "bipolar"}),
    "gallbladder-dissection": frozenset({"hook"}),
    "calot-triangle-dissection": frozenset({"hook"}),
    "gallbladder-packaging": frozenset({"specimen_bag"}),
    "gallbladder-extraction": frozenset({"specimen_bag"}),
}
"""Instruments that go with a phase, also while they are at rest."""
IN_GENERAL: dict[str, tuple[str, ...]] = {
    "preparation": ("The gallbladder is usually brought into view in this phase.",),
    "calot-triangle-dissection": (
        "Both cystic structures are usually freed in this phase.",
        "This phase usually serves the critical view of safety.",
    ),
    "clipping-and-cutting": ("Both cystic structures are usually secured in this phase.",),
    "gallbladder-dissection": ("The gallbladder usually leaves its bed in this phase.",),
    "gallbladder-packaging": ("The specimen usually goes into a bag in this phase.",),
    "cleaning-and-coagulation": ("The field is usually made clean and dry in this phase.",),
    "gallbladder-extraction": ("The specimen usually leaves the abdomen in this phase.",),
}
COUNTS = ("None of the three criteria is met", "One of the three criteria is met",
          "Two of the three criteria are met", "All three criteria are met")  # fmt: skip


def level3(scene: Scene, task: Task, ontology: Ontology, words: Words) -> str:
    """Return the text of level 3."""
    parts: list[str] = []
    if task == "cvs" and scene.cvs:
        parts += _verdict(scene.cvs, words)
    if scene.knows("phase") and scene.phase:
        parts.append(_phase(scene, scene.phase, ontology, words, brief=task == "cvs"))
        parts += _general(scene.phase, task, words)
    for facet in ("step", "action"):
        name = getattr(scene, facet)
        if scene.knows(facet) and name:
            plain = folded(without_prefix(name))
            parts.append(f"The {facet} of the operation is {plain}.")
    return " ".join(parts) or _only_seen(scene, words)


def _phase(scene: Scene, phase: str, ontology: Ontology, words: Words, *, brief: bool) -> str:
    rng = words.rng
    if brief:
        return sentence(f"the frame belongs to {words.phase(phase)}")
    marks = MARKS.get(words.shared("phases", phase), frozenset())
    acting = [t for t in ontology.in_order(scene.triplets) if asserts_action(t)]
    strong = [t for t in acting if t[1:] in marks]
    if strong:
        firm = ("belongs to", "is typical of", "marks", "is the work of")
        return sentence(f"{_reason(rng.choice(strong), words)} {rng.choice(firm)} "
                        f"{words.phase(phase)}")  # fmt: skip
    links = ("fits", "agrees with", "is in keeping with")
    reason = _weak_reason(scene, words.shared("phases", phase), acting, words)
    return sentence(f"{reason} {rng.choice(links)} {words.phase(phase)}")


def _weak_reason(scene: Scene, phase: str, acting: list[Triplet], words: Words) -> str:
    """Return what agrees with the phase, where nothing marks it."""
    names = [e.name for e in instruments(scene)]
    carried = CARRIED.get(phase, frozenset())
    telling = [n for n in names if words.shared("instruments", n) in carried]
    if telling:
        return _presence(telling[0], words)
    if acting:
        return _reason(words.rng.choice(acting), words)
    if names:
        return _presence(names[0], words)
    return words.rng.choice(("a field without instruments", "the absence of instruments"))


def _reason(triplet: Triplet, words: Words) -> str:
    """Return an action of level 2 as the subject of a sentence."""
    instrument, _, target = triplet
    noun, verb, what = words.instrument(instrument), words.verb(triplet), words.target(target)
    subject = noun if words.plural(instrument) else f"{article(noun)} {noun}"
    return words.rng.choice((f"{verb.gerund} {what} with the {noun}",
                             f"{subject} {verb.gerund} {what}"))  # fmt: skip


def _presence(instrument: str, words: Words) -> str:
    noun = words.instrument(instrument)
    return f"the presence of {noun if words.plural(instrument) else f'{article(noun)} {noun}'}"


def _general(phase: str, task: Task, words: Words) -> list[str]:
    known = IN_GENERAL.get(words.shared("phases", phase), ())
    return [words.rng.choice(known)] if known and task != "cvs" and words.rng.random() < 0.3 else []  # noqa: PLR2004


def _verdict(cvs: tuple[float, float, float], words: Words) -> list[str]:
    met = [s >= CVS_YES for s in cvs]
    single = [f"{c} is {'met' if m else 'not met'}" for c, m in zip(CRITERIA, met, strict=True)]
    achieved = "is achieved" if all(met) else "is not achieved"
    overall = words.rng.choice(("the critical view of safety", "the critical view"))
    return [sentence(listed(single)), f"{COUNTS[sum(met)]}, so {overall} {achieved}."]


def _only_seen(scene: Scene, words: Words) -> str:
    names = list(dict.fromkeys(e.name for e in instruments(scene)))
    if not names:
        return "The picture shows no work on the tissue."
    nouns = [f"the {words.instrument(n)}" for n in names]
    many = len(nouns) > 1 or words.plural(names[0])
    return sentence(f"{listed(nouns)} {'are' if many else 'is'} the working set of this moment")
