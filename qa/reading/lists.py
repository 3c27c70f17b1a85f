"""Relations that share words: verbs left out the second time, and lists in the same order.

the grasper retracts the gallbladder, the irrigator the liver
the grasper and the scissors retract the gallbladder and cut the duct, respectively
"""

from itertools import pairwise

from surgchain.qa.lexicon import terms
from surgchain.qa.reading.atoms import Atom
from surgchain.qa.reading.grammar import Relation, is_adjective, links

ARTICLE = 5
"""Characters between a subject and its object at most: ` the `."""


def gapped(sentence: list[Atom], found: list[Relation]) -> list[Relation]:
    """Return the relations whose verb is left out, being that of the one before."""
    more: list[Relation] = []
    if not found:
        return more
    for at in range(1, len(sentence) - 1):
        if _is_passive_pair(sentence, at):
            more += _as_before(sentence, at, found)
        if not _is_bare_pair(sentence, at):
            continue
        before = [r for r in found if r.verb_at < at and not r.reversed]
        if before and before[-1].instrument_at < before[-1].verb_at:
            last = before[-1]
            agent, target = sentence[at], sentence[at + 1]
            name = agent.value if agent.kind == terms.INSTRUMENT else last.instrument
            more.append(
                Relation(name, last.verb, target.value, last.verb_at, at, at + 1, in_step=True)
            )
    return more


def _is_passive_pair(sentence: list[Atom], at: int) -> bool:
    """`..., and the liver by the irrigator`."""
    following = sentence[at + 3] if at + 3 < len(sentence) else None
    return (
        links(sentence[at - 1])
        and sentence[at].kind == terms.ANATOMY
        and [a.kind for a in sentence[at + 1 : at + 3]] == [terms.BY, terms.INSTRUMENT]
        and (following is None or links(following))
    )


def _as_before(sentence: list[Atom], at: int, found: list[Relation]) -> list[Relation]:
    """Return the relation of a target and an agent whose verb is that of the passive before."""
    before = [r for r in found if r.verb_at < at and r.instrument_at > r.verb_at]
    if not before or any(a.kind == terms.VERB for a in sentence[before[-1].verb_at + 1 : at]):
        return []
    verb, verb_at = before[-1].verb, before[-1].verb_at
    return [
        Relation(
            sentence[at + 2].value, verb, sentence[at].value, verb_at, at + 2, at, in_step=True
        )
    ]


def _is_bare_pair(sentence: list[Atom], at: int) -> bool:
    agent, target = sentence[at], sentence[at + 1]
    following = sentence[at + 2] if at + 2 < len(sentence) else None
    return (
        (agent.kind == terms.INSTRUMENT or _is_another(agent))
        and target.kind == terms.ANATOMY
        and target.start - agent.end <= ARTICLE
        and (target.before in ("the", ",") or target.start - agent.end <= 1)
        and links(sentence[at - 1])
        and (following is None or links(following))
    )


def _is_another(atom: Atom) -> bool:
    """`a second the omentum`, `the other the liver`."""
    return (atom.kind == terms.NUMBER and atom.value == "2") or (
        atom.kind == terms.PRONOUN and atom.value.startswith("the other")
    )


def respectively(sentence: list[Atom], text: str) -> list[Relation]:
    """Return the relations of lists that go in step; nothing where the sentence has none."""
    if "respectively" not in text[sentence[0].start : sentence[-1].end + 16]:
        return []
    agents = [i for i, a in enumerate(sentence) if a.kind == terms.INSTRUMENT]
    targets = [i for i, a in enumerate(sentence) if a.kind == terms.ANATOMY]
    verbs = [
        i for i, a in enumerate(sentence) if a.kind == terms.VERB and not is_adjective(sentence, i)
    ]
    if len(verbs) == 1:
        verbs *= len(agents)
    if len(targets) == 1 and len(verbs) == len(agents):
        targets *= len(agents)
    same = len(agents) == len(targets) == len(verbs) > 1
    listed = same and any(
        all(_in_one_list(sentence, a, b) for a, b in pairwise(names)) for names in (agents, targets)
    )
    if not listed:
        return []
    return [
        Relation(sentence[a].value, sentence[v].value, sentence[t].value, v, a, t, in_step=True)
        for a, v, t in zip(agents, verbs, targets, strict=True)
    ]


def _in_one_list(sentence: list[Atom], one: int, two: int) -> bool:
    between = sentence[one + 1 : two]
    return bool(between) and all(links(a) or a.kind in (terms.BOX, terms.SIDE) for a in between)
