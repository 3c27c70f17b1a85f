"""Push, review in a browser, pull, agree, adjudicate, collect: in this order, on one server."""

import json
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import drawn
from conftest import PASSWORD, SHOTS, Site, review, sign_up, stage
from drawn import Drawn

from surgchain.annotators.label_studio import credentials, log, sent, server
from surgchain.annotators.label_studio.client import Client
from surgchain.pipelines.corpus.reviews import decided
from surgchain.schemas import boxes as box_text
from surgchain.schemas import reviews as table
from surgchain.schemas import tables
from surgchain.schemas.boxes import iou
from surgchain.schemas.records import Chain, Example, Review

REVIEWERS = ("r1", "r2", "r3", "r4")
LATER = "Shown here after your decision was submitted and read."


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


def test_gold_is_mixed_among_the_others(site: Site, pushed: list[sent.Sent]) -> None:
    kinds = [s.kind for s in pushed if s.reviewer == "r1"]
    at = [n for n, kind in enumerate(kinds) if kind == "gold"]
    assert len(at) == 20
    assert at[-1] - at[0] > len(kinds) / 2  # not in one piece


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
def chosen(site: Site, pushed: list[sent.Sent]) -> dict[str, Drawn]:
    return drawn.chosen(site.folder, pushed)


@pytest.fixture(scope="module")
def reviewed(site: Site, chosen: dict[str, Drawn]) -> list[table.Reviewed]:
    """Two people in a browser; then a pull."""
    from browser import browsing

    with browsing(site.url, SHOTS, (mail("r1"), PASSWORD), (mail("r2"), PASSWORD)) as (one, two):
        one.open(*_place(chosen["accepted"].task["r1"]))
        one.shot("01-as-it-opens")
        one.decide()
        one.shot("02-accepted")
        one.submit()
        one.open(*_place(chosen["edited"].task["r1"]))
        one.write("level2", chosen["edited"].words())
        one.decide(level2="edit")
        one.tag("level2", "relations", "wrong_verb")
        one.shot("03-edited")
        one.submit()
        one.open(*_place(chosen["moved"].task["r1"]))
        (off,) = chosen["moved"].off()
        one.drag_box(off.box, chosen["moved"].box(off.name))
        one.decide(level1="edit")
        one.tag("level1", "grounding", "box_mismatch")
        one.shot("04-box-moved")
        one.submit()
        one.open(*_place(chosen["rejected"].task["r1"]))
        one.decide(level1="reject")
        one.tag("level1", "grounding", "hallucinated_instrument")
        one.shot("05-rejected")
        one.submit()
        for name in ("accepted", "edited"):
            two.open(*_place(chosen[name].task["r2"]))
            two.decide()
            two.shot(f"06-second-reviewer-{name}")
            two.submit()
    run = review("pull", *site.options())
    assert run.code == 0, run.out
    return table.read(site.reviews / "reviews.parquet")


def _place(s: sent.Sent) -> tuple[int, int]:
    return s.project, s.task


def by(reviewed: list[table.Reviewed], s: sent.Sent) -> Review:
    (found,) = [
        r.review
        for r in reviewed
        if (r.review.chain_id, r.review.reviewer, r.review.kind) == (s.chain_id, s.reviewer, s.kind)
    ]
    return found


def test_what_was_done_in_the_browser_comes_back(
    reviewed: list[table.Reviewed], chosen: dict[str, Drawn]
) -> None:
    assert len(reviewed) == 6
    assert by(reviewed, chosen["accepted"].task["r1"]).decision == "accept"
    edit = by(reviewed, chosen["edited"].task["r1"])
    assert edit.decision == "edit"
    assert edit.levels["level2"].edited_text == chosen["edited"].words()
    assert edit.levels["level2"].error_tags == ("wrong_verb",)
    assert edit.levels["level1"].edited_text is None
    reject = by(reviewed, chosen["rejected"].task["r1"])
    assert reject.decision == "reject"
    assert reject.levels["level1"].error_tags == ("hallucinated_instrument",)
    assert reject.seconds > 0


