"""Faults of a text, planted into written chains and judged, in parts that add up."""

import json
import os
import statistics
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from surgchain.qa import faults, judge
from surgchain.qa.planting import scenes as drawn
from surgchain.qa.planting import writer
from surgchain.schemas import answers, tables
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.fault_names import FAULT_GROUPS
from surgchain.schemas.records import Chain, Question, Scene, Task

TASKS: tuple[Task, ...] = ("phase", "step", "triplet", "localization", "cvs")
RUNS = 3
PART = 1000
"""Chains of one piece of work."""


class Part(NamedTuple):
    """What one piece of work found."""

    clean: int
    alarms: Counter[str]
    alarms_by_checker: Counter[str]
    alarmed: int
    planted: Counter[str]
    found: Counter[str]
    named: Counter[str]
    """Of what was found, where the planted fault is the first finding or stands among them."""
    missed: list[tuple[str, str]]
    false: list[tuple[str, str]]
    seconds: float


def real_scenes() -> list[Scene]:
    """Return the frames of real label files and of the phantom, where they are."""
    found: list[Scene] = []
    phantom = Path("data/ingest/phantom/scenes.parquet")
    if phantom.exists():
        found += list(tables.read(phantom, Scene))[::7]
    real = Path(os.environ.get("SURGCHAIN_REAL", "../shared/real")) / "CholecT50" / "labels"
    for path in sorted(real.glob("*.json")):
        found += _cholect50(path)
    return found


def _cholect50(path: Path) -> list[Scene]:
    """Read the frames of an official label file (rows as surg-r1 notes section 5 describe them)."""
    labels = json.loads(path.read_text(encoding="utf-8"))
    ontology = ontologies.load("cholect50")
    phases = ontology.names("phases")
    found = []
    for frame, rows_of in labels["annotations"].items():
        acts = [ontology.triplets[r[0]] for r in rows_of if r[0] >= 0]
        phase = next((int(r[14]) for r in rows_of if r[14] >= 0), None)
        if phase is None or not acts:
            continue
        found.append(
            Scene(
                frame_id=f"cholect50/{path.stem}/{int(frame):06d}",
                ontology="cholect50",
                instruments=[{"name": a[0], "box": None} for a in acts],  # type: ignore[arg-type]
                triplets=ontology.in_order(acts),
                phase=phases[phase],
                labelled=("instruments", "triplets", "phase"),
            )
        )
    return found


def measure(start: int, known: list[Scene], seed: int, clean: int, planted: int) -> Part:
    """Write, plant and judge one part."""
    checkers = judge.load()
    part = Part(0, Counter(), Counter(), 0, Counter(), Counter(), Counter(), [], [], 0.0)
    rng = Random(f"{seed}/{start}")
    names = list(faults.PLANTABLE)
    want_clean = max(0, min(PART, clean - start))
    want_planted = max(0, min(PART, planted - start))
    cleans = alarmed = plants = number = 0
    judged = 0.0
    while cleans < want_clean or plants < want_planted:
        number += 1
        scene = rng.choice(known) if known and rng.random() < 0.5 else drawn.scene(number, rng)  # noqa: PLR2004
        ontology = ontologies.load(scene.ontology)
        chain = _written(scene, ontology, rng, number)
        if chain is None:
            continue
        if cleans < want_clean:
            begun = time.process_time()
            verdict = judge.judge(chain, scene, ontology, checkers)
            judged += time.process_time() - begun
            cleans += 1
            alarmed += not verdict.passed
            part.alarms.update({f.fault for f in verdict.findings})
            part.alarms_by_checker.update({f.checker for f in verdict.findings})
            part.false.extend(
                (f.fault, f"{f.claim} | {f.reason} | {chain.text}") for f in verdict.findings[:1]
            )
        if plants < want_planted:
            plants += _plant(chain, scene, ontology, rng, names, checkers, part)
    return part._replace(clean=cleans, alarmed=alarmed, seconds=judged)


def rate_alone(known: list[Scene], seed: int, number: int) -> float:
    """Return clean chains judged per CPU second by one process alone, the median of three runs."""
    checkers, rng = judge.load(), Random(seed)
    pairs = [
        (chain, scene, ontology)
        for n in range(2 * number)
        for scene in [rng.choice(known) if known and rng.random() < 0.5 else drawn.scene(n, rng)]  # noqa: PLR2004
        for ontology in [ontologies.load(scene.ontology)]
        if (chain := _written(scene, ontology, rng, n)) is not None
    ][:number]
    rates = []
    for _ in range(RUNS):
        begun = time.process_time()
        for chain, scene, ontology in pairs:
            judge.judge(chain, scene, ontology, checkers)
        rates.append(len(pairs) / (time.process_time() - begun))
    return statistics.median(rates)


def _written(scene: Scene, ontology: Any, rng: Random, number: int) -> Chain | None:
    tasks = [t for t in TASKS if answers.from_scene(scene, t, ontology)]
    if not tasks:
        return None
    question = Question(task=rng.choice(tasks), text="What does this frame show?")
    text = writer.write(scene, question, ontology, rng)
    if text is None:
        return None
    return Chain(chain_id=f"c{number}", frame_id=scene.frame_id, question=question, text=text)


def _plant(
    chain: Chain,
    scene: Scene,
    ontology: Any,
    rng: Random,
    names: list[str],
    checkers: Any,
    part: Part,
) -> int:
    fault = min(rng.sample(names, 6), key=lambda n: part.planted[n])
    spoilt = faults.plant(chain, scene, ontology, fault, rng)
    if spoilt is None:
        return 0
    found = {f.fault for f in judge.judge(spoilt, scene, ontology, checkers).findings}
    part.planted[fault] += 1
    part.found[fault] += bool(found)
    part.named[fault] += fault in found
    if fault not in found:
        part.missed.append((fault, f"{sorted(found)} | {spoilt.text}"))
    return 1


def summed(parts: list[Part]) -> dict[str, Any]:
    """Return the figures of all parts, per fault and over all."""
    total = {
        name: sum((getattr(p, name) for p in parts), Counter())
        for name in ("alarms", "alarms_by_checker", "planted", "found", "named")
    }
    clean = sum(p.clean for p in parts)
    per_fault = {
        fault: {
            "group": group,
            "n": n,
            "recall": total["named"][fault] / n,
            "flagged": total["found"][fault] / n,
            "false_alarms": total["alarms"][fault] / max(1, clean),
        }
        for group, faults_of in FAULT_GROUPS.items()
        for fault in faults_of
        if (n := total["planted"][fault])  # colours and faults between chains have their own parts
    }
    return {
        "clean": clean, "planted": total["planted"].total(),
        "false_alarm_rate": sum(p.alarmed for p in parts) / max(1, clean),
        "false_alarms_by_checker": {
            c: n / max(1, clean) for c, n in sorted(total["alarms_by_checker"].items())
        },
        "right_name": total["named"].total() / max(1, total["found"].total()),
        "chains_per_cpu_second": clean / max(1e-9, sum(p.seconds for p in parts)),
        "faults": per_fault,
        "missed": [m for p in parts for m in p.missed][:40],
        "false": [f for p in parts for f in p.false][:40],
    }  # fmt: skip
