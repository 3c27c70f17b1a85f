"""What a benchmark keeps about a patient who leaves: its ledger is emptied, the rest is named."""

from pathlib import Path

from factories_evaluate import evaluated

from surgchain.annotators.ledger import Entry, Ledger, totals
from surgchain.pipelines.commands.withdraw import withdraw
from surgchain.pipelines.corpus import elsewhere
from surgchain.pipelines.surgbench import replies


def test_the_answers_about_a_surgery_leave_the_ledger_of_a_benchmark(
    small_project, chat, capsys
) -> None:
    chat.answer = lambda _: "a text about the third ward patient"
    evaluated(chat, out=Path("results/m"))
    asked, _ = replies.read(Path("results/m"))
    assert {a.surgery_id for a in asked} == {"ward:VID03"}
    ledger = Path("results/m/ledger.sqlite")
    texts = totals(ledger).answered
    with Ledger(ledger) as book:
        book.write([Entry("k", "a text about another", frame_id="ward/VID01/000001")])
    capsys.readouterr()

    withdraw("ward:VID03", "consent withdrawn")
    told = capsys.readouterr().out
    assert f"ledger       {ledger}: {texts + 1} texts = 1 kept + {texts} deleted\n" in told
    assert f"benchmark    results/m/answers.parquet: {len(asked)} answers about it" in told
    assert b"third ward patient" not in ledger.read_bytes()
    assert b"a text about another" in ledger.read_bytes()


def test_results_are_found_wherever_they_lie_but_not_in_environments(tmp_path) -> None:
    for place in ("here/m", "reports/surgbench/m", ".venvs/m", "data/m", "deep/data/m"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / replies.LEDGER).touch()
    found = [p.relative_to(tmp_path).as_posix() for p in elsewhere.benchmarks(tmp_path)]
    assert found == ["deep/data/m", "here/m", "reports/surgbench/m"]
