from surgchain.pipelines.stages.handoff import Params, choose
from surgchain.schemas.records import Chain, Provenance, Question


def chain(
    number: int, *, answer: str = "preparation", task: str = "phase", **more: object
) -> Chain:
    values = {"generator": "embedded", "model": "1", "saw_facts": True, "seed": 0, **more}
    return Chain(
        chain_id=f"c{number}",
        frame_id=f"phantom/VID01/{number // 2:06}",
        question=Question(task=task, text="Which?"),
        text=f"<think>Level 1: a\nLevel 2: b\nLevel 3: c</think><answer>{answer}</answer>",
        provenance=Provenance(**values),
    )


def reasons(rows: list[dict[str, str]]) -> dict[str, str]:
    return {r["chain_id"]: r["reason"] for r in rows}


def test_the_audit_is_a_share_of_each_stratum_and_the_same_every_time() -> None:
    chains = [chain(n) for n in range(100)]
    rows = choose(chains, [], "phantom", Params(audit_share=0.2, audit_min=5))
    assert len(rows) == 20
    assert {(r["stratum"], r["reason"]) for r in rows} == {("phantom/phase/embedded", "audit")}
    again = choose(chains[::-1], [], "phantom", Params(audit_share=0.2, audit_min=5))
    assert reasons(again) == reasons(rows)


def test_policy_names_whole_tasks() -> None:
    chains = [chain(1), chain(2, task="cvs", answer="C1: yes; C2: no; C3: yes")]
    rows = choose(chains, [], "phantom", Params(audit_min=0, audit_share=0, policy=("cvs",)))
    assert reasons(rows) == {"c2": "policy"}


def test_twins_that_answer_differently_are_disagreement() -> None:
    chains = [chain(2), chain(3, answer="clipping-and-cutting"), chain(4), chain(5)]
    rows = choose(chains, [], "phantom", Params(audit_min=0, audit_share=0, disagreement=True))
    assert reasons(rows) == {"c2": "disagreement", "c3": "disagreement"}


def test_a_middling_share_of_right_samples_is_doubt() -> None:
    chains = [chain(n, samples=8, samples_right=right) for n, right in enumerate((1, 4, 8))]
    rows = choose(chains, [], "phantom", Params(audit_min=0, audit_share=0, doubt=0.25))
    assert reasons(rows) == {"c1": "doubt"}


def test_a_rare_answer_is_shown() -> None:
    chains = [chain(n) for n in range(9)] + [chain(9, answer="gallbladder-packaging")]
    rows = choose(chains, [], "phantom", Params(audit_min=0, audit_share=0, rare_at_most=1))
    assert reasons(rows) == {"c9": "rare"}


def test_gold_is_drawn_from_planted_faults_that_did_not_pass() -> None:
    failed = [chain(1, planted="wrong_verb"), chain(2)]
    rows = choose([], failed, "phantom", Params(gold=5))
    assert reasons(rows) == {"c1": "gold"}


def test_what_was_drawn_at_random_stays_called_so() -> None:
    chains = [chain(1, task="cvs", answer="C1: yes; C2: no; C3: yes")]
    rows = choose(chains, [], "phantom", Params(audit_min=1, policy=("cvs",)))
    assert reasons(rows) == {"c1": "audit"}
