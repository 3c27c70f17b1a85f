"""`surgchain evaluate`: SurgBench for any model, with one parser, intervals and controls."""

import os
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from surgchain.pipelines.corpus.project import Project
from surgchain.pipelines.files import whole_file, write_json
from surgchain.pipelines.progress import progress
from surgchain.pipelines.surgbench import replies as kept
from surgchain.pipelines.surgbench import results as results_of
from surgchain.pipelines.surgbench import suites
from surgchain.pipelines.surgbench.page import page
from surgchain.pipelines.surgbench.replies import Reply
from surgchain.pipelines.surgbench.suites import Pictures, Suite
from surgchain.schemas.errors import InputError

KEY = "SURGCHAIN_ENDPOINT_KEY"
LEDGER = "ledger.sqlite"


class Which(StrEnum):
    """The suites."""

    demo = "demo"
    public = "public"
    external = "external"


class Boxes(StrEnum):
    """How a foreign model writes boxes."""

    thousandths = "thousandths"
    pixels = "pixels"


def evaluate(
    suite: Annotated[Which, typer.Option(help="What is asked.")] = Which.demo,
    model: Annotated[Path | None, typer.Option(help="Folder of a checkpoint.")] = None,
    endpoint: Annotated[
        str | None, typer.Option(help="Address of a server, as http://host:8000/v1.")
    ] = None,
    name: Annotated[str, typer.Option(help="The model's name at the server.")] = "",
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
        Boxes, typer.Option(help="How a server's model writes boxes.")
    ] = Boxes.thousandths,
    arena: Annotated[
        str | None, typer.Option(help="Arena list; default that of the suite.")
    ] = None,
) -> None:
    """Ask a model a suite and score it: results.json and index.html.

    Example: surgchain evaluate --model models/grpo --suite demo
    """
    project = Project()
    loaded = suites.load(project, suite.value, limit)
    see = suites.pictures(project)
    label = _label(model, endpoint, name, teacher) + (" (blind)" if blind else "")
    folder = out or Path("reports/surgbench") / label.replace("/", "_").replace(" ", "_")
    if rescore:
        found = kept.of_suite(folder, loaded.asked)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        asked = _asked(
            loaded, see, folder / LEDGER, model, endpoint, name, teacher, samples, max_tokens,
            blind, boxes.value,
        )  # fmt: skip
        found = list(
            progress(asked, f"evaluate {label}", total=len(loaded.asked), unit="questions")
        )
        kept.write(folder, loaded.asked, found)
    told: dict[str, Any] = {
        **loaded.told(), "model": label, "sees": not blind, "samples": samples, "limit": limit,
    }  # fmt: skip
    _tell(folder, loaded, found, told, arena or loaded.frozen.arena, see)


def _label(model: Path | None, endpoint: str | None, name: str, teacher: bool) -> str:
    if sum((model is not None, endpoint is not None, teacher)) != 1:
        raise InputError("give one of --model FOLDER, --endpoint URL --name NAME, --teacher")
    if endpoint and not name:
        raise InputError("--endpoint needs --name: the model's name at the server")
    return name if endpoint else "teacher" if teacher else str(model)


def _asked(
    loaded: Suite, see: Pictures, ledger: Path, model: Path | None, endpoint: str | None,
    name: str, teacher: bool, samples: int, max_tokens: int, blind: bool, boxes: str,
) -> Iterable[Reply]:  # fmt: skip
    if teacher:
        from surgchain.pipelines.surgbench import teacher as embedded

        return embedded.replies(loaded, see)
    if model is not None:
        from surgchain.pipelines.surgbench import local

        asked = local.How(model, samples, max_tokens=max_tokens, sees=not blind)
        return local.replies(loaded.asked, see, asked, ledger)
    from surgchain.pipelines.surgbench import endpoint as server

    addresses = tuple(u.strip() for u in (endpoint or "").split(",") if u.strip())
    how = server.How(
        name, addresses, os.environ.get(KEY, ""), samples, max_tokens=max_tokens,
        sees=not blind, dialect="pixels" if boxes == "pixels" else "thousandths",
    )  # fmt: skip
    return server.replies(loaded.asked, see, how, ledger)


def _tell(
    folder: Path, loaded: Suite, found: Sequence[Reply], told: dict[str, Any],
    arena_list: str | None, see: Pictures,
) -> None:  # fmt: skip
    scored = results_of.score(loaded.asked, found, loaded.scenes)
    values = results_of.results(scored, loaded.known, told, arena_list)
    write_json(folder / "results.json", values)
    with whole_file(folder / "index.html") as unfinished:
        unfinished.write_text(page(values, scored, see, loaded.scenes), encoding="utf-8")
    for task, t in values["tasks"].items():
        key = t["key"]
        low, high = t["intervals"].get(key, (None, None))
        between = f"[{low:.3f}, {high:.3f}]" if low is not None else "(one surgery)"
        control = max(t["controls"][c].get(key, 0.0) for c in ("majority", "words"))
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
