"""Whole clean chains, in many hands: what the planted ones are made from.

The hands are plain, terse, British, wordy, listed, and one that turns clauses round. None shares a
template with the embedded teacher. What is not said of the frame (denials, contrasts, plans, what
usually happens) is strewn in on purpose, for a reader that takes it for a claim raises an alarm.
"""

from random import Random

from surgchain.qa.planting import prose, ways
from surgchain.schemas import answers, boxes, chain_text
from surgchain.schemas.ontology import NULL_VERB, Ontology, without_prefix
from surgchain.schemas.records import Entity, Question, Scene

MIDDLE = 0.5
NUMBER_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")
ASIDES1 = (
    "The surgeon's left hand is steady.",
    "The left lobe of the liver is in the background.",
    "A trocar is seen above.",
    "The light is good.",
    "Some gauze lies nearby.",
    "The lens is clean.",
    "What is left of the attachment is thin.",
    "The scope looks from below.",
)
ASIDES2 = (
    "Nothing else is touched.",
    "The movements are small.",
    "No tissue is torn.",
    "Later the assistant may help.",
    "The field stays dry.",
    "If it bled, suction would be needed.",
    "Clips would come later.",
    "The work is careful.",
)
COUNTED = 0.3
"""Share of verdicts over all criteria that count them."""
GROUNDED = 0.4
"""Share of chains that give the finding for a criterion."""
MET = ("met", "fulfilled", "satisfied", "achieved")
UNMET = ("not met", "not fulfilled", "unmet", "not satisfied", "not achieved")
LOOK = ("two structures", "hepatocystic triangle cleared", "cystic plate")


def write(scene: Scene, question: Question, ontology: Ontology, rng: Random) -> str | None:
    """Return a clean chain's text; None where the scene has no answer to the question."""
    answer = answers.gold(scene, question, ontology)
    if answer is None:
        return None
    listed = rng.random() < 0.15
    levels = [
        _joined(s, rng, listed=listed)
        for s in (
            level1(scene, ontology, rng),
            level2(scene, ontology, rng),
            level3(scene, ontology, rng),
        )
    ]
    return chain_text.render(levels[0], levels[1], levels[2], answer)


def _joined(sentences: list[str], rng: Random, *, listed: bool) -> str:
    if listed and len(sentences) > 1:
        return "\n" + "\n".join(f"- {s}" for s in sentences)
    return rng.choice((" ", " ", " ", "\n")).join(sentences)


def level1(scene: Scene, ontology: Ontology, rng: Random) -> list[str]:
    """Write what is there."""
    found: list[str] = []
    if scene.knows("instruments"):
        entities = list(scene.instruments)
        rng.shuffle(entities)
        found += [_entity(e, rng) for e in entities]
        if entities and rng.random() < 0.25:
            number = NUMBER_WORDS[len(entities)]
            line = ways.draw("counts", rng) if len(entities) > 1 else "{N} instrument is in view."
            found.insert(0, line.format(n=number, N=number.capitalize()))
        absent = [n for n in ontology.names("instruments") if n not in {e.name for e in entities}]
        for name in rng.sample(absent, k=min(len(absent), rng.choice((0, 0, 1, 2)))):
            found.append(_fitted(ways.draw("absent", rng), prose.instrument(name, rng)))
    if scene.knows("structures"):
        for entity in scene.structures:
            line = ways.draw("structures", rng).format(T=prose.target(entity.name, rng))
            if entity.box and rng.random() < 0.5:
                line = line.rstrip(".") + f" {boxes.to_text(entity.box)}."
            found.append(prose.capital(line))
    if rng.random() < 0.3 or not found:
        found.insert(rng.randrange(len(found) + 1), rng.choice(ASIDES1))
    return found


def _entity(entity: Entity, rng: Random) -> str:
    name = prose.instrument(entity.name, rng)
    if entity.box and rng.random() < 0.7:
        name = ways.draw("boxes", rng).format(n=name, b=boxes.to_text(entity.box))
    side = ""
    if entity.box and rng.random() < 0.6:
        half = "left" if boxes.centre(entity.box)[0] < MIDDLE else "right"
        side = ways.draw("places", rng).format(s=half)
    line = ways.draw("placed", rng).format(a=f"a {name}", A=f"A {name}", s=side)
    return prose.capital(
        prose.article(
            " ".join(line.split()).replace(" .", ".").replace(" :", ":").replace(",.", ".")
        )
    )


