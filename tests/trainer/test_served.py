"""A checkpoint behind an OpenAI-compatible server: what is asked, kept, and refused."""

import http.server
import json
import threading

import pytest

from surgchain.schemas.errors import InputError, PartialOutput
from surgchain.trainer import model_folder, served, shards
from surgchain.trainer.answering import Sampling, forbidden
from surgchain.trainer.shards import Shards

HOW = Sampling(samples=3, temperature=0.8, max_tokens=50)


class Server(http.server.ThreadingHTTPServer):
    """Says its seed, and keeps what it was asked."""

    def __init__(self, name):
        super().__init__(("127.0.0.1", 0), Answers)
        self.name, self.asked, self.status = name, [], 200
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/v1"


class Answers(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        self.say(200, {"data": [{"id": self.server.name}]})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(body)
        message = {"role": "assistant", "content": f" text {body['seed']} <x0><x20><x40><x40>"}
        self.say(self.server.status, {"choices": [{"message": message, "finish_reason": "stop"}]})

    def say(self, status, value):
        content = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture
def questions(shards_folder):
    file = Shards(shards_folder, "frames", "train")
    items = [item for _, item in shards.question_items(file)][:2]
    return [file.picture(0)] * 2, [i.question for i in items]


@pytest.fixture
def server(cold):
    one = Server(model_folder.content_hash(cold))
    yield one
    one.shutdown()


def test_texts_come_back_in_order_and_in_canonical_form_and_are_asked_once(
    cold, server, questions, tmp_path, monkeypatch
):
    monkeypatch.setenv(served.URLS, server.url)
    for _ in range(2):
        with served.served(cold, (), tmp_path) as model:
            texts = served.answer(model, tmp_path / "l", *questions, "chain", HOW, seed=7)
    assert texts[0] == [f"text {21 + k} [0, 500, 1000, 1000]" for k in range(3)]
    assert texts[1] == texts[0]
    assert len(server.asked) == 2 * 3  # the second time the ledger answered


def test_what_is_asked_is_what_transformers_is_asked(
    cold, server, questions, tmp_path, monkeypatch
):
    monkeypatch.setenv(served.URLS, server.url)
    with served.served(cold, (), tmp_path) as model:
        served.answer(model, tmp_path / "l", *questions, "chain", HOW)
    body = server.asked[0]
    sampling = {k: body[k] for k in ("temperature", "top_p", "max_tokens")}
    assert sampling == {"temperature": 0.8, "top_p": 1.0, "max_tokens": 50}
    assert [m["role"] for m in body["messages"]] == ["system", "user"]
    assert [part["type"] for part in body["messages"][1]["content"]] == ["image_url", "text"]
    loaded = model_folder.load(cold)
    vocabulary = loaded.model.get_input_embeddings().weight.shape[0]
    never = {str(t): -100.0 for t in forbidden(loaded.processor, vocabulary)}
    assert body["logit_bias"] == never != {}


def test_other_weights_cannot_answer_for_a_checkpoint(cold, questions, tmp_path, monkeypatch):
    other = Server("0123456789abcdef")
    monkeypatch.setenv(served.URLS, other.url)
    with (
        served.served(cold, (), tmp_path) as model,
        pytest.raises(InputError, match=r"has no model .*, but 0123456789abcdef"),
    ):
        served.answer(model, tmp_path / "l", *questions, "chain", HOW)
    assert other.asked == []
    other.shutdown()


def test_a_sample_that_the_server_refuses_ends_the_harvest_with_what_it_said(
    cold, server, questions, tmp_path, monkeypatch
):
    monkeypatch.setenv(served.URLS, server.url)
    server.status = 400
    with (
        served.served(cold, (), tmp_path) as model,
        pytest.raises(PartialOutput, match=r"a sample cannot be had: the server refused it \(400"),
    ):
        served.answer(model, tmp_path / "l", *questions, "chain", HOW)
