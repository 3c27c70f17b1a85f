import json
from pathlib import Path

from surgchain.pipelines.corpus.drafting import Drafted, drafted
from surgchain.pipelines.corpus.project import Project
from surgchain.pipelines.corpus.report.page import page

NOTES = {
    "chains": {"asked": 200, "needed_repair": 10, "failed": 4},
    "twins": {"n": 20, "agree": 17},
    "cache_hit_rate": {"prefix_cache": 0.75},
    "ledger": {"answered": 206, "prompt_tokens": 640_000, "completion_tokens": 80_000},
}


def told(folder: Path, teachers: dict) -> None:
    (folder / "draft").mkdir(parents=True, exist_ok=True)
    text = json.dumps({"in": 260, "out": 253, "teachers": teachers})
    (folder / "draft" / "ward.json").write_text(text, encoding="utf-8")


def test_rates_are_parts_of_what_was_asked(tmp_path: Path) -> None:
    told(tmp_path, {"0-vllm": NOTES, "1-embedded": {}})
    nothing = (None,) * 5
    assert drafted(tmp_path) == [
        Drafted("ward", "vllm", 200, 0.05, 0.02, 20, 0.85, 0.75, 640_000, 80_000),
        Drafted("ward", "embedded", 60, None, 0.05, *nothing),
    ]


def test_a_teacher_alone_that_counts_nothing_itself_wrote_all_of_the_stage(tmp_path: Path) -> None:
    told(tmp_path, {"0-embedded": {}})
    assert drafted(tmp_path)[0][:5] == ("ward", "embedded", 260, None, 7 / 260)


def test_of_two_that_count_nothing_nobody_knows_who_wrote_what(tmp_path: Path) -> None:
    told(tmp_path, {"0-embedded": {}, "1-embedded": {}})
    assert [row[2:] for row in drafted(tmp_path)] == [(None,) * 8] * 2


def test_without_twins_nothing_is_said_of_them(tmp_path: Path) -> None:
    told(tmp_path, {"0-vllm": {**NOTES, "twins": {"n": 0, "agree": 0}}})
    assert drafted(tmp_path)[0].agree is None


def test_the_agreement_of_twins_stands_in_the_report(small_project: Path) -> None:
    told(Path("metrics"), {"0-vllm": NOTES})
    text = page(Project())
    assert '<th class="n">twins</th><th class="n">twins that agree</th>' in text
    assert '<td class="n">20</td><td class="n">0.85</td>' in text
