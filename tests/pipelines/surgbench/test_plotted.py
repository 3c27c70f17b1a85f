"""What `dvc metrics` and `dvc plots` show of an evaluation is what its page shows."""

import json
import re
import subprocess
from pathlib import Path

from factories_evaluate import evaluated


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_dvc_shows_the_figures_of_the_page(small_project, chat) -> None:
    chat.answer = lambda body: "<answer>preparation</answer>"
    evaluated(chat, limit=None)
    page = Path("out/index.html").read_text()
    run("git", "init", "--quiet")
    run("dvc", "init", "--quiet")
    shown = json.loads(run("dvc", "metrics", "show", "--json", "out/results.json"))
    tasks = shown[""]["data"]["out/results.json"]["data"]["tasks"]
    plots = json.loads(run("dvc", "plots", "show", "--json", "out/figures.csv"))["data"]
    points = [p for of in plots.values() for plot in of for p in datapoints(plot)]
    assert {(p["task"], p["figure"]) for p in points} == {
        (name, figure) for name, t in tasks.items() for figure in t["figures"]
    }
    for p in points:
        t = tasks[p["task"]]
        assert float(p["value"]) == t["figures"][p["figure"]]
        assert float(p["majority"]) == t["controls"]["majority"][p["figure"]]
    for name, t in tasks.items():
        block = page[page.index(f"<summary>{name}: {len(t['figures'])} figures") :]
        for figure, value in t["figures"].items():
            assert re.search(rf'<td>{figure}</td><td class="n">{value:.3f}', block), figure


def datapoints(plot: dict) -> list[dict]:
    """The rows behind a plot."""
    content = plot["content"]
    values = json.loads(content) if isinstance(content, str) else content
    return values["data"]["values"]
