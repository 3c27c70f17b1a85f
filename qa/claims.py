"""Reading what a chain says: each level cut into sentences, each sentence into claims.

    `Level 1: Two graspers [10, 20, 300, 400] ...` -> count(grasper, 2), entity(grasper), box(...)

The reading is deterministic, knows no model, and takes time linear in the text. `claims_of` gives
the claims as records; the checkers use the richer `Said` underneath, which keeps the sentence.
"""

import re
from dataclasses import dataclass, field

from surgchain.qa.lexicon import Lexicon, terms
from surgchain.qa.reading import atoms as alphabet
from surgchain.qa.reading import colours, criteria, entities, phases, relations, scope, sides
from surgchain.qa.reading.atoms import Atom
from surgchain.qa.reading.criteria import Criterion
from surgchain.qa.reading.relations import Memory, Relation
from surgchain.qa.reading.sentences import sentences, without_shortening
from surgchain.qa.reading.words import Folded, folded, words
from surgchain.schemas import chain_text
from surgchain.schemas.chain_text import ChainParts
from surgchain.schemas.records import Claim, ClaimKind, Level

SPEAKS_OF_CRITERIA = re.compile(
    r"\bc ?[123]\b|criteri|\bcvs\b|critical|view of safety|\ball three\b|\b[0-3]/3\b|\ball but\b"
)
LEVELS: dict[int, Level] = {1: 1, 2: 2, 3: 3}


@dataclass(slots=True)
class Sentence:
    """One sentence, read."""

    level: int
    """1, 2, 3; 0 for thinking that stands under no mark."""
    atoms: list[Atom]
    flags: list[int]
    """How each atom is meant (`scope`)."""
    relations: list[Relation]
    kinds: frozenset[str] = frozenset()
    """The kinds of its atoms."""

    def asserts(self, at: int, ignoring: int = scope.GONE | scope.HEDGED) -> bool:
        """Say whether what stands at an atom is said of this frame."""
        return not self.flags[at] & ~ignoring

    @property
    def shown_level(self) -> Level | None:
        """The level, None for text under no mark."""
        return LEVELS.get(self.level)

    @property
    def start(self) -> int:
        """Place of its first atom in the folded text."""
        return self.atoms[0].start

    @property
    def end(self) -> int:
        """Place after its last atom in the folded text."""
        return self.atoms[-1].end


@dataclass(slots=True)
class Said:
    """All that a chain says, by sentence."""

    text: Folded
    parts: ChainParts
    lexicon: Lexicon
    sentences: list[Sentence] = field(default_factory=list)
    verdicts: list[tuple[int, Criterion]] = field(default_factory=list)
    """Verdicts over criteria of the critical view, with their level."""

    def of_level(self, level: int) -> list[Sentence]:
        """Return the sentences of a level."""
        return [s for s in self.sentences if s.level == level]

    def words(self, start: int, end: int) -> str:
        """Return the folded words between two places."""
        return self.text.text[start:end]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return a stretch of the folded text as a span of the original."""
        return self.text.place(start), self.text.place(max(start, end - 1)) + 1


def read(text: str, lexicon: Lexicon) -> Said:
    """Read a chain's text."""
    plain = folded(text)
    parts = chain_text.parse(text)
    said = Said(plain, parts, lexicon)
    if plain.places is None:
        stretches = [(n, s.start, s.end) for n, s in sorted(parts.levels.items())]
        lead = _unmarked(parts)
    else:  # places moved: take the folded text apart by its own marks
        folded_parts = chain_text.parse(_visible(text))
        stretches = [(n, s.start, s.end) for n, s in sorted(folded_parts.levels.items())]
        said.parts = folded_parts
        lead = _unmarked(folded_parts)
    memory = Memory()
    for level, start, end in [*lead, *stretches]:
        memory = _read_level(said, level, start, end, memory)
    return said


def _visible(text: str) -> str:
    """Return the text without the characters that `folded` drops, its case kept."""
    places = folded(text).places or []
    return "".join(text[p] for p in places)


def _unmarked(parts: ChainParts) -> list[tuple[int, int, int]]:
    """Return the thinking before the first mark, as level 0."""
    if parts.thinking is None:
        return []
    starts = [s.start for s in parts.levels.values()]
    end = min(starts) if starts else parts.thinking.end
    if starts:
        mark = chain_text.LEVEL_MARK.search(parts.thinking.text)
        end = parts.thinking.start + mark.start() if mark else end
    return [(0, parts.thinking.start, end)] if end > parts.thinking.start else []


