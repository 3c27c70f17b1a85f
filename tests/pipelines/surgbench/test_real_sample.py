"""The real CholecT50 sample: the teacher that is shown the facts above, controls that see nothing.

What the teacher loses is lost in the writing and reading of chains, not in seeing. The labels are
real, so the controls' figures are what a class prior is worth on them.
"""

import warnings
from pathlib import Path

import pytest
import small_project
import yaml
from ivtmetrics import Recognition

from surgchain.pipelines.corpus.project import Project
from surgchain.pipelines.surgbench import results, suites, teacher
from surgchain.qa.metrics import asked as suites_asked
from surgchain.qa.metrics import triplet_ap, triplet_sets
from surgchain.qa.metrics.outcomes import OUTCOMES
from surgchain.qa.metrics.tally import tally
from surgchain.schemas import ontology as ontologies

SPLIT = {"policy": "lists", "lists": {"train": ["VID68"], "test": ["VID70", "VID74"]}}


@pytest.fixture(scope="module")
def made(real: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cholect50")
    source = {
        "format": "cholect50", "root": "data/raw/cholect50", "surgery_prefix": "cholec",
        "split": SPLIT,
    }  # fmt: skip
    params = {
        "sources": {"cholect50": source}, "frames": {"workers": 1}, "questions": {},
        "rounds": {}, "phantoms": {},
    }  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        Path("data/raw").mkdir(parents=True)
        Path("data/raw/cholect50").symlink_to(real / "CholecT50")
        Path("params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
        patch.setitem(small_project.PARAMS["sources"], "cholect50", source)
        for stage in ("ingest", "frames", "questions"):
            small_project.run_stage(stage, "cholect50")
    return folder


@pytest.fixture
def project(made: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.chdir(made)
    return Project()


def test_the_teacher_is_above_and_the_controls_are_below(project: Project) -> None:
    suite = suites.load(project, "public", limit=40)
    replies = list(teacher.replies(suite, suites.pictures(project)))
    scored = results.score(suite.asked, replies, suite.scenes)
    found = results.results(scored, suite.known, suite.told(), None)
    assert (found["surgeries"], found["controls_learn_from"]) == (2, "training surgeries")
    assert {"cholect50/phase", "cholect50/triplet", "cholect50/localization"} <= set(found["tasks"])
    for name, told in found["tasks"].items():
        own = told["figures"][told["key"]]
        assert own > max(c[told["key"]] for c in told["controls"].values()), name
        assert own > 0.95, name
        assert sum(told["failures"][o] for o in OUTCOMES) == told["n"]
        assert told["levels"]["joint"] > 0.9, name


def test_the_majority_class_is_scored_as_ivtmetrics_scores_it(project: Project) -> None:
    suite = suites.load(project, "public")
    said = suites_asked.majority(suite.asked, suite.known)
    (group,) = (g for g in suites_asked.groups(suite.asked, said) if g.name == "cholect50/triplet")
    found = tally(group).figures()
    columns = ontologies.load("cholect50").triplets
    gold, votes = (
        triplet_sets.matrix([a.triplets for a in of], columns).astype(int)
        for of in (group.gold, group.first)
    )
    library = Recognition(len(columns))
    library.update(gold, votes.astype(float))
    for component in triplet_ap.COMPONENTS:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            each = library.compute_global_AP(component)["AP"]
        there = each[each > 0]  # it counts a class that never occurs as 0
        assert found[f"map_{component}"] == pytest.approx(there.mean(), abs=1e-6), component
