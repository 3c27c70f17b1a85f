"""Level 2: what each instrument does to which tissue, and what the criteria of safety rest on."""

from collections import Counter
from collections.abc import Iterator

from surgchain.annotators.teachers.prose.perception import instruments
from surgchain.annotators.teachers.prose.words import Words, listed, sentence
from surgchain.schemas.answers import CVS_YES, asserts_action
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Scene, Task, Triplet

FINDINGS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (
        ("two structures, and no more, are seen to enter the gallbladder",
         "only two structures run into the gallbladder"),
        ("two structures alone cannot be seen to enter the gallbladder",
         "it is not shown that only two structures enter the gallbladder"),
    ),
    (
        ("the hepatocystic triangle is cleared of fat and fibrous tissue",
         "the hepatocystic triangle is clean"),
        ("the hepatocystic triangle is not cleared of fat and fibrous tissue",
         "the hepatocystic triangle is not yet clean"),
    ),
    (
        ("the lower third of the gallbladder is off its bed",
         "the lower third of the gallbladder is separated from the liver bed"),
        ("the lower third of the gallbladder is not off its bed",
         "the lower third of the gallbladder is not separated from the liver bed"),
    ),
)  # fmt: skip
"""For C1, C2 and C3: how it is said where the criterion is met, and where it is not."""
UNSEEN: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (
        ("two structures, and no more, are seen to remain",),
        ("it is not shown that only two structures remain",),
    ),
    FINDINGS[1],
    (("the lower third of the bed is bare",), ("the lower third of the bed is not bare",)),
)
"""The same, where the dataset does not see the gallbladder in the frame."""


def level2(scene: Scene, task: Task, ontology: Ontology, words: Words) -> str:
    """Return the text of level 2."""
    parts: list[str] = []
    if scene.knows("triplets"):
        several = {n for n, k in Counter(e.name for e in instruments(scene)).items() if k == 2}  # noqa: PLR2004
        parts += _actions(ontology.in_order(scene.triplets), several, words)
    elif instruments(scene):
        parts.append(_unknown(scene, words))
    if task == "cvs" and scene.cvs:
        names = {words.shared("structures", e.name) for e in scene.structures}
        unseen = scene.knows("structures") and "gallbladder" not in names
        parts += _findings(scene.cvs, UNSEEN if unseen else FINDINGS, words)
    return " ".join(parts) or "No instrument touches any tissue."


def _findings(
    cvs: tuple[float, float, float],
    said: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...],
    words: Words,
) -> Iterator[str]:
    """Yield a sentence for each criterion: the finding on which it rests."""
    for score, (met, unmet) in zip(cvs, said, strict=True):
        yield sentence(words.rng.choice(met if score >= CVS_YES else unmet))


def _actions(triplets: tuple[Triplet, ...], several: set[str], words: Words) -> Iterator[str]:
    acting = [t for t in triplets if asserts_action(t)]
    words.rng.shuffle(acting)
    clauses = [_clause(t, acting[:n], several, words) for n, t in enumerate(acting)]
    yield from _joined(clauses, words)
    for instrument, _, _ in (t for t in triplets if not asserts_action(t)):
        if all(i != instrument for i, _, _ in acting):
            yield sentence(_idle(instrument, words))
        else:
            yield sentence(_idle_too(instrument, several, words))
    if not triplets:
        yield words.rng.choice(
            ("No instrument touches any tissue.", "No action is performed in this picture.")
        )


def _clause(triplet: Triplet, before: list[Triplet], several: set[str], words: Words) -> str:
    instrument, _, target = triplet
    verb, what = words.verb(triplet), words.target(target)
    noun, plural = words.instrument(instrument), words.plural(instrument)
    again = any(i == instrument for i, _, _ in before)
    subject = f"the {noun}"
    if again:  # which of two does what is not known, only that both are done
        two = instrument in several and not plural
        subject = f"another {noun}" if two else f"the {noun} also"
    present = verb.plain if plural else verb.third
    forms = [f"{subject} {present} {what}"] * 3
    if not again:
        forms.append(f"{subject} {'are' if plural else 'is'} {verb.gerund} {what}")
        if verb.participle:
            forms.append(f"{what} is {verb.participle} by the {noun}")
            forms.append(f"{what} is being {verb.participle} with the {noun}")
    return words.rng.choice(forms)


def _joined(clauses: list[str], words: Words) -> Iterator[str]:
    """Yield the clauses as sentences, two of them in one now and then."""
    waiting = list(clauses)
    while waiting:
        first = waiting.pop(0)
        if waiting and words.rng.random() < 0.4:  # noqa: PLR2004
            link = words.rng.choice((", while ", ", and ", "; "))
            first = f"{first}{link}{waiting.pop(0)}"
        yield sentence(first)


def _idle(instrument: str, words: Words) -> str:
    noun, many = words.instrument(instrument), words.plural(instrument)
    be, touch = ("are", "touch") if many else ("is", "touches")
    return words.rng.choice((f"the {noun} {be} idle", f"the {noun} {be} at rest",
                             f"the {noun} {touch} no tissue"))  # fmt: skip


def _idle_too(instrument: str, several: set[str], words: Words) -> str:
    noun = words.instrument(instrument)
    if words.plural(instrument):
        return f"further {noun} are idle"
    return f"{'another' if instrument in several else 'a further'} {noun} is idle"


def _unknown(scene: Scene, words: Words) -> str:
    names = dict.fromkeys(e.name for e in instruments(scene))
    nouns = [f"the {words.instrument(n)}" for n in names]
    many = len(nouns) > 1 or any(words.plural(n) for n in names)
    group, unsure = listed(nouns), "cannot be told from this picture"
    return sentence(
        words.rng.choice(
            (
                f"{group} {'are' if many else 'is'} in the working field; on which tissue {unsure}",
                f"what {group} {'work' if many else 'works'} on {unsure}",
            )
        )
    )
