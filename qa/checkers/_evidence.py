"""Evidence that level 3 calls upon and no earlier level saw."""

import re
from functools import partial

import re2

from surgchain.qa.checkers import _states as states
from surgchain.qa.checkers import found_at
from surgchain.qa.checkers._remarks import is_present, is_remark
from surgchain.qa.claims import Sentence
from surgchain.qa.lexicon import terms
from surgchain.qa.reading import scope
from surgchain.qa.readings import Reading
from surgchain.qa.wording.states import CAUSED, SEES
from surgchain.schemas.records import Finding, Triplet

_found = partial(found_at, "context")


def invented(reading: Reading, *, right: bool) -> list[Finding]:
    """Find observations of level 3 that stand nowhere in levels 1 and 2, nor in the scene.

    `right`: nothing speaks against the phase, so that what is invented leaves it unsupported.
    """
    if reading.broken_level:
        return []
    seen: frozenset[str] | None = None
    found: list[Finding] = []
    for sentence in reading.said.of_level(3):
        observed = _observed(reading, sentence)
        if observed and seen is None:
            seen = _seen(reading)
        new = [
            (i, v)
            for i, v in observed
            if v not in (seen or ())
            and not _is_feared(reading, sentence, i)
            and not is_remark(reading, sentence, i)
        ]
        new += _invented_relations(reading, sentence)
        if not new:
            continue
        fault = _named(reading, sentence, right=right)
        at, value = new[0]
        found.append(_found(reading, fault, sentence, at, value, NOWHERE))
    return found[:2] or _told(reading, right=right)


def _told(reading: Reading, *, right: bool) -> list[Finding]:
    """Find states of things that no earlier level knows: `the fundus hangs free`."""
    for state in states.unseen(reading):
        level = [s for s in reading.said.of_level(3) if s.start <= state.end]
        fault = _named(reading, level[-1], right=right) if level else "unsupported_evidence"
        return [
            Finding(
                checker="context",
                fault=fault,
                level=3,
                claim=state.words,
                reason=NOWHERE,
                span=reading.said.span(state.start, state.end),
            )
        ]
    return []


def _named(reading: Reading, sentence: Sentence, *, right: bool) -> str:
    """Return the fault's name: is what is invented the reason of the phase, and the phase right."""
    concluding = (sentence, _conclusion(reading, sentence))
    if right and _answers_why(reading, sentence):
        return "phase_unsupported"
    supports_phase = any(
        s in concluding and not n.flags & (scope.UNASSERTED | scope.GONE) for s, n in reading.phases
    )
    return "phase_unsupported" if supports_phase and right else "unsupported_evidence"


def _answers_why(reading: Reading, sentence: Sentence) -> bool:
    """Say whether a reason follows a question: `How do you know it is packaging? Because ...`."""
    lead = reading.text[max(0, sentence.start - 24) : sentence.start + 12]
    _, mark, answer = lead.partition("?")
    level = reading.said.of_level(3)
    before = level[level.index(sentence) - 1 : level.index(sentence)]
    named = any(s in before for s, _ in reading.phases)
    return bool(mark) and named and "because" in answer


def _conclusion(reading: Reading, sentence: Sentence) -> Sentence | None:
    """Return the next sentence where it draws a conclusion: `...; so the phase is ...`."""
    level = reading.said.of_level(3)
    following = level[level.index(sentence) + 1 :][:1]
    if not following:
        return None
    if len(level) == TWO and _is_bare(reading, following[0]):
        return following[0]
    between = reading.said.words(sentence.end, following[0].start + 24)
    if CONCLUDES.search(between):
        return following[0]
    tail = reading.said.words(following[0].start, following[0].end + 16)
    return following[0] if TRAILING.search(tail) else None


TWO = 2
BARE = 9
"""Words of a sentence that names a phase and has room for no reason."""


def _is_bare(reading: Reading, sentence: Sentence) -> bool:
    """Say whether a sentence names the phase alone: `The phase is preparation.`."""
    words = reading.said.words(max(0, sentence.start - 8), sentence.end)
    return len(words.split()) <= BARE and not REASONED.search(words)


REASONED = re.compile(r"[,=:>]|\b(?:so|as|since|because|with|for|by|hence|given|from)\b")
TRAILING = re.compile(r", (?:therefore|then|thus|hence|accordingly|consequently)\b *\.")
CONCLUDES = re.compile(
    r"[.;\n] {0,2}(?:[-*] )?(?:and )?(?:(?:so|hence|therefore|thus|accordingly|consequently)\b|"
    r"(?:this|that|it)'s (?:why|what)|based on (?:this|that|these|both|all)|"
    r"(?:all )?(?:this|that|these|it|which) (?:\w{1,12} )?(?:indicat|mean|suggest|tell|point|show|"
    r"speak|mark|place|confirm|identif|fit|is wh|sign|impl|put|make|let)|"
    r"(?:for|on|from) (?:these|this|that|both|such|all) (?:reason|ground|basis|account|of th|it ))"
)
NOWHERE = "stands nowhere in levels 1 and 2"


