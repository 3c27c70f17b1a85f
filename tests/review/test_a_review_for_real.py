"""Push, review in a browser, pull, agree, adjudicate, collect: in this order, on one server."""

import json
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from conftest import PASSWORD, SHOTS, Site, review, sign_up, stage

from surgchain.annotators.label_studio import credentials, log, sent, server
from surgchain.annotators.label_studio.client import Client
from surgchain.pipelines.corpus.reviews import decided
from surgchain.schemas import reviews as table
from surgchain.schemas import tables
from surgchain.schemas.records import Chain, Example

REVIEWERS = ("r1", "r2", "r3")
NEW_WORDS = "The instrument rests: nothing is being done to the tissue here."


def client(site: Site) -> Client:
    return Client(site.url, credentials.token(server.token_file(site.state)))


def data(site: Site) -> list[str]:
    folder = site.folder
    found = []
    for name in ("handoff", "drafts", "ingest", "frames"):
        found += [f"--{name}", str(folder / "data" / name)]
    return [*found, "--params", str(folder / "params.yaml"), "--pictures", site.pictures]


def _tell(text: str) -> None:
    sys.stderr.write(text + "\n")


def mail(name: str) -> str:
    return f"{name}@example.org"


@pytest.fixture(scope="module")
def people(site: Site) -> None:
    with client(site) as c:
        for name in REVIEWERS:
            sign_up(site.url, c.invitation(), mail(name))
    for name in REVIEWERS:
        run = review("reviewer", name, "--email", mail(name), *site.options())
        assert run.code == 0, run.out


@pytest.fixture(scope="module")
def pushed(site: Site, people: None) -> list[sent.Sent]:
    began = time.monotonic()
    arguments = ["push", "--reviewers", "r1,r2", "--minutes", "100000", *site.options()]
    run = review(*arguments, *data(site))
    rows = sent.read(site.reviews / "sent.jsonl")
    _tell(f"{len(rows)} tasks pushed in {time.monotonic() - began:.1f} s\n{run.out}")
    assert len(rows) >= 1000
    again = review(*arguments, *data(site))
    assert again.out.count(" 0 sent") == 2
    return rows


def test_every_chain_goes_once_to_each_reviewers_own_project(
    site: Site, pushed: list[sent.Sent]
) -> None:
    assert len({(s.chain_id, s.reviewer) for s in pushed}) == len(pushed)
    assert len({s.project for s in pushed}) == 2
    with client(site) as c:
        for project in {s.project for s in pushed}:
            there = [t["data"]["chain_id"] for t in c.tasks(project, include="id,data")]
            assert sorted(there) == sorted(s.chain_id for s in pushed if s.project == project)


def test_nothing_on_the_server_tells_who_wrote_a_chain_or_why_it_was_chosen(
    site: Site, pushed: list[sent.Sent]
) -> None:
    with client(site) as c:
        there = c.export(pushed[0].project, [s.task for s in pushed[:50]])
    keys = {"chain_id", "question", "image", "before", "after"}
    assert {frozenset(t["data"]) for t in there} == {frozenset(keys)}
    assert {str(t["meta"]) for t in there} == {"{}"}
    told = json.dumps([{**t, "data": {}, "predictions": []} for t in there])
    for word in ("embedded", "audit", "gold", "planted", "stratum", "finding", "verdict"):
        assert word not in told


@pytest.fixture(scope="module")
def chosen(pushed: list[sent.Sent]) -> dict[str, dict[str, sent.Sent]]:
    """Four chains, each with its task in the projects of r1 and r2."""
    of: dict[str, dict[str, sent.Sent]] = {}
    for s in pushed:
        if s.kind == "review" and s.reviewer != "r3":
            of.setdefault(s.chain_id, {})[s.reviewer] = s
    boxed = [c for c, s in sorted(of.items()) if len(s) == 2 and _lone_box(s["r1"])]
    plain = [c for c in sorted(of) if len(of[c]) == 2 and c not in boxed]
    return {
        "accepted": of[plain[0]],
        "edited": of[plain[1]],
        "moved": of[boxed[0]],
        "rejected": of[plain[2]],
    }


def _lone_box(s: sent.Sent) -> bool:
    return s.asked == "localization" and len(s.shown.boxes) == 1


