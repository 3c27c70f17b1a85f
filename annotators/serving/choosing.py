"""Which of several chains of a question to keep, and whether a twin came to the same answer."""

from surgchain.annotators.teachers import Draft
from surgchain.qa import judge
from surgchain.schemas import answers, chain_text
from surgchain.schemas import ontology as ontologies


def best_of(drafts: list[Draft]) -> list[Draft]:
    """Return the draft with the best verdict; the first of equals, a failure where all failed."""
    written = [d for d in drafts if d.chain is not None]
    return [max(written, key=_score)] if written else drafts[:1]


def _score(draft: Draft) -> tuple[bool, float]:
    assert draft.chain is not None
    ontology = ontologies.load(draft.ask.scene.ontology)
    verdict = judge.judge(draft.chain, draft.ask.scene, ontology, judge.load())
    return verdict.passed, sum(verdict.checks.values())


def twins_agree(own: list[Draft], twins: list[Draft]) -> bool | None:
    """Say whether the first chain and its twin give the same answer; None without a pair."""
    pair = [next((d for d in drafts if d.chain), None) for drafts in (own, twins)]
    if None in pair:
        return None
    first, second = (_answer(d) for d in pair if d)
    return first == second


def _answer(draft: Draft) -> answers.Answer | None:
    assert draft.chain is not None
    answer = chain_text.parse(draft.chain.text).answer
    ontology = ontologies.load(draft.ask.scene.ontology)
    return answers.parse(answer.text, draft.ask.question.task, ontology) if answer else None