def _seen(reading: Reading) -> frozenset[str]:
    values = {
        a.value
        for s in reading.said.sentences
        if s.level in (0, 1, 2)
        for a, f in zip(s.atoms, s.flags, strict=True)
        if a.kind in (terms.INSTRUMENT, terms.ANATOMY)
        or (a.kind == terms.OBSERVATION and not f & NOT_SEEN)
    }
    facts = reading.facts
    if facts is not None:
        values |= (
            set(facts.instruments or ()) | {t[0] for t in facts.acts} | {t[2] for t in facts.acts}
        )
    if "adhesion" in values or "adhesions" in values:
        values |= {"adhesion", "adhesions"}
    words = " ".join(
        reading.said.words(s.start, s.end)
        for s in reading.said.sentences
        if s.level in (0, 1, 2) and not s.kinds & UNREAL
    )
    values |= {name for name, stem in STEMS if stem in words}
    return frozenset(values)


FEARED = re.compile(
    r"\b(?:risk|avoid\w{0,3}|prevent\w{0,3}|danger|against|fear|guard|potential|"
    r"possible|deal\w{0,3} with|treat\w{0,3}|address\w{0,3}|control\w{0,4}|"
    r"stop\w{0,4}|stem\w{0,4}|arrest\w{0,3}|watch\w{0,3} for|"
    r"were (?:there|this|it)|had (?:there|this|it)|"
    r"look\w{0,3} for|check\w{0,3} for|chance|minimi[sz]\w{1,3}|reduc\w{1,3}|any|every|each|"
    r"lest|keeps?|protects?|so that an?|for)\b[^.;]{0,16}$"
)


OFTEN_SEEN = re.compile(
    r"\b(?:avoided|prevented|feared|(?:is|are|was|has been|have been)(?: being)? "
    r"(?:controlled|stopped|dealt with|treated|handled|managed|addressed|coagulated|sealed)|"
    r"ruled out|excluded|(?:is|are) (?:looked|searched|sought|watched|picked|taken)|"
    r"(?:is|are) "
    r"(?:common|typical|frequent|usual|rare|to be expected|"
    r"expected|not unusual)|(?:has|have|needs?) to be (?:expected|reckoned|feared)|(?:is|"
    r"are) feared|(?:may|can|could|might) (?:occur|happen|follow|arise)|would)\b"
)


IN_GENERAL = re.compile(
    r",? (?:had|were|should|if) (?:there|any|they|it)\b|"
    r"[^.;,]{0,30}?\b(?:promotes?|predispos\w{1,3}|can|may|could|might|would|tends?|"
    r"contaminat\w{1,3}|irritat\w{1,3}|gets? in the way|from \w{3,12}ing|"
    r"(?:is|are) what (?:the|an?|one) [^.;,]{2,30} for|(?:is|are) what (?:one|\w{2,5} (?:stage|"
    r"phase|step|is|are)\b)|"
    r"(?:is|are) (?:a|an|the|one of the|among the) (?:usual|common|typical|known|frequent|classic|"
    r"matter|\w{3,10}est|most|hallmark|feature|exception|rule))\b"
)
FEARS = re.compile(
    r"\b(?:(?:risk|danger|possibility|chance) (?:of|in)|risks(?= $)|complications? (?:of|in)) "
)


SOUGHT = re.compile(r"\b(?:look|watch|search|check)\w{0,3} (?:out )?for\b[^.;]{0,60}$")
"""`what they are looking for: a bleeder, a bile leak, a lost clip`."""


def _is_feared(reading: Reading, sentence: Sentence, at: int) -> bool:
    """Say whether an observation is only guarded against: `the risk of bleeding`."""
    atom = sentence.atoms[at]
    lead = re.split(r"[.;\n]", reading.said.words(max(0, sentence.start - 24), sentence.start))
    if SOUGHT.search(lead[-1] + reading.said.words(sentence.start, atom.start)):
        return True
    if FEARS.search(lead[-1] + reading.said.words(sentence.start, atom.start)):
        return True
    head = re.split(r"[.;:\n]", reading.text[max(0, atom.start - 90) : atom.start])[-1]
    turn = SEES.sub("see", head.rpartition(" but ")[2])
    behind = SEES.sub("see", reading.text[atom.end : atom.end + 60])
    if CAUSED.search(turn) or IN_GENERAL.match(behind):
        return True
    if reading.said.words(atom.end, atom.end + 6).startswith((" risk", " contr", "-prone")):
        return True
    clause = reading.said.words(atom.end, min(atom.end + 60, sentence.end + 12)).partition(",")[0]
    if OFTEN_SEEN.search(clause):
        return True
    return FEARED.search(reading.said.words(max(0, atom.start - 28), atom.start)) is not None


