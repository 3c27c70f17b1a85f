from surgchain.pipelines.stages import handoff
from surgchain.pipelines.stages.handoff import Params
from surgchain.schemas.records import Chain, Finding, Provenance, Question, Verdict


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


def choose(
    passed: list[Chain], failed: list[Chain], source: str, section: Params, score: float = 0.5
) -> list[dict[str, str]]:
    found = Finding(checker="relations", fault="wrong_verb", level=2, reason="it cuts")
    verdicts = [Verdict(chain_id=c.chain_id, passed=True, checks={"relations": 1}) for c in passed]
    verdicts += [
        Verdict(
            chain_id=c.chain_id,
            passed=False,
            checks={"format": 1.0, "relations": score},
            findings=(found,),
        )
        for c in failed
    ]
    by_id = {v.chain_id: v for v in verdicts}
    return handoff.choose([*passed, *failed], by_id, source, section)


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


def test_what_failed_narrowly_is_near_the_threshold() -> None:
    section = Params(audit_min=0, audit_share=0, near=0.8)
    assert choose([], [chain(1)], "phantom", section, score=0.79) == []
    assert reasons(choose([], [chain(1)], "phantom", section, score=0.8)) == {"c1": "near"}


def test_nothing_that_failed_is_near_unless_the_profile_says_how_near() -> None:
    assert choose([], [chain(1)], "phantom", Params(), score=0.99) == []


def test_a_known_fault_is_gold_or_nothing_and_never_near() -> None:
    section = Params(audit_min=0, audit_share=0, near=0.8)
    assert choose([], [chain(1, planted="wrong_verb")], "phantom", section, score=0.9) == []


def test_the_audit_speaks_for_its_stratum_alone() -> None:
    chains = [chain(n) for n in range(20)] + [chain(n, task="triplet") for n in range(20, 40)]
    rows = choose(chains, [], "phantom", Params(audit_share=0.1, audit_min=3))
    assert {r["stratum"] for r in rows} == {"phantom/phase/embedded", "phantom/triplet/embedded"}
    assert len(rows) == 6