def _read_level(said: Said, level: int, start: int, end: int, memory: Memory) -> Memory:
    """Read a level; return what a pronoun at the start of the next stands for."""
    text = said.text.text
    cut = without_shortening(words(text, start, end))
    atoms = alphabet.atoms_of(cut, said.lexicon, phases=level in (0, 3))
    if said.lexicon.criteria and SPEAKS_OF_CRITERIA.search(text, start, end):
        said.verdicts += [(level, c) for c in criteria.criteria(cut)]
    for sentence in sentences(atoms, text):
        flags = scope.flags_of(sentence, text)
        if "?" in text[sentence[-1].end : sentence[-1].end + ASKED_WITHIN]:
            flags = _as_asked(sentence, flags, text)
        kinds = frozenset([a.kind for a in sentence])
        acts = not kinds.isdisjoint(relations.ACTING)
        found = relations.relations(sentence, memory, text) if acts else []
        if _answers_no(sentence, text) and said.sentences:
            _deny(said.sentences[-1])
        if CORRECTED.match(text, max(0, sentence[0].start - 4)) and said.sentences:
            _take_back(said.sentences[-1])
        said.sentences.append(Sentence(level, sentence, flags, found, kinds))
        memory = _remembered(sentence, memory, found)
    named = {a.value for a in atoms if a.kind == terms.INSTRUMENT}
    if len(named) != 1:
        return Memory()
    name = named.pop()
    return Memory(name, only=name if level == 1 else memory.only)


CORRECTED = re.compile(r"\.\.\.? ?no, ")
"""`on the upper ... no, the lower left`: the last word before it is taken back."""


def _take_back(sentence: Sentence) -> None:
    for at in range(len(sentence.atoms) - 1, -1, -1):
        if sentence.atoms[at].kind != terms.PUNCTUATION:
            sentence.flags[at] |= scope.DENIED
            return


ASKED_WITHIN = 24
ASKING = frozenset({terms.BE, terms.VERB, terms.OTHER_VERB, terms.SEEN})


def _as_asked(sentence: list[Atom], flags: list[int], text: str) -> list[int]:
    """`Is it a hook? The tip is blunt.`: a question claims nothing, unless it is answered yes."""
    is_whole = any(a.kind in ASKING for a in sentence)  # `Grasper?` is answered behind
    if not is_whole or not phases.is_asked(sentence, text):
        return flags
    return [f | scope.SUPPOSED for f in flags]


def _answers_no(sentence: list[Atom], text: str) -> bool:
    """`Clipper? No.`: the answer denies the question before it."""
    alone = sentence[0].kind in (terms.NEGATION, terms.ABSENT) and all(
        a.kind in (terms.NEGATION, terms.ABSENT, terms.SEEN, terms.BE) for a in sentence
    )
    return alone and text[: sentence[0].start].rstrip().endswith("?")


def _deny(sentence: Sentence) -> None:
    sentence.flags = [f | scope.DENIED for f in sentence.flags]


def _remembered(sentence: list[Atom], before: Memory, found: list[Relation]) -> Memory:
    instrument, target, _ = before
    for index, atom in enumerate(sentence):
        if atom.kind == terms.INSTRUMENT:
            instrument = atom.value
        elif atom.kind == terms.ANATOMY and not (index and sentence[index - 1].kind == terms.FROM):
            target = atom.value
    if found:
        target = found[-1].target
    return Memory(instrument, target, before.only)


def claims_of(said: Said) -> list[Claim]:
    """Return everything a chain says as claims, with spans in its text."""
    found: list[Claim] = []
    for sentence in said.sentences:
        if sentence.level:
            found.extend(_claims(said, sentence))
    found += [
        Claim(
            level=LEVELS[level],
            kind="criterion",
            value=(c.what, "yes" if c.met else "no"),
            span=said.span(c.start, c.end),
        )
        for level, c in said.verdicts
        if level
    ]
    return sorted(found, key=lambda c: (c.span, c.kind))


def _claims(said: Said, sentence: Sentence) -> list[Claim]:
    text = said.text.text
    found = [
        _claim(said, sentence, "entity", (a.value,), i)
        for i, a in enumerate(sentence.atoms)
        if a.kind in (terms.INSTRUMENT, terms.ANATOMY)
    ]
    found += [
        _claim(said, sentence, "relation", (r.instrument, r.verb, r.target), r.verb_at)
        for r in sentence.relations
    ]
    found += [
        _claim(said, sentence, "side", (s.name, s.side), s.at)
        for s in sides.sides(sentence.atoms, text)
    ]
    found += [
        _claim(said, sentence, "count", (c.name, str(c.number)), c.at)
        for c in entities.counts(sentence.atoms, text)
    ]
    found += [
        _claim(said, sentence, "appearance", (c.name, c.colour), c.at)
        for c in colours.colours(sentence.atoms, text)
    ]
    found += [
        _claim(said, sentence, "step" if p.is_step else "phase", (p.name,), p.at)
        for p in phases.named(sentence.atoms, sentence.flags, text)
    ]
    found += [
        Claim(
            level=LEVELS[sentence.level],
            kind="box",
            value=(b.name, *(f"{n:g}" for n in b.box)),
            span=said.span(b.start, b.end),
        )
        for b in entities.boxes(sentence.atoms)
    ]
    return found


def _claim(
    said: Said, sentence: Sentence, kind: ClaimKind, value: tuple[str, ...], at: int
) -> Claim:
    atom = sentence.atoms[at]
    return Claim(
        level=LEVELS[sentence.level],
        kind=kind,
        value=value,
        negated=bool(sentence.flags[at] & scope.DENIED),
        hedged=bool(sentence.flags[at] & scope.HEDGED),
        span=said.span(atom.start, atom.end),
    )


__all__ = ["Said", "Sentence", "claims_of", "read"]
