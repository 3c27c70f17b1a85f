"""A judge model beside the checkers, asked through a real server on this machine."""

import json

import pytest
from factories import chain, scene

from surgchain.annotators import judge
from surgchain.annotators.judge import LEDGER, Opinion, Settings
from surgchain.annotators.ledger import totals
from surgchain.pipelines.stages import check
from surgchain.schemas import tables
from surgchain.schemas.errors import InputError, PartialOutput
from surgchain.schemas.records import Verdict

QUICK = {"model": "m", "attempts": 2, "give_up_after_s": 0.3, "timeout_s": 2}


def reply(follows, reason="because"):
    return json.dumps({"follows": follows, "reason": reason})


@pytest.fixture
def asked(chat, tmp_path, monkeypatch):
    """Ask the server about chains."""
    monkeypatch.setenv(judge.URLS, chat.url)
    chat.answer = lambda _: reply("yes")

    def ask(*chains):
        return list(judge.opinions(chains, Settings(**QUICK), tmp_path))

    return ask


def test_an_opinion_names_its_model_and_its_prompt(asked, chat):
    chat.script = [reply("no", "level 3 says preparation")]
    assert asked(chain()) == [
        Opinion("c1", "no", "level 3 says preparation", "m", judge.prompt_sha256())
    ]
    body = chat.seen[0]
    words = body["messages"][0]["content"][0]["text"]
    assert "Level 2:" in words
    assert "----- answer\nclipping-and-cutting\n" in words
    assert (body["model"], body["temperature"]) == ("m", 0.0)
    assert "image_url" not in json.dumps(body)


def test_what_was_answered_is_never_asked_again(asked, chat, tmp_path):
    first = asked(chain(), chain(chain_id="c2", answer="preparation"))
    assert asked(chain(), chain(chain_id="c2", answer="preparation")) == first
    assert len(chat.seen) == 2
    assert totals(tmp_path / LEDGER).answered == 2


def test_a_failure_is_told_and_asked_again_the_next_time(asked, chat):
    chat.script = ["400 too long"]
    failed, fine = asked(chain(), chain(chain_id="c2", answer="preparation"))
    assert {failed.follows, fine.follows} == {None, "yes"}
    assert [o.follows for o in asked(chain(), chain(chain_id="c2", answer="preparation"))] == [
        "yes", "yes",
    ]  # fmt: skip
    assert len(chat.seen) == 3


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("it follows, I would say", "not whole JSON"),
        ('{"follows": "perhaps", "reason": "x"}', "no opinion among yes, no, open"),
        ("[]", "no opinion among yes, no, open"),
        ("{" * 100_000, "not whole JSON"),
    ],
)
def test_a_reply_that_cannot_be_read_is_no_opinion(asked, chat, text, reason):
    chat.answer = lambda _: text
    (opinion,) = asked(chain())
    assert (opinion.follows, opinion.reason) == (None, reason)


def test_a_chain_without_levels_or_answer_or_without_end_is_not_sent(asked, chat):
    texts = ["no levels", chain(answer=" ").text, chain(level1="word " * 10_000).text]
    found = asked(*(chain(text=t, chain_id=f"c{n}") for n, t in enumerate(texts)))
    assert [o.follows for o in found] == [None] * 3
    assert chat.seen == []


def test_a_half_character_in_a_chain_does_not_stop_the_rest(asked):
    found = asked(chain(level1="A grasper \ud800."), chain(chain_id="c2"))
    assert [o.follows for o in found] == ["yes", "yes"]


def test_without_a_server_named_nothing_is_asked(tmp_path, monkeypatch):
    monkeypatch.delenv(judge.URLS, raising=False)
    with pytest.raises(InputError, match=f"no server is: set {judge.URLS}"):
        list(judge.opinions([chain()], Settings(**QUICK), tmp_path))


def test_a_server_without_the_model_is_one_clear_error(asked, chat):
    chat.models = ("other",)
    with pytest.raises(InputError, match=r"has no model 'm', but other; set check\.judge\.model"):
        asked(chain())


def staged(tmp_path, section):
    chains = [chain(), chain(chain_id="c2", answer="preparation")]
    (tmp_path / "params.yaml").write_text(json.dumps({"check": section}), encoding="utf-8")
    tables.write(tmp_path / "ingest/scenes.parquet", [scene()], tables.SCENES)
    tables.write(tmp_path / "chains.parquet", chains, tables.CHAINS)
    check.run(
        source="s", ingest=tmp_path / "ingest", chains=tmp_path / "chains.parquet",
        out=tmp_path / "verdicts.parquet", metrics=tmp_path / "metrics.json",
        page_path=tmp_path / "page.html", work=tmp_path / "work",
        params_path=tmp_path / "params.yaml",
    )  # fmt: skip
    verdicts = list(tables.read(tmp_path / "verdicts.parquet", Verdict))
    return verdicts, json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"))


def test_the_stage_tells_opinions_apart_and_drops_nothing_by_them(tmp_path, chat, monkeypatch):
    monkeypatch.setenv(judge.URLS, chat.url)
    chat.answer = lambda _: reply("no", "<b>levels say otherwise</b>")
    verdicts, counts = staged(tmp_path, {"judge": QUICK})
    without, plain = staged(tmp_path, {})
    assert verdicts == without
    assert [v.passed for v in verdicts] == [True, False]
    assert counts["judge"]["follows"] == {"no": 2}
    assert counts["judge"]["recall"]["value"] == 0.5
    assert counts["judge"]["model"] == "m"
    assert "judge" not in plain
    lines = (tmp_path / "work/opinions.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(row)["chain_id"] for row in lines] == ["c1", "c2"]


def test_the_page_shows_the_model_and_escapes_its_words(tmp_path, chat, monkeypatch):
    monkeypatch.setenv(judge.URLS, chat.url)
    chat.answer = lambda _: reply("no", "<b>levels say otherwise</b>")
    staged(tmp_path, {"judge": QUICK})
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "Beside a judge model" in page
    assert "&lt;b&gt;levels say otherwise" in page


def test_a_server_that_dies_is_one_error_and_what_was_answered_is_kept(tmp_path, monkeypatch):
    monkeypatch.setenv(judge.URLS, "http://127.0.0.1:9/v1")
    with pytest.raises(PartialOutput, match="no teacher could be reached"):
        staged(tmp_path, {"judge": QUICK})
    assert list(tables.read(tmp_path / "verdicts.parquet", Verdict))
    assert not (tmp_path / "work/opinions.jsonl").exists()