def test_a_moved_box_lies_on_the_instrument_and_is_in_the_words(
    reviewed: list[table.Reviewed], chosen: dict[str, Drawn]
) -> None:
    moved = chosen["moved"]
    found = by(reviewed, moved.task["r1"])
    (off,) = moved.off()
    (box,) = found.edited_boxes
    assert box.name == off.name
    assert iou(box.box, moved.box(off.name)) > 0.7
    words = found.levels["level1"].edited_text
    assert words
    assert off.text not in words
    assert box_text.to_text(box.box) in words
    assert found.levels["answer"].edited_text is None  # it had the right box already


def test_a_second_pull_finds_nothing_new(site: Site, reviewed: list[table.Reviewed]) -> None:
    before = (site.reviews / "log.jsonl").read_bytes()
    run = review("pull", *site.options())
    assert run.out.count(" 0 new versions, 0 deleted") == 2
    assert (site.reviews / "log.jsonl").read_bytes() == before
    assert review("pull", "--all", *site.options()).out.count(" 0 new versions") == 2


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
    site: Site, reviewed: list[table.Reviewed], chosen: dict[str, Drawn]
) -> list[table.Reviewed]:
    from browser import browsing

    run = review("adjudicate", "--reviewer", "r3", *site.options(), *data(site))
    assert "1 sent" in run.out, run.out
    (s,) = [s for s in sent.read(site.reviews / "sent.jsonl") if s.kind == "adjudication"]
    assert s.chain_id == chosen["edited"].chain.chain_id
    with browsing(site.url, SHOTS, (mail("r3"), PASSWORD)) as (third,):
        third.open(s.project, s.task)
        assert third.page.get_by_text("Reviewer B").count() > 0
        third.write("level2", chosen["edited"].words())
        third.decide(level2="edit")
        third.shot("07-adjudication")
        third.submit()
    review("pull", *site.options())
    return table.read(site.reviews / "reviews.parquet")


def test_a_third_person_settles_it(
    adjudicated: list[table.Reviewed], chosen: dict[str, Drawn]
) -> None:
    found = decided(adjudicated)[chosen["edited"].chain.chain_id]
    assert (found.outcome, found.why) == ("edited", "adjudicated")


