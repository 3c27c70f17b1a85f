from pathlib import Path

from surgchain.pipelines.reviewing import cases
from surgchain.pipelines.reviewing.cases import Data, told
from surgchain.pipelines.stages import handoff
from surgchain.schemas import tables
from surgchain.schemas.records import Chain, Finding, Verdict

PARAMS = Path("params.yaml")


def test_people_are_shown_what_was_handed_over_and_what_the_model_wrote(
    small_project: Path,
) -> None:
    found = cases.cases(Data(), PARAMS)
    handed = {r["chain_id"] for r in tables.read_rows(Path("data/handoff/ward.parquet"))}
    written = {c.chain_id for c in tables.read(Path("data/harvest/r1/chains.parquet"), Chain)}
    assert handed < set(found)
    of_the_model = set(found) - handed
    assert of_the_model
    assert of_the_model <= written
    assert {found[c].wanted.reason for c in of_the_model} == {"audit"}
    assert set(found) <= set(cases.chains(Data(), PARAMS))


def test_a_round_that_is_not_in_params_is_not_shown(small_project: Path) -> None:
    PARAMS.write_text(PARAMS.read_text().replace("r1:", "r9:"))
    handed = {r["chain_id"] for r in tables.read_rows(Path("data/handoff/ward.parquet"))}
    assert set(cases.cases(Data(), PARAMS)) == handed


def test_a_blind_review_never_has_the_findings(small_project: Path) -> None:
    assert {c.findings for c in cases.cases(Data(), PARAMS).values()} == {None}


def test_an_open_review_has_what_the_checkers_found(small_project: Path) -> None:
    PARAMS.write_text(
        PARAMS.read_text().replace("audit_min: 2", "audit_min: 2\n  blind: false\n  gold: 3")
    )
    handoff.run(
        source="ward", chains=Path("data/drafts/ward.parquet"), metrics=Path("m.json"),
        verdicts=Path("data/verdicts/ward.parquet"), out=Path("data/handoff/ward.parquet"),
    )  # fmt: skip
    found = cases.cases(Data(), PARAMS)
    hidden = [c for c in found.values() if c.wanted.reason == "gold"]
    assert len(hidden) == 3
    assert all(c.findings != cases.NOTHING_FOUND for c in hidden)
    others = {c.findings for c in found.values() if c.wanted.reason == "audit"}
    assert others == {cases.NOTHING_FOUND}


def test_findings_are_told_in_words() -> None:
    found = Verdict(
        chain_id="c", passed=False, checks={"relations": 0.5},
        findings=(
            Finding(checker="relations", fault="ungrounded_relation", level=2,
                    claim="hook dissects liver", reason="no hook at level 1"),
            Finding(checker="answer", fault="wrong_answer", claim="preparation",
                    reason="labelled clipping-and-cutting"),
        ),
    )  # fmt: skip
    assert told(found) == (
        "level 2, ungrounded relation: hook dissects liver (no hook at level 1)\n"
        "answer, wrong answer: preparation (labelled clipping-and-cutting)"
    )
    assert told(None) == cases.NOTHING_FOUND
