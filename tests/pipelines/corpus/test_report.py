import csv
import re
import shutil
from pathlib import Path

import pytest

from surgchain.pipelines.commands.report import report
from surgchain.pipelines.corpus import charts
from surgchain.pipelines.corpus.project import Project
from surgchain.pipelines.corpus.report.page import page
from surgchain.pipelines.files import read_json, write_json
from surgchain.schemas import tables
from surgchain.schemas.records import Chain


def test_the_page_tells_what_the_stages_counted(small_project: Path) -> None:
    text = page(Project())
    counted = read_json(Path("metrics/collect/r0.json"))
    assert f'<td>accepted</td><td class="n">{counted["accepted"]}</td>' in text
    for fault, number in counted["rejected"].items():
        assert f'<td>{fault}</td><td class="n">{number}</td>' in text
    for row in read_json(Path("metrics/questions/ward.json"))["table"]:
        assert f"<td>{row['source']}</td><td>{row['task']}</td><td>{row['class']}</td>" in text
    assert text.count("<polyline") == 4
    assert text.count('class="chain"') == 12
    assert "0.500 [0.400, 0.600]" in text


def test_a_teacher_that_needs_no_server_has_its_row(small_project: Path) -> None:
    drafted = read_json(Path("metrics/draft/ward.json"))["in"]
    row = f'<td>ward</td><td>embedded</td><td class="n">{drafted}</td>'
    assert row + '<td class="n">-</td><td class="n">0</td>' in page(Project())


def test_the_agreement_of_people_stands_on_the_page(small_project: Path) -> None:
    assert "No person has reviewed" in page(Project())
    half = {"value": 0.5, "low": 0.25, "high": 0.75}
    point = {"value": 0.125, "low": None, "high": None}
    of = {"items_judged_twice": 40, "percent": half, "alpha": point, "alpha_ordinal": None,
          "fleiss_kappa": None, "ac1": None, "boxes": None}  # fmt: skip
    write_json(Path("reports/agreement.json"), {"overall": of, "levels": {"level2": of}})
    shown = "<td>0.500 [0.250, 0.750]</td><td>0.125</td><td>undefined</td>"
    text = page(Project())
    assert f'<td>all</td><td class="n">40</td>{shown}' in text
    assert f'<td>level2</td><td class="n">40</td>{shown}' in text


def test_what_a_checker_dropped_is_the_sum_of_its_plot(small_project: Path) -> None:
    with Path("metrics/check/ward.funnel.csv").open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["checker"] == "format" and r["class"] == "all"]
    dropped = sum(int(r["dropped"]) for r in rows)
    assert dropped > 0
    assert f'<td>ward</td><td>format</td><td class="n">{dropped}</td>' in page(Project())


def test_the_page_opens_without_a_network(small_project: Path) -> None:
    report(Path("reports/index.html"))
    text = Path("reports/index.html").read_text(encoding="utf-8")
    assert re.findall(r'(?:src|href)="(?!data:|#)', text) == []
    assert "<script" not in text
    assert "default-src 'none'" in text


def test_a_hostile_chain_is_shown_as_text(small_project: Path) -> None:
    path = Path("data/drafts/ward.parquet")
    hostile = [
        c.model_copy(update={"text": "<script>alert(1)</script>" + c.text})
        for c in tables.read(path, Chain)
    ]
    tables.write(path, hostile, tables.CHAINS)
    text = page(Project())
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_what_has_not_run_is_named(small_project: Path) -> None:
    shutil.rmtree("metrics")
    shutil.rmtree("data/drafts")
    shutil.rmtree("data/harvest")
    assert page(Project()).count("Has not run yet.") == 9


def test_a_hidden_frame_drops_its_chain_from_the_gallery(small_project: Path) -> None:
    shutil.rmtree("data/frames/ward")
    assert 'class="chain"' not in page(Project())


def test_a_curve_spans_its_frame() -> None:
    drawn = charts.curve("sft", [(1, 4.0), (11, 2.0)], "loss")
    assert 'points="62.0,14.0 410.0,154.0"' in drawn


def test_the_ends_of_an_axis_are_told_apart_and_a_single_point_is_seen() -> None:
    drawn = charts.curve("sft", [(1, 7.51), (4, 7.52)], "loss")
    assert ">7.51</text>" in drawn
    assert ">7.52</text>" in drawn
    assert '<circle cx="62.0" cy="14.0"' in charts.curve("sft", [(1, 2.0)], "loss")


@pytest.mark.parametrize("points", [[], [(1, 2.0)], [(1, 2.0), (2, 2.0)]])
def test_a_flat_or_empty_curve_is_no_error(points) -> None:
    assert bool(charts.curve("sft", points, "loss")) == bool(points)
