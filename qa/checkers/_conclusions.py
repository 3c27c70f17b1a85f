"""A noun of action at level 3 whose target is plainly another than the labelled ones.

    `Traction on the omentum fits preparation.`, the gallbladder is retracted   wrong_target
    `Division of the pedicle is typical of clipping.`, the artery is cut        nothing

Nouns of action mostly speak of a phase in general, so that only a target of another region than all
that is acted on is charged, right behind its noun, in a sentence that is asserted.
"""

import re
from functools import partial

from surgchain.qa.checkers import found_at
from surgchain.qa.claims import Sentence
from surgchain.qa.lexicon import terms
from surgchain.qa.readings import CONCLUSION, Reading
from surgchain.schemas.records import Finding, Triplet

_found = partial(found_at, "relations")
CHARGED = frozenset({"retract", "cut", "clip", "coagulate"})
"""`dissection of ...` names phases."""
REGIONS = (
    frozenset({"cystic_duct", "cystic_artery", "cystic_pedicle", "blood_vessel"}),
    frozenset({"liver", "cystic_plate", "gallbladder"}),
    frozenset({"omentum", "peritoneum", "adhesion", "gut"}),
)
"""Targets that stand for one another in a loose word; others are regions of their own."""
RETRACTED = (
    frozenset({"cystic_duct", "cystic_artery", "cystic_pedicle", "blood_vessel", "gallbladder"}),
    frozenset({"liver", "cystic_plate"}),
    frozenset({"omentum", "peritoneum", "adhesion"}),
    frozenset({"gut"}),
)
"""The same for what is retracted: a liver is lifted, or a gallbladder."""
GENERAL = re.compile(
    r"\b(?:usual\w{0,2}|typical\w{0,2}|often|commonly|normally|as a rule|always|sometimes|phase|"
    r"stage|aims?|purpose|part of|characteristic|one of|belongs?|once|after|before|until|when|if|"
    r"would|could|may|might|can|should|must|will|next|later|no|not|without|never|nor|neither|"
    r"rather|instead|unlike)\b"
)
PHASES = re.compile(
    r"(?:fits|suits|agrees with|matches|in|of|to) the (?:[\w-]{3,16} ){1,3}(?:phase|stage)"
)
"""What a sentence concludes on is not general."""


def mistaken(reading: Reading) -> list[Finding]:
    """Find nouns of action at level 3 with a target that no labelled act has."""
    facts = reading.facts
    if facts is None or not facts.acts or reading.criteria:
        return []
    found = []
    for sentence in reading.said.of_level(CONCLUSION):
        if terms.VERB not in sentence.kinds or terms.ANATOMY not in sentence.kinds:
            continue
        found += [
            _found(
                reading,
                "wrong_target",
                sentence,
                at,
                f"{sentence.atoms[at].value} {sentence.atoms[at + 2].value}",
                "no labelled act has this target",
            )
            for at in range(len(sentence.atoms) - 2)
            if _is_charged(reading, sentence, at, facts.acts)
        ]
    return found[:1]


def _is_charged(reading: Reading, sentence: Sentence, at: int, acts: frozenset[Triplet]) -> bool:
    noun, link, target = sentence.atoms[at : at + 3]
    if noun.kind != terms.VERB or noun.form != terms.NOUN or noun.value not in CHARGED:
        return False
    if link.kind not in (terms.ON, terms.FROM) or link.value not in ("of", "on", "to"):
        return False
    if target.kind != terms.ANATOMY or any(sentence.flags[at : at + 3]):
        return False
    done = {t for _, v, t in acts if v == noun.value}
    regions = RETRACTED if noun.value == "retract" else REGIONS
    near = next((r for r in regions if target.value in r), frozenset({target.value}))
    others = {t for _, _, t in acts}
    if not done or done & near or target.value in others:
        return False
    words = reading.said.words(max(0, sentence.start - 12), sentence.end)
    return not GENERAL.search(PHASES.sub("", words))
