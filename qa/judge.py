"""The judge: a chain beside its facts, and every checker's word on it.

Pure: values in, values out, the order of checkers and chains of no matter. The text is never
trusted: what cannot be read is a finding, never an exception and never a pass.
"""

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from pathlib import Path

from surgchain.qa import checkers as folder
from surgchain.qa import precedence
from surgchain.qa.checkers.neighbours import is_excused
from surgchain.qa.readings import Reading, Settings
from surgchain.qa.timelines import Neighbours
from surgchain.schemas.errors import ParamsError
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Chain, Check, Finding, Scene, Verdict

Checker = Callable[[Reading], Check]
DEFAULT = ("format", "grounding", "relations", "context", "answer", "leak")
WARNS = frozenset({"neighbours"})
"""Checkers whose findings are told, and are no reason to drop a chain."""


def load(names: Iterable[str] = DEFAULT) -> dict[str, Checker]:
    """Return the checkers of the given names; raise `ParamsError` with the list of names."""
    known = {p.stem for p in Path(next(iter(folder.__path__))).glob("*.py") if p.stem[0] != "_"}
    found: dict[str, Checker] = {}
    for name in names:
        if name not in known:
            raise ParamsError(
                f"no checker named {name!r}; one of {', '.join(sorted(known))}; "
                f"to add one, write qa/checkers/{name}.py like its neighbours"
            )
        found[name] = import_module(f"surgchain.qa.checkers.{name}").check
    return found


def judge(
    chain: Chain,
    scene: Scene | None,
    ontology: Ontology,
    checkers: Mapping[str, Checker],
    settings: Settings | None = None,
    picture: bytes | None = None,
    neighbours: Neighbours | None = None,
) -> Verdict:
    """Return the verdict of all checkers on one chain; `scene` None: by text and ontology alone.

    `picture` (JPEG or PNG of the frame) is looked at by `appearance` only, `neighbours` (the phases
    around the frame) by the checker of that name, and to excuse jumps that were really made.
    """
    reading = Reading(chain, scene, ontology, settings, picture, neighbours)
    checks = [checkers[name](reading) for name in sorted(checkers)]
    found = [f for c in checks for f in c.findings if not is_excused(f, reading)]
    findings = precedence.settled(found)
    scores = {c.checker: _score(c, findings) for c in checks}
    return Verdict(
        chain_id=chain.chain_id, passed=stands(findings), checks=scores, findings=tuple(findings)
    )


def stands(findings: Iterable[Finding], doubted: frozenset[str] = frozenset()) -> bool:
    """Say whether a chain passes with these findings; `doubted` checkers, too, only warn."""
    return all(f.checker in WARNS | doubted for f in findings)


def _score(check: Check, standing: list[Finding]) -> float:
    """Return a checker's score; 1.0 where precedence gave all its findings to another."""
    if any(f.checker == check.checker for f in standing):
        return check.score
    return 1.0
