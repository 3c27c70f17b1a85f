import json
from pathlib import Path

import pytest

from surgchain.annotators.ledger import Entry, Ledger
from surgchain.pipelines.corpus import ledger_rows, lineage
from surgchain.pipelines.corpus.project import Project
from surgchain.schemas import chain_text, tables
from surgchain.schemas.errors import InputError
from surgchain.schemas.records import Chain

LEVELS = (
    "A hook [10, 10, 90, 90].",
    'The hook \u00e0 la "coagulates" the plate.',
    "So it is dissection.",
)
TEXT = chain_text.render(*LEVELS, "gallbladder-dissection")


def answer(*levels: str, ascii_only: bool = False) -> str:
    """A model's answer, its boxes in pixels."""
    parts = {f"level{n}": text.replace("90", "403") for n, text in enumerate(levels, start=1)}
    return json.dumps(parts, ensure_ascii=ascii_only)


@pytest.mark.parametrize("ascii_only", [True, False])
def test_the_row_is_found_by_its_words_and_a_row_that_shares_one_level_is_not(
    tmp_path: Path, ascii_only: bool
) -> None:
    path = tmp_path / "ledger.sqlite"
    with Ledger(path) as ledger:
        ledger.write(
            [
                Entry("k1", answer("A grasper.", "It holds.", LEVELS[2])),
                Entry("k2", answer(*LEVELS, ascii_only=ascii_only)),
                Entry("k3", "", "the server hung"),
            ]
        )
    assert ledger_rows.holding([path], TEXT) == [{"file": str(path), "key": "k2"}]


def test_staged_drafting_leaves_a_row_a_level(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with Ledger(path) as ledger:
        rows = [json.dumps({f"level{n}": text}) for n, text in enumerate(LEVELS, start=1)]
        ledger.write(Entry(f"k{n}", row) for n, row in enumerate(rows, start=1))
    assert [row["key"] for row in ledger_rows.holding([path], TEXT)] == ["k2", "k3"]


def test_a_chain_without_levels_and_a_file_that_is_no_ledger(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"no database" * 100)
    assert ledger_rows.holding([path], "free text") == []
    with pytest.raises(InputError, match=r"ledger\.sqlite: not a ledger"):
        ledger_rows.holding([path], TEXT)


def test_explain_tells_the_row_of_a_chain_that_a_server_wrote(small_project: Path) -> None:
    path = Path("data/drafts/ward.parquet")
    chains = list(tables.read(path, Chain))
    asked = chains[0].provenance.model_copy(update={"generator": "vllm", "prompt_sha256": "a" * 64})
    chains[0] = chains[0].model_copy(update={"text": TEXT, "provenance": asked})
    tables.write(path, chains, tables.CHAINS)
    for round_name in ("r0", "r1"):
        (Path("data/rounds") / round_name / "examples.parquet").unlink()
    ledger_path = Path("work/draft/ward/ledger.sqlite")
    with Ledger(ledger_path) as ledger:
        ledger.write([Entry("k9", answer(*LEVELS))])
    found = lineage.of_chain(Project(), chains[0].chain_id)
    assert found["written"]["ledger"] == [{"file": str(ledger_path), "key": "k9"}]
    assert lineage.of_chain(Project(), chains[1].chain_id)["written"]["ledger"] == []
