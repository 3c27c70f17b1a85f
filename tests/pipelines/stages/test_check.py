"""The check stage: a verdict for every chain, and counts that can be trusted."""

import json
import re

import pytest
from factories import LEVEL1, chain, scene

from surgchain.pipelines.stages import check
from surgchain.schemas import reviews as snapshot
from surgchain.schemas import tables
from surgchain.schemas.errors import InputError, ParamsError
from surgchain.schemas.records import LevelReview, Provenance, Review, Verdict, Video
from surgchain.schemas.reviews import Reviewed


def planted(fault):
    return Provenance(generator="embedded", model="1", saw_facts=True, seed=0, planted=fault)


def run(tmp_path, chains, scenes, section="check: {}\n", **more):
    (tmp_path / "params.yaml").write_text(section, encoding="utf-8")
    tables.write(tmp_path / "ingest/scenes.parquet", scenes, tables.SCENES)
    tables.write(tmp_path / "chains.parquet", chains, tables.CHAINS)
    check.run(
        source="phantom", ingest=tmp_path / "ingest", chains=tmp_path / "chains.parquet",
        out=tmp_path / "verdicts.parquet", metrics=tmp_path / "metrics.json",
        params_path=tmp_path / "params.yaml", **more,
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


def test_a_chain_without_a_scene_is_refused_and_counted(tmp_path):
    stray = chain(chain_id="c2").model_copy(update={"frame_id": "nowhere/1"})
    verdicts, counts = run(tmp_path, [chain(), stray], [scene()])
    assert [(v.chain_id, v.passed, v.checks == {}) for v in verdicts] == [
        ("c1", True, False),
        ("c2", False, True),
    ]
    assert (counts["in"], counts["out"], counts["passed"]) == (2, 1, 1)
    assert counts["refused"] == {"no scene of its frame": 1}
    assert counts["refused_examples"] == {"no scene of its frame": ["c2"]}


def test_of_many_chains_without_a_scene_a_few_are_named(tmp_path):
    strays = [
        chain(chain_id=f"c{n}").model_copy(update={"frame_id": f"nowhere/{n}"}) for n in range(9)
    ]
    _, counts = run(tmp_path, [*strays, chain(chain_id="c9")], [scene()])
    assert counts["refused"] == {"no scene of its frame": 9}
    assert len(counts["refused_examples"]["no scene of its frame"]) == 5


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


def reviewed(chain_id, tag=""):
    """What one person said of a chain: a wrong side, or nothing wrong."""
    level = LevelReview(decision="reject" if tag else "accept", error_tags=(tag,) if tag else ())
    review = Review(
        review_id=f"r/{chain_id}", chain_id=chain_id, reviewer="r0", seconds=5,
        reviewed_at="2026-01-01T00:00:00Z", decision=level.decision, levels={"level1": level},
    )  # fmt: skip
    return Reviewed(review=review, asked="phase", stratum="s", reason="audit", surgery="x")


def reviewed_run(tmp_path, tag, section):
    """Twenty-one flagged chains, all reviewed."""
    bad = [chain(level1=LEVEL1 + " A clipper is open.", chain_id=f"c{n}") for n in range(21)]
    snapshot.write(tmp_path / "reviews.parquet", [reviewed(c.chain_id, tag) for c in bad], "")
    return run(
        tmp_path, bad, [scene()], section,
        reviews=tmp_path / "reviews.parquet", funnel=tmp_path / "funnel.csv",
        page_path=tmp_path / "page.html",
    )  # fmt: skip


def test_a_checker_that_people_contradict_warns_instead_of_dropping(tmp_path):
    verdicts, counts = reviewed_run(tmp_path, "", "check: {min_precision: 0.5}\n")
    assert counts["warns"] == ["grounding"]
    assert all(v.passed and v.findings for v in verdicts)
    assert counts["people"]["grounding"]["precision"]["value"] == 0.0
    assert ",grounding,21,21,0\n" in (tmp_path / "funnel.csv").read_text(encoding="utf-8")


def test_a_checker_that_people_agree_with_drops(tmp_path):
    section = "check: {min_precision: 0.5}\n"
    verdicts, counts = reviewed_run(tmp_path, "hallucinated_instrument", section)
    assert counts["warns"] == []
    assert not any(v.passed for v in verdicts)
    assert ",grounding,21,21,21\n" in (tmp_path / "funnel.csv").read_text(encoding="utf-8")
    shown = re.sub("<[^>]+>", " ", (tmp_path / "page.html").read_text(encoding="utf-8"))
    in_answer_to_left = r"phase +all +21 +0 +0 +0 +21 +0 +0 +0 "
    assert re.search(in_answer_to_left, shown), "of 21, grounding dropped 21, and none is left"
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<mark>clipper</mark>" in page
    assert "1.00 (0.85 to 1.00)" in page


def test_without_a_least_precision_every_checker_drops(tmp_path):
    verdicts, _ = reviewed_run(tmp_path, "", "check: {}\n")
    assert not any(v.passed for v in verdicts)


def test_the_checker_of_colours_needs_the_pictures(tmp_path):
    with pytest.raises(InputError, match="give --frames FOLDER"):
        run(tmp_path, [chain()], [scene()], "check: {checkers: [appearance]}\n")


def test_a_surgery_on_both_sides_of_the_split_is_flagged(tmp_path):
    videos = [
        Video(video_id=f"cholect50/{v}", surgery_id="s", source="x", centre="c", procedure="p",
              split=split, path="p", fps=1.0,
              licence="CC0-1.0")
        for v, split in (("VID68", "train"), ("VID69", "test"))
    ]  # fmt: skip
    tables.write(tmp_path / "ingest/videos.parquet", videos, tables.VIDEOS)
    other = chain(chain_id="c2").model_copy(update={"frame_id": "cholect50/VID69/000001"})
    known = [scene(), scene().model_copy(update={"frame_id": other.frame_id})]
    _, counts = run(tmp_path, [chain(), other], known, "check: {corpus: [split_leak]}\n")
    assert counts["flagged"] == {"split_leak": 2}


def test_many_chains_are_judged_by_processes_as_by_one(tmp_path):
    chains = [chain(chain_id=f"c{n}") for n in range(4100)]
    chains[7] = chain(level1=LEVEL1 + " A clipper is open.", chain_id="c7")
    one, _ = run(tmp_path, chains, [scene()], "check: {workers: 1}\n")
    two, counts = run(tmp_path, chains, [scene()], "check: {workers: 2}\n")
    assert one == two
    assert counts["passed"] == 4099


def around(number, phase, **changes):
    """A scene of the same recording."""
    return scene(frame_id=f"cholect50/VID68/{number:06d}", phase=phase, **changes)


def test_a_phase_beside_its_labelled_neighbours_is_warned_of_within_reach(tmp_path):
    bare = scene(labelled=("instruments", "triplets"))
    near = [around(n, "preparation") for n in (1060, 1066)]
    video = Video(video_id="cholect50/VID68", surgery_id="s", source="x", centre="c", procedure="p",
                  split="train", path="p", fps=1.0, licence="CC0-1.0")  # fmt: skip
    tables.write(tmp_path / "ingest/videos.parquet", [video], tables.VIDEOS)
    path = tmp_path / "funnel.csv"
    verdicts, counts = run(tmp_path, [chain()], [bare, *near], funnel=path)
    assert [(v.passed, [f.fault for f in v.findings]) for v in verdicts] == [(True, ["phase_jump"])]
    assert counts["flagged_by_checker"] == {"neighbours": 1}
    assert ",neighbours,1,1,0\n" in path.read_text(encoding="utf-8")
    verdicts, _ = run(tmp_path, [chain()], [bare, *near], "check: {reach_s: 2}\n")
    assert verdicts[0].findings == ()
