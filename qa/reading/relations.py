"""Relations of a sentence: which instrument does what to what.

    active      the hook dissects the cystic plate; retracting the gallbladder, the grasper ...
    passive     the cystic plate is being dissected by the hook
    nominal     dissection of the cystic plate with the hook; the grasper exerts traction on ...
    listed      hook: dissects, cystic plate; grasper / retract / gallbladder

For each verb the agent and the objects are looked for in a fixed order of places; what is found
in none of them is not a claim.
"""

import re
from collections.abc import Iterator

from surgchain.qa.lexicon import terms
from surgchain.qa.reading.active import active
from surgchain.qa.reading.agents import is_by
from surgchain.qa.reading.atoms import Atom
from surgchain.qa.reading.grammar import Memory, Relation, Role, is_adjective
from surgchain.qa.reading.lists import gapped, respectively
from surgchain.qa.reading.nominal import heading, nominal
from surgchain.qa.reading.passive import is_passive, passive

STRETCHED = frozenset(
    {
        "tension",
        "way",
        "stretch",
        "traction",
        "taut",
        "aside",
        "away",
        "back",
        "up",
        "upward",
        "upwards",
        "cephalad",
        "cranially",
        "laterally",
        "countertraction",
        "stretched",
        "retracted",
        "elevated",
    }
)
"""Words that make `holds the gallbladder ...` a retraction."""


ADJECTIVES = frozenset({"stretched", "retracted", "elevated", "taut"})
"""Of these, those that before a noun only describe it: `brought in to the stretched duct`."""
OWN_CLAUSE = (terms.FINITE, terms.GERUND)
PLACED = frozenset(
    {"near", "in", "at", "on", "close", "by", "beside", "top", "there", "here", "under"}
)
"""`held up near the right edge`: where it is held, not which way."""
NO_STRETCH = frozenset({"without", "no", "not"})


PLACING = frozenset(
    {
        "place",
        "apply",
        "fire",
        "put",
        "close",
        "set",
        "deploy",
        "lock",
        "squeeze",
        "deliver",
        "make",
    }
)


CLOSING = frozenset({"secure", "control"})
"""Done with clips: `secures the duct with a clip`."""
ACTING = frozenset({terms.VERB, terms.OTHER_VERB})
"""Without one of these a sentence states no relation."""


def relations(sentence: list[Atom], memory: Memory, text: str) -> list[Relation]:
    """Return the relations of a sentence, in the order of their verbs."""
    found: list[Relation] = []
    sentence = bagged(kept_on_stretch(clip_placed(sentence), text))
    for at, atom in enumerate(sentence):
        if (
            atom.kind == terms.VERB
            and not is_adjective(sentence, at)
            and not _is_only_named(sentence, at, text)
        ):
            found.extend(_of_verb(sentence, at, memory, text))
    found = respectively(sentence, text) or found
    return found + gapped(sentence, found)


def _is_only_named(sentence: list[Atom], at: int, text: str) -> bool:
    """`is separate from the liver`, `exposed by this retraction`."""
    atom = sentence[at]
    if text.startswith("separate", atom.start) and atom.end - atom.start == len("separate"):
        return at > 0 and sentence[at - 1].kind == terms.BE
    leads = ("by this ", "by that ", "by such ", "during the ", "during this ", "during a ")
    is_named = atom.form == terms.NOUN and text[: atom.start].endswith(leads)
    return is_named and any(a.kind == terms.VERB for a in sentence[:at])


def clip_placed(sentence: list[Atom]) -> list[Atom]:
    """Turn `a clip is applied to ...` and `fires two clips across ...` into the verb `clip`."""
    clips = [i for i, a in enumerate(sentence) if a.kind == terms.THING and a.value == "clip"]
    if not clips:
        return sentence
    changed = list(sentence)
    for index, atom in enumerate(sentence):
        if atom.kind != terms.OTHER_VERB or atom.value not in PLACING | CLOSING:
            continue
        is_base = atom.form == terms.BASE and index > 0 and sentence[index - 1].kind == terms.BE
        form = terms.PARTICIPLE if is_base else atom.form  # `a clip is put on ...`
        passive = form == terms.PARTICIPLE and any(index - 4 <= c < index for c in clips)
        active = any(index < c <= index + 3 for c in clips) and atom.value not in CLOSING
        active |= any(c > 1 and sentence[c - 1].value == "with" for c in clips if c > index)
        if passive or active:
            changed[index] = atom._replace(kind=terms.VERB, value="clip", form=form)
    return changed


READY = re.compile(
    r" (?:it |them )?(?:in readiness|ready|at hand|idle|available|clear of|away from)\b"
)
"""`kept in readiness under a retracted liver`."""
KEEPING = frozenset({"keep", "put", "place", "bring", "set", "maintain", "move"})


