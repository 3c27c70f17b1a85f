"""A clean chain taken apart, so that one defect can be put into one place of it."""

from dataclasses import dataclass
from random import Random

from surgchain.qa.planting import prose
from surgchain.schemas import chain_text
from surgchain.schemas.chain_text import ChainParts
from surgchain.schemas.ontology import NULL_VERB, Ontology
from surgchain.schemas.records import Chain, Scene, Triplet


@dataclass(frozen=True)
class Plot:
    """Where a defect is to be put."""

    chain: Chain
    scene: Scene
    ontology: Ontology
    rng: Random
    parts: ChainParts

    @classmethod
    def of(cls, chain: Chain, scene: Scene, ontology: Ontology, rng: Random) -> "Plot":
        """Take a chain apart."""
        return cls(chain, scene, ontology, rng, chain_text.parse(chain.text))

    @property
    def is_whole(self) -> bool:
        """Whether all levels and the answer are there."""
        return set(self.parts.levels) == {1, 2, 3} and self.parts.answer is not None

    def level(self, number: int) -> str:
        """Return the text of a level."""
        return self.parts.levels[number].text

    @property
    def answer(self) -> str:
        """Return the text of the answer."""
        assert self.parts.answer is not None
        return self.parts.answer.text

    def with_level(self, number: int, text: str) -> str:
        """Return the whole text with one level rewritten."""
        levels = [text if n == number else self.level(n) for n in (1, 2, 3)]
        return chain_text.render(levels[0], levels[1], levels[2], self.answer)

    def with_more(self, number: int, sentence: str) -> str:
        """Return the whole text with a sentence added to a level."""
        return self.with_level(number, f"{self.level(number).rstrip()} {sentence}")

    def with_answer(self, answer: str) -> str:
        """Return the whole text with another answer."""
        return chain_text.render(self.level(1), self.level(2), self.level(3), answer)

    @property
    def acts(self) -> tuple[Triplet, ...]:
        """The labelled relations other than null_verb."""
        known = self.scene.triplets if self.scene.knows("triplets") else ()
        return tuple(t for t in known if t[1] != NULL_VERB)

    def with_acts(self, acts: list[Triplet]) -> str:
        """Return the whole text with level 2 written anew from relations."""
        idle = sorted(
            {t[0] for t in self.scene.triplets if t[1] == NULL_VERB} - {t[0] for t in self.acts}
        )
        sentences = [prose.relation(t, self.rng) for t in acts]
        sentences += [
            f"The {i} is at rest." if i != "scissors" else "The scissors are at rest." for i in idle
        ]
        return self.with_level(2, " ".join(sentences))

    def choose(self, choices: list[str]) -> str | None:
        """Draw one, or None where there is none."""
        return self.rng.choice(choices) if choices else None
