import math
from pathlib import Path

import pyarrow as pa
import pytest

from surgchain.pipelines.commands.diff import diff
from surgchain.pipelines.corpus import diff as diffs
from surgchain.pipelines.corpus.project import Project
from surgchain.schemas import tables
from surgchain.schemas.records import Example


def test_diversity_by_hand() -> None:
    found = diffs.diversity(["a b c d", "a b c e"])
    assert found.distinct_1 == 5 / 8
    assert found.distinct_3 == 3 / 4
    assert found.entropy_bits == pytest.approx(3 * 0.25 * 2 + 2 * 0.125 * 3)
    assert found.near_duplicates == 0.0


def test_texts_that_differ_in_numbers_only_are_near_duplicates() -> None:
    assert diffs.diversity(["A [1, 2]", "A [30, 40]", "B"]).near_duplicates == 2 / 3


def test_no_text_is_no_error() -> None:
    assert diffs.diversity([]) == (0.0, 0.0, 0.0, 0.0)
    assert not math.isnan(diffs.diversity([""]).entropy_bits)


def test_what_came_is_what_the_model_wrote(small_project: Path) -> None:
    found = diffs.of_rounds(Project(), "r0", "r1")
    new = list(tables.read(Path("data/rounds/r1/examples.parquet"), Example))
    own = [e for e in new if e.released_by == "self"]
    assert (found["came"], found["left"]) == (len(own), 0)
    assert found["self_made"] == [0.0, len(own) / len(new)]
    came = {name: s["came"] for name, s in found["strata"].items() if s["came"]}
    assert sum(came.values()) == len(own)
    assert all(name.endswith("/model") for name in came)
    back = diffs.of_rounds(Project(), "r1", "r0")
    assert (back["came"], back["left"]) == (0, len(own))


def test_peoples_decisions_are_counted(small_project: Path) -> None:
    chain_id = next(iter(tables.read(Path("data/rounds/r0/examples.parquet"), Example)))
    rows = [
        {"chain_id": chain_id.chain.chain_id, "decision": d} for d in ("accept", "accept", "reject")
    ]
    schema = pa.schema([("chain_id", pa.string()), ("decision", pa.string())])
    tables.write_rows(Path("reviews/more.parquet"), rows, schema)
    (people, _) = diffs.of_rounds(Project(), "r0", "r1")["people"]
    assert people == {"reviews": 3, "accepted": 2 / 3}


def test_balance_by_hand() -> None:
    assert diffs.balance([0.5, 0.5]) == 1.0
    assert diffs.balance([1.0]) == 0.0
    assert diffs.balance([0.75, 0.25]) == pytest.approx(0.75 * math.log2(4 / 3) + 0.25 * 2)


def test_a_stratum_says_how_varied_it_is_and_what_people_say_of_it(small_project: Path) -> None:
    new = list(tables.read(Path("data/rounds/r1/examples.parquet"), Example))
    own = [e for e in new if e.released_by == "self" and e.chain.question.task == "phase"]
    rows = [
        {"chain_id": own[0].chain.chain_id, "decision": "accept"},
        {"chain_id": own[1].chain.chain_id, "decision": "reject"},
    ]
    schema = pa.schema([("chain_id", pa.string()), ("decision", pa.string())])
    tables.write_rows(Path("reviews/more.parquet"), rows, schema)
    found = diffs.of_rounds(Project(), "r0", "r1")
    assert found["strata"]["ward/phase/model"] == {
        "before": 0, "came": len(own), "left": 0,
        "diversity": [
            diffs.diversity([])._asdict(),
            diffs.diversity([e.chain.text for e in own])._asdict(),
        ],
        "people": (
            {"reviews": 0, "accepted": None}, {"reviews": 2, "accepted": 0.5},
        ),
    }  # fmt: skip
    phase = found["answers"][1]["phase"]
    assert found["balance"][1]["phase"] == diffs.balance(phase.values())


def test_the_page_of_a_diff(small_project: Path, capsys) -> None:
    diff("r0", "r1")
    told = capsys.readouterr().out
    for word in (
        "ward/phase/model",
        "self-made",
        "near twins",
        "most frequent phase",
        "distinct-3",
        "what came",
        "balance of phase",
        "of them accepted",
    ):
        assert word in told
