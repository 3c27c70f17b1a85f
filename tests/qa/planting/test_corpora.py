"""Defects between chains are planted where they are said to be, and found there."""

from random import Random

from factories import chain

from surgchain.qa import corpus
from surgchain.qa.planting import corpora

PHASES = ("preparation", "clipping-and-cutting", "gallbladder-packaging")
CHAINS = [
    chain(level1=f"A grasper {n} lies by fold {n * n} of {n + 3} folds.", chain_id=f"c{n}")
    .model_copy(update={"frame_id": f"x/V{n % 4}/{n}"})
    for n in range(60)
]  # fmt: skip


def test_copies_are_new_chains_with_one_word_changed():
    spoilt = corpora.copies(CHAINS, 5, Random(1))
    assert len(spoilt.chains) == 65
    assert spoilt.at_fault == {c.chain_id for c in spoilt.chains[60:]}
    texts = {c.text for c in CHAINS}
    assert all(c.text not in texts for c in spoilt.chains[60:])


def test_conflicting_answers_are_found_on_both_chains():
    spoilt = corpora.conflicting(CHAINS, 4, PHASES, Random(1))
    assert set(corpus.label_conflicts(spoilt.chains)) == spoilt.at_fault
    assert len(spoilt.at_fault) == 8


def test_a_collapsed_stratum_is_found():
    spoilt = corpora.collapsed(CHAINS, 2, Random(1))
    assert corpus.template_collapse(spoilt.chains, lambda _: "s")


def test_a_moved_frame_leaks_its_surgery():
    surgery_of = {c.frame_id: c.frame_id.split("/")[1] for c in CHAINS}
    sides = dict.fromkeys(surgery_of, "train")
    moved, at_fault = corpora.leaking(sides, surgery_of, 2, Random(1))
    found = corpus.split_leaks(CHAINS, surgery_of.__getitem__, moved.__getitem__)
    ids = {c.chain_id: c.frame_id for c in CHAINS}
    assert {surgery_of[ids[i]] for i in found} == at_fault
    assert len(at_fault) == 2
