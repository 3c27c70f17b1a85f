import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
import yaml
from PIL import Image

from surgchain.annotators.ledger import Ledger, totals
from surgchain.annotators.serving.pictures import Eyes
from surgchain.annotators.teachers import Ask, Draft
from surgchain.annotators.teachers.vllm import LEDGER, Teacher, hit_rates
from surgchain.schemas.errors import InputError
from surgchain.schemas.records import Provenance, Question, Scene

GOLD = "gallbladder-dissection"
LEVELS = {
    "level1": "A hook [100, 100, 300, 300] lies in the upper left of the picture.",
    "level2": "The hook dissects the gallbladder.",
    "level3": "Dissecting the gallbladder belongs to the gallbladder dissection phase.",
}


def jpeg(seed: int = 0, size: tuple[int, int] = (64, 48)) -> bytes:
    picture = BytesIO()
    small = Image.frombytes("RGB", (8, 8), Random(seed).randbytes(8 * 8 * 3))
    small.resize(size).save(picture, "JPEG")
    return picture.getvalue()


def scene(number: int) -> Scene:
    return Scene(
        frame_id=f"s/v/{number:06d}",
        ontology="cholect50",
        instruments=[{"name": "hook", "box": [0.1, 0.1, 0.3, 0.3]}],
        triplets=[("hook", "dissect", "gallbladder")],
        phase=GOLD,
        labelled=("instruments", "triplets", "phase"),
    )


def asks(frames: int, questions: int = 1) -> list[Ask]:
    return [
        Ask(
            f"s/v/{n:06d}",
            Question(task="phase", text=f"Which phase? ({q})"),
            scene(n),
            lambda n=n: jpeg(n),
            0,
        )
        for n in range(frames)
        for q in range(questions)
    ]


