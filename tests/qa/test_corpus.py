"""What only shows between chains: copies, collapsed templates, conflicts, leaks over the split."""

from math import log2

from factories import chain

from surgchain.qa import corpus


def one_stratum(_):
    return "s"


def test_a_copy_is_a_near_duplicate_of_the_first():
    other = "Something else: a bipolar rests far from the liver, and the light is dim and even."
    chains = [chain(chain_id="a"), chain(chain_id="b"), chain(level1=other, chain_id="c")]
    found = corpus.near_duplicates(chains, one_stratum)
    assert {k: [f.fault for f in v] for k, v in found.items()} == {"b": ["near_duplicate"]}
    assert found["b"][0].claim == "a"


def test_strata_are_compared_apart():
    chains = [chain(chain_id="a"), chain(chain_id="b")]
    assert corpus.near_duplicates(chains, lambda c: c.chain_id) == {}


def test_distinct_n_and_entropy_by_hand():
    assert corpus.distinct(["a b c a b c"], size=3) == 3 / 4
    assert corpus.entropy(["x", "x", "y", "y"]) == 1.0
    assert corpus.entropy(["w", "x", "y", "z"]) == log2(4)


def test_one_pattern_for_all_has_collapsed_and_its_surplus_is_marked():
    chains = [chain(level1=f"A grasper [{n}, 2, 3, 4].", chain_id=f"c{n}") for n in range(64)]
    found = corpus.template_collapse(chains, one_stratum, least_entropy=3.0, fewest=50)
    assert len(found) == 64 - 64 // 8
    assert {f.fault for v in found.values() for f in v} == {"template_collapse"}


def test_two_answers_to_one_question_of_a_frame_conflict():
    chains = [chain(chain_id="a"), chain(chain_id="b", answer="preparation")]
    found = corpus.label_conflicts(chains)
    assert sorted(found) == ["a", "b"]
    assert corpus.label_conflicts([chain(chain_id="a"), chain(chain_id="b")]) == {}


def test_a_surgery_on_two_sides_of_the_split_leaks():
    chains = [chain(chain_id="a"), chain(chain_id="b").model_copy(update={"frame_id": "other/1"})]
    sides = {"cholect50/VID68/001063": "train", "other/1": "test"}
    found = corpus.split_leaks(chains, lambda _: "cholec:68", sides.__getitem__)
    assert [f.reason for f in found["a"]] == ["cholec:68 stands in test, train"]
