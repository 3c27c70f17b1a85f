import json

import pytest

from surgchain.pipelines.sources import SourceParams, copesd
from surgchain.schemas.records import Entity, Question

PARAMS = SourceParams(format="copesd", root="")


def item(answer, image="D:/x/ESD/023521/0001.jpg", question="Use the Knife."):
    turns = [{"from": "human", "value": question}, {"from": "gpt", "value": answer}]
    return {"conversations": turns, "image": image}


def read(root, *items):
    (root / "smllm_test.json").write_text(json.dumps(items))
    return list(copesd.read("cop", root, PARAMS))


def test_a_conversation_becomes_a_question_with_canonical_boxes_and_known_instruments(tmp_path):
    (reading,) = read(tmp_path, item("Move the Knife[0.14, 0.50, 0.90, 0.77] up."))
    ((frame_id, question),) = reading.asked
    assert frame_id == "cop/023521/0001"
    gold = "Move the Knife [140, 500, 900, 770] up."
    assert question == Question(task="vqa", text="Use the Knife.", gold=gold)
    (scene,) = reading.scenes
    assert scene.instruments == (Entity(name="Knife", box=(0.14, 0.5, 0.9, 0.77)),)
    assert scene.labelled == ()  # what an instruction does not name may be there
    assert (reading.path, reading.split, reading.rows) == ("images/023521", "test", 2)


def test_a_recording_whose_boxes_are_sizes_is_found_out_as_a_whole(tmp_path):
    possible_both_ways = item("Lift the Forceps[0.1, 0.1, 0.3, 0.4].", "D:\\v\\5\\0001.jpg")
    only_a_size = item("Hold the Knife[0.54, 0.42, 0.41, 0.36].", "D:\\v\\5\\0002.jpg")
    (reading,) = read(tmp_path, possible_both_ways, only_a_size)
    assert [s.instruments[0].box for s in reading.scenes] == [
        (0.1, 0.1, 0.4, 0.5),
        (0.54, 0.42, pytest.approx(0.95), 0.78),
    ]


def test_where_nobody_can_say_what_the_numbers_are_the_item_is_refused(tmp_path):
    (reading,) = read(tmp_path, item("Lift the Forceps[0.1, 0.1, 0.3, 0.4]."))
    assert [(r.where, r.reason) for r in reading.refused] == [
        ("smllm_test.json:[0]", "box may be corners or a size")
    ]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (item("Use the Laser[0.1, 0.1, 0.95, 0.95]."), "unknown instrument"),
        (item("Use the 2 [0.1, 0.1, 0.95, 0.95]."), "box without an instrument"),
        (item("Use the Knife[0.1, 0.1, 0.95]."), "box is not four numbers"),
        (item("Use it.", image="../0001.jpg"), "image is not recording/number"),
        (item("Use it.", image="D:/a/b/frame.jpg"), "image is not recording/number"),
        (item("Use it."), "picture twice in the files"),
        ({"image": "D:/023521/0009.jpg"}, "conversation is not one question and one answer"),
        ("text", "image is not recording/number"),
    ],
)
def test_a_bad_item_is_refused_and_the_rest_goes_on(tmp_path, bad, reason):
    good = item("Move the Knife[0.14, 0.50, 0.90, 0.77] up.")
    readings = read(tmp_path, good, bad)
    assert [r.reason for x in readings for r in x.refused] == [reason]
    assert sum(len(x.asked) for x in readings) == 1
    for reading in readings:
        assert reading.rows == reading.frames + len(reading.asked) + len(reading.refused)


def test_every_real_conversation_is_read_and_one_recording_writes_sizes(real):
    readings = {r.video: r for r in copesd.read("cop", real / "CoPESD", PARAMS)}
    assert {v: len(r.asked) for v, r in readings.items()} == {
        "023521": 1049,
        "232521": 220,
        "233029": 518,
    }
    assert not any(r.refused for r in readings.values())
    # item 1050: the Forceps[0.16, 0.18, 0.33, 0.58] ... the Knife[0.58, 0.36, 0.37, 0.41]
    boxes = [e.box for s in readings["233029"].scenes for e in s.instruments]
    assert (0.16, 0.18, 0.49, 0.76) in [tuple(round(v, 2) for v in b) for b in boxes]
