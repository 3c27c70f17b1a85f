"""`surgchain compare`: two evaluated models on the same questions, by a paired bootstrap."""

from pathlib import Path
from typing import Annotated

import typer

from surgchain.pipelines.surgbench import comparing, results
from surgchain.pipelines.surgbench import replies as kept


def compare(
    first: Annotated[Path, typer.Argument(help="Folder of results.")],
    second: Annotated[Path, typer.Argument(help="Folder of results.")],
) -> None:
    """Say where the second model is better, worse, or undecided; refuse other questions.

    Example: surgchain compare reports/surgbench/models_pretrain reports/surgbench/models_grpo
    """
    scored = [results.score(*kept.read(folder)) for folder in (first, second)]
    print(f"{'task':32} {'figure':24} {'first':>7} {'second':>7} {'gain':>7}  95 %")
    for g in comparing.gains(*scored):
        between = f"[{g.low:+.3f}, {g.high:+.3f}]" if g.low is not None else ""
        print(
            f"{g.task:32} {g.figure:24} {g.first:7.3f} {g.second:7.3f} "
            f"{g.second - g.first:+7.3f}  {between:18} {g.verdict}"
        )
