"""The funnel: what came in, was flagged, was dropped, of each task, class and checker."""

from factories import chain, scene

from surgchain.qa.funnel import ALL, Funnel, kinds_of
from surgchain.schemas import ontology as ontologies
from surgchain.schemas.records import Finding, Verdict

ONTOLOGY = ontologies.load("cholect50")


def verdict(*faults, passed=False):
    findings = tuple(Finding(checker=c, fault=f, reason="r") for c, f in faults)
    return Verdict(chain_id="c1", passed=passed, checks={}, findings=findings)


def rows(funnel):
    return [
        tuple(r.values())[1:] for r in funnel.rows("phantom", ("context", "leak")) if r["flagged"]
    ]


def by_class(funnel):
    return [row for row in rows(funnel) if row[1] != ALL]


def test_classes_are_those_of_the_right_answer():
    def kinds(task):
        return kinds_of(chain(task=task, answer="x"), scene(), ONTOLOGY)

    assert kinds("phase") == ("clipping-and-cutting",)
    assert kinds("triplet") == ("cut", "retract")
    assert kinds("localization") == ("grasper", "scissors")
    assert kinds_of(chain(), None, ONTOLOGY) == ("unknown",)


def test_a_chain_is_flagged_by_each_checker_and_dropped_by_the_first():
    funnel = Funnel()
    funnel.take(chain(), ("a", "b"), verdict(("context", "wrong_phase"), ("leak", "meta_talk")))
    assert rows(funnel) == [
        ("phase", ALL, "context", 1, 1, 1), ("phase", ALL, "leak", 1, 1, 0),
        ("phase", "a", "context", 1, 1, 1), ("phase", "a", "leak", 1, 1, 0),
        ("phase", "b", "context", 1, 1, 1), ("phase", "b", "leak", 1, 1, 0),
    ]  # fmt: skip


def test_a_doubted_checker_flags_and_does_not_drop():
    funnel = Funnel()
    funnel.take(chain(), ("a",), verdict(("context", "wrong_phase"), passed=True))
    both = verdict(("context", "wrong_phase"), ("leak", "meta_talk"))
    funnel.take(chain(), ("a",), both, frozenset({"context"}))
    assert by_class(funnel) == [("phase", "a", "context", 2, 2, 0), ("phase", "a", "leak", 2, 1, 1)]


def test_funnels_of_parts_add_up_and_keep_few_samples():
    whole, part = Funnel(), Funnel()
    for _ in range(5):
        part.take(chain(), ("a",), verdict(("leak", "meta_talk")))
    whole.add(part)
    whole.add(part)
    assert by_class(whole) == [("phase", "a", "leak", 10, 10, 10)]
    assert [len(r) for r in whole.rejects.values()] == [3]
