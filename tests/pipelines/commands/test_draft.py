from pathlib import Path

import pytest

from surgchain.annotators.ledger import Entry, Ledger, totals
from surgchain.pipelines.commands.draft import chosen, forget
from surgchain.schemas.errors import InputError


def test_only_what_failed_is_forgotten_and_it_is_said_why(tmp_path: Path, capsys) -> None:
    path = tmp_path / "phantom" / "ledger.sqlite"
    with Ledger(path) as ledger:
        ledger.write([Entry("a", "fine"), Entry("b", "", "refused"), Entry("c", "", "refused")])
    with Ledger(tmp_path / "phantom" / "1-vllm" / "ledger.sqlite") as ledger:  # a second teacher
        ledger.write([Entry("d", "", "the server hung")])
    assert forget(tmp_path / "phantom") == 3
    assert capsys.readouterr().out == (
        "phantom/1-vllm: 1 to ask again: the server hung\nphantom: 2 to ask again: refused\n"
    )
    assert (totals(path).answered, totals(path).failed) == (1, 0)


def test_without_a_ledger_there_is_nothing_to_forget(tmp_path: Path) -> None:
    assert forget(tmp_path) == 0
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_source_is_answered_with_the_list(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_text("sources: {b: {}, a: {}}", encoding="utf-8")
    assert chosen(None, path) == ["a", "b"]
    with pytest.raises(InputError, match="no source named 'c'; one of a, b"):
        chosen(["c"], path)
