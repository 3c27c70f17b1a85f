"""What servers do wrong: the row gets a reason, the job goes on, and nothing paid for is lost."""

import json
import logging
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from surgchain.annotators.ledger import totals
from surgchain.annotators.teachers import Ask, Draft
from surgchain.annotators.teachers.vllm import LEDGER, Teacher
from surgchain.pipelines.corpus import ledger_rows
from surgchain.schemas.errors import InputError, PartialOutput
from tests.annotators.conftest import CHAIN, ChatServer, running
from tests.annotators.teachers.test_vllm import asks

QUICK = {"model": "m", "in_flight": 1, "timeout_s": 0.5, "attempts": 2}
GERMAN = {**CHAIN, "level2": "Der Haken trennt die Gallenblase von der Leber ab."}
TOO_LONG = "This model's maximum context length is 8192 tokens, and your prompt has 9000"


@pytest.fixture
def drafted(chat: ChatServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable:
    monkeypatch.setenv("SURGCHAIN_TEACHER_URLS", chat.url)
    monkeypatch.setenv("SURGCHAIN_TEACHER_KEY", "the-key")

    def run(some: list[Ask], **settings: object) -> list[Draft]:
        return list(Teacher(**{**QUICK, **settings}).draft(some, tmp_path / "work", {}))

    return run


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        (["429"] * 2, "the server is overloaded (429)"),
        (["500"] * 2, "the server failed (500)"),
        (["hang"] * 2, "the server hung"),
        (["half"] * 2, "half an answer came"),
        (["html"] * 2, "the answer is not the chat protocol's JSON"),
        (["endless"], "the answer has no end"),
        ([" \n" * 9000] * 2, "empty"),
        ([json.dumps(CHAIN)[:60]] * 2, "not whole JSON"),
        (["I'm sorry, I can't help with that."] * 2, "refused"),
        ([json.dumps(GERMAN)] * 2, "in another language than the question"),
        (["400 cannot identify image file"],
         "the server refused it (400): cannot identify image file"),
        ([f"400 {TOO_LONG}"], f"the server refused it (400): {TOO_LONG}"),
    ],
    ids=lambda v: v[:24] if isinstance(v, str) else "",
)  # fmt: skip
def test_the_row_gets_its_reason_and_the_next_one_is_answered(
    chat: ChatServer, drafted: Callable, steps: list[str], reason: str
) -> None:
    chat.script = list(steps)
    bad, good = drafted(asks(2))
    assert (bad.how, bad.failed, bad.chain) == ("failed", reason, None)
    assert good.how == "answered"
    chat.script = []
    assert [d.how for d in drafted(asks(2))] == ["failed", "ledger"]  # until it is asked to retry


def test_an_absent_server_stops_the_job_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SURGCHAIN_TEACHER_URLS", "http://127.0.0.1:9/v1")
    with pytest.raises(PartialOutput, match=r"no teacher could be reached for 0\.3 s"):
        list(Teacher(**QUICK, give_up_after_s=0.3).draft(asks(2), tmp_path, {}))


def test_with_every_server_dead_what_was_paid_for_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = ChatServer(), ChatServer()
    teacher = Teacher(**{**QUICK, "timeout_s": 20}, give_up_after_s=0.3)
    with ExitStack() as alive:
        for server in (first, second):
            server.script = [*["good"] * 25, "hang"]
            alive.enter_context(running(server))
        urls = f"{first.url},{second.url}"
        monkeypatch.setenv("SURGCHAIN_TEACHER_URLS", urls)
        drafts = teacher.draft(asks(60), tmp_path, {})
        paid = [next(drafts).how for _ in range(25)]
        while first.script or second.script:
            time.sleep(0.01)
    with pytest.raises(PartialOutput, match="what was answered is kept in the ledger"):
        list(drafts)
    assert paid == ["answered"] * 25
    kept = totals(tmp_path / LEDGER)
    assert (kept.answered, kept.failed) == (50, 0)
    with running(first):
        again = list(teacher.draft(asks(60), tmp_path, {}))
    assert Counter(d.how for d in again) == {"ledger": 50, "answered": 10}


def test_a_server_that_repeats_address_and_key_puts_them_nowhere(
    chat: ChatServer,
    drafted: Callable,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    chat.script = [f"400 key the-key at {chat.url} is not allowed", "500", "500"]
    bad, *_ = drafts = drafted(asks(3))
    assert bad.failed == "the server refused it (400): key ... at ... is not allowed"
    chat.key = "another"
    with pytest.raises(InputError) as stopped:
        drafted(asks(4))
    files = [p for p in (tmp_path / "work").rglob("*") if p.is_file()]
    chain = drafts[2].chain
    lineage = ledger_rows.holding([tmp_path / "work" / LEDGER], chain.text)
    told = [
        *(p.read_bytes().decode(errors="replace") for p in files),
        *capfd.readouterr(), caplog.text, str(stopped.value), str(drafts),
        chain.model_dump_json(), json.dumps(lineage),
    ]  # fmt: skip
    assert lineage
    for text in told:
        assert "the-key" not in text
        assert f":{chat.port}" not in text
