"""The judge: pure, order-free, never shaken by what a text holds."""

import time

import pytest
from factories import LEVEL1, chain, scene
from hypothesis import given, settings
from hypothesis import strategies as st

from surgchain.qa import judge
from surgchain.qa.checkers import checked
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.errors import ParamsError
from surgchain.schemas.records import Finding

ONTOLOGY = ontologies.load("cholect50")
CHECKERS = judge.load()


def faults(**changes):
    verdict = judge.judge(chain(**changes), scene(), ONTOLOGY, CHECKERS)
    return [f.fault for f in verdict.findings]


def test_a_clean_chain_passes_with_full_scores():
    verdict = judge.judge(chain(), scene(), ONTOLOGY, CHECKERS)
    assert verdict.passed
    assert verdict.checks == dict.fromkeys(sorted(judge.DEFAULT), 1.0)


def test_a_finding_says_what_where_and_why():
    text = LEVEL1 + " A clipper is open."
    verdict = judge.judge(chain(level1=text), scene(), ONTOLOGY, CHECKERS)
    start = chain(level1=text).text.index("clipper")
    assert verdict.findings == (
        Finding(
            checker="grounding", fault="hallucinated_instrument", level=1, claim="clipper",
            reason="no clipper among the labelled instruments: grasper, scissors",
            span=(start, start + 7),
        ),
    )  # fmt: skip


def test_an_unlabelled_facet_cannot_be_contradicted():
    unknown = scene(labelled=("phase",), instruments=[], triplets=[])
    text = LEVEL1 + " A clipper is open."
    assert judge.judge(chain(level1=text), unknown, ONTOLOGY, CHECKERS).passed


def test_an_unknown_box_cannot_be_contradicted():
    unknown = scene(instruments=[{"name": "grasper"}, {"name": "scissors"}])
    text = "A grasper [1, 1, 90, 90] on the right and scissors on the left."
    assert judge.judge(chain(level1=text), unknown, ONTOLOGY, CHECKERS).passed


def test_without_a_scene_the_text_and_the_ontology_decide():
    wrong = chain(level2="The scissors clip the cystic duct. The grasper retracts the gallbladder.")
    verdict = judge.judge(wrong, None, ONTOLOGY, CHECKERS)
    assert [f.fault for f in verdict.findings] == ["impossible_triplet"]


def test_the_questions_gold_is_used_where_no_scene_gives_one():
    asked = chain(task="vqa", answer="3", gold="2")
    verdict = judge.judge(asked, None, ONTOLOGY, CHECKERS)
    assert [f.fault for f in verdict.findings] == ["wrong_answer"]


def test_the_order_of_checkers_does_not_matter():
    backwards = dict(reversed(CHECKERS.items()))
    wrong = chain(level1="A grasper and a clipper.", answer="preparation")
    one = judge.judge(wrong, scene(), ONTOLOGY, CHECKERS)
    assert judge.judge(wrong, scene(), ONTOLOGY, backwards) == one


def test_an_unknown_checker_is_refused_with_the_list():
    with pytest.raises(ParamsError, match="no checker named 'colour'; one of answer, appearance"):
        judge.load(["colour"])


def test_the_score_is_the_share_of_judged_claims_that_stand():
    finding = Finding(checker="x", fault="wrong_verb", reason="r")
    assert checked("x", 4, [finding]).score == 0.75
    assert checked("x", 0, [finding]).score == 0.0
    assert checked("x", 4, []).score == 1.0


HOSTILE = {
    "empty": "",
    "no text": "   \n\t ",
    "one megabyte": "<think>Level 1: " + "a grasper " * 100_000 + "</think><answer>x</answer>",
    "one megabyte of brackets": "[" * 1_000_000,
    "one megabyte of numbers": "1, " * 330_000,
    "one megabyte of tags": "<think>" * 140_000,
    "one megabyte of the": "Level 1: " + "the the " * 120_000,
    "nested tags": "<think><think><answer></think></answer></answer>",
    "script": chain(level1=LEVEL1 + " <script>alert(1)</script>").text,
    "zero width": chain(level1=LEVEL1.replace("grasper", "gras\u200bper")).text,
    "right to left": chain(level1=LEVEL1 + " \u202egrasper\u202c").text,
    "emoji": chain(level1=LEVEL1 + " \U0001f600").text,
    "null byte": chain(level1=LEVEL1 + "\x00").text,
    "lone surrogate": chain(level1=LEVEL1 + " \ud800").text,
    "html comment": chain(level1=LEVEL1 + " <!-- hidden -->").text,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_a_finding_never_a_pass_or_a_crash(name):
    begun = time.process_time()
    verdict = judge.judge(chain(text=HOSTILE[name]), scene(), ONTOLOGY, CHECKERS)
    assert not verdict.passed
    assert time.process_time() - begun < 20


def test_an_instrument_cut_by_invisible_characters_is_still_read():
    text = chain(level1=LEVEL1 + " A clip\u200bper is open.").text
    assert "hallucinated_instrument" in faults(text=text)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300), st.text(max_size=200), st.text(max_size=100))
def test_no_text_makes_the_judge_fail_and_the_same_text_gives_the_same_verdict(one, two, answer):
    odd = chain(one, two, answer=answer)
    first = judge.judge(odd, scene(), ONTOLOGY, CHECKERS)
    assert judge.judge(odd, scene(), ONTOLOGY, CHECKERS) == first
    assert first.passed == (not first.findings)
    assert all(
        f.span is None or 0 <= f.span[0] <= f.span[1] <= len(odd.text) for f in first.findings
    )


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(6)))
def test_chains_are_judged_alike_in_any_order(order):
    texts = ["A grasper.", LEVEL1, "A clipper.", "", "It is held.", "Nothing is in view."]
    alone = [judge.judge(chain(level1=t), scene(), ONTOLOGY, CHECKERS) for t in texts]
    again = {n: judge.judge(chain(level1=texts[n]), scene(), ONTOLOGY, CHECKERS) for n in order}
    assert [again[n] for n in range(6)] == alone
