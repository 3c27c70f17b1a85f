from surgchain.annotators.label_studio import reading, shown, tasks
from surgchain.annotators.label_studio.sent import Sent
from surgchain.schemas import chain_text, ontology
from surgchain.schemas.records import Chain, Entity, Question

WORDS = ontology.load("cholect50")
BOX = "[100, 200, 300, 400]"


def sent(answer: str = "preparation", asked: str = "phase") -> Sent:
    text = chain_text.render(f"A grasping instrument {BOX} is seen.", "It rests.", "So.", answer)
    chain = Chain(
        chain_id="c1", frame_id="p/V/1", question=Question(task=asked, text="?"), text=text
    )
    return Sent(
        chain_id="c1", server="http://ls", project=1, task=7, reviewer="r1", kind="review",
        asked=asked, stratum="s", reason="audit", surgery="g", page="p",
        shown=shown.of(chain, WORDS),
    )  # fmt: skip


def version(of: Sent, **changes: object) -> dict:
    """An annotation that accepts everything as it was shown, but for the changes."""
    chain = Chain(
        chain_id="c1", frame_id="p/V/1", question=Question(task=of.asked, text="?"), text=""
    )
    pictures = tasks.Pictures("a", "b", "c")
    (prediction,) = tasks.task(chain, of.shown, pictures, (640, 480))["predictions"]
    decisions = {p: changes.pop(p, "accept") for p in shown.PARTS}
    result = prediction["result"] + [
        {"from_name": f"{p}_decision", "type": "choices", "value": {"choices": [d]}}
        for p, d in decisions.items()
    ]
    return {
        "server": of.server, "annotation": 1, "updated_at": "2026-11-28T10:00:00Z",
        "lead_time": 12.5, "cancelled": False, "result": result, **changes,
    }  # fmt: skip


def value_of(version: dict, number: str) -> dict:
    (found,) = [r["value"] for r in version["result"] if r.get("id") == number]
    return found


def test_everything_accepted_is_an_accept_without_changes() -> None:
    found = reading.review(sent(), version(sent()))
    assert found is not None
    assert (found.decision, found.seconds, found.boxes_changed) == ("accept", 12.5, False)
    assert found.boxes == (Entity(name="grasper", box=(0.1, 0.2, 0.3, 0.4)),)
    assert [level.edited_text for level in found.levels.values()] == [None] * 4


def test_an_accept_with_other_words_is_an_edit() -> None:
    given = version(sent())
    value_of(given, "level2")["text"] = ["It pulls."]
    found = reading.review(sent(), given)
    assert (found.decision, found.levels["level2"].decision) == ("edit", "edit")
    assert found.levels["level2"].edited_text == "It pulls."
    assert 0 < found.levels["level2"].edit_distance < 1


def test_a_moved_box_is_written_into_the_words() -> None:
    of = sent(answer=f"grasper {BOX}", asked="localization")
    given = version(of)
    value_of(given, "box0").update(x=50.0, y=50.0)
    found = reading.review(of, given)
    assert found.decision == "edit"
    assert found.edited_boxes == (Entity(name="grasper", box=(0.5, 0.5, 0.7, 0.7)),)
    assert "[500, 500, 700, 700]" in found.levels["level1"].edited_text
    assert found.levels["answer"].edited_text == "grasper [500, 500, 700, 700]"


def test_a_box_moved_onto_another_of_its_name_is_in_the_answer_once() -> None:
    # the words place the grasper wrongly, the answer rightly: the wrong box is dragged to the right
    of = sent(answer="grasper [500, 500, 700, 700]; hook [1, 1, 50, 50]", asked="localization")
    given = version(of)
    value_of(given, "box0").update(x=51.0, y=50.0)
    found = reading.review(of, given)
    assert "[510, 500, 710, 700]" in found.levels["level1"].edited_text
    assert found.levels["answer"].edited_text is None


def test_two_of_a_kind_close_together_stay_two() -> None:
    answer = "grasper [500, 500, 700, 700]; grasper [510, 500, 710, 700]"
    of = sent(answer=answer, asked="localization")
    given = version(of)
    value_of(given, "box0").update(x=1.0, y=1.0)
    assert reading.review(of, given).levels["answer"].edited_text == (
        "grasper [10, 10, 210, 210]; grasper [500, 500, 700, 700]; grasper [510, 500, 710, 700]"
    )


def test_rounding_on_the_page_moves_no_box() -> None:
    given = version(sent())
    value_of(given, "box0").update(x=10.04, width=20.03)
    assert reading.review(sent(), given).boxes_changed is False


def test_a_deleted_box_leaves_the_words_and_the_answer() -> None:
    of = sent(answer=f"grasper {BOX}; hook [1, 1, 50, 50]", asked="localization")
    given = version(of)
    given["result"] = [r for r in given["result"] if r.get("id") != "box1"]
    found = reading.review(of, given)
    assert found.boxes_changed
    assert found.levels["answer"].edited_text == f"grasper {BOX}"


def test_one_reject_makes_the_review_a_reject_with_its_tags() -> None:
    given = version(sent(), level1="edit", level3="reject")
    taxonomy = [["context", "wrong_phase"], ["context", "not-a-fault"]]
    given["result"].append({"from_name": "level3_faults", "value": {"taxonomy": taxonomy}})
    found = reading.review(sent(), given)
    assert found.decision == "reject"
    assert found.levels["level3"].error_tags == ("wrong_phase",)


def test_what_could_not_be_judged_is_no_decision() -> None:
    found = reading.review(sent(), version(sent(), level3="cannot judge"))
    assert (found.decision, "level3" in found.levels) == (None, False)


def test_a_skipped_or_empty_annotation_makes_no_review() -> None:
    assert reading.review(sent(), version(sent(), cancelled=True)) is None
    assert reading.review(sent(), version(sent(), result=[])) is None
    assert reading.review(sent(), version(sent(), result=["junk", {"value": 3}])) is None


def test_words_that_were_deleted_are_an_edit_to_nothing() -> None:
    given = version(sent())
    given["result"] = [r for r in given["result"] if r.get("id") != "level2"]
    assert reading.review(sent(), given).levels["level2"].edited_text == ""
