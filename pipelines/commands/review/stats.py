"""`surgchain review stats`: how well people agree."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from surgchain.pipelines.commands.review.options import DESK, Reviews
from surgchain.pipelines.files import write_json
from surgchain.pipelines.reviewing.desk import Desk
from surgchain.qa.agreement.report import Judged
from surgchain.qa.agreement.report import report as agreement
from surgchain.schemas import reviews as table
from surgchain.schemas.errors import InputError


def stats(
    reviews: Reviews = DESK.folder,
    out: Annotated[Path, typer.Option(help="The whole report, as JSON.")] = Path(
        "reports/agreement.json"
    ),
) -> None:
    """Report agreement per level, task, stratum and reviewer, with intervals over surgeries."""
    reviewed = [r for r in table.read(Desk(reviews).snapshot) if r.review.kind == "review"]
    judged = [Judged(r.review, r.asked, r.stratum, r.surgery) for r in reviewed]
    try:
        found = agreement(judged)
    except ModuleNotFoundError as error:
        raise InputError(f"{error.name} is missing: pip install -e '.[review]'") from error
    write_json(out, found)
    shown = Table(title=f"Agreement on {found['overall']['items_judged_twice']} chains seen twice")
    names = ("percent", "alpha", "alpha_ordinal", "fleiss_kappa", "ac1")
    for head in ("", "n", *names):
        shown.add_column(head)
    groups = {"overall": found["overall"], **found["levels"], **found["tasks"], **found["strata"]}
    for name, values in groups.items():
        cells = [_cell(values[n]) for n in names]
        shown.add_row(name, str(values["items_judged_twice"]), *cells)
    Console().print(shown)
    print(f"the whole report: {out}")


def _cell(value: dict[str, float | None] | None) -> str:
    if value is None:
        return "undefined"
    if value["low"] is None or value["high"] is None:
        return f"{value['value']:.2f}"
    return f"{value['value']:.2f} [{value['low']:.2f}, {value['high']:.2f}]"
