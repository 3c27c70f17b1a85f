"""The check stage: a verdict for every chain, and counts that can be trusted."""

import json

import pytest
from factories import LEVEL1, chain, scene

from surgchain.pipelines.stages import check
from surgchain.schemas import tables
from surgchain.schemas.errors import InputError, ParamsError
from surgchain.schemas.records import Provenance, Verdict


def planted(fault):
    return Provenance(generator="embedded", model="1", saw_facts=True, seed=0, planted=fault)


def run(tmp_path, chains, scenes, section="check: {}\n"):
    (tmp_path / "params.yaml").write_text(section, encoding="utf-8")
    tables.write(tmp_path / "ingest/scenes.parquet", scenes, tables.SCENES)
    tables.write(tmp_path / "chains.parquet", chains, tables.CHAINS)
    check.run(
        source="phantom", ingest=tmp_path / "ingest", chains=tmp_path / "chains.parquet",
        out=tmp_path / "verdicts.parquet", metrics=tmp_path / "metrics.json",
        params_path=tmp_path / "params.yaml",
    )  # fmt: skip
    verdicts = list(tables.read(tmp_path / "verdicts.parquet", Verdict))
    return verdicts, json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"))


def test_every_chain_gets_a_verdict_and_planted_faults_are_counted(tmp_path):
    bad = chain(level1=LEVEL1 + " A clipper is open.", chain_id="c2")
    bad = bad.model_copy(update={"provenance": planted("hallucinated_instrument")})
    verdicts, counts = run(tmp_path, [chain(), bad], [scene()])
    assert [(v.chain_id, v.passed) for v in verdicts] == [("c1", True), ("c2", False)]
    assert counts["in"] == counts["out"] == 2
    assert counts["passed"] == 1
    assert counts["flagged"] == {"hallucinated_instrument": 1}
    assert counts["planted"] == {"hallucinated_instrument": {"n": 1, "found": 1, "passed": 0}}
    assert counts["flagged_without_planted"] == {}


def test_the_same_chains_give_the_same_bytes(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    run(tmp_path / "a", [chain()], [scene()])
    run(tmp_path / "b", [chain()], [scene()])
    one, two = (tmp_path / f / "verdicts.parquet" for f in "ab")
    assert one.read_bytes() == two.read_bytes()


def test_a_chain_without_a_scene_is_judged_by_its_text_and_counted(tmp_path):
    stray = chain(chain_id="c2").model_copy(update={"frame_id": "nowhere/1"})
    _, counts = run(tmp_path, [chain(), stray], [scene()])
    assert counts["without_scene"] == 1


def test_an_unknown_checker_is_refused_before_any_work(tmp_path):
    with pytest.raises(ParamsError, match="no checker named 'colour'"):
        run(tmp_path, [chain()], [scene()], "check: {checkers: [colour]}\n")


def test_chains_without_any_scene_are_refused(tmp_path):
    with pytest.raises(InputError, match="chains without any scene"):
        run(tmp_path, [chain()], [])


def test_a_copy_is_flagged_where_the_corpus_is_checked(tmp_path):
    copies = [chain(), chain(chain_id="c2")]
    verdicts, counts = run(tmp_path, copies, [scene()], "check: {corpus: [near_duplicate]}\n")
    assert [v.passed for v in verdicts] == [True, False]
    assert counts["flagged"] == {"near_duplicate": 1}
