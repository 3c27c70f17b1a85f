"""Names of instruments that are not there: denied, as in clean chains, or claimed, as planted.

Level 1 of chains by `qa.planting`, read by our scope rules and by medspaCy's ConText over the same
names: one that a clean chain only denies must not be taken for a claim, one that was planted must.
"""

import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

from _chains import written

from surgchain.qa import faults
from surgchain.qa.lexicon import terms
from surgchain.qa.reading import presence, scope
from surgchain.qa.readings import Mention, Reading
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.records import Chain, Scene

PEER = Path(".venvs/medspacy")
FAULT = "hallucinated_instrument"


class Told(NamedTuple):
    """Level 1 of a chain, with the names of instruments that its scene does not have."""

    level: str
    spans: list[tuple[int, int]]
    ours: list[bool]
    """Whether each is asserted by our scope rules and words of presence."""


class Shares(NamedTuple):
    """Of the chains that name an absent instrument, those that some name is asserted of."""

    clean: int
    planted: int
    ours: tuple[float, float]
    """Clean, planted."""
    context: tuple[float, float] | None
    """The same by ConText; None where it is not installed."""


def measured(each: int, seed: int) -> Shares:
    """Read `each` clean and `each` planted chains that name an instrument that is not there."""
    clean, planted = _drawn(each, seed, spoilt=False), _drawn(each, seed + 1, spoilt=True)
    ours = (_share([t.ours for t in clean]), _share([t.ours for t in planted]))
    context = None
    if (PEER / "ready-1").exists():
        context = (_share(_by_context(clean)), _share(_by_context(planted)))
    return Shares(len(clean), len(planted), ours, context)


def _share(told: list[list[bool]]) -> float:
    return sum(any(names) for names in told) / len(told)


def _drawn(each: int, seed: int, *, spoilt: bool) -> list[Told]:
    found: list[Told] = []
    rng = Random(seed)
    for scene, chain in written(rng):
        named = _told(scene, _spoilt(scene, chain, rng) if spoilt else chain)
        if named is not None:
            found.append(named)
        if len(found) == each:
            break
    return found


def _spoilt(scene: Scene, chain: Chain, rng: Random) -> Chain | None:
    return faults.plant(chain, scene, ontologies.load(scene.ontology), FAULT, rng)


def _told(scene: Scene, chain: Chain | None) -> Told | None:
    if chain is None:
        return None
    reading = Reading(chain, scene, ontologies.load(scene.ontology))
    level = reading.parts.levels[1]
    absent = list(_absent(reading))
    if not absent or not reading.text.isascii():
        return None
    atoms = [m.sentence.atoms[m.at] for m in absent]
    asserted = [
        m.sentence.asserts(m.at, scope.GONE)
        and presence.is_plain(m.sentence.atoms, m.at, reading.text)
        for m in absent
    ]
    spans = [(a.start - level.start, a.end - level.start) for a in atoms]
    return Told(chain.text[level.start : level.end], spans, asserted)


def _absent(reading: Reading) -> Iterator[Mention]:
    facts, closed = reading.facts, reading.lexicon.names["instruments"]
    there = facts.instruments if facts is not None else None
    for mention in reading.mentions:
        is_name = mention.sentence.atoms[mention.at].kind == terms.INSTRUMENT
        if (
            is_name
            and mention.sentence.level == 1
            and mention.name in set(closed) - set(there or ())
        ):
            yield mention


def _by_context(told: list[Told]) -> list[list[bool]]:
    with tempfile.TemporaryDirectory() as place:
        given = Path(place) / "texts.json"
        given.write_text(json.dumps([[t.level, t.spans] for t in told]), encoding="utf-8")
        done = subprocess.run(
            [PEER / "bin/python", "bench/_medspacy.py", given],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    found: list[list[bool]] = json.loads(done.stdout.splitlines()[-1])
    return found
