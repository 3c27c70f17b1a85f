"""The judge: a chain beside its facts, and every checker's word on it.

Pure: values in, values out, the order of checkers and chains of no matter. The text is never
trusted: what cannot be read is a finding, never an exception and never a pass.
"""

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from pathlib import Path

from surgchain.qa import checkers as folder
from surgchain.qa import precedence
from surgchain.qa.readings import Reading, Settings
from surgchain.schemas.errors import ParamsError
from surgchain.schemas.ontology import Ontology
from surgchain.schemas.records import Chain, Check, Finding, Scene, Verdict

Checker = Callable[[Reading], Check]
DEFAULT = ("format", "grounding", "relations", "context", "answer", "leak")


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
) -> Verdict:
    """Return the verdict of all checkers on one chain; `scene` None: by text and ontology alone.

    `picture` (JPEG or PNG of the frame) is looked at by `appearance` only.
    """
    reading = Reading(chain, scene, ontology, settings, picture)
    checks = [checkers[name](reading) for name in sorted(checkers)]
    findings = precedence.settled([f for c in checks for f in c.findings])
    scores = {c.checker: _score(c, findings) for c in checks}
    return Verdict(
        chain_id=chain.chain_id, passed=not findings, checks=scores, findings=tuple(findings)
    )


def _score(check: Check, standing: list[Finding]) -> float:
    """Return a checker's score; 1.0 where precedence gave all its findings to another."""
    if any(f.checker == check.checker for f in standing):
        return check.score
    return 1.0
