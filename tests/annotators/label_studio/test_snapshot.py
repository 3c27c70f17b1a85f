"""What stands, from a log written by hand: another's change, deletion, clocks, a second look."""

from surgchain.annotators.label_studio import log, reveal
from surgchain.annotators.label_studio.sent import Sent
from surgchain.annotators.label_studio.shown import PARTS, Shown
from surgchain.annotators.label_studio.snapshot import Snapshot, snapshot

ME, OTHER = 5, 6
WORDS = {"level1": "A hook.", "level2": "It rests.", "level3": "So.", "answer": "preparation"}


def sent(task: int = 1, **more: object) -> Sent:
    values = {
        "chain_id": f"c{task}", "server": "http://ls", "project": 1, "task": task,
        "reviewer": "r1", "kind": "review", "asked": "phase", "stratum": "s", "reason": "audit",
        "surgery": "g", "page": "p", "shown": Shown(parts=WORDS), **more,
    }  # fmt: skip
    return Sent(**values)


def version(decision: str, at: str, task: int = 1, **more: object) -> dict:
    texts = [{"from_name": p, "value": {"text": [w]}} for p, w in WORDS.items()]
    choices = [{"from_name": f"{p}_decision", "value": {"choices": [decision]}} for p in PARTS]
    return {
        "kind": "version", "server": "http://ls", "project": 1, "task": task, "annotation": task,
        "chain_id": f"c{task}", "task_updated_at": at, "page": "p", "completed_by": ME,
        "updated_by": ME, "created_at": at, "updated_at": at, "lead_time": 9.0,
        "cancelled": False, "result": texts + choices, **more,
    }  # fmt: skip


def shown(kind: str, task: int = 1) -> dict:
    return {"kind": kind, "server": "http://ls", "project": 1, "task": task, "chain_id": "c1"}


def stand(*events: dict, of: Sent | None = None) -> Snapshot:
    entries = [log.Entry(str(n), e) for n, e in enumerate(events)]
    return snapshot(entries, [of or sent()], {"r1": ME})


def said(found: Snapshot) -> list[tuple[str, str | None]]:
    return [(r.kind, r.decision) for r in found.reviews]


def test_the_last_version_of_a_first_look_stands() -> None:
    found = stand(version("accept", "10:00"), version("reject", "10:05"))
    assert said(found) == [("review", "reject")]


def test_what_was_changed_after_the_findings_were_shown_is_a_second_look() -> None:
    found = stand(
        version("accept", "10:00"),
        shown(reveal.REVEALING),
        shown(reveal.REVEALED),
        version("reject", "10:05"),
        version("edit", "10:06"),
    )
    assert said(found) == [("review", "accept"), ("second look", "edit")]


def test_from_the_moment_the_server_may_have_the_findings_a_change_is_a_second_look() -> None:
    found = stand(version("accept", "10:00"), shown(reveal.REVEALING), version("reject", "10:05"))
    assert said(found) == [("review", "accept"), ("second look", "reject")]


def test_clocks_decide_nothing_about_first_and_second() -> None:
    # the server's clock was put back by an hour in between
    found = stand(version("accept", "10:00"), shown(reveal.REVEALING), version("reject", "09:00"))
    assert said(found) == [("review", "accept"), ("second look", "reject")]


def test_a_hidden_item_is_scored_by_its_first_look() -> None:
    found = stand(
        version("accept", "10:00"), shown(reveal.REVEALING), version("reject", "10:05"),
        of=sent(kind="gold", planted="wrong_verb"),
    )  # fmt: skip
    assert said(found) == [("gold", "accept")]
    assert dict(found.aside) == {"a second look at a hidden item": 1}


def test_a_deleted_annotation_takes_both_looks_with_it() -> None:
    gone = {**version("accept", "10:09"), "kind": "deleted"}
    found = stand(
        version("accept", "10:00"), shown(reveal.REVEALING), version("reject", "10:05"), gone
    )
    assert said(found) == []


def test_what_another_account_wrote_over_it_is_set_aside() -> None:
    found = stand(version("accept", "10:00"), version("reject", "10:05", updated_by=OTHER))
    assert said(found) == [("review", "accept")]
    assert dict(found.aside) == {"changed by another account than the reviewer's": 1}


def test_findings_are_due_when_the_reviewer_decided_and_not_before() -> None:
    rows = [sent(1, findings="level 2"), sent(2, findings="level 3"), sent(3)]
    entries = [
        log.Entry("0", version("accept", "10:00")),
        log.Entry("1", version("accept", "1", 3)),
    ]
    reviews = snapshot(entries, rows, {"r1": ME}).reviews
    assert reveal.due(entries, rows, reviews, "http://ls") == [rows[0]]
    assert reveal.due(entries, rows, reviews, "http://other") == []


def test_what_another_decided_in_the_project_reveals_nothing() -> None:
    rows = [sent(1, findings="level 2")]
    entries = [log.Entry("0", version("accept", "10:00", completed_by=OTHER))]
    reviews = snapshot(entries, rows, {"r1": ME}).reviews
    assert reveal.due(entries, rows, reviews, "http://ls") == []


def test_findings_that_may_not_have_arrived_are_due_again() -> None:
    rows = [sent(1, findings="level 2")]
    events = [version("accept", "10:00"), shown(reveal.REVEALING)]
    entries = [log.Entry(str(n), e) for n, e in enumerate(events)]
    reviews = snapshot(entries, rows, {"r1": ME}).reviews
    assert reveal.due(entries, rows, reviews, "http://ls") == rows
    entries.append(log.Entry("2", shown(reveal.REVEALED)))
    assert reveal.due(entries, rows, reviews, "http://ls") == []
