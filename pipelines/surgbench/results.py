"""Results: everything that is told of a model on a suite, as one JSON.

results.json
  surgbench 2, suite, suite_version, suite_sha256 (of the questions and their gold answers), model,
            shown, asked (how, as in asked.json), questions, surgeries
  arena     {list, score, low, high, ranked [{model, score, low, high}], pairs [{first, second,
            gain, low, high, verdict}]}, or {list, refused: why there is no score}
  protocols open, choice: how many questions of each
  tasks     source/task (open questions), source/task/choice -> protocol, n, surgeries, figures,
            intervals, failures, by_class, by_centre, controls {majority, words, and the
            model's own blind run where there is one}, levels; and the intervals of these
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from surgchain.pipelines.surgbench import frozen_suites
from surgchain.pipelines.surgbench import replies as kept
from surgchain.pipelines.surgbench.replies import Reply
from surgchain.qa import arena, judge
from surgchain.qa.arena import Entry, KeyList
from surgchain.qa.metrics import asked as suites
from surgchain.qa.metrics import draws, levels, outcomes
from surgchain.qa.metrics.asked import Asked, Group, Said
from surgchain.qa.metrics.draws import Floats
from surgchain.qa.metrics.levels import LevelScores
from surgchain.qa.metrics.tallied import Tally, drawing
from surgchain.qa.metrics.tally import KEY, tally
from surgchain.qa.readings import Reading
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.errors import InputError
from surgchain.schemas.records import Chain, Question, Scene

VERSION = 2


class Scored(NamedTuple):
    """A suite, scored."""

    groups: list[Group]
    tallies: dict[str, Tally]
    levels: dict[str, LevelScores]
    """By question id, for replies that are chains."""
    replies: dict[str, Reply]

    def right(self) -> dict[str, float]:
        """Return the partial credit of each question."""
        return {
            a.question_id: float(v)
            for g in self.groups
            for a, v in zip(g.asked, self.tallies[g.name].values, strict=True)
        }


def score(
    asked: Sequence[Asked], replies: Sequence[Reply], scenes: Mapping[str, Scene] | None = None
) -> Scored:
    """Score the replies; with `scenes`, the levels of chains too."""
    by_id = {r.question_id: r for r in replies}
    place = {a.question_id: a for a in asked}
    said = [
        (r.question_id, kept.said(r, refused=_refuses(r, place.get(r.question_id))))
        for r in replies
    ]
    groups = suites.groups(asked, suites.aligned(asked, said))
    tallies = {g.name: tally(g) for g in groups}
    found: dict[str, LevelScores] = {}
    for group in groups if scenes else ():
        for one, right in zip(group.asked, tallies[group.name].right, strict=True):
            scene = (scenes or {}).get(one.frame_id)
            reply = by_id.get(one.question_id)
            if scene and reply and "<think>" in (reply.first or ""):
                chain = chain_of(one, reply)
                found[one.question_id] = levels.scored(
                    chain, scene, group.ontology, right=bool(right)
                )
    return Scored(groups, tallies, found, by_id)


def results(
    scored: Scored, known: Sequence[Asked], told: Mapping[str, Any], arena_list: str | None,
    beside: Mapping[str, Scored] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Return the results as JSON values; `told`: suite, model and what else is to stand there.

    `beside`: further controls by their names, as the model itself without the pictures.
    """
    asked = [a for g in scored.groups for a in g.asked]
    controls = {
        "majority": _control(asked, suites.majority(asked, known or asked)),
        "words": _control(asked, suites.by_words(asked, known or asked)),
        **(beside or {}),
    }
    own = str(told.get("model", "the model"))
    standing = [(own, scored), *controls.items()] if arena_list else []
    return {
        "surgbench": VERSION,
        **told,
        "questions": len(asked),
        "protocols": {p: sum(a.protocol == p for a in asked) for p in suites.PROTOCOLS},
        "surgeries": len({a.surgery_id for a in asked}),
        "controls_learn_from": "training surgeries" if known else "the test questions themselves",
        "arena": standings(standing, arena_list) if arena_list else {},
        "tasks": {g.name: _task(scored, g, controls) for g in scored.groups},
    }


def chain_of(one: Asked, reply: Reply) -> Chain:
    """Return the first text of a reply as a chain."""
    words = "\n".join(one.text.split("\n")[: -len(one.options)]) if one.options else one.text
    question = Question(task=one.task, text=words, options=one.options, gold=one.gold)
    return Chain(
        chain_id=one.question_id, frame_id=one.frame_id, question=question, text=reply.first or ""
    )