UNREAL = frozenset({terms.CONDITION, terms.NEGATION, terms.FUTURE, terms.ABSENT})
NOT_SEEN = scope.DENIED | scope.SUPPOSED | scope.COMING
STEMS = (
    ("bleeding", "blood"),
    ("bleeding", "bleed"),
    ("bleeding", "ooz"),
    ("bile", "bile"),
    ("fluid", "blood"),
    ("fluid", "bleed"),
    ("smoke", "smok"),
    ("inflammation", "inflam"),
    ("inflammation", "swollen"),
    ("inflammation", "thicken"),
    ("adhesion", "adhe"),
)
"""Observation -> a stem in levels 1 and 2 that speaks of it."""


GENERALLY = re2.compile(
    r"\bfirst\b.{0,80}\b(?:then|second)\b|\b(?:is|are) (?:used|called for|employed|needed|"
    r"required|expected)\b|"
    r"\b(?:phase|stage|step|part)\b,? .{0,40}\b(?:in which|during which|where|at which|whose)\b|"
    r"\bbelongs? to (?:the|an?) |\b(?:tools?|instruments?) of (?:the|an?) |"
    r"\bfirst\b.{0,60}\b(?:next|after)\b|\b(?:follow|precede|succeed|replace)s?\b|"
    r"\b(?:comes?|goes?|come in|brought) (?:in )?(?:first|next|later|only|after|before)\b"
)
"""Tells the use of instruments in general: `first the clip applier and then the scissors`."""


def _is_general(reading: Reading, sentence: Sentence) -> bool:
    return bool(
        GENERALLY.search(reading.text, sentence.start, min(sentence.end + 20, len(reading.text)))
    )


NOTICED = re.compile(
    r"\b(?:has|have) been (?:noticed|seen|noted|observed|found|identified|recogni[sz]ed|spotted)\b"
)
PERFECT = ("has been", "have been")
TISSUE = ("adhesion", "fluid", "specimen_bag")


def _is_history(reading: Reading, sentence: Sentence, at: int) -> bool:
    """`the bag has been filled`: what came of a thing before, not that it is seen."""
    if NOTICED.search(reading.text, sentence.atoms[at].end, sentence.end + 12):
        return False
    acts = (terms.BE, terms.VERB, terms.OTHER_VERB)
    following = next((a for a in sentence.atoms[at + 1 :] if a.kind in acts), None)
    before = next((a for a in reversed(sentence.atoms[:at]) if a.kind == terms.BE), None)
    return any(a is not None and a.value in PERFECT for a in (before, following))


def _observed(reading: Reading, sentence: Sentence) -> list[tuple[int, str]]:
    is_plan = any(f & scope.COMING for f in sentence.flags)
    kinds = (terms.OBSERVATION,) if is_plan else (terms.OBSERVATION, terms.INSTRUMENT)
    return [
        (i, a.value)
        for i, a in enumerate(sentence.atoms)
        if (a.kind in kinds or (a.kind == terms.ANATOMY and a.value in TISSUE))
        and not (a.kind == terms.ANATOMY and _is_history(reading, sentence, i))
        and not sentence.flags[i] & (scope.UNASSERTED | scope.HEDGED)
        and not (a.kind == terms.INSTRUMENT and sentence.flags[i] & scope.GONE)
        and not (a.kind == terms.INSTRUMENT and _is_general(reading, sentence))
        and (a.kind != terms.INSTRUMENT or is_present(reading, sentence, i))
    ]


def _is_held(triplet: Triplet, acts: frozenset[Triplet]) -> bool:
    """`held by two graspers`, of what they retract: holding is a part of it."""
    instrument, verb, target = triplet
    return verb == "grasp" and (instrument, "retract", target) in acts


def _is_purpose(sentence: Sentence, at: int) -> bool:
    """`scissors enter chiefly in order to divide the duct`: what for, not what is done."""
    atom = sentence.atoms[at]
    return atom.form == terms.BASE and atom.before == "to"


def _invented_relations(reading: Reading, sentence: Sentence) -> list[tuple[int, str]]:
    if not sentence.relations:
        return []
    earlier = {s.triplet for s in reading.relations if s.sentence.level != 3}
    facts = reading.facts
    acts = facts.acts if facts is not None else frozenset()
    return [
        (s.relation.verb_at, " ".join(s.triplet))
        for s in reading.relations
        if s.sentence is sentence
        and s.is_sure
        and s.triplet not in earlier
        and s.triplet not in acts
        and not _is_held(s.triplet, acts)
        and not all(any(e[n] == s.triplet[n] for e in earlier) for n in range(3))
        and s.relation.instrument_at >= 0
        and not {s.triplet[0], s.triplet[2]} <= _seen(reading)
        and not is_remark(reading, sentence, s.relation.verb_at)
        and not _is_purpose(sentence, s.relation.verb_at)
        and not any(e[0] == s.triplet[0] and e[1] == s.triplet[1] for e in earlier)
    ]
