"""Whether the answer is right, is one of the ontology's, and is what the levels conclude.

Passes: levels that place the frame in gallbladder-packaging, and `<answer>gallbladder-packaging`
Fails:  the same levels, and `<answer>preparation` (answer_not_entailed, and wrong_answer by label)

The conclusion is read from levels 1 to 3 alone, the answer hidden.
"""

from collections import Counter

from surgchain.qa.checkers import checked
from surgchain.qa.checkers._contradictions import idle_instrument
from surgchain.qa.checkers._weighing import is_outweighed
from surgchain.qa.checkers.context import asserted_phases
from surgchain.qa.lexicon import terms
from surgchain.qa.readings import Reading
from surgchain.schemas import answers, boxes
from surgchain.schemas.answers import Answer
from surgchain.schemas.boxes import Box
from surgchain.schemas.ontology import folded
from surgchain.schemas.records import Check, Finding, Triplet

NAME = "answer"
CLASSES = ("phase", "step", "action")


def check(reading: Reading) -> Check:
    """Judge the answer of a chain."""
    answer = reading.answer
    if answer is None or reading.parts.answer is None or not reading.answer_text.strip():
        return checked(NAME, 1, [])
    if not answer.known:
        return checked(NAME, 1, [_found(reading, "answer_outside_ontology", _outside(reading))])
    findings = []
    differs = _not_entailed(reading, answer)
    if differs:
        findings.append(_found(reading, "answer_not_entailed", differs))
    wrong = _wrong(reading, answer)
    if wrong:
        findings.append(_found(reading, "wrong_answer", wrong))
    return checked(NAME, 2, findings)


def _found(reading: Reading, fault: str, reason: str) -> Finding:
    part = reading.parts.answer
    assert part is not None
    return Finding(
        checker=NAME, fault=fault, claim=part.text[:200], reason=reason, span=(part.start, part.end)
    )


def _outside(reading: Reading) -> str:
    return f"the ontology {reading.ontology.name} has no such class"


def _wrong(reading: Reading, answer: Answer) -> str | None:
    gold_text = reading.gold
    if gold_text is None or gold_text == reading.answer_text:
        return None
    asked = reading.chain.question
    gold = answers.parse(gold_text, asked.task, reading.ontology, asked.options)
    if gold is None or _same(answer, gold, reading):
        return None
    return f"right: {gold_text}"


def _same(answer: Answer, gold: Answer, reading: Reading) -> bool:
    if answer.label is not None and gold.label is not None:
        return folded(answer.label) == folded(gold.label)
    if answer.boxes is not None and gold.boxes is not None:
        return _same_boxes(answer.boxes, gold.boxes, reading.settings.box_iou)
    if answer.triplets is not None and gold.triplets is not None:
        return set(answer.triplets) == set(gold.triplets)
    return answer.criteria == gold.criteria


Named = tuple[tuple[str, Box], ...]


def _same_boxes(answer: Named, gold: Named, least: float) -> bool:
    """Same names as often, and each box matched with one of its name."""
    if Counter(n for n, _ in answer) != Counter(n for n, _ in gold):
        return False
    left = list(gold)
    for name, box in answer:
        best = max(
            (i for i, (n, _) in enumerate(left) if n == name),
            key=lambda i: boxes.iou(left[i][1], box),
        )
        if boxes.iou(left[best][1], box) < least:
            return False
        del left[best]
    return True


def _not_entailed(reading: Reading, answer: Answer) -> str | None:
    """Return what the levels conclude, where the answer is something else."""
    if answer.label is not None and reading.chain.question.task in CLASSES:
        return _class_differs(reading, answer.label)
    if answer.triplets is not None:
        return _triplets_differ(reading, answer.triplets)
    if answer.boxes is not None:
        return _boxes_differ(reading, answer.boxes)
    if answer.criteria is not None:
        return _criteria_differ(reading, answer.criteria)
    return None


def _class_differs(reading: Reading, label: str) -> str | None:
    task = reading.chain.question.task
    names = reading.lexicon.names["phases" if task == "phase" else f"{task}s"]
    facts = reading.facts
    labels = (facts.phase, facts.step, facts.action) if facts is not None else ()
    own = {
        names.get(n.name)
        for s, n in asserted_phases(reading)
        if n.is_step is (task != "phase") and (n.name in labels or not is_outweighed(reading, s))
    }
    own.discard(None)
    if not own or label in own:
        return None
    return f"the levels conclude {', '.join(sorted(str(n) for n in own))}"