@pytest.fixture
def drafted(chat: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SURGCHAIN_TEACHER_URLS", chat.url)
    monkeypatch.setenv("SURGCHAIN_TEACHER_KEY", "the-key")

    def run(some: list[Ask], notes: dict | None = None, **settings: object) -> list[Draft]:
        quick = {"model": "m", "in_flight": 4, "timeout_s": 5, "attempts": 2, **settings}
        told = {} if notes is None else notes
        return list(Teacher(**quick).draft(some, tmp_path / "work", told))

    return run


def test_a_chain_is_whole_and_says_where_it_comes_from(drafted) -> None:
    (one,) = drafted(asks(1))
    assert one.how == "answered"
    assert one.chain.text == (
        "<think>\n"
        + "".join(f"Level {n}: {t}\n" for n, t in enumerate(LEVELS.values(), start=1))
        + f"</think>\n<answer>{GOLD}</answer>"
    )
    assert one.chain.provenance == Provenance(
        generator="vllm", model="m", prompt_sha256=one.chain.provenance.prompt_sha256,
        saw_facts=True, seed=0,
    )  # fmt: skip
    assert len(one.chain.provenance.prompt_sha256) == 64


def test_drafts_come_in_the_order_of_the_asks_each_exactly_once(drafted, chat) -> None:
    some = asks(30, questions=3)
    found = drafted(some)
    assert [d.ask for d in found] == some
    assert len(chat.seen) == 90


def test_the_request_is_guided_by_the_schema_and_shows_the_picture_once(drafted, chat) -> None:
    drafted(asks(1))
    (body,) = chat.seen
    schema = body["structured_outputs"]["json"]
    assert schema["required"] == ["level1", "level2", "level3", "answer"]
    assert GOLD in schema["properties"]["answer"]["enum"]
    kinds = [p["type"] for p in body["messages"][1]["content"]]
    assert kinds == ["image_url", "text", "text"]
    url = body["messages"][1]["content"][0]["image_url"]["url"]
    assert url.startswith("data:image/jpeg;base64,/9j/")


def test_a_second_run_asks_nothing(drafted, chat) -> None:
    first = drafted(asks(5))
    second = drafted(asks(5)[::-1])  # in another order
    assert len(chat.seen) == 5
    assert {d.how for d in second} == {"ledger"}
    assert [d.chain for d in second][::-1] == [d.chain for d in first]


def test_every_text_in_the_ledger_says_its_frame_and_one_of_older_versions_learns_it(
    drafted, tmp_path
) -> None:
    drafted(asks(2, questions=2))
    frames = [f"s/v/{n:06d}" for n in (0, 0, 1, 1)]
    with closing(sqlite3.connect(tmp_path / "work" / LEDGER)) as ledger:
        asked = "SELECT frame_id FROM rows ORDER BY frame_id"
        assert [f for (f,) in ledger.execute(asked)] == frames
        ledger.execute("UPDATE rows SET frame_id = ''")
        ledger.commit()
        assert {d.how for d in drafted(asks(2, questions=2))} == {"ledger"}
        assert [f for (f,) in ledger.execute(asked)] == frames


def test_another_picture_or_temperature_is_another_question(drafted, chat) -> None:
    (one,) = asks(1)
    drafted([one])
    drafted([one._replace(picture=lambda: jpeg(99))])
    drafted([one], temperature=0.1)
    assert len(chat.seen) == 3


@pytest.mark.parametrize("step", ['{"level1": "A hook', "I'm sorry, I cannot help.", "   \n  "])
def test_what_cannot_be_used_is_asked_once_more(drafted, chat, step: str) -> None:
    chat.script = [step]
    (one,) = drafted(asks(1))
    assert one.how == "repaired"
    first, again = chat.seen
    assert [m["role"] for m in again["messages"]] == ["system", "user", "assistant", "user"]
    assert (first["seed"], "seed" in again) == (0, False)


def test_all_or_nothing_and_the_reason_where_the_repair_fails(drafted, chat, tmp_path) -> None:
    chat.script = ["nonsense", '{"level1": "only"}']
    notes: dict = {}
    first, second = drafted(asks(2), notes, in_flight=1)
    assert (first.chain, first.failed, first.how) == (None, "without level2", "failed")
    assert second.how == "answered"
    assert notes["chains"] == {
        "asked": 2, "needed_repair": 1, "failed": 1, "requests": 3, "prompt_tokens": 300,
        "completion_tokens": 60,
    }  # fmt: skip
    with Ledger(tmp_path / "work" / LEDGER) as ledger:
        assert ledger.forget_failed() == 1
    assert [d.how for d in drafted(asks(2))] == ["repaired", "ledger"]
    assert len(chat.seen) == 4


def test_counts_reconcile_over_every_fault(drafted, chat) -> None:
    faults = ["429", "500", "html", "half", "gone", "400", "nonsense", "nonsense", "503"]
    chat.script = list(faults)
    found = drafted(asks(40), in_flight=2, attempts=4)
    how = Counter(d.how for d in found)
    assert sum(how.values()) == 40
    assert how["failed"] >= 1
    assert all(bool(d.chain) != bool(d.failed) for d in found)
    again = drafted(asks(40), in_flight=2)
    assert [d.failed for d in again] == [d.failed for d in found]
    assert {d.how for d in again} == {"ledger", "failed"}


def test_the_budget_stops_cleanly_and_what_was_paid_for_is_kept(drafted, chat) -> None:
    found = drafted(asks(20), in_flight=1, budget={"tokens": 600})
    assert Counter(d.failed for d in found) == {"": 5, "the budget of 600 tokens is spent": 15}
    assert len(chat.seen) == 5  # 120 tokens each
    more = drafted(asks(20), in_flight=1, budget={"tokens": 1200})
    assert Counter(d.how for d in more) == {"ledger": 5, "answered": 5, "left": 10}


def test_levels_one_after_the_other_see_what_came_before(drafted, chat) -> None:
    whole = {**LEVELS, "answer": GOLD}

    def answer(body: dict) -> str:
        wanted = body["structured_outputs"]["json"]["required"]
        return json.dumps({f: whole[f] for f in wanted})

    chat.answer = answer
    (one,) = drafted(asks(1), mode="staged")
    assert one.chain is not None
    assert [b["structured_outputs"]["json"]["required"] for b in chat.seen] == [
        ["level1"], ["level2"], ["level3", "answer"],
    ]  # fmt: skip
    last = chat.seen[2]["messages"][1]["content"][-1]["text"]
    assert f"Level 1 is: {LEVELS['level1']}\nLevel 2 is: {LEVELS['level2']}" in last


def test_a_twin_does_not_see_the_facts_and_agreement_is_told(drafted, chat) -> None:
    notes: dict = {}
    found = drafted(asks(4), notes, twin_share=1.0)
    assert [d.chain.provenance.saw_facts for d in found] == [True, False] * 4
    assert notes["twins"] == {"n": 4, "agree": 4}
    told = ["established about this frame" in json.dumps(b) for b in chat.seen]
    assert Counter(told) == {True: 4, False: 4}


def test_the_best_of_several_samples_is_kept(drafted, chat) -> None:
    wrong = {**LEVELS, "level2": "The scissors cut the liver.", "answer": GOLD}
    chat.script = [json.dumps(wrong), "good"]
    (one,) = drafted(asks(1), samples=2, keep="best", in_flight=1)
    assert "The hook dissects" in one.chain.text
    assert sorted(b["seed"] for b in chat.seen) == [0, 1]


def test_boxes_in_pixels_become_canonical(drafted, chat) -> None:
    chat.answer = lambda _: json.dumps(
        {**LEVELS, "level1": "A hook [84, 28, 168, 56].", "answer": GOLD}
    )
    ask = asks(1)[0]._replace(picture=lambda: jpeg(0, (840, 280)))
    (one,) = drafted([ask], dialect="pixels")
    assert "A hook [100, 100, 200, 200]." in one.chain.text
    assert "hook [84, 28, 252, 84]" in chat.seen[0]["messages"][1]["content"][1]["text"]


def test_sizes_are_those_of_the_processor() -> None:
    # 854 x 480 -> 840 x 476 is Surg-R1's own (surg-r1.md, section 1.4); 1920 x 1080 by hand:
    # sqrt(1920 * 1080 / 1003520) = 1.4375; floor(1920 / 1.4375 / 28) = 47, floor(1080 / ...) = 26
    sizes = {(854, 480): (840, 476), (1920, 1080): (1316, 728), (40, 40): (56, 56)}
    assert {wh: Eyes().seen(*wh) for wh in sizes} == sizes


def test_pictures_by_path_are_files_that_the_server_can_read(drafted, chat, tmp_path) -> None:
    drafted(asks(1, questions=2), picture="path")
    urls = {b["messages"][1]["content"][0]["image_url"]["url"] for b in chat.seen}
    (path,) = (tmp_path / "work" / "pictures").iterdir()
    assert urls == {f"file://{path}"}
    assert path.read_bytes() == jpeg(0)


def test_addresses_and_keys_are_in_no_file(drafted, chat, tmp_path) -> None:
    chat.script = ["400", "500"]
    drafted(asks(3), {}, attempts=1)
    written = b"".join(p.read_bytes() for p in (tmp_path / "work").rglob("*") if p.is_file())
    assert b"the-key" not in written
    assert str(chat.port).encode() not in written


def test_hit_rates_of_the_servers_caches_are_told(drafted) -> None:
    notes: dict = {}
    drafted(asks(3), notes)
    assert notes["cache_hit_rate"] == {"prefix_cache": 0.7}


def test_the_counters_of_a_server_that_was_started_again_begin_anew() -> None:
    before = {"mm_cache_queries": 90.0, "mm_cache_hits": 60.0}
    after = {"mm_cache_queries": 8.0, "mm_cache_hits": 6.0, "prefix_cache_queries": 0.0}
    assert hit_rates(before, after) == {"mm_cache": 0.75}
    assert hit_rates({}, {"mm_cache_queries": 0.0, "mm_cache_hits": 0.0}) == {}


def test_a_damaged_picture_fails_its_own_questions(drafted, chat) -> None:
    def damaged() -> bytes:
        raise InputError("row 3 is damaged")

    first, second = asks(2)
    found = drafted([first._replace(picture=damaged), second])
    assert [(d.failed, d.how) for d in found] == [("no picture", "failed"), ("", "answered")]


def test_a_wrong_model_is_one_clear_line(drafted) -> None:
    with pytest.raises(InputError, match="has no model 'qwen', but m"):
        drafted(asks(1), model="qwen")


def test_the_profile_of_a_whole_corpus_tells_teacher_and_server_the_same() -> None:
    path = Path(__file__).parents[3] / "profiles" / "surg-r1-7b.yaml"
    text = path.read_text(encoding="utf-8")
    teacher = Teacher(**yaml.safe_load(text)["draft"]["options"])
    serve = text.partition("vllm serve ")[2].partition("teacher: vllm")[0]
    assert serve.split()[0] == teacher.model == "Qwen/Qwen2.5-VL-72B-Instruct"
    assert "Qwen/Qwen2.5-VL-7B-Instruct on one GPU" in serve
    kwargs = json.loads(re.search(r"--mm-processor-kwargs '([^']*)'", serve)[1])
    eyes = teacher.eyes
    assert kwargs == {"min_pixels": eyes.min_pixels, "max_pixels": eyes.max_pixels}
    assert int(re.search(r"--max-model-len (\d+)", serve)[1]) > 2 * teacher.max_tokens
    assert teacher.dialect == "pixels"


DRAFT = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import test_vllm
from surgchain.annotators.teachers.vllm import Teacher
teacher = Teacher(model="m", in_flight=4)
for _ in teacher.draft(test_vllm.asks(150), Path(sys.argv[2]), {}):
    pass
"""


def test_kill_9_at_random_times_sends_only_what_was_in_flight_again(chat, tmp_path: Path) -> None:
    environment = {**os.environ, "SURGCHAIN_TEACHER_URLS": chat.url}
    command = [sys.executable, "-c", DRAFT, str(Path(__file__).parent), str(tmp_path)]
    kills = 0
    for _ in range(10):
        if totals(tmp_path / LEDGER).answered == 150:
            break
        before = len(chat.seen)
        process = subprocess.Popen(command, env=environment)
        while len(chat.seen) < before + 35 and process.poll() is None:
            time.sleep(0.002)
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
        process.wait()
    keys = Counter(json.dumps(b, sort_keys=True) for b in chat.seen)
    assert totals(tmp_path / LEDGER).answered == len(keys) == 150
    assert kills >= 2
    assert len(chat.seen) - 150 <= 4 * kills
