"""`surgchain report`: the whole corpus on one page that opens offline."""

from pathlib import Path
from typing import Annotated

import typer

from surgchain.pipelines.corpus.project import Project
from surgchain.pipelines.corpus.report.page import GALLERY, page
from surgchain.pipelines.files import whole_file


def report(
    out: Annotated[Path, typer.Option("-o", "--out", help="Page to write.")] = Path(
        "reports/index.html"
    ),
    gallery: Annotated[int, typer.Option(min=0, help="Chains to show.")] = GALLERY,
) -> None:
    """Write the funnel, planted faults, curves, accuracy and a gallery as one HTML page.

    Example: surgchain report && xdg-open reports/index.html
    """
    text = page(Project(), gallery)
    with whole_file(out) as unfinished:
        unfinished.write_text(text, encoding="utf-8")
    print(out)