def _fitted(line: str, name: str) -> str:
    text = line.format(I=name)
    if name.endswith(("scissors", "forceps")):
        for one, many in ((" is ", " are "), (" has ", " have ")):
            text = text.replace(name + one, name + many)
        text = text.replace(f"no {name} is", f"no {name} are").replace(
            f"No {name} is", f"No {name} are"
        )
    return prose.capital(prose.article(text))


def level2(scene: Scene, ontology: Ontology, rng: Random) -> list[str]:  # noqa: ARG001
    """Write what is done."""
    acts = [t for t in scene.triplets if t[1] != NULL_VERB] if scene.knows("triplets") else []
    rng.shuffle(acts)
    found = [prose.relation(t, rng) for t in acts]
    idle = sorted({t[0] for t in scene.triplets if t[1] == NULL_VERB} - {t[0] for t in acts})
    found += [_fitted(ways.draw("idle", rng), prose.instrument(i, rng)) for i in idle]
    if rng.random() < 0.3 or not found:
        found.append(rng.choice(ASIDES2))
    return found


def level3(scene: Scene, ontology: Ontology, rng: Random) -> list[str]:
    """Write what it means."""
    found: list[str] = []
    if scene.knows("cvs") and scene.cvs:
        found += _criteria(scene, rng)
    if scene.knows("phase") and scene.phase:
        others = [p for p in ontology.names("phases") if p != scene.phase]
        if others and rng.random() < 0.25:
            other = _spelled(rng.choice(others), rng)
            found.append(prose.capital(ways.draw("contrasts", rng).format(Q=other)))
        if not (scene.knows("step") and scene.step and rng.random() < 0.5):
            found.append(prose.phase(scene.phase, rng))
    if scene.knows("step") and scene.step:
        step = _spelled(without_prefix(scene.step), rng)
        found.append(ways.draw("steps", rng).format(S=step))
    return found or ["No more can be said of the operation."]


def _spelled(name: str, rng: Random) -> str:
    return rng.choice((name, name.replace("-", " ").replace("_", " ")))


def _criteria(scene: Scene, rng: Random) -> list[str]:
    met = [s >= answers.CVS_YES for s in scene.cvs or ()]
    found = [criterion(number, value, rng) for number, value in enumerate(met, start=1)]
    if rng.random() < GROUNDED:
        number = rng.choice(groundable(scene))
        found.insert(number - 1, ground(number, met[number - 1], rng))
    if rng.random() < 0.5:
        found.append(view(met, rng))
    return found


def criterion(number: int, met: bool, rng: Random) -> str:
    """Write the verdict over one criterion."""
    return ways.draw("criteria", rng).format(
        C=f"C{number}",
        d=number,
        o=("first", "second", "third")[number - 1],
        l=LOOK[number - 1],
        v=rng.choice(MET if met else UNMET),
        y="yes" if met else "no",
    )


def groundable(scene: Scene) -> tuple[int, ...]:
    """Return the criteria that a finding can be given for: two are about the gallbladder."""
    names = {e.name for e in scene.structures}
    return (2,) if scene.knows("structures") and "gallbladder" not in names else (1, 2, 3)


def ground(number: int, met: bool, rng: Random) -> str:
    """Write a finding that speaks for, or against, a criterion."""
    head = f"C{number} {'yes' if met else 'no'}: "
    return rng.choice([w for w in ways.of("grounds") if w.startswith(head)]).removeprefix(head)


def view(met: list[bool], rng: Random) -> str:
    """Write the verdict over all criteria."""
    number = ("none", "one", "two", "all three")[sum(met)]
    counted = sum(met) in (1, 2) and rng.random() < COUNTED
    line = ways.draw("counted" if counted else "views", rng)
    verdict = "achieved" if all(met) else "not achieved"
    return line.format(v=verdict, n=number, N=prose.capital(number))
