"""What dvc.yaml says of plots is drawn, and the page of `make plots` asks nothing of a network."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from surgchain.qa.funnel import ALL

ROOT = Path(__file__).parent.parent
DVC = [sys.executable, "-m", "dvc"]
CHROMIUM = Path("/usr/bin/chromium")
VEGA = ROOT / ".venvs" / "vega"
STEPS = 5
LIVE = re.compile(r"models/\w+/live/plots/metrics/\w+\.tsv")


@pytest.fixture
def project(small_project: Path) -> Path:
    """A small project under DVC; what its models would have logged is written as DVCLive does."""
    shutil.copy(ROOT / "dvc.yaml", small_project)
    subprocess.run([*DVC, "init", "--no-scm", "--quiet"], cwd=small_project, check=True)
    plots = Path(".dvc", "plots")
    shutil.copytree(ROOT / plots, small_project / plots, dirs_exist_ok=True)
    for series in LIVE.findall((ROOT / "dvc.yaml").read_text(encoding="utf-8")):
        path = small_project / series
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = [f"17644{step}\t{step}\t{2 / step}" for step in range(1, STEPS + 1)]
        path.write_text("\n".join([f"timestamp\tstep\t{path.stem}", *rows]) + "\n")
    return small_project


def declared() -> dict[str, list[str]]:
    """Return the plots of dvc.yaml, each with the files it is drawn of."""
    found = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))
    whole = {name: list(plot["y"]) for one in found["plots"] for name, plot in one.items()}
    stages = [stage.get("do", stage) for stage in found["stages"].values()]
    files = [
        (plot if isinstance(plot, str) else next(iter(plot))).replace("${key}", "ward")
        for stage in stages
        for plot in stage.get("plots", ())
    ]
    return {**whole, **{file: [file] for file in files}}


def shown(project: Path, *more: str) -> Mapping:
    command = [*DVC, "plots", "show", "--json", *more]
    done = subprocess.run(command, cwd=project, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def page(project: Path, vega: Path) -> Path:
    out = project / "reports" / "plots"
    command = [ROOT / "envs" / "plots.sh", vega, out]
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    subprocess.run(command, cwd=project, check=True, env={"PATH": path}, capture_output=True)
    return out / "index.html"


def test_every_plot_of_dvc_yaml_is_drawn_of_all_its_files(project: Path) -> None:
    found = shown(project)
    assert "errors" not in found
    assert set(found["data"]) == set(declared())
    for name, (plot,) in found["data"].items():
        rows = plot["content"]["data"]["values"]
        assert len(rows) >= STEPS, name
        files = declared()[name]
        if len(files) > 1:  # DVC leaves out what all their names begin with
            assert {f"models/{row['filename']}" for row in rows} == set(files)


def test_the_funnel_is_drawn_by_checker_and_task(project: Path) -> None:
    (plot,) = shown(project, "metrics/check/ward.funnel.csv")["data"].popitem()[1]
    flagged, dropped = (layer["encoding"] for layer in plot["content"]["layer"])
    assert plot["content"]["encoding"]["y"]["field"] == "checker"
    assert flagged["x"]["field"] == "flagged"
    assert (dropped["x"]["field"], dropped["color"]["field"]) == ("dropped", "task")
    counted = json.loads((project / "metrics" / "check" / "ward.json").read_text())
    rows = plot["content"]["data"]["values"]
    dropped = [int(r["dropped"]) for r in rows if r["class"] == ALL]
    assert sum(dropped) == counted["in"] - counted["passed"] > 0


def test_the_page_holds_every_plot_and_names_no_address(project: Path, tmp_path: Path) -> None:
    vega = tmp_path / "vega"
    vega.mkdir()
    for name in ("vega", "vega-lite", "vega-embed"):
        (vega / f"{name}.min.js").write_text("// kept")
    made = page(project, vega)
    text = made.read_text(encoding="utf-8")
    loaded = re.findall(r'(?:src|href)="([^"]*)"', text)
    assert loaded == ["vega/vega.min.js", "vega/vega-lite.min.js", "vega/vega-embed.min.js"]
    assert all((made.parent / name).exists() for name in loaded)
    assert text.count("vegaEmbed(") == len(declared())


def test_the_plots_are_pictures_in_a_browser_that_has_no_network(project: Path) -> None:
    sync = pytest.importorskip("playwright.sync_api", reason="pip install -e '.[review]'")
    if not CHROMIUM.exists() or not (VEGA / "vega.min.js").exists():
        pytest.skip(f"no {CHROMIUM}, or no {VEGA}, which `make plots` keeps")
    made = page(project, VEGA)
    with sync.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = browser.new_context(offline=True).new_page()
        said: list[str] = []
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.goto(made.as_uri())
        tab.locator(".vega-embed canvas, .vega-embed svg").nth(len(declared()) - 1).wait_for()
        browser.close()
    assert said == []
