"""A chain laid beside the facts: everything a checker may look at, read once and shared."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from surgchain.qa import claims, pronouns, wording
from surgchain.qa import lexicon as lexicons
from surgchain.qa.claims import Said, Sentence
from surgchain.qa.lexicon import Lexicon, terms
from surgchain.qa.reading import closeness, entities, phases, scope
from surgchain.qa.reading.criteria import Criterion
from surgchain.qa.reading.relations import Relation
from surgchain.qa.timelines import Neighbours
from surgchain.schemas import answers
from surgchain.schemas.answers import Answer
from surgchain.schemas.boxes import Box  # noqa: TC001  (pydantic and mypy read it)
from surgchain.schemas.chain_text import ChainParts
from surgchain.schemas.ontology import NULL_VERB, Ontology
from surgchain.schemas.records import Chain, Scene, Triplet

CONCLUSION = 3
PHASES = frozenset({terms.PHASE, terms.STEP})


class Mention(NamedTuple):
    """An instrument or a structure named in a sentence."""

    sentence: Sentence
    at: int
    name: str


class Stated(NamedTuple):
    """A relation with the sentence that states it."""

    sentence: Sentence
    relation: Relation

    @property
    def triplet(self) -> Triplet:
        """Instrument, verb, target, by the names all datasets share."""
        return self.relation.instrument, self.relation.verb, self.relation.target

    @property
    def is_sure(self) -> bool:
        """Whether grammar leaves no doubt of who does what to what, so that it may be charged."""
        if self.sentence.level == CONCLUSION:
            atoms, relation = self.sentence.atoms, self.relation
            is_noun = atoms[relation.verb_at].form == terms.NOUN
            return not is_noun and closeness.is_close(atoms, relation)
        return not closeness.is_torn(self.sentence.atoms, self.relation)


@dataclass
class Settings:
    """What a user may set for all checkers."""

    box_iou: float = 0.5
    """Least overlap of a box in the text with the labelled one, in [0.1, 1]."""


class Facts:
    """A scene by the names all datasets share; what is not labelled is None."""

    def __init__(self, scene: Scene, lexicon: Lexicon) -> None:
        self.scene = scene
        shared = lexicon.shared

        def name(facet: str, own: str) -> str:
            return shared[facet].get(own, own)

        self.instruments: Counter[str] | None = None
        self.boxes: dict[str, list[Box | None]] = {}
        if scene.knows("instruments"):
            self.instruments = Counter(name("instruments", e.name) for e in scene.instruments)
            for entity in scene.instruments:
                self.boxes.setdefault(name("instruments", entity.name), []).append(entity.box)
        self.structures: frozenset[str] | None = None
        if scene.knows("structures"):
            self.structures = frozenset(name("structures", e.name) for e in scene.structures)
            for entity in scene.structures:
                self.boxes.setdefault(name("structures", entity.name), []).append(entity.box)
        self.triplets: frozenset[Triplet] | None = None
        if scene.knows("triplets"):
            self.triplets = frozenset(
                (name("instruments", i), v, name("targets", t)) for i, v, t in scene.triplets
            )
        self.acts = frozenset(t for t in self.triplets or () if t[1] != NULL_VERB)
        self.phase = name("phases", scene.phase) if scene.knows("phase") and scene.phase else None
        self.step = name("steps", scene.step) if scene.knows("step") and scene.step else None
        action = scene.action if scene.knows("action") else None
        self.action = name("actions", action) if action else None
        self.criteria: tuple[bool, bool, bool] | None = None
        if scene.knows("cvs") and scene.cvs:
            c1, c2, c3 = (s >= answers.CVS_YES for s in scene.cvs)
            self.criteria = (c1, c2, c3)


class Reading:
    """One chain, read, with what is known of its frame."""

    def __init__(
        self,
        chain: Chain,
        scene: Scene | None,
        ontology: Ontology,
        settings: Settings | None = None,
        picture: bytes | None = None,
        neighbours: Neighbours | None = None,
    ) -> None:
        self.chain = chain
        self.ontology = ontology
        self.settings = settings or Settings()
        self.lexicon: Lexicon = lexicons.of(ontology)
        self.said: Said = claims.read(chain.text, self.lexicon)
        self.facts: Facts | None = Facts(scene, self.lexicon) if scene is not None else None
        if self.facts is not None and self.facts.acts:
            pronouns.settled(self.said, self.facts.acts)
        self.scene = scene
        self.picture = picture
        """The frame as JPEG or PNG; None where only text is judged."""
        self.neighbours = neighbours
        """The labelled phases around the frame; None where nobody knows."""

    @property
    def parts(self) -> ChainParts:
        """The text taken apart."""
        return self.said.parts

    @property
    def text(self) -> str:
        """The folded text that all places refer to."""
        return self.said.text.text

    @cached_property
    def occurring(self) -> frozenset[str]:
        """The names of the wordings (`qa.wording`) that occur anywhere in the text."""
        return wording.occurring(self.text, self.written)

    @cached_property
    def written(self) -> str:
        """The text as written, half characters (lone surrogates) as `?`: places stay."""
        text = self.chain.text
        return text if text.isascii() else text.encode("utf-8", "replace").decode()

    @cached_property
    def gold(self) -> str | None:
        """The right answer in canonical text; None where nobody knows."""
        if self.scene is not None:
            return answers.gold(self.scene, self.chain.question, self.ontology)
        return self.chain.question.gold

    @cached_property
    def answer_text(self) -> str:
        """The words of the answer, as written."""
        return self.parts.answer.text if self.parts.answer else ""

    @cached_property
    def answer(self) -> Answer | None:
        """The answer as it can be read; None where it has not the form of its task."""
        asked = self.chain.question
        return answers.parse(self.answer_text, asked.task, self.ontology, asked.options)

    @cached_property
    def broken_level(self) -> bool:
        """Whether a level is missing or empty, so that nothing counts as missed."""
        levels = self.parts.levels
        return any(
            n not in levels or not any(c.isalnum() for c in levels[n].text) for n in (1, 2, 3)
        )

    @cached_property
    def mentions(self) -> list[Mention]:
        """All instruments and structures named, in any mood."""
        kinds = (terms.INSTRUMENT, terms.ANATOMY)
        return [
            Mention(s, i, a.value)
            for s in self.said.sentences
            for i, a in enumerate(s.atoms)
            if a.kind in kinds
        ]

    @cached_property
    def named_instruments(self) -> frozenset[str]:
        """Every instrument that any word names, in any level and mood."""
        found = {m.name for m in self.mentions if m.sentence.atoms[m.at].kind == terms.INSTRUMENT}
        if "suction" in self.text:
            found.add("irrigator")
        return frozenset(found)

    @cached_property
    def relations(self) -> list[Stated]:
        """The relations that are asserted of this frame, in any level."""
        blocking = scope.UNASSERTED | scope.GONE
        return [s for s in self._stated if not _flags(s) & blocking]

    @cached_property
    def denied_relations(self) -> list[Stated]:
        """The relations that are denied of this frame, and not only in thought."""
        other = scope.SUPPOSED | scope.COMING | scope.GENERAL | scope.GONE
        return [
            s
            for s in self._stated
            if _flags(s) & scope.DENIED and not _flags(s) & other and s.is_sure
        ]

    @cached_property
    def _stated(self) -> list[Stated]:
        return [Stated(s, r) for s in self.said.sentences for r in s.relations]

    @cached_property
    def boxes(self) -> list[tuple[Sentence, entities.Boxed]]:
        """The boxes of all levels, bound to names."""
        found: list[tuple[Sentence, entities.Boxed]] = []
        before: Sentence | None = None
        for sentence in self.said.sentences:
            if terms.BOX in sentence.kinds:
                bound = entities.boxes(sentence.atoms)
                if not bound and before is not None and before.level == sentence.level:
                    bound = entities.boxed_before(sentence.atoms, before.atoms, self.text)
                found += [(sentence, b) for b in bound]
            before = sentence
        return found

    @cached_property
    def phases(self) -> list[tuple[Sentence, phases.Named]]:
        """The phases and steps named in all levels."""
        return [
            (s, n)
            for s in self.said.sentences
            if not s.kinds.isdisjoint(PHASES)
            for n in phases.named(s.atoms, s.flags, self.text)
        ]

    @property
    def criteria(self) -> list[tuple[int, Criterion]]:
        """The verdicts over criteria in all levels, with their level."""
        return self.said.verdicts


def _flags(stated: Stated) -> int:
    """How a relation is meant: by its verb, its agent and its target together."""
    relation, flags = stated.relation, stated.sentence.flags
    found = flags[relation.verb_at]
    for at in (relation.instrument_at, relation.target_at):
        if at >= 0 and not (at == relation.target_at and _is_taken_up(stated)):
            found |= flags[at] & (scope.DENIED | scope.CONTRASTED | scope.SUPPOSED)
    return found


def _is_taken_up(stated: Stated) -> bool:
    """`not touching the gallbladder, which the grasper retracts`: denied in its own clause only."""
    atoms, at = stated.sentence.atoms, stated.relation.target_at
    if not 0 <= at < stated.relation.verb_at:
        return False
    after = atoms[at + 1 : at + 3]
    if after[0].value == "," and after[0].kind == terms.PUNCTUATION:
        after = after[1:]
        if at + 2 == stated.relation.verb_at:
            return atoms[at + 2].form == terms.PARTICIPLE
    return bool(after) and after[0].kind == terms.RELATIVE