def _triplets_differ(reading: Reading, answer: tuple[Triplet, ...]) -> str | None:
    names = reading.lexicon.names
    said = {
        (names["instruments"].get(i, i), v, names["targets"].get(t, t))
        for i, v, t in (s.triplet for s in reading.relations if s.is_sure)
    }
    by_instrument: dict[str, set[Triplet]] = {}
    for triplet in said:
        by_instrument.setdefault(triplet[0], set()).add(triplet)
    for triplet in answer:
        if not answers.asserts_action(triplet):
            continue
        committed = by_instrument.get(triplet[0])
        if not committed and _is_idle(reading, triplet[0]):
            return f"the levels call the {triplet[0]} idle"
        if committed and committed <= set(answer):
            continue  # the levels are silent on what else the instrument does
        if committed and triplet not in committed and not _unread(reading, triplet):
            return "the levels say " + "; ".join(" ".join(t) for t in sorted(committed))
    return None


def _is_idle(reading: Reading, name: str) -> bool:
    """Say whether the levels call the only instrument of a name idle."""
    own = {n: c for c, n in reading.lexicon.names["instruments"].items()}.get(name, name)
    facts = reading.facts
    if facts is None or facts.instruments is None or facts.instruments.get(own, 0) != 1:
        return False
    return any(
        atom.kind == terms.IDLE and s.asserts(at) and idle_instrument(s.atoms, at) == own
        for s in reading.said.sentences
        for at, atom in enumerate(s.atoms)
    )


def _unread(reading: Reading, triplet: Triplet) -> bool:
    """Say whether a sentence names all three parts, so that it may say what the answer says."""
    shared = {n: c for c, n in reading.lexicon.names["targets"].items()}
    instrument = {n: c for c, n in reading.lexicon.names["instruments"].items()}
    wanted = {
        instrument.get(triplet[0], triplet[0]),
        triplet[1],
        shared.get(triplet[2], triplet[2]),
    }
    return any(
        wanted <= {a.value for a in s.atoms}
        for s in reading.said.sentences
        if len(s.relations) == 0
    ) or _is_parted(reading, triplet[1], shared.get(triplet[2], triplet[2]))


def _is_parted(reading: Reading, verb: str, target: str) -> bool:
    """`it separates the gallbladder from the cystic plate`: either is dissected."""
    return verb == "dissect" and any(
        a.value == target and i and s.atoms[i - 1].value in ("from", "off")
        for s in reading.said.sentences
        if any(r.verb == verb for r in s.relations)
        for i, a in enumerate(s.atoms)
    )


def _boxes_differ(reading: Reading, answer: Named) -> str | None:
    names = {**reading.lexicon.names["structures"], **reading.lexicon.names["instruments"]}
    said: dict[str, list[Box]] = {}
    for _, boxed in reading.boxes:
        x1, y1, x2, y2 = (n / boxes.TEXT_SCALE for n in boxed.box)
        said.setdefault(names.get(boxed.name, boxed.name), []).append((x1, y1, x2, y2))
    wanted = Counter(name for name, _ in answer)
    for name, box in answer:
        known = said.get(name, [])
        if len(known) < wanted[name]:
            continue  # the levels place only some of several: silent on the others
        if known and max(boxes.iou(box, k) for k in known) < reading.settings.box_iou:
            return f"the levels place {name} at {', '.join(boxes.to_text(k) for k in known)}"
    return None


def _criteria_differ(reading: Reading, answer: tuple[bool, bool, bool]) -> str | None:
    singles = {c.what for _, c in reading.criteria if c.what.startswith("C")}
    for _, criterion in reading.criteria:
        if (
            criterion.what.startswith("C")
            and criterion.met is not answer[int(criterion.what[1]) - 1]
        ):
            return f"the levels call {criterion.what} {'met' if criterion.met else 'not met'}"
        if criterion.what == "number" and not singles and criterion.number != sum(answer):
            return f"the levels call {criterion.number} of 3 criteria met"
        if len(singles) == len(answer):
            continue  # the single criteria are what is asked
        if criterion.what == "all" and criterion.met is not all(answer):
            verdict = "achieved" if criterion.met else "not achieved"
            return f"the levels call the critical view {verdict}"
    return None