@pytest.fixture(scope="module")
def reviewed(site: Site, chosen: dict[str, dict[str, sent.Sent]]) -> list[table.Reviewed]:
    """Two people in a browser; then a pull."""
    from browser import browsing

    with browsing(site.url, SHOTS, (mail("r1"), PASSWORD), (mail("r2"), PASSWORD)) as (one, two):
        one.open(*_place(chosen["accepted"]["r1"]))
        one.shot("01-as-it-opens")
        one.decide()
        one.shot("02-accepted")
        one.submit()
        one.open(*_place(chosen["edited"]["r1"]))
        one.write("level2", NEW_WORDS)
        one.decide(level2="edit")
        one.tag("level2", "relations", "wrong_verb")
        one.shot("03-edited")
        one.submit()
        one.open(*_place(chosen["moved"]["r1"]))
        one.drag_box(chosen["moved"]["r1"].shown.boxes[0].box, 60, 40)
        one.decide(level1="edit", answer="edit")
        one.shot("04-box-moved")
        one.submit()
        one.open(*_place(chosen["rejected"]["r1"]))
        one.decide(level1="reject")
        one.tag("level1", "grounding", "missed_instrument")
        one.shot("05-rejected")
        one.submit()
        for name in ("accepted", "edited"):
            two.open(*_place(chosen[name]["r2"]))
            two.shot(f"06-second-reviewer-{name}")
            two.decide()
            two.submit()
    review("pull", *site.options())
    return table.read(site.reviews / "reviews.parquet")


def _place(s: sent.Sent) -> tuple[int, int]:
    return s.project, s.task


def by(reviewed: list[table.Reviewed], s: sent.Sent) -> table.Review:
    (found,) = [
        r.review
        for r in reviewed
        if (r.review.chain_id, r.review.reviewer, r.review.kind) == (s.chain_id, s.reviewer, s.kind)
    ]
    return found


def test_what_was_done_in_the_browser_comes_back(
    reviewed: list[table.Reviewed], chosen: dict[str, dict[str, sent.Sent]]
) -> None:
    assert len(reviewed) == 6
    assert by(reviewed, chosen["accepted"]["r1"]).decision == "accept"
    edit = by(reviewed, chosen["edited"]["r1"])
    assert (edit.decision, edit.levels["level2"].edited_text) == ("edit", NEW_WORDS)
    assert edit.levels["level2"].error_tags == ("wrong_verb",)
    assert edit.levels["level1"].edited_text is None
    reject = by(reviewed, chosen["rejected"]["r1"])
    assert (reject.decision, reject.levels["level1"].error_tags) == (
        "reject",
        ("missed_instrument",),
    )
    assert reject.seconds > 0


def test_a_moved_box_is_in_the_words_of_the_answer(
    reviewed: list[table.Reviewed], chosen: dict[str, dict[str, sent.Sent]]
) -> None:
    shown = chosen["moved"]["r1"].shown
    found = by(reviewed, chosen["moved"]["r1"])
    (box,) = found.edited_boxes
    assert box.name == shown.boxes[0].name
    assert box.box[0] > shown.boxes[0].box[0] + 0.02
    answer = found.levels["answer"].edited_text
    assert answer
    assert shown.boxes[0].text not in answer
    assert found.levels["level1"].edited_text is not None


def test_a_second_pull_finds_nothing_new(site: Site, reviewed: list[table.Reviewed]) -> None:
    before = (site.reviews / "log.jsonl").read_bytes()
    run = review("pull", *site.options())
    assert run.out.count(" 0 new versions, 0 deleted") == 2
    assert (site.reviews / "log.jsonl").read_bytes() == before


def test_agreement_and_status_are_told(site: Site, reviewed: list[table.Reviewed]) -> None:
    out = site.folder / "agreement.json"
    run = review("stats", "--reviews", str(site.reviews), "--out", str(out))
    assert "Agreement on 2 chains seen twice" in run.out
    assert json.loads(out.read_text())["overall"]["percent"]["value"] == 0.5
    run = review(
        "status", "--reviews", str(site.reviews), "--params", str(site.folder / "params.yaml")
    )
    assert "1 wait for a third person" in run.out
    assert "more accepted in a row" in run.out


