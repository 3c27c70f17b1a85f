import json
from pathlib import Path

from surgchain.pipelines.corpus.drafting import Drafted, drafted
from surgchain.pipelines.corpus.project import Project
from surgchain.pipelines.corpus.report import page

NOTES = {
    "chains": {"asked": 200, "needed_repair": 10, "failed": 4},
    "twins": {"n": 20, "agree": 17},
    "cache_hit_rate": {"prefix_cache": 0.75},
    "ledger": {"answered": 206, "prompt_tokens": 640_000, "completion_tokens": 80_000},
}


def told(folder: Path, teachers: dict) -> None:
    (folder / "draft").mkdir(parents=True, exist_ok=True)
    text = json.dumps({"in": 200, "out": 196, "teachers": teachers})
    (folder / "draft" / "ward.json").write_text(text, encoding="utf-8")


def test_rates_are_parts_of_what_was_asked(tmp_path: Path) -> None:
    told(tmp_path, {"0-vllm": NOTES, "1-embedded": {}})
    nothing = (None,) * 8
    assert drafted(tmp_path) == [
        Drafted("ward", "vllm", 200, 0.05, 0.02, 20, 0.85, 0.75, 640_000, 80_000),
        Drafted("ward", "embedded", *nothing),
    ]


def test_without_twins_nothing_is_said_of_them(tmp_path: Path) -> None:
    told(tmp_path, {"0-vllm": {**NOTES, "twins": {"n": 0, "agree": 0}}})
    assert drafted(tmp_path)[0].agree is None


def test_the_agreement_of_twins_stands_in_the_report(small_project: Path) -> None:
    told(Path("metrics"), {"0-vllm": NOTES})
    text = page(Project())
    assert "<th>twins</th><th>twins that agree</th>" in text
    assert '<td class="n">20</td><td class="n">0.85</td>' in text
