"""Who is asked and how: each combination of flags tells the truth, or is refused."""

import json
from pathlib import Path

import pytest
from factories_evaluate import evaluated

from surgchain.pipelines.commands.evaluate import Boxes
from surgchain.pipelines.surgbench import replies as kept
from surgchain.pipelines.surgbench import ways
from surgchain.schemas.errors import InputError


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        ({"blind": True}, "--teacher with --blind: it is shown the facts"),
        ({"samples": 3}, "--teacher with --samples: it writes one text"),
        ({"boxes": "pixels"}, "--teacher with --boxes: it writes thousandths"),
        ({"logprobs": True}, "--teacher with --logprobs: it is no language model"),
    ],
)
def test_what_a_teacher_cannot_be_asked_is_refused(flags: dict, told: str) -> None:
    values = {
        "model": None, "endpoint": None, "name": "", "samples": 1, "max_tokens": 8, "boxes": None,
        "teacher": True, "blind": False, "logprobs": False, **flags,
    }  # fmt: skip
    with pytest.raises(InputError, match=told):
        ways.chosen(**values)


def test_the_teachers_results_say_that_it_was_shown_the_facts(small_project) -> None:
    found = evaluated(teacher=True)
    assert (found["shown"], found["samples"], found["model"]) == ("facts", 1, "teacher")
    assert "the facts, not the pictures: an upper bound" in Path("out/index.html").read_text()


def test_a_checkpoint_of_ours_says_itself_how_it_writes_boxes(tmp_path: Path) -> None:
    for name in ("config.json", "surgchain.json", "model.safetensors"):
        (tmp_path / name).write_text("{}")
    values = {
        "model": tmp_path, "endpoint": None, "name": "", "samples": 1, "max_tokens": 8,
        "teacher": False, "blind": False, "logprobs": False,
    }  # fmt: skip
    assert ways.chosen(**values, boxes=None).boxes == "card"
    with pytest.raises(InputError, match="whose card says"):
        ways.chosen(**values, boxes="pixels")
    (tmp_path / "surgchain.json").unlink()
    assert ways.chosen(**values, boxes=None).boxes == "thousandths"
    assert ways.chosen(**values, boxes="pixels").boxes == "pixels"


def test_boxes_in_pixels_mean_the_same_with_and_without_the_picture(small_project, chat) -> None:
    asked = {}
    for blind in (False, True):
        chat.seen.clear()
        chat.answer = lambda _: "<answer>hook [16, 12, 80, 60]</answer>"
        evaluated(chat, out=Path(str(blind)), boxes=Boxes.pixels, blind=blind)
        asked[blind] = [b["messages"][1]["content"][-1]["text"] for b in chat.seen]
        found, replies = kept.read(Path(str(blind)))
        read = {r.texts[0] for a, r in zip(found, replies, strict=True) if a.task == "localization"}
        assert len(read) == 1
        asked[blind].append(next(iter(read)))
    assert asked[False] == asked[True]
    words = next(w for w in asked[True] if "pixels" in w)
    width, height = (int(w) for w in words.split() if w.isdigit() and int(w) > 3)
    assert asked[True][-1] == (
        f"<answer>hook [{round(16e3 / width)}, {round(12e3 / height)}, "
        f"{round(80e3 / width)}, {round(60e3 / height)}]</answer>"
    )


def test_scores_made_again_say_how_the_answers_were_asked_for(small_project, chat) -> None:
    first = evaluated(chat, samples=3, blind=True)
    again = evaluated(rescore=True, limit=3)
    assert again == first
    assert (again["samples"], again["shown"]) == (3, "nothing")
    Path("out/asked.json").unlink()
    with pytest.raises(InputError, match="not known how these answers were asked for"):
        evaluated(rescore=True)


def test_what_is_kept_beside_the_answers_is_read_strictly(tmp_path: Path) -> None:
    way = ways.Way(kind="endpoint", name="m", samples=2)
    ways.write(tmp_path, way)
    assert ways.read(tmp_path) == way
    (tmp_path / ways.FILE).write_text(json.dumps({**way.model_dump(), "shown": "perhaps"}))
    with pytest.raises(InputError, match="shown: "):
        ways.read(tmp_path)