def kept_on_stretch(sentence: list[Atom], text: str) -> list[Atom]:
    """Turn `keeps the liver out of the way`, `puts it on stretch` into the verb `retract`."""
    if not any(a.kind == terms.OTHER_VERB and a.value in KEEPING for a in sentence):
        return sentence
    return [
        a._replace(kind=terms.VERB, value="retract")
        if a.kind == terms.OTHER_VERB
        and a.value in KEEPING
        and not READY.match(text, a.end)
        and _on_stretch(sentence, i, text)
        else a
        for i, a in enumerate(sentence)
    ]


def bagged(sentence: list[Atom]) -> list[Atom]:
    """Turn `puts the gallbladder into the bag` into the verb `pack`."""
    values = [a.value for a in sentence]
    if "specimen_bag" not in values or "gallbladder" not in values:
        return sentence
    bag = values.index("specimen_bag")
    if not bag or values[bag - 1] not in ("into", "in", "inside", "to"):
        return sentence
    return [
        a._replace(kind=terms.VERB, value="pack")
        if a.kind == terms.OTHER_VERB and a.value in KEEPING and i < bag
        else a
        for i, a in enumerate(sentence)
    ]


def _of_verb(sentence: list[Atom], at: int, memory: Memory, text: str) -> Iterator[Relation]:
    atom = sentence[at]
    agents, targets, turned = _roles(sentence, at, memory)
    bracketed = _in_brackets(sentence, at)
    if bracketed is not None and targets:
        agents, turned = [(bracketed, sentence[bracketed].value)], False
    verb = atom.value
    if verb == "grasp" and _on_stretch(sentence, at, text):
        verb = "retract"
    is_removal = verb == "aspirate" and text.startswith("remov", atom.start)
    for agent_at, agent in agents:
        for target_at, target in targets:
            if verb == "grasp" and _is_stretched(sentence, target_at):
                verb = "retract"
            if is_removal and agent != "irrigator" and target != "fluid":
                continue  # `removes the fat around it`: no suction
            yield Relation(agent, verb, target, at, agent_at, target_at, turned)


def _in_brackets(sentence: list[Atom], at: int) -> int | None:
    """`retracts the gallbladder (grasper) and cuts the artery (scissors)`: each its own agent."""
    opening = at + 1
    if opening < len(sentence) and sentence[opening].kind == terms.ANATOMY:
        opening += 1
    marks = sentence[opening : opening + 3 : 2]
    if len(marks) > 1 and marks[0].value + marks[1].value in ("()", "[]"):
        named = sentence[opening + 1]
        return opening + 1 if named.kind == terms.INSTRUMENT else None
    return None


def _roles(sentence: list[Atom], at: int, memory: Memory) -> tuple[list[Role], list[Role], bool]:
    form = sentence[at].form
    if at == 0 and form in (terms.GERUND, terms.BASE):
        headed = heading(sentence, at)
        if headed is not None and headed[0] and headed[1]:
            return (*headed, False)
    if form == terms.NOUN:
        return nominal(sentence, at, memory)
    if is_passive(sentence, at):
        return passive(sentence, at, memory)
    return active(sentence, at, memory)


def _is_stretched(sentence: list[Atom], target_at: int) -> bool:
    """`the retracted gallbladder is held by the grasper`."""
    before = sentence[target_at - 1] if target_at > 0 else None
    return (
        before is not None
        and before.kind == terms.VERB
        and before.value == "retract"
        and is_adjective(sentence, target_at - 1)
    )


def _on_stretch(sentence: list[Atom], at: int, text: str) -> bool:
    """Say whether `holds` means holding on stretch, by what follows it in the clause."""
    end = len(sentence)
    for index in range(at + 1, len(sentence)):
        if (
            sentence[index].kind in (terms.WHILE, terms.BUT)
            or (sentence[index].kind == terms.INSTRUMENT and not is_by(sentence, index))
            or (sentence[index].kind == terms.VERB and sentence[index].form in OWN_CLAUSE)
        ):
            end = index
            break
    stop = sentence[end].start if end < len(sentence) else sentence[-1].end + 25
    clause = text[sentence[at].end : stop].split(".", maxsplit=1)[0].split(";", maxsplit=1)[0]
    following = clause.replace(",", " ").split()
    return any(
        w in STRETCHED
        and NO_STRETCH.isdisjoint(following[max(0, i - 2) : i])
        and not (w == "up" and PLACED.intersection(following[i + 1 : i + 2]))
        and not (w in ADJECTIVES and following[i - 1 : i] == ["the"])
        for i, w in enumerate(following)
    )


__all__ = ["Memory", "Relation", "clip_placed", "relations"]
