from pathlib import Path

import pytest

from surgchain.pipelines.corpus.reviews import Decided
from surgchain.pipelines.corpus.rounds import Edit, People, gather, stratum
from surgchain.pipelines.stages import collect
from surgchain.schemas.errors import InputError
from surgchain.schemas.records import Chain, Example, Finding, Provenance, Question, Verdict, Video

VIDEO = Video(
    video_id="phantom/VID01",
    surgery_id="phantom:01",
    source="phantom",
    centre="a",
    procedure="laparoscopic cholecystectomy",
    split="train",
    path="videos/VID01.mp4",
    fps=1.0,
    licence="Apache-2.0",
)


def chain(chain_id: str, frame_id: str = "phantom/VID01/000003") -> Chain:
    return Chain(
        chain_id=chain_id,
        frame_id=frame_id,
        question=Question(task="phase", text="Which phase?"),
        text="<think>...</think>",
        provenance=Provenance(generator="embedded", model="1", saw_facts=True, seed=0),
    )


def passed(chain_id: str) -> Verdict:
    return Verdict(chain_id=chain_id, passed=True, checks={"format": 1.0})


def failed(chain_id: str, fault: str) -> Verdict:
    finding = Finding(checker="format", fault=fault, reason="because")
    return Verdict(chain_id=chain_id, passed=False, checks={"format": 0.0}, findings=(finding,))


def video_of(frame_id: str) -> Video | None:
    return VIDEO if frame_id.startswith("phantom/VID01/") else None


def gathered(chains: list[Chain], verdicts: list[Verdict], **more: object):
    options = {"round_name": "r0", "released_by": "checked", **more}
    return gather(chains, {v.chain_id: v for v in verdicts}, video_of, **options)


def test_a_passed_chain_enters_with_how_it_got_in() -> None:
    found = gathered([chain("c1")], [passed("c1")])
    assert found.examples == [
        Example(
            chain=chain("c1"),
            source="phantom",
            split="train",
            round="r0",
            released_by="checked",
            verdict=passed("c1"),
        )
    ]


def test_a_failed_chain_is_rejected_by_its_first_fault() -> None:
    found = gathered([chain("c1")], [failed("c1", "truncated")])
    assert (found.examples, dict(found.rejected)) == ([], {"truncated": 1})


def test_a_chain_that_waits_for_people_is_held() -> None:
    found = gathered([chain("c1")], [passed("c1")], people=People(waiting=frozenset({"c1"})))
    assert (found.examples, found.held) == ([], [chain("c1")])


def test_a_later_round_holds_the_round_before() -> None:
    before = gathered([chain("c1")], [passed("c1")]).examples
    found = gathered(
        [chain("c2")], [passed("c2")], before=before, round_name="r1", released_by="self"
    )
    assert [(e.chain.chain_id, e.round, e.released_by) for e in found.examples] == [
        ("c1", "r0", "checked"),
        ("c2", "r1", "self"),
    ]


def test_what_cannot_be_placed_is_refused_with_the_reason() -> None:
    chains = [chain("c1"), chain("c1"), chain("c2"), chain("c3", "other/VID09/000001")]
    found = gathered(chains, [passed("c1"), passed("c3")])
    assert dict(found.refused) == {
        "already in the round": 1,
        "not judged": 1,
        "no such video": 1,
    }
    assert len(chains) == len(found.examples) + found.refused.total()


def test_the_order_of_chains_does_not_matter() -> None:
    chains, verdicts = [chain("c1"), chain("c2")], [passed("c1"), passed("c2")]
    assert gathered(chains, verdicts) == gathered(chains[::-1], verdicts)


def test_a_stratum_is_source_task_and_generator() -> None:
    assert stratum("phantom", chain("c1")) == "phantom/phase/embedded"


def test_a_persons_reject_wins_over_a_released_stratum() -> None:
    people = People(
        decided={"c1": Decided("rejected", None, "a reject wins")},
        released=frozenset({"phantom/phase/embedded"}),
    )
    found = gathered([chain("c1"), chain("c2")], [passed("c1"), passed("c2")], people=people)
    assert [(e.chain.chain_id, e.released_by) for e in found.examples] == [("c2", "audited")]
    assert dict(found.refused) == {"rejected by a person": 1}


def test_what_a_person_accepted_enters_although_it_was_handed_over() -> None:
    people = People(
        decided={"c1": Decided("accepted", None, "agreed")},
        waiting=frozenset({"c1", "c2"}),
        everything_waits=True,
    )
    chains = [chain("c1"), chain("c2"), chain("c3")]
    found = gathered(chains, [passed(c.chain_id) for c in chains], people=people)
    assert [(e.chain.chain_id, e.released_by) for e in found.examples] == [("c1", "human")]
    assert [c.chain_id for c in found.held] == ["c2", "c3"]


def test_an_edit_enters_in_the_place_of_what_it_edits() -> None:
    people = People(
        decided={"c1": Decided("edited", None, "one reviewer")},
        edits={"c1": Edit(chain("c9"), passed("c9"))},
    )
    found = gathered([chain("c1")], [passed("c1")], people=people)
    assert [(e.chain.chain_id, e.released_by) for e in found.examples] == [("c9", "human")]


def test_an_edit_may_contradict_a_label_but_not_break_the_format() -> None:
    def with_edit(verdict: Verdict):
        people = People(
            decided={"c1": Decided("edited", None, "one reviewer")},
            edits={"c1": Edit(chain("c9"), verdict)},
        )
        return gathered([chain("c1")], [passed("c1")], people=people)

    assert len(with_edit(failed("c9", "wrong_phase")).examples) == 1
    assert dict(with_edit(failed("c9", "unparseable_answer")).refused) == {
        "an edit with unparseable_answer": 1
    }


def test_a_persons_edit_of_what_failed_enters_and_their_accept_does_not() -> None:
    verdicts = [failed("c1", "wrong_verb"), failed("c2", "wrong_verb")]
    people = People(
        decided={
            "c1": Decided("edited", None, "one reviewer"),
            "c2": Decided("accepted", None, "one reviewer"),
        },
        edits={"c1": Edit(chain("c9"), passed("c9"))},
    )
    found = gathered([chain("c1"), chain("c2")], verdicts, people=people)
    assert [e.chain.chain_id for e in found.examples] == ["c9"]
    assert dict(found.rejected) == {"wrong_verb": 1}


def test_a_person_takes_what_the_model_wrote_out_of_a_later_round() -> None:
    people = People(decided={"c2": Decided("rejected", None, "a reject wins")})
    before = gathered([chain("c1")], [passed("c1")]).examples
    found = gathered(
        [chain("c2"), chain("c3")], [passed("c2"), passed("c3")],
        people=people, before=before, round_name="r1", released_by="self",
    )  # fmt: skip
    assert [(e.chain.chain_id, e.round) for e in found.examples] == [("c1", "r0"), ("c3", "r1")]
    assert dict(found.refused) == {"rejected by a person": 1}


def test_a_round_that_would_follow_itself_is_refused(small_project: Path) -> None:
    before = Path("data/rounds/r1/examples.parquet").read_bytes()
    out = Path("data/rounds/r1")
    with pytest.raises(InputError, match="round r1 would follow itself; give it another name"):
        collect.run(
            "r1", Path("data/ingest"), out, Path("c.json"), after=out,
            harvest=Path("data/harvest/r1"),
        )  # fmt: skip
    assert (out / "examples.parquet").read_bytes() == before