@pytest.fixture(scope="module")
def adjudicated(
    site: Site, reviewed: list[table.Reviewed], chosen: dict[str, dict[str, sent.Sent]]
) -> list[table.Reviewed]:
    from browser import browsing

    run = review("adjudicate", "--reviewer", "r3", *site.options(), *data(site))
    assert "1 sent" in run.out, run.out
    (s,) = [s for s in sent.read(site.reviews / "sent.jsonl") if s.kind == "adjudication"]
    assert s.chain_id == chosen["edited"]["r1"].chain_id
    with browsing(site.url, SHOTS, (mail("r3"), PASSWORD)) as (third,):
        third.open(s.project, s.task)
        assert third.page.get_by_text("Reviewer B").count() > 0
        third.write("level2", NEW_WORDS)
        third.decide(level2="edit")
        third.shot("07-adjudication")
        third.submit()
    review("pull", *site.options())
    return table.read(site.reviews / "reviews.parquet")


def test_a_third_person_settles_it(
    adjudicated: list[table.Reviewed], chosen: dict[str, dict[str, sent.Sent]]
) -> None:
    found = decided(adjudicated)[chosen["edited"]["r1"].chain_id]
    assert (found.outcome, found.why) == ("edited", "adjudicated")


def test_the_edit_is_in_the_round_and_in_the_shard_and_the_reject_is_not(
    site: Site, adjudicated: list[table.Reviewed], chosen: dict[str, dict[str, sent.Sent]]
) -> None:
    d = site.folder / "data"
    stage(
        site.folder, "collect", "--round", "r0", "--ingest", f"{d}/ingest",
        "--drafts", f"{d}/drafts", "--verdicts", f"{d}/verdicts", "--handoff", f"{d}/handoff",
        "--reviews", str(site.reviews / "reviews.parquet"), "--out", f"{d}/rounds/r0",
        "--metrics", "m/collect.json",
    )  # fmt: skip
    examples = list(tables.read(d / "rounds/r0/examples.parquet", Example))
    ids = {e.chain.chain_id for e in examples}
    assert {e.released_by for e in examples} == {"human"}
    assert chosen["accepted"]["r1"].chain_id in ids
    assert chosen["rejected"]["r1"].chain_id not in ids
    parents = {e.chain.provenance.parent_chain_id: e.chain for e in examples if e.chain.provenance}
    assert NEW_WORDS in parents[chosen["edited"]["r1"].chain_id].text
    assert parents[chosen["moved"]["r1"].chain_id].provenance.generator == "human"
    stage(
        site.folder, "shard", "--round", f"{d}/rounds/r0", "--ingest", f"{d}/ingest",
        "--frames", f"{d}/frames", "--questions", f"{d}/questions", "--out", f"{d}/shards/r0",
        "--metrics", "m/shard.json",
    )  # fmt: skip
    import datasets

    rows = datasets.Dataset.from_file(str(next((d / "shards/r0").glob("chains-train-*.arrow"))))
    assert any(NEW_WORDS in text for text in rows["text"])


def test_preferences_hold_the_edit_over_what_it_edits(
    site: Site, adjudicated: list[table.Reviewed], chosen: dict[str, dict[str, sent.Sent]]
) -> None:
    out = site.folder / "preferences.jsonl"
    review(
        "preferences", str(out), "--reviews", str(site.reviews),
        "--drafts", str(site.folder / "data/drafts"), "--params", str(site.folder / "params.yaml"),
    )  # fmt: skip
    pairs = [json.loads(line) for line in out.read_text().splitlines()]
    assert chosen["edited"]["r1"].chain_id in {p["rejected_id"] for p in pairs}


def test_the_token_is_in_no_file_but_its_own(site: Site, adjudicated: object) -> None:
    secret = credentials.token(server.token_file(site.state))
    places = [*site.reviews.rglob("*"), site.state / "server.log"]
    assert not [p for p in places if p.is_file() and secret.encode() in p.read_bytes()]
    assert server.token_file(site.state).stat().st_mode & 0o077 == 0


def test_the_log_of_all_this_is_whole(site: Site, adjudicated: object) -> None:
    assert len(log.read(site.reviews / "log.jsonl")) == 7
    chains = list(tables.read(site.folder / "data/drafts/phantom.parquet", Chain))
    assert len({c.chain_id for c in chains}) == len(chains)
