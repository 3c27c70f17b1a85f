"""Ontologies: the words of a dataset, in the dataset's own order and spelling.

Each list is one YAML file that cites its dataset (`schemas/ontologies/NAME.yaml`); a hospital's
own is read with `Ontology.from_file`. Reading accepts the usual other spellings (`lookup`).
"""

import re
from collections.abc import Iterable
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from surgchain.schemas.errors import InputError
from surgchain.schemas.records import Triplet

FOLDER = Path(__file__).parent / "ontologies"
NULL_VERB, NULL_TARGET = "null_verb", "null_target"


class Term(BaseModel):
    """One class of a list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    """The class as the dataset writes it."""
    synonyms: tuple[str, ...] = ()
    """Other words for it in prose, lower case, singular."""
    canonical: str = ""
    """The name all datasets share (`clipping` for ClippingCutting ...); empty: the name itself."""


class Ontology(BaseModel):
    """The class lists of one dataset, and what is lawful among them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    cites: str
    """The dataset and the file or paper the lists come from."""
    procedure: str
    instruments: tuple[Term, ...] = ()
    """Closed list of instruments."""
    structures: tuple[Term, ...] = ()
    """Closed list of anatomical structures that the dataset boxes."""
    verbs: tuple[Term, ...] = ()
    targets: tuple[Term, ...] = ()
    triplets: tuple[Triplet, ...] = ()
    """All lawful (instrument, verb, target), by id."""
    phases: tuple[Term, ...] = ()
    steps: tuple[Term, ...] = ()
    actions: tuple[Term, ...] = ()
    criteria: tuple[Term, ...] = ()
    """Criteria of the critical view of safety, C1 to C3."""
    phase_follows: dict[str, tuple[str, ...]] = {}
    """For a phase, the phases that may directly precede it; a soft rule. Empty: no rule."""

    @field_validator(
        "instruments",
        "structures",
        "verbs",
        "targets",
        "phases",
        "steps",
        "actions",
        "criteria",
        mode="before",
    )
    @classmethod
    def _bare_names_are_terms(cls, value: Any) -> Any:
        return [{"name": v} if isinstance(v, str) else v for v in value or ()]

    @field_validator("triplets", mode="before")
    @classmethod
    def _triplets_may_be_written_with_commas(cls, value: Any) -> Any:
        return [tuple(p.strip() for p in v.split(",")) if isinstance(v, str) else v for v in value]

    @classmethod
    def from_file(cls, path: Path) -> "Ontology":
        """Read an ontology; raise `InputError` that names the file and the key."""
        try:
            return cls.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise InputError(f"{path}: cannot be read as an ontology: {error}") from error
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(p) for p in first["loc"])
            raise InputError(f"{path}: {where}: {first['msg']}") from error

    def terms(self, facet: str) -> tuple[Term, ...]:
        """Return the list of a facet (`instruments`, `phases`, ...), in the dataset's order."""
        terms: tuple[Term, ...] = getattr(self, facet)
        return terms

    def names(self, facet: str) -> tuple[str, ...]:
        """Return the class names of a facet, in the dataset's order."""
        return tuple(t.name for t in self.terms(facet))

    def lookup(self, facet: str, words: str) -> str | None:
        """Return the class that a spelling stands for, or None.

        Case, spaces, hyphens, underscores and CamelCase do not matter; synonyms count.
        """
        return self._spellings[facet].get(folded(words))

    @cached_property
    def _spellings(self) -> dict[str, dict[str, str]]:
        return {
            facet: _spellings(self.terms(facet))
            for facet in (
                "instruments",
                "structures",
                "verbs",
                "targets",
                "phases",
                "steps",
                "actions",
                "criteria",
            )
        }

    @cached_property
    def lawful(self) -> frozenset[Triplet]:
        """The triplets as a set."""
        return frozenset(self.triplets)

    def in_order(self, triplets: Iterable[Triplet]) -> tuple[Triplet, ...]:
        """Return the distinct triplets in the order of the ontology, unlawful ones last."""
        rank = self._ranks
        return tuple(sorted(set(triplets), key=lambda t: (rank.get(t, len(rank)), t)))

    @cached_property
    def _ranks(self) -> dict[Triplet, int]:
        return {t: i for i, t in enumerate(self.triplets)}


def _spellings(terms: tuple[Term, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for term in terms:
        for words in (term.name, without_prefix(term.name), term.canonical, *term.synonyms):
            if words:
                found.setdefault(folded(words), term.name)
    return found


@lru_cache(maxsize=8192)
def folded(words: str) -> str:
    """Fold case, CamelCase and separators away: `ClippingCutting` -> `clipping cutting`."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", words.strip())
    return " ".join(re.split(r"[\s_\-/]+", spaced.lower())).strip()


def without_prefix(name: str) -> str:
    """Return a step's name without its number: `s6_horizontal_stapling` -> the rest."""
    return re.sub(r"^s\d{1,2}_", "", name)


def available() -> tuple[str, ...]:
    """Return the names of the ontologies that ship with surgchain."""
    return tuple(sorted(p.stem for p in FOLDER.glob("*.yaml")))


@cache
def load(name: str) -> Ontology:
    """Return an ontology by its name, or by the path of a `.yaml` file.

    Raise `InputError` that lists the names where there is no such ontology.
    """
    if name.endswith((".yaml", ".yml")):
        return Ontology.from_file(Path(name))
    if name not in available():
        known = ", ".join(available())
        raise InputError(
            f"ontology {name!r} does not exist; one of {known}; "
            f"or the path of a .yaml file written like schemas/ontologies/cholect50.yaml"
        )
    return Ontology.from_file(FOLDER / f"{name}.yaml")
