import asyncio
import socket
from collections.abc import Callable
from dataclasses import replace
from threading import Timer

import pytest

from surgchain.annotators.serving.client import Client, Limits, RowFailed
from surgchain.schemas.errors import InputError, PartialOutput

BODY = b'{"model": "m", "messages": []}'
CALM = Limits(timeout_s=20, attempts=3, most_in_flight=4, give_up_after_s=20, wait_s=0.01)
QUICK = Limits(timeout_s=0.3, attempts=3, most_in_flight=4, give_up_after_s=0.5, wait_s=0.01)


def ask(urls: list[str], times: int = 1, limits: Limits = QUICK, key: str = "") -> list[str]:
    """Ask so many times at once; return the texts, and the reasons of the rows that failed."""

    async def one(client: Client) -> str:
        try:
            return (await client.ask(BODY)).text[:12]
        except RowFailed as error:
            return f"failed: {error}"

    async def all_of_them() -> list[str]:
        async with Client(urls, key, limits) as client:
            return await asyncio.gather(*(one(client) for _ in range(times)))

    return asyncio.run(all_of_them())


def nobody() -> str:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{one.getsockname()[1]}/v1"


GOOD = '{"level1": "'


@pytest.mark.parametrize("step", ["429", "503", "500", "502", "html", "half", "gone", "hang"])
def test_a_fault_of_the_server_is_tried_again(chat: object, step: str) -> None:
    chat.script = [step]
    assert ask([chat.url], limits=replace(QUICK, give_up_after_s=5)) == [GOOD]
    assert len(chat.seen) == 2


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        ("500", "the server failed (500)"),
        ("html", "the answer is not the chat protocol's JSON"),
        ("half", "half an answer came"),
        ("hang", "the server hung"),
        ("429", "the server is overloaded (429)"),
    ],
)
def test_a_fault_that_stays_fails_the_row_and_the_next_one_is_answered(
    chat: object, step: str, reason: str
) -> None:
    chat.script = [step] * 3
    assert ask([chat.url]) == [f"failed: {reason}"]
    assert ask([chat.url]) == [GOOD]


def test_what_the_server_refuses_fails_at_once_with_its_words(chat: object) -> None:
    chat.script = ["400"]
    assert ask([chat.url]) == ["failed: the server refused it (400): asked to say 400"]
    assert len(chat.seen) == 1


def test_an_answer_without_end_is_cut(chat: object) -> None:
    chat.script = ["endless"]
    limits = Limits(timeout_s=5, attempts=1, most_in_flight=1)
    assert ask([chat.url], limits=limits) == ["failed: the answer has no end"]


def test_a_dead_server_costs_nothing_while_another_answers(chat: object) -> None:
    assert ask([nobody(), chat.url], times=20, limits=CALM) == [GOOD] * 20
    assert len(chat.seen) == 20


def test_with_every_server_dead_the_job_stops_and_says_what_is_kept() -> None:
    with pytest.raises(PartialOutput, match=r"reached for 0\.5 s; what was answered"):
        ask([nobody()])


def test_a_server_that_comes_back_is_used_again(chat: object, start_server: Callable) -> None:
    late = type(chat)()
    late.port = int(nobody().rpartition(":")[2].removesuffix("/v1"))
    timer = Timer(0.6, start_server, [late])
    timer.start()
    patient = Limits(timeout_s=2, attempts=2, most_in_flight=4, give_up_after_s=10)
    assert ask([late.url], times=6, limits=patient) == [GOOD] * 6
    assert len(late.seen) == 6


def test_the_key_goes_into_the_header_and_a_wrong_one_stops_the_job(chat: object) -> None:
    chat.key = "secret"
    assert ask([chat.url], key="secret") == [GOOD]
    with pytest.raises(InputError, match=r"server 1 refuses the key \(401\)") as error:
        ask([chat.url], key="wrong")
    assert "wrong" not in str(error.value).replace("refuses", "")
    assert chat.url not in str(error.value)


def test_load_is_shared(start_server: Callable) -> None:
    first, second = start_server(), start_server()
    assert ask([first.url, second.url], times=40, limits=CALM) == [GOOD] * 40
    assert min(len(first.seen), len(second.seen)) >= 10


def test_a_server_without_the_model_is_left_out(start_server: Callable) -> None:
    server = start_server()

    async def check(model: str) -> None:
        async with Client([server.url], "", QUICK) as client:
            await client.check(model)

    asyncio.run(check("m"))
    with pytest.raises(InputError, match="server 1 has no model 'qwen', but m; set draft"):
        asyncio.run(check("qwen"))


def test_without_an_address_the_variable_is_named() -> None:
    with pytest.raises(InputError, match="set SURGCHAIN_TEACHER_URLS"):
        Client([], "", QUICK)
