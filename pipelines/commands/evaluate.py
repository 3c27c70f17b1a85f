"""`surgchain evaluate`: SurgBench for any model, with one parser, intervals and controls."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from surgchain.pipelines.corpus.project import Project
from surgchain.pipelines.files import whole_file, write_json
from surgchain.pipelines.progress import progress
from surgchain.pipelines.surgbench import asking, beside, plotted, suites, ways
from surgchain.pipelines.surgbench import replies as kept
from surgchain.pipelines.surgbench import results as results_of
from surgchain.pipelines.surgbench.page import page
from surgchain.pipelines.surgbench.replies import Reply
from surgchain.pipelines.surgbench.sections import Model
from surgchain.pipelines.surgbench.suites import Pictures, Suite
from surgchain.pipelines.surgbench.ways import Way


class Boxes(StrEnum):
    """How a foreign model writes boxes."""

    thousandths = "thousandths"
    pixels = "pixels"


def evaluate(
    suite: Annotated[str, typer.Option(help="What is asked: its name, or a file.")] = "demo",
    model: Annotated[
        Path | None, typer.Option(help="Folder of a checkpoint, ours or any that sees pictures.")
    ] = None,
    endpoint: Annotated[
        str | None, typer.Option(help="Address of a server, as http://host:8000/v1.")
    ] = None,
    name: Annotated[
        str, typer.Option(help="The model's name: at the server, else in the results.")
    ] = "",
    teacher: Annotated[
        bool, typer.Option("--teacher", help="The embedded teacher, shown the facts: upper bound.")
    ] = False,
    rescore: Annotated[
        bool, typer.Option("--rescore", help="Score the answers in --out again; ask nobody.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the results; default reports/surgbench/MODEL.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Questions at most of a task about a source.")
    ] = None,
    samples: Annotated[
        int, typer.Option(min=1, help="Texts of each question; their votes rank triplets.")
    ] = 1,
    max_tokens: Annotated[int, typer.Option(min=1, help="Tokens of a text.")] = 1024,
    blind: Annotated[bool, typer.Option("--blind", help="Control: without the pictures.")] = False,
    boxes: Annotated[
        Boxes | None, typer.Option(help="How a model that is not ours writes boxes.")
    ] = None,
    logprobs: Annotated[
        bool, typer.Option("--logprobs", help="Rank triplets by their texts' probability, too.")
    ] = False,
    arena: Annotated[
        str | None, typer.Option(help="Arena list; default that of the suite.")
    ] = None,
) -> None:
    """Ask a model a suite and score it: results.json, figures.csv and index.html.

    Example: surgchain evaluate --model models/grpo --suite demo
    """
    if rescore and out is not None:
        way = ways.read(out)
    else:
        way = ways.chosen(
            model, endpoint, name, samples, max_tokens, boxes.value if boxes else None,
            teacher=teacher, blind=blind, logprobs=logprobs,
        )  # fmt: skip
    folder = out or Path("reports/surgbench") / way.label.replace("/", "_").replace(" ", "_")
    project = Project()
    loaded = suites.load(project, suite, limit)
    see = suites.pictures(project)
    if rescore:
        way = ways.read(folder)
        found = kept.of_suite(folder, loaded.asked)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        asked = asking.replies(way, loaded, see, folder / kept.LEDGER, model, endpoint)
        total = len(loaded.asked)
        found = list(progress(asked, f"evaluate {way.label}", total=total, unit="questions"))
        ways.write(folder, way)
        kept.write(folder, loaded.asked, found)
    told: dict[str, Any] = {
        **loaded.told(), "model": way.label, "shown": way.shown, "samples": way.samples,
        "limit": limit, "asked": way.model_dump(),
    }  # fmt: skip
    _tell(folder, loaded, found, told, arena or loaded.frozen.arena, see, way)


def _tell(
    folder: Path, loaded: Suite, found: Sequence[Reply], told: dict[str, Any],
    arena_list: str | None, see: Pictures, way: Way,
) -> None:  # fmt: skip
    scored = results_of.score(loaded.asked, found, loaded.scenes)
    blind = beside.blind_of(folder, way, told)
    values = results_of.results(scored, loaded.known, told, arena_list, blind)
    write_json(folder / "results.json", values)
    plotted.write(folder / plotted.FILE, values["tasks"])
    with whole_file(folder / "index.html") as unfinished:
        text = page([Model(values, scored)], see, loaded.scenes, values["arena"])
        unfinished.write_text(text, encoding="utf-8")
    for task, t in values["tasks"].items():
        key = t["key"]
        low, high = t["intervals"].get(key, (None, None))
        between = f"[{low:.3f}, {high:.3f}]" if low is not None else "(one surgery)"
        control = max(of.get(key, 0.0) for of in t["controls"].values())
        print(
            f"{task:32} {key:22} {t['figures'].get(key, float('nan')):.3f} {between:16} "
            f"control {control:.3f}  unreadable {t['failures']['parse_failure_rate']:.1%}"
        )
    print(_arena_line(values["arena"]))
    print(folder / "index.html")


def _arena_line(found: dict[str, Any]) -> str:
    if "score" not in found:
        return f"no Arena Score: {found.get('refused', 'the suite has no list')}"
    between = f" [{found['low']:.3f}, {found['high']:.3f}]" if "low" in found else ""
    return f"Arena Score {found['score']:.3f}{between} over {found['list']}"