def _refuses(reply: Reply, one: Asked | None) -> bool:
    """Say whether a text declines the task; short or unreadable ones only are looked at."""
    if one is None or reply.first is None:
        return False
    chain = chain_of(one, reply)
    check = judge.load(("format",))["format"]
    reading = Reading(chain, None, ontologies.load(one.ontology))
    return any(f.fault == "refusal" for f in check(reading).findings)


def _control(asked: Sequence[Asked], said: Sequence[Said]) -> Scored:
    groups = suites.groups(asked, list(said))
    return Scored(groups, {g.name: tally(g) for g in groups}, {}, {})


def _task(scored: Scored, group: Group, controls: Mapping[str, Scored]) -> dict[str, Any]:
    found = scored.tallies[group.name]
    beside = {name: c.tallies[group.name] for name, c in controls.items()}
    chains = [scored.levels.get(a.question_id) for a in group.asked]
    of_levels = levels.drawn(chains, drawing(group)) if any(chains) else {}
    return {
        "source": group.source,
        "task": group.task,
        "protocol": group.protocol,
        "n": len(group.asked),
        "surgeries": len({a.surgery_id for a in group.asked}),
        "key": KEY[group.task],
        "figures": _plain(found.figures()),
        "intervals": _intervals(found.drawn),
        "failures": outcomes.told(group, found.right),
        "by_class": {c: _plain(v) for c, v in found.by_class.items()},
        "by_centre": _by_centre(group, found),
        "controls": {name: _plain(t.figures()) for name, t in beside.items()},
        "controls_intervals": {name: _intervals(t.drawn) for name, t in beside.items()},
        "levels": {
            "n": float(sum(c is not None for c in chains)),
            **_plain({n: float(v[0]) for n, v in of_levels.items()}),
        }
        if of_levels
        else {},
        "levels_intervals": _intervals(of_levels),
    }


def _intervals(drawn: Mapping[str, Floats]) -> dict[str, tuple[float, float]]:
    return {n: i for n, v in drawn.items() if (i := draws.interval(v))}


def _by_centre(group: Group, found: Tally) -> dict[str, dict[str, float]]:
    """Return the mean partial credit at each centre, with its interval over the surgeries there."""
    centres = np.array([a.centre for a in group.asked])
    told = {}
    for centre in np.unique(centres):
        at = np.flatnonzero(centres == centre)
        here = drawing(group._replace(asked=[group.asked[k] for k in at]))
        means = here.means({"score": found.values[at]})["score"]
        bounds = draws.interval(means)
        told[str(centre)] = {
            "n": float(len(at)),
            "surgeries": float(here.surgeries),
            "score": float(means[0]),
            **({"low": bounds[0], "high": bounds[1]} if bounds else {}),
        }
    return told


def _plain(figures: Mapping[str, float]) -> dict[str, float]:
    """Leave out what is not defined: JSON has no nan."""
    return {n: float(v) for n, v in figures.items() if np.isfinite(v)}


def entry(model: str, scored: Scored, of: KeyList) -> Entry:
    """Return a model as it stands for an Arena Score."""
    tallies = {k: scored.tallies[k] for k in of.keys if k in scored.tallies}
    return Entry(
        model,
        {k: t.figures().get(of.keys[k], np.nan) for k, t in tallies.items()},
        {k: t.drawn[of.keys[k]] for k, t in tallies.items() if of.keys[k] in t.drawn},
        {g.name: frozen_suites.content_sha256(g.asked) for g in scored.groups},
    )


def standings(models: Sequence[tuple[str, Scored]], name: str) -> dict[str, Any]:
    """Return the Arena Score of the first model, and all on one scale: ranks, and pairs.

    Where the list cannot be had, `refused` says why, and no one is ranked.
    """
    of = arena.key_list(name)
    entries = [entry(model, scored, of) for model, scored in models]
    try:
        places, pairs = arena.placed(entries, of), arena.pairwise(entries, of)
    except InputError as error:
        return {"list": name, "refused": str(error)}
    own = next(p for p in places if p.model == models[0][0])
    return {
        "list": name,
        **{k: v for k, v in own._asdict().items() if k != "model" and v is not None},
        "ranked": [p._asdict() for p in places],
        "pairs": [{**p._asdict(), "verdict": p.verdict} for p in pairs],
    }
