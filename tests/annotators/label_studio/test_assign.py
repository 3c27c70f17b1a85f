from collections import Counter

from surgchain.annotators.label_studio.assign import Assigned, Wanted, assign

AUDIT = [Wanted(f"c{i}", "s", "audit") for i in range(30)]


def test_each_chain_goes_to_as_many_reviewers_as_declared() -> None:
    given = assign(AUDIT, ["a", "b", "c"], overlap=2, most_per_reviewer=99)
    assert set(Counter(g.wanted.chain_id for g in given).values()) == {2}
    assert Counter(g.reviewer for g in given) == {"a": 20, "b": 20, "c": 20}
    assert len(set(given)) == len(given)


def test_a_stratum_may_declare_another_overlap() -> None:
    given = assign(AUDIT, ["a", "b", "c"], overlap=1, overlap_of={"s": 3}, most_per_reviewer=99)
    assert len(given) == 90


def test_a_budget_is_spent_on_policy_first() -> None:
    wanted = [*AUDIT, Wanted("p", "s", "policy")]
    given = assign(wanted, ["a"], overlap=1, most_per_reviewer=5)
    assert given[0] == Assigned("a", Wanted("p", "s", "policy"))
    assert len(given) == 5


def test_what_was_given_before_is_not_given_again() -> None:
    before = assign(AUDIT, ["a", "b"], overlap=1, most_per_reviewer=99)
    taken = [(g.wanted.chain_id, g.reviewer) for g in before]
    assert assign(AUDIT, ["a", "b"], overlap=1, most_per_reviewer=99, taken=taken) == []


def test_the_order_of_chains_does_not_matter() -> None:
    again = assign(AUDIT[::-1], ["a", "b"], overlap=1, most_per_reviewer=99)
    assert again == assign(AUDIT, ["a", "b"], overlap=1, most_per_reviewer=99)