def test_the_edit_is_in_the_round_and_in_the_shard_and_the_reject_is_not(
    site: Site, adjudicated: list[table.Reviewed], chosen: dict[str, Drawn]
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
    assert chosen["accepted"].chain.chain_id in ids
    assert chosen["rejected"].chain.chain_id not in ids
    parents = {e.chain.provenance.parent_chain_id: e.chain for e in examples if e.chain.provenance}
    assert chosen["edited"].words() in parents[chosen["edited"].chain.chain_id].text
    assert parents[chosen["moved"].chain.chain_id].provenance.generator == "human"
    stage(
        site.folder, "shard", "--round", f"{d}/rounds/r0", "--ingest", f"{d}/ingest",
        "--frames", f"{d}/frames", "--questions", f"{d}/questions", "--out", f"{d}/shards/r0",
        "--metrics", "m/shard.json",
    )  # fmt: skip
    import datasets

    rows = datasets.Dataset.from_file(str(next((d / "shards/r0").glob("chains-train-*.arrow"))))
    assert any(chosen["edited"].words() in text for text in rows["text"])


def test_preferences_hold_the_edit_over_what_it_edits(
    site: Site, adjudicated: list[table.Reviewed], chosen: dict[str, Drawn]
) -> None:
    out = site.folder / "preferences.jsonl"
    review(
        "preferences", str(out), "--reviews", str(site.reviews),
        "--drafts", str(site.folder / "data/drafts"), "--params", str(site.folder / "params.yaml"),
    )  # fmt: skip
    pairs = [json.loads(line) for line in out.read_text().splitlines()]
    assert chosen["edited"].chain.chain_id in {p["rejected_id"] for p in pairs}


@pytest.fixture(scope="module")
def looked_again(site: Site, adjudicated: object, chosen: dict[str, Drawn]) -> list[table.Reviewed]:
    """A fourth person accepts what is wrong, is shown what every checker found, and edits."""
    from browser import browsing

    d, edited = site.folder / "data", chosen["edited"]
    open_params = site.folder / "open.yaml"
    text = (site.folder / "params.yaml").read_text()
    text = text.replace("checkers: [format, leak]", "").replace("gold: 20", "blind: false")
    open_params.write_text(text)
    stage(
        site.folder, "check", "--source", "phantom", "--ingest", f"{d}/ingest/phantom",
        "--chains", f"{d}/drafts/phantom.parquet", "--out", f"{d}/open/phantom.parquet",
        "--metrics", "m/open.json", "--params", str(open_params),
    )  # fmt: skip
    of_others = {s.chain_id for s in sent.read(site.reviews / "sent.jsonl")}
    assert edited.chain.chain_id in of_others
    run = review(
        "push", "--reviewers", "r4", "--overlap", "3", "--minutes", "100000", *site.options(),
        *data(site)[:-4], "--params", str(open_params), "--pictures", site.pictures,
        "--verdicts", f"{d}/open",
    )  # fmt: skip
    assert "second look r4" in run.out, run.out
    (task,) = [
        s
        for s in sent.read(site.reviews / "sent.jsonl")
        if (s.reviewer, s.chain_id) == ("r4", edited.chain.chain_id)
    ]
    with client(site) as c:
        before = c.call("GET", f"/api/tasks/{task.task}/")
    assert before["data"]["findings"] == LATER
    assert "wrong verb" not in json.dumps(before)
    with browsing(site.url, SHOTS, (mail("r4"), PASSWORD)) as (fourth,):
        fourth.open(*_place(task))
        assert LATER in fourth.page.locator(".sc-told").inner_text()
        fourth.decide()
        fourth.submit()
        run = review("pull", *site.options())
        assert "the checkers' findings are now shown on 1 that were decided" in run.out
        fourth.open(*_place(task))
        assert "level 2, wrong verb" in fourth.page.locator(".sc-told").inner_text()
        fourth.write("level2", edited.words())
        fourth.page.keyboard.press("s")
        fourth.shot("09-second-look")
        fourth.submit()
    run = review("pull", *site.options())
    assert "now shown" not in run.out
    return table.read(site.reviews / "reviews.parquet")


def test_a_second_look_is_kept_beside_the_first_and_agreement_counts_the_first(
    site: Site, looked_again: list[table.Reviewed]
) -> None:
    of_r4 = [r.review for r in looked_again if r.review.reviewer == "r4"]
    assert [(r.kind, r.decision) for r in of_r4] == [("review", "accept"), ("second look", "edit")]
    kinds = [e.event["kind"] for e in log.read(site.reviews / "log.jsonl")]
    assert kinds[-4:] == ["version", "revealing", "revealed", "version"]
    out = site.folder / "agreement-2.json"
    review("stats", "--reviews", str(site.reviews), "--out", str(out))
    assert json.loads(out.read_text())["reviewers"]["r4"]["decisions"] == {"accept": 1}


def test_every_hotkey_does_what_the_page_says(
    site: Site, looked_again: object, chosen: dict[str, Drawn]
) -> None:
    from browser import HOTKEYS, browsing

    with browsing(site.url, SHOTS, (mail("r2"), PASSWORD)) as (two,):
        task = chosen["moved"].task["r2"]
        two.open(*_place(task))
        two.drag_box(
            task.shown.boxes[-1].box, task.shown.boxes[-1].box
        )  # a chosen box has its own keys
        for part, keys in HOTKEYS.items():
            for decision, key in keys.items():
                two.page.keyboard.press(key)
                ticked = f".sc-{part} .lsf-choice:has(.ant-radio-checked)"
                two.page.wait_for_selector(f"{ticked}:has-text('{decision}')")
                assert two.page.locator(ticked).count() == 1
        two.page.keyboard.press("g")
        two.page.wait_for_selector(".ant-rate-star-full")
        two.page.keyboard.press("Escape")
        two.page.keyboard.press("3")
        two.draw_box((0.1, 0.1, 0.2, 0.2))
        assert two.regions() == len(task.shown.boxes) + 1
        assert two.last_label() == "hook"
        two.shot("10-hotkeys")


def test_the_token_is_in_no_file_but_its_own(site: Site, looked_again: object) -> None:
    secret = credentials.token(server.token_file(site.state))
    places = [*site.reviews.rglob("*"), site.state / "server.log"]
    assert not [p for p in places if p.is_file() and secret.encode() in p.read_bytes()]
    assert server.token_file(site.state).stat().st_mode & 0o077 == 0


def test_the_log_of_all_this_is_whole(site: Site, looked_again: object) -> None:
    assert len(log.read(site.reviews / "log.jsonl")) == 11
    chains = list(tables.read(site.folder / "data/drafts/phantom.parquet", Chain))
    assert len({c.chain_id for c in chains}) == len(chains)
